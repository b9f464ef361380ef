package cpu

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

func (r *ref) SumSquares(dst kernels.F64, x kernels.F32) {
	kernels.NeedLen("SumSquares", "dst", dst.Len, 1)
	dst.Host[0] += dot(x.Host, x.Host)
}

func (r *ref) SumSquaresRows(dst kernels.F64, x kernels.Mat, rows kernels.I32) {
	const op = "SumSquaresRows"
	kernels.Whole(op, "x", x)
	kernels.NeedLen(op, "dst", dst.Len, 1)
	kernels.CheckSorted(op, rows, x.Rows)
	for _, n := range rows.Host {
		row := x.Data.Host[int(n)*x.Cols : (int(n)+1)*x.Cols]
		dst.Host[0] += dot(row, row)
	}
}

func (r *ref) AdamW(p, g, m, v kernels.F32, normSq kernels.F64, h kernels.AdamW) {
	kernels.CheckAdamW("AdamW", p.Len, g.Len, m.Len, v.Len, normSq, h)
	step := newAdamStep(normSq, h)
	r.each(p.Len, 16, func(lo, hi int) {
		step.apply(p.Host[lo:hi], g.Host[lo:hi], m.Host[lo:hi], v.Host[lo:hi])
	})
}

func (r *ref) AdamWRows(p, g, m, v kernels.Mat, rows kernels.I32, normSq kernels.F64, h kernels.AdamW) {
	const op = "AdamWRows"
	kernels.Whole(op, "p", p)
	kernels.NeedMat(op, "g", g, p.Rows, p.Cols)
	kernels.NeedMat(op, "m", m, p.Rows, p.Cols)
	kernels.NeedMat(op, "v", v, p.Rows, p.Cols)
	kernels.CheckAdamW(op, p.Data.Len, g.Data.Len, m.Data.Len, v.Data.Len, normSq, h)
	kernels.CheckSorted(op, rows, p.Rows)
	step := newAdamStep(normSq, h)
	r.each(rows.Len, 16*p.Cols, func(lo, hi int) {
		for _, n := range rows.Host[lo:hi] {
			i, j := int(n)*p.Cols, (int(n)+1)*p.Cols
			step.apply(p.Data.Host[i:j], g.Data.Host[i:j], m.Data.Host[i:j], v.Data.Host[i:j])
		}
	})
}

// adamStep holds the factors of one step, in float64.
type adamStep struct {
	lr, beta1, beta2, eps, decay float64
	scale                        float64 // of the gradient, from clipping
	debias1, debias2             float64 // 1 - beta^step
}

func newAdamStep(normSq kernels.F64, h kernels.AdamW) adamStep {
	s := adamStep{
		lr: float64(h.LR), beta1: float64(h.Beta1), beta2: float64(h.Beta2), eps: float64(h.Eps), decay: float64(h.Decay),
		scale:   1,
		debias1: 1 - math.Pow(float64(h.Beta1), float64(h.Step)),
		debias2: 1 - math.Pow(float64(h.Beta2), float64(h.Step)),
	}
	if h.Clip != 0 {
		s.scale = min(1, float64(h.Clip)/math.Sqrt(normSq.Host[0]))
	}
	return s
}

func (s adamStep) apply(p, g, m, v []float32) {
	for i := range p {
		d := s.scale * float64(g[i])
		m1 := s.beta1*float64(m[i]) + (1-s.beta1)*d
		v1 := s.beta2*float64(v[i]) + (1-s.beta2)*d*d
		w := float64(p[i])
		p[i] = float32(w - s.lr*(m1/s.debias1/(math.Sqrt(v1/s.debias2)+s.eps)+s.decay*w))
		m[i], v[i], g[i] = float32(m1), float32(v1), 0
	}
}
