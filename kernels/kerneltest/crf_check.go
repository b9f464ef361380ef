package kerneltest

import (
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// answers is what a backend says of a chain.
type answers struct {
	nll, alone, logZ, score []float64 // alone: by CRFNLL
	emit, trans, start, end []float32 // gradients less what they started from
	marginals               []float32
	path                    []int32
	redone                  [3]int    // documents redone in the log domain by CRF, CRFNLL, CRFMarginals
	rawEmit, rawTrans       []float32 // emission and transition gradients as accumulated
}

// gradScale is the factor that the suite passes to CRF.
const gradScale = 0.5

// run asks the backend for everything about k. Gradients start from a constant, so
// that overwriting instead of accumulating shows.
func (k *chain) run(s *suite) answers {
	s.Helper()
	n, c, docs := k.tokens(), k.c, len(k.lengths)
	began := slices.Repeat([]float32{0.25}, max(n*c, c*c))
	var out answers
	got := s.exec(func(a *call) {
		w := kernels.CRFWeights{Trans: a.mat(k.trans, c, c), Start: a.in(k.start), End: a.in(k.end)}
		emit, at := a.mat(k.emit, n, c), k.offsets()
		g := kernels.CRFGrad{Trans: a.accMat("dTrans", began[:c*c], c, c), Start: a.acc("dStart", began[:c]), End: a.acc("dEnd", began[:c])}
		labels, redone := a.ints(k.labels), [4]int{a.CRFFallbacks()}
		a.CRF(a.out64("nll", docs), a.accMat("dEmit", began[:n*c], n, c), g, emit, w, labels, at, gradScale)
		redone[1] = a.CRFFallbacks()
		a.CRFNLL(a.out64("alone", docs), emit, w, labels, at)
		redone[2] = a.CRFFallbacks()
		a.CRFMarginals(a.outMat("p", n, c), a.out64("logZ", docs), emit, w, at)
		redone[3] = a.CRFFallbacks()
		for i := range out.redone {
			out.redone[i] = redone[i+1] - redone[i]
		}
		a.Viterbi(a.outI("path", n), a.out64("score", docs), emit, w, at)
		if !slices.Equal(at, k.offsets()) {
			s.Fatal("offsets changed")
		}
	})
	less := func(x []float32) []float32 {
		y := slices.Clone(x)
		for i := range y {
			y[i] = (y[i] - 0.25) / gradScale
		}
		return y
	}
	out.nll, out.alone, out.logZ, out.score = got.f64["nll"], got.f64["alone"], got.f64["logZ"], got.f64["score"]
	out.emit, out.trans, out.start, out.end = less(got.f32["dEmit"]), less(got.f32["dTrans"]), less(got.f32["dStart"]), less(got.f32["dEnd"])
	out.marginals, out.path = got.f32["p"], got.i32["path"]
	out.rawEmit, out.rawTrans = got.f32["dEmit"], got.f32["dTrans"]
	return out
}

// logZTolerance is the bar of log Z and nll: 1e-4 or a millionth.
func logZTolerance(logZ float64) float64 { return max(1e-4, 1e-6*math.Abs(logZ)) }

// check holds all answers about k to the paths as counted by count, document
// by document.
func (k *chain) check(s *suite, what string, count func(d *chain, labels []int32) sums) answers {
	s.Helper()
	got, c, at := k.run(s), k.c, k.offsets()
	trans, mass := make([]float64, c*c), make([]float64, c*c)
	start, end := make([]float64, c), make([]float64, c)
	for b := range k.lengths {
		d, i, j := k.document(b), int(at[b])*c, int(at[b+1])*c
		name := fmt.Sprintf("%s, document %d: ", what, b)
		all, known := count(d, nil), count(d, d.labels)
		tol := logZTolerance(all.logZ)
		s.near64(name+"log Z", got.logZ[b:b+1], []float64{all.logZ}, 0, tol)
		s.near(name+"marginals", got.marginals[i:j], all.emit, 0, 1e-5)
		k.checkPath(s, name, d, got.path[at[b]:at[b+1]], got.score[b])
		s.near64(name+"nll of CRFNLL beside that of CRF", got.alone[b:b+1], got.nll[b:b+1], 0, 0)
		if math.IsInf(known.logZ, -1) {
			s.near64(name+"nll", got.nll[b:b+1], []float64{math.Inf(1)}, 0, 0)
			s.near64(name+"nll alone", got.alone[b:b+1], []float64{math.Inf(1)}, 0, 0)
			s.near(name+"emission gradient", got.emit[i:j], make([]float64, j-i), 0, 0)
			continue
		}
		s.near64(name+"nll", got.nll[b:b+1], []float64{all.logZ - known.logZ}, 0, tol)
		s.near64(name+"nll alone", got.alone[b:b+1], []float64{all.logZ - known.logZ}, 0, tol)
		if got.nll[b] < -tol {
			s.Fatalf("%snll is %v", name, got.nll[b])
		}
		s.near(name+"emission gradient", got.emit[i:j], difference(all.emit, known.emit), 0, 1e-5)
		for n := range trans {
			trans[n] += all.trans[n] - known.trans[n]
			mass[n] += all.trans[n] + known.trans[n]
		}
		for y := range c {
			start[y] += all.start[y] - known.start[y]
			end[y] += all.end[y] - known.end[y]
		}
	}
	// Sums of many steps in float32: relative to what is summed.
	s.within(what+": transition gradient", widen(got.trans), trans, func(i int) float64 { return 1e-5 * max(1, mass[i]) })
	docs := float64(len(k.lengths))
	s.near(what+": start gradient", got.start, start, 0, 1e-5*max(1, docs))
	s.near(what+": end gradient", got.end, end, 0, 1e-5*max(1, docs))
	for i, v := range k.trans {
		if forbidden(float64(v)) && got.trans[i] != 0 {
			s.Fatalf("%s: forbidden transition %d to %d has gradient %v", what, i/c, i%c, got.trans[i])
		}
	}
	return got
}

// checkPath holds a decoded path to the best score: it must be a path of that
// score, by float64 arithmetic.
func (k *chain) checkPath(s *suite, name string, d *chain, path []int32, score float64) {
	s.Helper()
	best := d.viterbi()
	tol := logZTolerance(best)
	if math.IsInf(best, -1) {
		s.near64(name+"score", []float64{score}, []float64{best}, 0, 0)
		for t, y := range path {
			if y != 0 {
				s.Fatalf("%slabel %d at %d without a legal path", name, y, t)
			}
		}
		return
	}
	s.near64(name+"score", []float64{score}, []float64{best}, 0, tol)
	s.near64(name+"score of the path", []float64{d.score(path)}, []float64{best}, 0, tol)
}

func difference(a, b []float64) []float64 {
	out := slices.Clone(a)
	for i, v := range b {
		out[i] -= v
	}
	return out
}

// enumerated and recursed are the two ways to count paths.
func enumerated(d *chain, labels []int32) sums { return d.enumerate(labels) }
func recursed(d *chain, labels []int32) sums   { return d.forwardBackward(labels) }
