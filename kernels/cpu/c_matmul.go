//go:build cgo

package cpu

// #include "c_kernels.h"
import "C"

import "github.com/invoicelab/invoicelab/kernels"

// Rough speeds, by which work is split: a multiply-add of a product, and an
// element of a plain pass over memory, in nanoseconds.
const (
	nsMulAdd  = 0.02
	nsElement = 0.2
)

// gemmTBlock is K_BLOCK_T of c_gemm.h: the most rows that gemm_t packs at once.
const gemmTBlock = 128

func (n *native) MatMul(c, a, b kernels.Mat, ta, tb, accumulate bool) {
	m, cols, k := kernels.CheckMatMul(c, a, b, ta, tb)
	if ta {
		n.gemmT(c.Data.Host, a.Data.Host, m, b.Data.Host, cols, m, cols, k, accumulate)
		return
	}
	n.gemm(c.Data.Host, a.Data.Host, b.Data.Host, m, cols, k, tb, accumulate, nil)
}

// gemm is c [m, cols] = or += a [m, k] op(b). after, where it is not nil, is
// called for rows [lo, hi) of c as soon as they are done.
func (n *native) gemm(c, a, b []float32, m, cols, k int, tb, accumulate bool, after func(lo, hi int)) {
	if m == 0 || cols == 0 {
		return
	}
	panels := (cols + n.panel - 1) / n.panel
	n.packed = grown(n.packed, panels*n.panel*k)
	ldb := cols
	if tb {
		ldb = k
	}
	n.pool.split(panels, 1, nsElement*float64(n.panel*k), func(_, lo, hi int) {
		C.k_gemm_pack(n.k, float(n.packed), float(b), C.long(ldb), flag(tb), C.long(cols), C.long(k), C.long(lo), C.long(hi))
	})
	n.pool.split(m, n.tile, nsMulAdd*float64(cols*k), func(_, lo, hi int) {
		C.k_gemm_rows(n.k, float(c), float(a), float(n.packed), C.long(lo), C.long(hi), C.long(cols), C.long(k), flag(accumulate))
		if after != nil {
			after(lo, hi)
		}
	})
}

// gemmT is c [m, cols] = or += a^T b, for k rows of a, lda apart, and of b, ldb apart.
func (n *native) gemmT(c, a []float32, lda int, b []float32, ldb, m, cols, k int, accumulate bool) {
	if m == 0 || cols == 0 {
		return
	}
	// Every part packs all of b for itself: one part a thread.
	parts := 1
	if float64(m*cols*k)*nsMulAdd > 2*share {
		parts = n.pool.threads
	}
	size := ((m+parts-1)/parts + n.tile - 1) / n.tile * n.tile
	scratch := (cols + n.panel - 1) / n.panel * n.panel * gemmTBlock
	n.pool.run((m+size-1)/size, func(worker, part int) {
		lo, hi := part*size, min((part+1)*size, m)
		C.k_gemm_t(n.k, float(c), float(a), C.long(lda), float(b), C.long(ldb), C.long(lo), C.long(hi), C.long(cols), C.long(k),
			flag(accumulate), float(n.worker(worker, scratch)))
	})
}

func (n *native) AddBias(y kernels.Mat, bias kernels.F32) {
	kernels.Whole("AddBias", "y", y)
	kernels.NeedLen("AddBias", "bias", bias.Len, y.Cols)
	n.pool.split(y.Rows, 1, nsElement*float64(y.Cols), func(_, lo, hi int) {
		C.k_add_bias(n.k, floatAt(y.Data.Host, lo*y.Cols), float(bias.Host), C.long(hi-lo), C.long(y.Cols))
	})
}

func (n *native) ColSum(dst kernels.F32, x kernels.Mat) {
	kernels.Whole("ColSum", "x", x)
	kernels.NeedLen("ColSum", "dst", dst.Len, x.Cols)
	sums := n.chunkSums(x.Rows, x.Cols)
	n.pool.chunks(x.Rows, nsElement*float64(x.Cols), func(_, i, lo, hi int) {
		C.k_col_sum(n.k, floatAt(sums, i*x.Cols), floatAt(x.Data.Host, lo*x.Cols), C.long(hi-lo), C.long(x.Cols))
	})
	addChunks(dst.Host, sums)
}

// chunkSums is memory for one row of cols sums a chunk of rows.
func (n *native) chunkSums(rows, cols int) []float32 {
	return make([]float32, (rows+chunk-1)/chunk*cols)
}

// addChunks adds the rows of sums to dst, in order and in float64.
func addChunks(dst, sums []float32) {
	for j := range dst {
		total := float64(dst[j])
		for i := j; i < len(sums); i += len(dst) {
			total += float64(sums[i])
		}
		dst[j] = float32(total)
	}
}

func (n *native) Axpy(y kernels.F32, alpha float32, x kernels.F32) {
	kernels.NeedLen("Axpy", "x", x.Len, y.Len)
	n.pool.split(y.Len, 16, nsElement, func(_, lo, hi int) {
		C.k_axpy(n.k, floatAt(y.Host, lo), C.float(alpha), floatAt(x.Host, lo), C.long(hi-lo))
	})
}
