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
	n.gemm(c.Data.Host, a.Data.Host, b.Data.Host, m, cols, k, tb, accumulate)
}

// gemm is c [m, cols] = or += a [m, k] op(b).
func (n *native) gemm(c, a, b []float32, m, cols, k int, tb, accumulate bool) {
	if m == 0 || cols == 0 {
		return
	}
	n.pack(b, cols, k, tb)
	n.pool.split(m, n.tile, nsMulAdd*float64(cols*k), func(_, lo, hi int) {
		C.k_gemm_rows(n.k, float(c), float(a), float(n.packed), C.long(lo), C.long(hi), C.long(cols), C.long(k), flag(accumulate))
	})
}

// pack puts op(b) [k, cols] into n.packed.
func (n *native) pack(b []float32, cols, k int, tb bool) {
	panels := (cols + n.panel - 1) / n.panel
	n.packed = grown(n.packed, panels*n.panel*k)
	ldb := cols
	if tb {
		ldb = k
	}
	n.pool.split(panels, 1, nsElement*float64(n.panel*k), func(_, lo, hi int) {
		C.k_gemm_pack(n.k, float(n.packed), float(b), C.long(ldb), flag(tb), C.long(cols), C.long(k), C.long(lo), C.long(hi))
	})
}

// A sum over many rows is taken in sections, each by one thread, and then over the
// sections, in order. Their borders depend on the number of rows alone.
const (
	section     = 512 // rows, at least
	maxSections = 16  // each takes memory for a whole result
)

// sections is how many there are of rows, and how many rows each has, the last perhaps fewer.
func sections(rows int) (count, size int) {
	size = max(section, (rows+maxSections-1)/maxSections)
	return (rows + size - 1) / size, size
}

// sumParts is y = or += the sum of count parts, which lie one after the other.
func (n *native) sumParts(y, parts []float32, count int, accumulate bool) {
	n.pool.split(len(y), n.lanes, nsElement*float64(count), func(_, lo, hi int) {
		C.k_sum_parts(n.k, float(y), float(parts), C.long(count), C.long(len(y)), C.long(lo), C.long(hi), flag(accumulate))
	})
}

// gemmT is c [m, cols] = or += a^T b, for k rows of a, lda apart, and of b, ldb apart.
func (n *native) gemmT(c, a []float32, lda int, b []float32, ldb, m, cols, k int, accumulate bool) {
	if m == 0 || cols == 0 {
		return
	}
	scratch := (cols + n.panel - 1) / n.panel * n.panel * gemmTBlock
	rows := func(worker int, c []float32, k0, k1, lo, hi int, accumulate bool) {
		C.k_gemm_t(n.k, float(c), floatAt(a, k0*lda), C.long(lda), floatAt(b, k0*ldb), C.long(ldb), C.long(lo), C.long(hi), C.long(cols),
			C.long(k1-k0), flag(accumulate), float(n.worker(worker, scratch)))
	}
	if count, size := sections(k); count > 1 {
		n.parts = grown(n.parts, count*m*cols)
		n.pool.run(count, func(worker, i int) {
			rows(worker, n.parts[i*m*cols:], i*size, min((i+1)*size, k), 0, m, false)
		})
		n.sumParts(c[:m*cols], n.parts, count, accumulate)
		return
	}
	// Every part packs all of b for itself: one part a thread.
	parts := 1
	if float64(m*cols*k)*nsMulAdd > 2*share {
		parts = n.pool.threads
	}
	size := ((m+parts-1)/parts + n.tile - 1) / n.tile * n.tile
	n.pool.run((m+size-1)/size, func(worker, part int) { rows(worker, c, 0, k, part*size, min((part+1)*size, m), accumulate) })
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
