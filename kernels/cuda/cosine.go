//go:build cuda

package cuda

import "github.com/invoicelab/invoicelab/kernels"

func (b *backend) norms(inv kernels.F32, x kernels.Mat) {
	b.run("reciprocal_norms", warps(x.Rows), threads, at(inv), at(x.Data), integer(x.Rows), integer(x.Cols))
}

func (b *backend) Cosine(y kernels.Mat, xInv, pInv kernels.F32, x, p kernels.Mat, temperature kernels.F32) {
	kernels.CheckCosine("Cosine", y, xInv, pInv, x, p, temperature)
	b.begin("Cosine", x.Rows, p.Rows, x.Cols)
	b.norms(xInv, x)
	b.norms(pInv, p)
	b.multiply(product{c: y.Data.Dev, a: x.Data.Dev, b: p.Data.Dev, m: x.Rows, n: p.Rows, k: x.Cols, tb: true,
		mode: cosine, row: xInv.Dev, other: pInv.Dev, scalar: temperature.Dev})
}

func (b *backend) CosineGrad(dx, dp kernels.Mat, dTemperature kernels.F32, dy, y, x, p kernels.Mat, xInv, pInv, temperature kernels.F32) {
	const op = "CosineGrad"
	kernels.CheckCosine(op, y, xInv, pInv, x, p, temperature)
	kernels.NeedMat(op, "dx", dx, x.Rows, x.Cols)
	kernels.NeedMat(op, "dp", dp, p.Rows, p.Cols)
	kernels.NeedMat(op, "dy", dy, y.Rows, y.Cols)
	kernels.NeedLen(op, "dTemperature", dTemperature.Len, 1)
	n, c, d := x.Rows, p.Rows, x.Cols
	b.begin(op, n, c, d)
	alongX, alongP := b.tempF32(n), b.tempF32(c)
	b.run("along_rows", warps(n), threads, at(alongX), at(dy.Data), at(y.Data), integer(n), integer(c))
	count, per := chunks(n)
	part := b.tempF64(count * c)
	b.run2("along_cols_part", columns(c), count, threads, at(part), at(dy.Data), at(y.Data), integer(n), integer(c), integer(per))
	b.run("along_cols", 1, threads, at(alongP), at(dTemperature), at(part), at(temperature), integer(c), integer(count))
	b.multiply(product{c: dx.Data.Dev, a: dy.Data.Dev, b: p.Data.Dev, m: n, n: d, k: c, kScale: pInv.Dev,
		mode: project, row: xInv.Dev, other: alongX.Dev, x: x.Data.Dev, scalar: temperature.Dev})
	b.multiply(product{c: dp.Data.Dev, a: dy.Data.Dev, b: x.Data.Dev, m: c, n: d, k: n, ta: true, kScale: xInv.Dev,
		mode: projectAdd, row: pInv.Dev, other: alongP.Dev, x: p.Data.Dev, scalar: temperature.Dev, factor: 1})
}

func (b *backend) Separation(dp kernels.Mat, loss kernels.F64, p kernels.Mat, scale float32) {
	const op = "Separation"
	kernels.Whole(op, "p", p)
	kernels.NeedMat(op, "dp", dp, p.Rows, p.Cols)
	kernels.NeedLen(op, "loss", loss.Len, 1)
	c, d := p.Rows, p.Cols
	b.begin(op, c, d)
	if c < 2 {
		b.run("fill_f64", 1, threads, at(loss), integer(1), double(0))
		return
	}
	pairs := float64(c) * float64(c-1)
	inv, along, squares, weights := b.tempF32(c), b.tempF32(c), b.tempF64(c), b.tempF32(c*c)
	b.norms(inv, p)
	b.multiply(product{c: weights.Dev, a: p.Data.Dev, b: p.Data.Dev, m: c, n: c, k: d, tb: true, mode: cosine, row: inv.Dev, other: inv.Dev})
	b.run("separation_weights", warps(c), threads, at(weights), at(along), at(squares), integer(c), double(pairs))
	b.run("separation_loss", 1, threads, at(loss), at(squares), integer(c), double(pairs))
	b.multiply(product{c: dp.Data.Dev, a: weights.Dev, b: p.Data.Dev, m: c, n: d, k: c, kScale: inv.Dev,
		mode: projectAdd, row: inv.Dev, other: along.Dev, x: p.Data.Dev, factor: scale})
}
