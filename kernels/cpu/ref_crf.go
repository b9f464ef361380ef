package cpu

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// CRF of the reference stays in float64 with a log scale per step.
func (r *ref) CRF(nll kernels.F64, dEmit kernels.Mat, g kernels.CRFGrad, emit kernels.Mat, w kernels.CRFWeights, labels kernels.I32, offsets []int32, scale float32) {
	docs := kernels.CheckCRF("CRF", emit, w, offsets)
	kernels.CheckCRFGrad(nll, dEmit, g, emit, labels, docs)
	ch, c := newChain(w), emit.Cols
	// The pairs of lattices of the documents that have a legal path, in order.
	free, known := make([]*lattice, docs), make([]*lattice, docs)
	sides := make([][2]*scaled, docs)
	r.each(docs, emit.Rows/max(docs, 1)*c*c, func(lo, hi int) {
		for b := lo; b < hi; b++ {
			i, j := int(offsets[b]), int(offsets[b+1])
			rows := emit.Data.Host[i*c : j*c]
			f, k := newLattice(ch, rows, nil), newLattice(ch, rows, labels.Host[i:j])
			if math.IsInf(k.logZ, -1) {
				nll.Host[b] = math.Inf(1)
				continue
			}
			nll.Host[b] = f.logZ - k.logZ
			out := dEmit.Data.Host[i*c : j*c]
			for n := range out {
				out[n] = float32(float64(out[n]) + float64(scale)*(f.marginal(n/c, n%c)-k.marginal(n/c, n%c)))
			}
			free[b], known[b] = f, k
			sides[b] = [2]*scaled{f.scaled(), k.scaled()}
		}
	})
	r.each(c, emit.Rows*c, func(lo, hi int) {
		row, sum := make([]float64, c), make([]float64, c)
		for i := lo; i < hi; i++ {
			clear(row)
			for b, f := range free {
				if f != nil {
					f.pairs(row, sum, i, 1, sides[b][0])
					known[b].pairs(row, sum, i, -1, sides[b][1])
				}
			}
			addFactor(g.Trans.Data.Host[i*c:(i+1)*c], float64(scale), row)
		}
	})
	first, last := make([]float64, c), make([]float64, c)
	for b, f := range free {
		if f == nil || f.steps == 0 {
			continue
		}
		for j := range c {
			first[j] += f.marginal(0, j) - known[b].marginal(0, j)
			last[j] += f.marginal(f.steps-1, j) - known[b].marginal(f.steps-1, j)
		}
	}
	addFactor(g.Start.Host, float64(scale), first)
	addFactor(g.End.Host, float64(scale), last)
}

// addFactor does y += f x.
func addFactor(y []float32, f float64, x []float64) {
	for j, v := range x {
		y[j] = float32(float64(y[j]) + f*v)
	}
}

func (r *ref) CRFNLL(nll kernels.F64, emit kernels.Mat, w kernels.CRFWeights, labels kernels.I32, offsets []int32) {
	docs := kernels.CheckCRF("CRFNLL", emit, w, offsets)
	kernels.CheckCRFNLL("CRFNLL", nll, emit, labels, docs)
	ch, c := newChain(w), emit.Cols
	r.each(docs, emit.Rows/max(docs, 1)*c*c, func(lo, hi int) {
		for b := lo; b < hi; b++ {
			i, j := int(offsets[b]), int(offsets[b+1])
			rows := emit.Data.Host[i*c : j*c]
			nll.Host[b] = math.Inf(1)
			if known := forwardLattice(ch, rows, labels.Host[i:j]).logZ; !math.IsInf(known, -1) {
				nll.Host[b] = forwardLattice(ch, rows, nil).logZ - known
			}
		}
	})
}

// CRFFallbacks is 0: with a log scale per step no document is ever redone.
func (r *ref) CRFFallbacks() int { return 0 }

func (r *ref) CRFMarginals(p kernels.Mat, logZ kernels.F64, emit kernels.Mat, w kernels.CRFWeights, offsets []int32) {
	docs := kernels.CheckCRF("CRFMarginals", emit, w, offsets)
	kernels.NeedMat("CRFMarginals", "p", p, emit.Rows, emit.Cols)
	kernels.NeedLen("CRFMarginals", "logZ", logZ.Len, docs)
	ch, c := newChain(w), emit.Cols
	r.each(docs, emit.Rows/max(docs, 1)*c*c, func(lo, hi int) {
		for b := lo; b < hi; b++ {
			i, j := int(offsets[b])*c, int(offsets[b+1])*c
			l, out := newLattice(ch, emit.Data.Host[i:j], nil), p.Data.Host[i:j]
			logZ.Host[b] = l.logZ
			clear(out)
			if math.IsInf(l.logZ, -1) {
				continue
			}
			for n := range out {
				out[n] = float32(l.marginal(n/c, n%c))
			}
		}
	})
}

func (r *ref) Viterbi(path kernels.I32, score kernels.F64, emit kernels.Mat, w kernels.CRFWeights, offsets []int32) {
	docs := kernels.CheckCRF("Viterbi", emit, w, offsets)
	kernels.NeedLen("Viterbi", "path", path.Len, emit.Rows)
	kernels.NeedLen("Viterbi", "score", score.Len, docs)
	ch, c := newChain(w), emit.Cols
	r.each(docs, emit.Rows/max(docs, 1)*c*c, func(lo, hi int) {
		for b := lo; b < hi; b++ {
			i, j := int(offsets[b]), int(offsets[b+1])
			score.Host[b] = ch.viterbi(path.Host[i:j], emit.Data.Host[i*c:j*c])
		}
	})
}

// viterbi writes the best path and returns its score. Scanning upwards and
// replacing only on a greater score leaves the lowest label of a tie.
func (ch *chain) viterbi(path []int32, emit []float32) float64 {
	c := ch.c
	if len(path) == 0 {
		return 0
	}
	best, next := make([]float64, c), make([]float64, c)
	back := make([]int32, len(emit))
	for j := range best {
		best[j] = ch.start[j] + float64(emit[j])
	}
	for t := 1; t < len(path); t++ {
		for j := range next {
			next[j] = math.Inf(-1)
		}
		for i, v := range best {
			for j, s := range ch.next.log[i*c : (i+1)*c] {
				if v+s > next[j] {
					next[j], back[t*c+j] = v+s, int32(i)
				}
			}
		}
		for j := range next {
			next[j] += float64(emit[t*c+j])
		}
		best, next = next, best
	}
	at, score := int32(0), math.Inf(-1)
	for j, v := range best {
		if v+ch.end[j] > score {
			at, score = int32(j), v+ch.end[j]
		}
	}
	if math.IsInf(score, -1) {
		clear(path)
		return score
	}
	for t := len(path) - 1; t >= 0; t-- {
		path[t] = at
		at = back[t*c+int(at)]
	}
	return score
}

func (r *ref) Argmax(path kernels.I32, z kernels.Mat) {
	kernels.Whole("Argmax", "z", z)
	kernels.NeedLen("Argmax", "path", path.Len, z.Rows)
	if z.Rows > 0 && z.Cols == 0 {
		kernels.Misfit("Argmax", "no columns")
	}
	for n := range z.Rows {
		row, at := z.Data.Host[n*z.Cols:(n+1)*z.Cols], 0
		for j, v := range row {
			if v > row[at] {
				at = j
			}
		}
		path.Host[n] = int32(at)
	}
}
