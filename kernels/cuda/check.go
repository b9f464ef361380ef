//go:build cuda

package cuda

import (
	"fmt"

	"github.com/invoicelab/invoicelab/kernels"
)

// misfit is the panic of a caller's mistake.
func misfit(op, format string, args ...any) {
	panic("kernels: " + op + ": " + fmt.Sprintf(format, args...))
}

func sameLen(op, a string, na int, b string, nb int) {
	if na != nb {
		misfit(op, "%s has %d elements, %s %d", a, na, b, nb)
	}
}

func needLen(op, name string, have, want int) {
	if have != want {
		misfit(op, "%s has %d elements, expected %d", name, have, want)
	}
}

func needMat(op, name string, m kernels.Mat, rows, cols int) {
	if m.Rows != rows || m.Cols != cols || m.Data.Len != rows*cols {
		misfit(op, "%s is %dx%d with %d elements, expected %dx%d", name, m.Rows, m.Cols, m.Data.Len, rows, cols)
	}
}

// whole checks that m holds what its shape says.
func whole(op, name string, m kernels.Mat) {
	if m.Rows < 0 || m.Cols < 0 || m.Data.Len != m.Rows*m.Cols {
		misfit(op, "%s is %dx%d with %d elements", name, m.Rows, m.Cols, m.Data.Len)
	}
}

// checkMatMul returns the shape of c [m, n] and the length k of its sums.
func checkMatMul(c, a, b kernels.Mat, ta, tb bool) (m, n, k int) {
	const op = "MatMul"
	if ta && tb {
		misfit(op, "both operands transposed")
	}
	m, k = a.Rows, a.Cols
	if ta {
		m, k = k, m
	}
	kb, n := b.Rows, b.Cols
	if tb {
		kb, n = n, kb
	}
	whole(op, "a", a)
	whole(op, "b", b)
	if k != kb {
		misfit(op, "sums of %d in a and %d in b", k, kb)
	}
	needMat(op, "c", c, m, n)
	return m, n, k
}

// checkRows checks one list of width indices a row and returns width. The kernels check
// the indices themselves, and so with labels and groups.
func checkRows(op string, ids kernels.I32, rows int) (width int) {
	if rows == 0 {
		needLen(op, "indices", ids.Len, 0)
		return 0
	}
	if ids.Len%rows != 0 {
		misfit(op, "%d indices for %d rows", ids.Len, rows)
	}
	return ids.Len / rows
}

// checkEmbed returns F, the ids a token.
func checkEmbed(op string, y, table kernels.Mat, ids kernels.I32) int {
	whole(op, "y", y)
	needMat(op, "table", table, table.Rows, y.Cols)
	return checkRows(op, ids, y.Rows)
}

// checkGather returns K, the rows gathered for one row of y.
func checkGather(op string, y, x kernels.Mat, idx kernels.I32) int {
	whole(op, "x", x)
	k := checkRows(op, idx, y.Rows)
	if y.Rows > 0 {
		needMat(op, "y", y, y.Rows, k*x.Cols)
	}
	return k
}

// checkLoss checks the operands of SoftmaxLoss.
func checkLoss(dz kernels.Mat, loss kernels.F64, z kernels.Mat, labels kernels.I32, p kernels.LossParams) {
	const op = "SoftmaxLoss"
	whole(op, "z", z)
	needMat(op, "dz", dz, z.Rows, z.Cols)
	needLen(op, "loss", loss.Len, 3)
	needLen(op, "labels", labels.Len, z.Rows)
	if p.Weights.Len != 0 {
		needLen(op, "Weights", p.Weights.Len, z.Cols)
	}
	if p.Alpha.Len != 0 {
		needLen(op, "Alpha", p.Alpha.Len, z.Cols)
	}
	if !(p.Gamma >= 0) {
		misfit(op, "Gamma is %v, expected at least 0", p.Gamma)
	}
}

// checkCosine checks the operands that Cosine and CosineGrad share.
func checkCosine(op string, y kernels.Mat, xInv, pInv kernels.F32, x, p kernels.Mat, temperature kernels.F32) {
	whole(op, "x", x)
	needMat(op, "p", p, p.Rows, x.Cols)
	needMat(op, "y", y, x.Rows, p.Rows)
	needLen(op, "xInv", xInv.Len, x.Rows)
	needLen(op, "pInv", pInv.Len, p.Rows)
	needLen(op, "temperature", temperature.Len, 1)
}

// checkCRF checks scores and offsets and returns the number of documents.
func checkCRF(op string, emit kernels.Mat, w kernels.CRFWeights, offsets []int32) int {
	c := emit.Cols
	whole(op, "emit", emit)
	needMat(op, "Trans", w.Trans, c, c)
	needLen(op, "Start", w.Start.Len, c)
	needLen(op, "End", w.End.Len, c)
	if c == 0 {
		misfit(op, "no labels")
	}
	if len(offsets) == 0 {
		misfit(op, "no offsets")
	}
	if first, last := offsets[0], offsets[len(offsets)-1]; first != 0 || int(last) != emit.Rows {
		misfit(op, "offsets run from %d to %d, expected 0 to %d", first, last, emit.Rows)
	}
	for b, at := range offsets[1:] {
		if at < offsets[b] {
			misfit(op, "offset %d follows %d", at, offsets[b])
		}
	}
	return len(offsets) - 1
}

// checkCRFGrad checks what the gradient of checked scores needs besides.
func checkCRFGrad(nll kernels.F64, dEmit kernels.Mat, g kernels.CRFGrad, emit kernels.Mat, labels kernels.I32, docs int) {
	const op = "CRF"
	needLen(op, "nll", nll.Len, docs)
	needMat(op, "dEmit", dEmit, emit.Rows, emit.Cols)
	needMat(op, "gradient of Trans", g.Trans, emit.Cols, emit.Cols)
	needLen(op, "gradient of Start", g.Start.Len, emit.Cols)
	needLen(op, "gradient of End", g.End.Len, emit.Cols)
	needLen(op, "labels", labels.Len, emit.Rows)
}

// checkLayerNorm checks the operands that LayerNorm and its gradient share.
func checkLayerNorm(op string, y, stats, x kernels.Mat, gamma kernels.F32) {
	whole(op, "x", x)
	needMat(op, "y", y, x.Rows, x.Cols)
	needMat(op, "stats", stats, x.Rows, 2)
	needLen(op, "gamma", gamma.Len, x.Cols)
}

// checkAdamW checks the operands of a step.
func checkAdamW(op string, p, g, m, v int, normSq kernels.F64, h kernels.AdamW) {
	needLen(op, "g", g, p)
	needLen(op, "m", m, p)
	needLen(op, "v", v, p)
	if h.Clip != 0 {
		needLen(op, "normSq", normSq.Len, 1)
	}
	if h.Step < 1 {
		misfit(op, "Step is %d, the first is 1", h.Step)
	}
}
