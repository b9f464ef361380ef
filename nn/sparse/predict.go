package sparse

import (
	"iter"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/nn/posterior"
)

// Predict gives the best path of every document of b by Viterbi. Labels of b
// are not read.
func (m *Model) Predict(be kernels.Backend, b *Batch) []int32 {
	path := make([]int32, 0, b.Tokens())
	for _, p := range m.Posteriors(be, b) {
		path = append(path, p.Path()...)
	}
	return path
}

// Posteriors goes through the documents of b a part at a time and gives the
// first document of each part with the distribution over its label sequences,
// which holds until the next one. Labels of b are not read.
func (m *Model) Posteriors(be kernels.Backend, b *Batch) iter.Seq2[int, *posterior.Posterior] {
	return func(yield func(int, *posterior.Posterior) bool) {
		c := m.labels
		mem, fixed := kernels.NewArena(be), kernels.NewArena(be)
		defer mem.Free()
		defer fixed.Free()
		w := &kernels.CRFWeights{Trans: fixed.Mat(c, c), Start: fixed.F32(c), End: fixed.F32(c)}
		m.crf(be, *w, m.weights)
		be.Fill(w.End, 0)
		single := make([]float32, len(m.pairs))
		for i := range single {
			single[i] = float32(m.weights[i])
		}
		ids := m.known(b)
		for first, last := range parts(b.Offsets) {
			lo, hi := b.Offsets[first], b.Offsets[last]
			scores := make([]float32, int(hi-lo)*c)
			m.emissions(scores, single, b.Starts[lo:hi+1], ids[b.Starts[lo]:b.Starts[hi]], be.Device().Threads)
			mem.Reset()
			emit := mem.Mat(int(hi-lo), c)
			be.PutF32(emit.Data, scores)
			if !yield(first, posterior.New(be, mem, emit, w, rebased(b.Offsets[first:last+1]))) {
				return
			}
		}
	}
}

// parts divides the documents of offsets into runs of at most chunkTokens
// tokens, or of one document: first and last, last exclusive.
func parts(offsets []int32) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for first := 0; first < len(offsets)-1; {
			last := first + 1
			for last < len(offsets)-1 && offsets[last+1]-offsets[first] <= chunkTokens {
				last++
			}
			if !yield(first, last) {
				return
			}
			first = last
		}
	}
}

// rebased counts offsets from the first one.
func rebased(offsets []int32) []int32 {
	list := make([]int32, len(offsets))
	for i, at := range offsets {
		list[i] = at - offsets[0]
	}
	return list
}
