package sparse

import (
	"github.com/invoicelab/invoicelab/kernels"
)

// Predict gives the best path of every document of b by Viterbi. Labels of b
// are not read.
func (m *Model) Predict(be kernels.Backend, b *Batch) []int32 {
	path := make([]int32, b.Tokens())
	m.onScores(be, b, func(mem *kernels.Arena, emit kernels.Mat, w kernels.CRFWeights, offsets []int32, first int32) {
		best := mem.I32(emit.Rows)
		be.Viterbi(best, mem.F64(len(offsets)-1), emit, w, offsets)
		be.GetI32(path[first:int(first)+emit.Rows], best)
	})
	return path
}

// Marginals gives P(label of token t is c | document) as [N, C].
func (m *Model) Marginals(be kernels.Backend, b *Batch) []float32 {
	all := make([]float32, b.Tokens()*m.labels)
	m.onScores(be, b, func(mem *kernels.Arena, emit kernels.Mat, w kernels.CRFWeights, offsets []int32, first int32) {
		p := mem.Mat(emit.Rows, m.labels)
		be.CRFMarginals(p, mem.F64(len(offsets)-1), emit, w, offsets)
		be.GetF32(all[int(first)*m.labels:(int(first)+emit.Rows)*m.labels], p.Data)
	})
	return all
}

// onScores calls use on the emissions of b, a part of the documents at a time;
// first is the first token of the part.
func (m *Model) onScores(be kernels.Backend, b *Batch, use func(mem *kernels.Arena, emit kernels.Mat, w kernels.CRFWeights, offsets []int32, first int32)) {
	c := m.labels
	mem := kernels.NewArena(be)
	defer mem.Free()
	fixed := kernels.NewArena(be)
	defer fixed.Free()
	w := kernels.CRFWeights{Trans: fixed.Mat(c, c), Start: fixed.F32(c), End: fixed.F32(c)}
	m.crf(be, w, m.weights)
	be.Fill(w.End, 0)
	single := make([]float32, len(m.pairs))
	for i := range single {
		single[i] = float32(m.weights[i])
	}
	ids := m.known(b)
	for first := 0; first < len(b.Offsets)-1; {
		last := first + 1
		for last < len(b.Offsets)-1 && b.Offsets[last+1]-b.Offsets[first] <= chunkTokens {
			last++
		}
		lo, hi := b.Offsets[first], b.Offsets[last]
		scores := make([]float32, int(hi-lo)*c)
		m.emissions(scores, single, b.Starts[lo:hi+1], ids[b.Starts[lo]:b.Starts[hi]], be.Device().Threads)
		offsets := make([]int32, 0, last-first+1)
		for _, at := range b.Offsets[first : last+1] {
			offsets = append(offsets, at-lo)
		}
		mem.Reset()
		emit := mem.Mat(int(hi-lo), c)
		be.PutF32(emit.Data, scores)
		use(mem, emit, w, offsets, lo)
		first = last
	}
}
