//go:build cgo

package cpu

// #include "c_kernels.h"
import "C"

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

func (n *native) GELU(y, x kernels.F32) {
	kernels.NeedLen("GELU", "y", y.Len, x.Len)
	n.pool.split(x.Len, 16, 3*nsElement, func(_, lo, hi int) {
		C.k_gelu(n.k, floatAt(y.Host, lo), floatAt(x.Host, lo), C.long(hi-lo))
	})
}

func (n *native) GELUGrad(dx, dy, x kernels.F32) {
	kernels.NeedLen("GELUGrad", "dx", dx.Len, x.Len)
	kernels.NeedLen("GELUGrad", "dy", dy.Len, x.Len)
	n.pool.split(x.Len, 16, 3*nsElement, func(_, lo, hi int) {
		C.k_gelu_grad(n.k, floatAt(dx.Host, lo), floatAt(dy.Host, lo), floatAt(x.Host, lo), C.long(hi-lo))
	})
}

func (n *native) Dropout(y, x kernels.F32, rate float32, seed uint64) {
	kernels.NeedLen("Dropout", "y", y.Len, x.Len)
	if !(rate >= 0 && rate < 1) {
		kernels.Misfit("Dropout", "rate is %v, expected 0 to below 1", rate)
	}
	// A draw of 24 bits over 2^24 is at least rate when the bits are at least this.
	threshold := uint64(math.Ceil(float64(rate) * (1 << 24)))
	n.pool.split(x.Len, 16, 3*nsElement, func(_, lo, hi int) {
		C.k_dropout(n.k, floatAt(y.Host, lo), floatAt(x.Host, lo), C.long(hi-lo), C.uint64_t(lo), C.uint64_t(seed),
			C.uint64_t(threshold), C.float(1/(1-rate)))
	})
}

// sumChunk is the elements of one partial sum of SumSquares.
const sumChunk = 1 << 14

func (n *native) SumSquares(dst kernels.F64, x kernels.F32) {
	kernels.NeedLen("SumSquares", "dst", dst.Len, 1)
	sums := make([]float64, (x.Len+sumChunk-1)/sumChunk)
	n.pool.split(len(sums), 1, nsElement*sumChunk, func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			part := x.Host[i*sumChunk : min((i+1)*sumChunk, x.Len)]
			sums[i] = float64(C.k_sum_squares(n.k, float(part), C.long(len(part))))
		}
	})
	for _, s := range sums {
		dst.Host[0] += s
	}
}

func (n *native) SumSquaresRows(dst kernels.F64, x kernels.Mat, rows kernels.I32) {
	const op = "SumSquaresRows"
	kernels.Whole(op, "x", x)
	kernels.NeedLen(op, "dst", dst.Len, 1)
	kernels.CheckSorted(op, rows, x.Rows)
	sums := make([]float64, rows.Len)
	n.pool.split(rows.Len, 1, nsElement*float64(x.Cols)+50, func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			sums[i] = float64(C.k_sum_squares(n.k, floatAt(x.Data.Host, int(rows.Host[i])*x.Cols), C.long(x.Cols)))
		}
	})
	for _, s := range sums {
		dst.Host[0] += s
	}
}

func (n *native) AdamW(p, g, m, v kernels.F32, normSq kernels.F64, h kernels.AdamW) {
	kernels.CheckAdamW("AdamW", p.Len, g.Len, m.Len, v.Len, normSq, h)
	step := newAdamStep(normSq, h)
	n.pool.split(p.Len, 16, 4*nsElement, func(_, lo, hi int) { n.adamw(step, p, g, m, v, lo, hi) })
}

func (n *native) AdamWRows(p, g, m, v kernels.Mat, rows kernels.I32, normSq kernels.F64, h kernels.AdamW) {
	const op = "AdamWRows"
	kernels.Whole(op, "p", p)
	kernels.NeedMat(op, "g", g, p.Rows, p.Cols)
	kernels.NeedMat(op, "m", m, p.Rows, p.Cols)
	kernels.NeedMat(op, "v", v, p.Rows, p.Cols)
	kernels.CheckAdamW(op, p.Data.Len, g.Data.Len, m.Data.Len, v.Data.Len, normSq, h)
	kernels.CheckSorted(op, rows, p.Rows)
	step := newAdamStep(normSq, h)
	n.pool.split(rows.Len, 1, 4*nsElement*float64(p.Cols)+50, func(_, lo, hi int) {
		for _, row := range rows.Host[lo:hi] {
			n.adamw(step, p.Data, g.Data, m.Data, v.Data, int(row)*p.Cols, (int(row)+1)*p.Cols)
		}
	})
}

// adamw steps elements [lo, hi).
func (n *native) adamw(s adamStep, p, g, m, v kernels.F32, lo, hi int) {
	C.k_adamw(n.k, floatAt(p.Host, lo), floatAt(g.Host, lo), floatAt(m.Host, lo), floatAt(v.Host, lo), C.long(hi-lo),
		C.float(s.lr), C.float(s.decay), C.float(s.eps), C.float(s.beta1), C.float(1-s.beta1), C.float(s.beta2), C.float(1-s.beta2),
		C.float(s.scale), C.float(1/s.debias1), C.float(1/s.debias2))
}

func (n *native) Embed(y, table kernels.Mat, ids kernels.I32) {
	width := kernels.CheckEmbed("Embed", y, table, ids)
	h := y.Cols
	n.pool.split(y.Rows, 1, nsElement*float64((width+1)*h), func(_, lo, hi int) {
		C.k_embed_rows(n.k, floatAt(y.Data.Host, lo*h), float(table.Data.Host), int32s(ids.Host[lo*width:]),
			C.long(hi-lo), C.long(width), C.long(h))
	})
}

func (n *native) EmbedGrad(dTable, dy kernels.Mat, ids kernels.I32) {
	width := kernels.CheckEmbed("EmbedGrad", dy, dTable, ids)
	n.scatter(dTable, dy.Data.Host, ids, width)
}

func (n *native) Gather(y, x kernels.Mat, idx kernels.I32) {
	kernels.CheckGather("Gather", y, x, idx)
	h := x.Cols
	n.pool.split(idx.Len, 1, nsElement*float64(h), func(_, lo, hi int) {
		C.k_gather_rows(n.k, floatAt(y.Data.Host, lo*h), float(x.Data.Host), int32s(idx.Host[lo:]), C.long(hi-lo), C.long(h))
	})
}

func (n *native) GatherGrad(dx, dy kernels.Mat, idx kernels.I32) {
	kernels.CheckGather("GatherGrad", dy, dx, idx)
	n.scatter(dx, dy.Data.Host, idx, 1)
}

// scatter adds row i/width of x to row ids[i] of y, in the order of i. Threads
// take columns, so that no two write to one element.
func (n *native) scatter(y kernels.Mat, x []float32, ids kernels.I32, width int) {
	h := y.Cols
	n.pool.split(h, 16, 2*nsElement*float64(ids.Len), func(_, lo, hi int) {
		C.k_scatter_rows(n.k, float(y.Data.Host), float(x), int32s(ids.Host), C.long(ids.Len), C.long(max(width, 1)), C.long(h), C.long(lo), C.long(hi))
	})
}
