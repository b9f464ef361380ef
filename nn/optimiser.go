package nn

import (
	"fmt"
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// Settings of AdamW (Loshchilov and Hutter 2019) that nobody needs to change.
const (
	beta1 = 0.9
	beta2 = 0.999
	eps   = 1e-8
)

// addNorm adds the squared norm of the whole gradient to normSq[0]. Rows are those
// of each table that the batch uses.
func (s *store) addNorm(normSq kernels.F64, rows []kernels.I32) {
	s.be.SumSquares(normSq, s.grad)
	for i, t := range s.sparse {
		s.be.SumSquaresRows(normSq, t.param.Grad, rows[i])
	}
}

// step moves all parameters by one step of AdamW and clears their gradients.
// Decay applies to weight matrices only: not to embeddings (a rare row would
// shrink without evidence), biases, norms, prototypes and the temperature (the
// cosine ignores the norm of a prototype), nor to the CRF (its forbidden
// transitions must stay).
func (s *store) step(normSq kernels.F64, rows []kernels.I32, opt StepOptions) {
	s.steps++
	h := kernels.AdamW{LR: float32(opt.LR), Beta1: beta1, Beta2: beta2, Eps: eps,
		Decay: float32(opt.Decay), Clip: float32(opt.Clip), Step: s.steps}
	front := func(from, to int) {
		if to > from {
			s.be.AdamW(s.value.Slice(from, to), s.grad.Slice(from, to), s.m.Slice(from, to), s.v.Slice(from, to), normSq, h)
		}
	}
	front(0, s.decayed)
	h.Decay = 0
	front(s.decayed, s.value.Len)
	for i, t := range s.sparse {
		s.be.AdamWRows(t.param.Value, t.param.Grad, t.m, t.v, rows[i], normSq, h)
	}
}

// blame says where numbers stopped being finite: at the first parameter with
// such a value, else with such a gradient. scratch holds one element.
func (s *store) blame(scratch kernels.F64, rows []kernels.I32) string {
	wrong := func(add func()) bool {
		s.be.FillF64(scratch, 0)
		add()
		var sum [1]float64
		s.be.GetF64(sum[:], scratch)
		return !finite(sum[0])
	}
	for _, p := range s.params {
		if wrong(func() { s.be.SumSquares(scratch, p.Value.Data) }) {
			return fmt.Sprintf("parameter %q holds a number that is not finite", p.Name)
		}
	}
	tables := 0
	for _, p := range s.params {
		if wrong(func() {
			if p.Sparse {
				s.be.SumSquaresRows(scratch, p.Grad, rows[tables])
				tables++
			} else {
				s.be.SumSquares(scratch, p.Grad.Data)
			}
		}) {
			return fmt.Sprintf("the gradient of %q is not finite", p.Name)
		}
	}
	return "the gradient of each parameter is finite, but not their sum of squares"
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Schedule is the learning rate of a step, counted from 0, of total steps:
// linear warm-up over the first w = floor(warmup*total) steps, then half a
// cosine that would reach zero at step total:
//
//	peak (step+1)/(w+1)                          step < w
//	peak (1 + cos(pi (step-w)/(total-w)))/2      otherwise
//
// The peak is reached at step w; no step has a rate of zero.
func Schedule(step, total int, peak, warmup float64) float64 {
	if step < 0 || step >= total || warmup < 0 || warmup >= 1 {
		panic(fmt.Sprintf("nn: Schedule: step %d of %d with warm-up %g", step, total, warmup))
	}
	w := int(warmup * float64(total))
	if step < w {
		return peak * float64(step+1) / float64(w+1)
	}
	return peak * (1 + math.Cos(math.Pi*float64(step-w)/float64(total-w))) / 2
}
