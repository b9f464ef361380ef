//go:build cuda

package cuda

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

const sumBlocks = 512 // at most: as many partial sums are added at the end

// sumSquares adds the squares of n elements of x, or of its listed rows, to dst.
func (b *backend) sumSquares(dst kernels.F64, x kernels.F32, rows kernels.I32, n, cols, limit int) {
	if n == 0 {
		return
	}
	count := min(blocks(n), sumBlocks)
	part := b.tempF64(count)
	word, op := b.complaint(codeSumSquaresRows)
	b.run("sum_squares", count, threads, at(part), at(x), at(rows), integer(n), integer(cols), integer(limit), word, op)
	b.run("sum_add", 1, threads, at(dst), at(part), integer(count))
}

func (b *backend) SumSquares(dst kernels.F64, x kernels.F32) {
	kernels.NeedLen("SumSquares", "dst", dst.Len, 1)
	b.begin("SumSquares", x.Len)
	b.sumSquares(dst, x, kernels.I32{}, x.Len, 1, x.Len)
}

func (b *backend) SumSquaresRows(dst kernels.F64, x kernels.Mat, rows kernels.I32) {
	const op = "SumSquaresRows"
	kernels.Whole(op, "x", x)
	kernels.NeedLen(op, "dst", dst.Len, 1)
	b.begin(op, x.Rows, x.Cols, rows.Len)
	b.sumSquares(dst, x.Data, rows, rows.Len*x.Cols, x.Cols, x.Rows)
}

// adamW steps n elements, or the elements of the listed rows.
func (b *backend) adamW(p, g, m, v kernels.F32, rows kernels.I32, n, cols, limit int, normSq kernels.F64, h kernels.AdamW) {
	if h.Clip == 0 {
		normSq = kernels.F64{}
	}
	debias := func(beta float32) arg { return float(float32(1 - math.Pow(float64(beta), float64(h.Step)))) }
	word, op := b.complaint(codeAdamWRows)
	b.run("adamw", blocks(n), threads, at(p), at(g), at(m), at(v), at(rows), integer(n), integer(cols), integer(limit), at(normSq),
		float(h.Clip), float(h.LR), float(h.Beta1), float(h.Beta2), float(h.Eps), float(h.Decay), debias(h.Beta1), debias(h.Beta2), word, op)
}

func (b *backend) AdamW(p, g, m, v kernels.F32, normSq kernels.F64, h kernels.AdamW) {
	kernels.CheckAdamW("AdamW", p.Len, g.Len, m.Len, v.Len, normSq, h)
	b.begin("AdamW", p.Len)
	b.adamW(p, g, m, v, kernels.I32{}, p.Len, 1, p.Len, normSq, h)
}

func (b *backend) AdamWRows(p, g, m, v kernels.Mat, rows kernels.I32, normSq kernels.F64, h kernels.AdamW) {
	const op = "AdamWRows"
	kernels.Whole(op, "p", p)
	kernels.NeedMat(op, "g", g, p.Rows, p.Cols)
	kernels.NeedMat(op, "m", m, p.Rows, p.Cols)
	kernels.NeedMat(op, "v", v, p.Rows, p.Cols)
	kernels.CheckAdamW(op, p.Data.Len, g.Data.Len, m.Data.Len, v.Data.Len, normSq, h)
	b.begin(op, p.Rows, p.Cols, rows.Len)
	b.adamW(p.Data, g.Data, m.Data, v.Data, rows, rows.Len*p.Cols, p.Cols, p.Rows, normSq, h)
}
