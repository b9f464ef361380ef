package sparse

import (
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// chunkTokens is how many tokens the CRF takes at once, unless one document
// has more: enough to fill every lane and thread, few enough that their
// scores stay in the cache.
const chunkTokens = 16384

// chunk is a part of the training data.
type chunk struct {
	offsets []int32 // of its documents, from 0
	starts  []int64 // attributes of its tokens, as in Batch
	known   []int32 // attribute ids, token by token
	labels  []int32

	// The same, attribute by attribute: attribute byAttr[k] is on the tokens
	// tokens[from[k]:from[k+1]], ascending.
	byAttr []int32
	from   []int32
	tokens []int32
}

// objective evaluates value and gradient on the training data.
type objective struct {
	m      *Model
	be     kernels.Backend
	l2     float64
	chunks []chunk

	w      kernels.CRFWeights
	g      kernels.CRFGrad
	single []float32 // weights of the pairs, rounded
	scores []float32
	mem    *kernels.Arena
}

func newObjective(be kernels.Backend, m *Model, data *Batch, l2 float64) *objective {
	o := &objective{m: m, be: be, l2: l2, single: make([]float32, len(m.pairs)), mem: kernels.NewArena(be)}
	c := m.labels
	matrix := func() kernels.Mat { return kernels.NewMat(be.NewF32(c*c), c, c) }
	o.w = kernels.CRFWeights{Trans: matrix(), Start: be.NewF32(c), End: be.NewF32(c)}
	o.g = kernels.CRFGrad{Trans: matrix(), Start: be.NewF32(c), End: be.NewF32(c)}
	known := m.known(data)
	most := 0
	for first, last := range parts(data.Offsets) {
		o.chunks = append(o.chunks, newChunk(m, data, known, first, last))
		most = max(most, int(data.Offsets[last]-data.Offsets[first]))
	}
	o.scores = make([]float32, most*c)
	return o
}

// newChunk cuts documents first to last out of data.
func newChunk(m *Model, data *Batch, known []int32, first, last int) chunk {
	lo, hi := data.Offsets[first], data.Offsets[last]
	k := chunk{
		offsets: rebased(data.Offsets[first : last+1]),
		starts:  data.Starts[lo : hi+1],
		known:   known[data.Starts[lo]:data.Starts[hi]],
		labels:  data.Labels[lo:hi],
	}
	count := make(map[int32]int32, len(k.known)/4)
	for _, a := range k.known {
		count[a]++
	}
	for a := range count {
		k.byAttr = append(k.byAttr, a)
	}
	slices.Sort(k.byAttr)
	next := make(map[int32]int32, len(count))
	k.from = make([]int32, 1, len(k.byAttr)+1)
	for _, a := range k.byAttr {
		at := k.from[len(k.from)-1]
		next[a] = at
		k.from = append(k.from, at+count[a])
	}
	k.tokens = make([]int32, len(k.known))
	for t := range k.labels {
		for _, a := range k.known[k.starts[t]-k.starts[0] : k.starts[t+1]-k.starts[0]] {
			k.tokens[next[a]] = int32(t)
			next[a]++
		}
	}
	return k
}

func (o *objective) free() {
	for _, b := range []kernels.F32{o.w.Trans.Data, o.w.Start, o.w.End, o.g.Trans.Data, o.g.Start, o.g.End} {
		o.be.FreeF32(b)
	}
	o.mem.Free()
}

// eval overwrites grad with the gradient at x and returns the value. The
// result does not depend on the number of threads.
func (o *objective) eval(x, grad []float64) float64 {
	m, c := o.m, o.m.labels
	pairs := len(m.pairs)
	for i, v := range x[:pairs] {
		o.single[i] = float32(v)
	}
	value := 0.0
	for i, v := range x {
		value += o.l2 * v * v
		grad[i] = 2 * o.l2 * v
	}
	m.crf(o.be, o.w, x)
	trans := make([]float32, c*c)
	threads := o.be.Device().Threads
	for i := range o.chunks {
		k := &o.chunks[i]
		n := len(k.labels)
		scores := o.scores[:n*c]
		m.emissions(scores, o.single, k.starts, k.known, threads)
		o.mem.Reset()
		emit, dEmit := o.mem.Mat(n, c), o.mem.Zeros(n, c)
		labels, nll := o.mem.I32(n), o.mem.F64(len(k.offsets)-1)
		o.be.PutF32(emit.Data, scores)
		o.be.PutI32(labels, k.labels)
		o.be.Fill(o.g.Trans.Data, 0)
		o.be.CRF(nll, dEmit, o.g, emit, o.w, labels, k.offsets, 1)
		perDoc := make([]float64, nll.Len)
		o.be.GetF64(perDoc, nll)
		for _, v := range perDoc {
			value += v
		}
		o.be.GetF32(scores, dEmit.Data)
		share(len(k.byAttr), threads, func(from, to int) { m.gather(k, scores, grad, from, to) })
		// Added in float64: a sum of all chunks in float32 would lose digits.
		o.be.GetF32(trans, o.g.Trans.Data)
		for i, at := range m.moves {
			grad[pairs+i] += float64(trans[at])
		}
	}
	return value
}

// gather adds the gradient of the scores, row by row of d [N, C], to that of
// the pairs of attributes from to to of k. Each pair belongs to one attribute, so parts of the
// attributes can be done at once.
func (m *Model) gather(k *chunk, d []float32, grad []float64, from, to int) {
	c := m.labels
	for i := from; i < to; i++ {
		a := k.byAttr[i]
		lo, hi := m.starts[a], m.starts[a+1]
		labels, g := m.pairs[lo:hi], grad[lo:hi]
		for _, t := range k.tokens[k.from[i]:k.from[i+1]] {
			row := d[int(t)*c : (int(t)+1)*c]
			for j, y := range labels {
				g[j] += float64(row[y])
			}
		}
	}
}
