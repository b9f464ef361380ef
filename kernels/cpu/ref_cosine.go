package cpu

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// minNorm is the least length that a vector is divided by.
const minNorm = 1e-8

// maxInv is the reciprocal of minNorm in float32: a reciprocal norm that
// reaches it was clamped.
const maxInv = float32(1 / minNorm)

// reciprocals writes 1/max(norm, minNorm) of each row.
func (r *ref) reciprocals(inv kernels.F32, x kernels.Mat) {
	d := x.Cols
	r.each(x.Rows, d, func(lo, hi int) {
		for n := lo; n < hi; n++ {
			row := x.Data.Host[n*d : (n+1)*d]
			inv.Host[n] = float32(1 / max(math.Sqrt(dot(row, row)), minNorm))
		}
	})
}

func (r *ref) Cosine(y kernels.Mat, xInv, pInv kernels.F32, x, p kernels.Mat, temperature kernels.F32) {
	kernels.CheckCosine("Cosine", y, xInv, pInv, x, p, temperature)
	r.reciprocals(xInv, x)
	r.reciprocals(pInv, p)
	d, c, scale := x.Cols, p.Rows, float64(temperature.Host[0])
	r.each(x.Rows, c*d, func(lo, hi int) {
		for n := lo; n < hi; n++ {
			row := x.Data.Host[n*d : (n+1)*d]
			for j := range c {
				cos := dot(row, p.Data.Host[j*d:(j+1)*d]) * float64(xInv.Host[n]) * float64(pInv.Host[j])
				y.Data.Host[n*c+j] = float32(scale * cos)
			}
		}
	})
}

func (r *ref) CosineGrad(dx, dp kernels.Mat, dTemperature kernels.F32, dy, y, x, p kernels.Mat, xInv, pInv, temperature kernels.F32) {
	const op = "CosineGrad"
	kernels.CheckCosine(op, y, xInv, pInv, x, p, temperature)
	kernels.NeedMat(op, "dx", dx, x.Rows, x.Cols)
	kernels.NeedMat(op, "dp", dp, p.Rows, p.Cols)
	kernels.NeedMat(op, "dy", dy, y.Rows, y.Cols)
	kernels.NeedLen(op, "dTemperature", dTemperature.Len, 1)
	d, c, scale := x.Cols, p.Rows, float64(temperature.Host[0])
	cos := func(n, j int) float64 { return float64(y.Data.Host[n*c+j]) / scale }
	up := func(n, j int) float64 { return float64(dy.Data.Host[n*c+j]) }

	r.each(x.Rows, c*d, func(lo, hi int) {
		sum := make([]float64, d)
		for n := lo; n < hi; n++ {
			clear(sum)
			var along float64 // of the gradient, on the direction of x
			for j := range c {
				addScaled(sum, up(n, j)*scale*float64(pInv.Host[j]), p.Data.Host[j*d:(j+1)*d])
				along += up(n, j) * scale * cos(n, j)
			}
			project(sum, along, x.Data.Host[n*d:(n+1)*d], xInv.Host[n])
			for k, s := range sum {
				dx.Data.Host[n*d+k] = float32(s)
			}
		}
	})
	r.each(c, x.Rows*d, func(lo, hi int) {
		sum := make([]float64, d)
		for j := lo; j < hi; j++ {
			clear(sum)
			var along float64
			for n := range x.Rows {
				addScaled(sum, up(n, j)*scale*float64(xInv.Host[n]), x.Data.Host[n*d:(n+1)*d])
				along += up(n, j) * scale * cos(n, j)
			}
			project(sum, along, p.Data.Host[j*d:(j+1)*d], pInv.Host[j])
			addTo(dp.Data.Host[j*d:(j+1)*d], sum)
		}
	})
	var sum float64
	for n := range x.Rows {
		for j := range c {
			sum += up(n, j) * cos(n, j)
		}
	}
	dTemperature.Host[0] = float32(float64(dTemperature.Host[0]) + sum)
}

// project turns g, a gradient with respect to the direction of v, into the
// gradient with respect to v: (g - along v inv) inv, where along = g . v inv.
// A clamped length is constant, so nothing is taken off along v.
func project(g []float64, along float64, v []float32, inv float32) {
	if inv < maxInv {
		addScaled(g, -along*float64(inv), v)
	}
	for k := range g {
		g[k] *= float64(inv)
	}
}

func addTo(y []float32, x []float64) {
	for k, v := range x {
		y[k] = float32(float64(y[k]) + v)
	}
}

func (r *ref) Separation(dp kernels.Mat, loss kernels.F64, p kernels.Mat, scale float32) {
	const op = "Separation"
	kernels.Whole(op, "p", p)
	kernels.NeedMat(op, "dp", dp, p.Rows, p.Cols)
	kernels.NeedLen(op, "loss", loss.Len, 1)
	c, d := p.Rows, p.Cols
	loss.Host[0] = 0
	if c < 2 {
		return
	}
	inv := r.NewF32(c)
	r.reciprocals(inv, p)
	pairs := float64(c) * float64(c-1)
	rowLoss := make([]float64, c)
	r.each(c, c*d, func(lo, hi int) {
		sum := make([]float64, d)
		for i := lo; i < hi; i++ {
			clear(sum)
			row := p.Data.Host[i*d : (i+1)*d]
			var along float64
			for j := range c {
				if j == i {
					continue
				}
				other := p.Data.Host[j*d : (j+1)*d]
				cos := dot(row, other) * float64(inv.Host[i]) * float64(inv.Host[j])
				rowLoss[i] += cos * cos
				// Each pair counts in both orders, and d cos^2 = 2 cos d cos.
				f := 4 * cos / pairs
				addScaled(sum, f*float64(inv.Host[j]), other)
				along += f * cos
			}
			project(sum, along, row, inv.Host[i])
			for k, s := range sum {
				dp.Data.Host[i*d+k] = float32(float64(dp.Data.Host[i*d+k]) + float64(scale)*s)
			}
		}
	})
	for _, l := range rowLoss {
		loss.Host[0] += l / pairs
	}
}
