//go:build cgo

package cpu

// #include "c_kernels.h"
import "C"

import "github.com/invoicelab/invoicelab/kernels"

// reciprocals writes 1/max(norm, minNorm) of each row, like the reference's.
func (n *native) reciprocals(inv []float32, x kernels.Mat) {
	d := x.Cols
	n.pool.split(x.Rows, 1, nsElement*float64(d), func(_, lo, hi int) {
		C.k_inv_norms(n.k, floatAt(inv, lo), floatAt(x.Data.Host, lo*d), minNorm, C.long(hi-lo), C.long(d))
	})
}

// directions is the rows of p at length 1.
func (n *native) directions(p kernels.Mat, inv []float32) []float32 {
	unit := make([]float32, p.Rows*p.Cols)
	C.k_scale_rows(n.k, float(unit), float(p.Data.Host), float(inv), 1, C.long(p.Rows), C.long(p.Cols))
	return unit
}

func (n *native) Cosine(y kernels.Mat, xInv, pInv kernels.F32, x, p kernels.Mat, temperature kernels.F32) {
	kernels.CheckCosine("Cosine", y, xInv, pInv, x, p, temperature)
	n.reciprocals(xInv.Host, x)
	n.reciprocals(pInv.Host, p)
	c, scale := p.Rows, C.float(temperature.Host[0])
	n.gemm(y.Data.Host, x.Data.Host, n.directions(p, pInv.Host), x.Rows, c, x.Cols, true, false, func(lo, hi int) {
		out := floatAt(y.Data.Host, lo*c)
		C.k_scale_rows(n.k, out, out, floatAt(xInv.Host, lo), scale, C.long(hi-lo), C.long(c))
	})
}

func (n *native) CosineGrad(dx, dp kernels.Mat, dTemperature kernels.F32, dy, y, x, p kernels.Mat, xInv, pInv, temperature kernels.F32) {
	const op = "CosineGrad"
	kernels.CheckCosine(op, y, xInv, pInv, x, p, temperature)
	kernels.NeedMat(op, "dx", dx, x.Rows, x.Cols)
	kernels.NeedMat(op, "dp", dp, p.Rows, p.Cols)
	kernels.NeedMat(op, "dy", dy, y.Rows, y.Cols)
	kernels.NeedLen(op, "dTemperature", dTemperature.Len, 1)
	rows, d, c, scale := x.Rows, x.Cols, p.Rows, temperature.Host[0]

	// pull = temperature dy / |x| is what both gradients multiply.
	pull, sums := make([]float32, rows*c), make([]float64, (rows+chunk-1)/chunk)
	n.pool.chunks(rows, 2*nsElement*float64(c), func(_, i, lo, hi int) {
		sums[i] = float64(C.k_cosine_pulls(n.k, floatAt(pull, lo*c), floatAt(dy.Data.Host, lo*c), floatAt(y.Data.Host, lo*c),
			floatAt(xInv.Host, lo), C.float(scale), C.long(hi-lo), C.long(c)))
	})
	var total float64
	for _, s := range sums {
		total += s
	}
	dTemperature.Host[0] = float32(float64(dTemperature.Host[0]) + total/float64(scale))

	n.gemm(dx.Data.Host, pull, n.directions(p, pInv.Host), rows, d, c, false, false, func(lo, hi int) {
		C.k_take_along(n.k, floatAt(dx.Data.Host, lo*d), floatAt(x.Data.Host, lo*d), floatAt(xInv.Host, lo),
			C.float(maxInv), C.long(hi-lo), C.long(d))
	})
	g := make([]float32, c*d)
	n.gemmT(g, pull, c, x.Data.Host, d, c, d, rows, false)
	n.fromDirections(dp, g, p, pInv.Host, 1)
}

// fromDirections adds scale times the gradient of p to dp, where g is the
// gradient of the directions of p; g is spoiled.
func (n *native) fromDirections(dp kernels.Mat, g []float32, p kernels.Mat, inv []float32, scale float32) {
	c, d := C.long(p.Rows), C.long(p.Cols)
	C.k_scale_rows(n.k, float(g), float(g), float(inv), 1, c, d)
	C.k_take_along(n.k, float(g), float(p.Data.Host), float(inv), C.float(maxInv), c, d)
	C.k_axpy(n.k, float(dp.Data.Host), C.float(scale), float(g), c*d)
}

func (n *native) Separation(dp kernels.Mat, loss kernels.F64, p kernels.Mat, scale float32) {
	const op = "Separation"
	kernels.Whole(op, "p", p)
	kernels.NeedMat(op, "dp", dp, p.Rows, p.Cols)
	kernels.NeedLen(op, "loss", loss.Len, 1)
	c, d := p.Rows, p.Cols
	loss.Host[0] = 0
	if c < 2 {
		return
	}
	inv := make([]float32, c)
	n.reciprocals(inv, p)
	unit := n.directions(p, inv)
	cos, g := make([]float32, c*c), make([]float32, c*d)
	n.gemm(cos, unit, unit, c, c, d, true, false, nil)
	for i := range c {
		cos[i*c+i] = 0
	}
	// Each pair counts in both orders, and d cos^2 = 2 cos d cos.
	pairs := float64(c) * float64(c-1)
	f := float32(4 / pairs)
	for i := range c {
		loss.Host[0] += float64(C.k_sum_squares(n.k, floatAt(cos, i*c), C.long(c))) / pairs
	}
	n.gemm(g, cos, unit, c, d, c, false, false, nil)
	for i := range g {
		g[i] *= f
	}
	n.fromDirections(dp, g, p, inv, scale)
}
