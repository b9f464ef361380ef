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

// directions is the rows of p at length 1, until the next call.
func (n *native) directions(p kernels.Mat, inv []float32) []float32 {
	n.unit = grown(n.unit, p.Rows*p.Cols)
	C.k_scale_rows(n.k, float(n.unit), float(p.Data.Host), float(inv), 1, C.long(p.Rows), C.long(p.Cols))
	return n.unit
}

func (n *native) Cosine(y kernels.Mat, xInv, pInv kernels.F32, x, p kernels.Mat, temperature kernels.F32) {
	kernels.CheckCosine("Cosine", y, xInv, pInv, x, p, temperature)
	c, d := p.Rows, x.Cols
	n.reciprocals(pInv.Host, p)
	n.pack(n.directions(p, pInv.Host), c, d, true)
	n.pool.split(x.Rows, n.tile, nsMulAdd*float64(c*d), func(_, lo, hi int) {
		C.k_cosine_rows(n.k, float(y.Data.Host), float(xInv.Host), float(x.Data.Host), float(n.packed), C.float(temperature.Host[0]), minNorm,
			C.long(lo), C.long(hi), C.long(c), C.long(d))
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

	// dy goes back through the directions of both sides, less the temperature: their cosines,
	// which dTemperature needs, come out on the way, so y is not read.
	n.pack(n.directions(p, pInv.Host), d, c, false)
	count, size := sections(rows)
	n.parts = grown(n.parts, max(count, 1)*c*d)
	work, sums := int(C.k_cosine_grad_work(n.k, C.long(d))), make([]float64, count)
	n.pool.run(count, func(worker, i int) {
		lo, hi := i*size, min((i+1)*size, rows)
		sums[i] = float64(C.k_cosine_grad_rows(n.k, floatAt(dx.Data.Host, lo*d), floatAt(n.parts, i*c*d), floatAt(dy.Data.Host, lo*c),
			floatAt(x.Data.Host, lo*d), floatAt(xInv.Host, lo), float(n.packed), C.float(scale), C.float(maxInv),
			C.long(hi-lo), C.long(c), C.long(d), float(n.worker(worker, work))))
	})
	if count == 0 {
		return
	}
	total := float64(dTemperature.Host[0])
	for _, s := range sums {
		total += s
	}
	dTemperature.Host[0] = float32(total)
	g := n.parts[:c*d]
	n.sumParts(g, n.parts, count, false)
	n.fromDirections(dp, g, p, pInv.Host, scale)
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
	n.gemm(cos, unit, unit, c, c, d, true, false)
	for i := range c {
		cos[i*c+i] = 0
	}
	// Each pair counts in both orders, and d cos^2 = 2 cos d cos.
	pairs := float64(c) * float64(c-1)
	f := float32(4 / pairs)
	for i := range c {
		loss.Host[0] += float64(C.k_sum_squares(n.k, floatAt(cos, i*c), C.long(c))) / pairs
	}
	n.gemm(g, cos, unit, c, d, c, false, false)
	for i := range g {
		g[i] *= f
	}
	n.fromDirections(dp, g, p, inv, scale)
}
