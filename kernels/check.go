package kernels

import "fmt"

// The checks of operands that backends make before they compute, so that a
// caller's mistake panics with the same words on each. Values (indices, labels,
// groups) can be looked at only in host memory; a device checks them itself.

// Misfit panics with "kernels: op: what" for a caller's mistake.
func Misfit(op, format string, args ...any) {
	panic("kernels: " + op + ": " + fmt.Sprintf(format, args...))
}

// SameLen checks that two operands have as many elements.
func SameLen(op, a string, na int, b string, nb int) {
	if na != nb {
		Misfit(op, "%s has %d elements, %s %d", a, na, b, nb)
	}
}

// NeedLen checks that an operand has want elements.
func NeedLen(op, name string, have, want int) {
	if have != want {
		Misfit(op, "%s has %d elements, expected %d", name, have, want)
	}
}

// NeedMat checks that m is rows x cols and holds as much.
func NeedMat(op, name string, m Mat, rows, cols int) {
	if m.Rows != rows || m.Cols != cols || m.Data.Len != rows*cols {
		Misfit(op, "%s is %dx%d with %d elements, expected %dx%d", name, m.Rows, m.Cols, m.Data.Len, rows, cols)
	}
}

// Whole checks that m holds what its shape says.
func Whole(op, name string, m Mat) {
	if m.Rows < 0 || m.Cols < 0 || m.Data.Len != m.Rows*m.Cols {
		Misfit(op, "%s is %dx%d with %d elements", name, m.Rows, m.Cols, m.Data.Len)
	}
}

// CheckMatMul returns the shape of c [m, n] and the length k of its sums.
func CheckMatMul(c, a, b Mat, ta, tb bool) (m, n, k int) {
	const op = "MatMul"
	if ta && tb {
		Misfit(op, "both operands transposed")
	}
	m, k = a.Rows, a.Cols
	if ta {
		m, k = k, m
	}
	kb, n := b.Rows, b.Cols
	if tb {
		kb, n = n, kb
	}
	Whole(op, "a", a)
	Whole(op, "b", b)
	if k != kb {
		Misfit(op, "sums of %d in a and %d in b", k, kb)
	}
	NeedMat(op, "c", c, m, n)
	return m, n, k
}

// CheckRows checks one list of width indices a row, each -1 or a row of a table of
// limit rows, and returns width.
func CheckRows(op string, ids I32, rows, limit int) (width int) {
	if rows == 0 {
		NeedLen(op, "indices", ids.Len, 0)
		return 0
	}
	if ids.Len%rows != 0 {
		Misfit(op, "%d indices for %d rows", ids.Len, rows)
	}
	for _, id := range ids.Host {
		if id < -1 || int(id) >= limit {
			Misfit(op, "index %d of %d rows", id, limit)
		}
	}
	return ids.Len / rows
}

// CheckEmbed returns F, the ids a token.
func CheckEmbed(op string, y, table Mat, ids I32) int {
	Whole(op, "y", y)
	NeedMat(op, "table", table, table.Rows, y.Cols)
	return CheckRows(op, ids, y.Rows, table.Rows)
}

// CheckGather returns K, the rows gathered for one row of y.
func CheckGather(op string, y, x Mat, idx I32) int {
	Whole(op, "x", x)
	k := CheckRows(op, idx, y.Rows, x.Rows)
	if y.Rows > 0 {
		NeedMat(op, "y", y, y.Rows, k*x.Cols)
	}
	return k
}

// CheckGroups checks that groupOf names for each of cols columns a group below groups.
func CheckGroups(op string, groupOf I32, cols, groups int) {
	NeedLen(op, "groupOf", groupOf.Len, cols)
	for c, g := range groupOf.Host {
		if g < 0 || int(g) >= groups {
			Misfit(op, "column %d in group %d of %d", c, g, groups)
		}
	}
}

// CheckLabels checks that each label is a column or Ignore.
func CheckLabels(op string, labels I32, rows, cols int) {
	NeedLen(op, "labels", labels.Len, rows)
	for n, y := range labels.Host {
		if y != Ignore && (y < 0 || int(y) >= cols) {
			Misfit(op, "label %d of token %d with %d columns", y, n, cols)
		}
	}
}

// CheckLoss checks the operands of SoftmaxLoss.
func CheckLoss(dz Mat, loss F64, z Mat, labels I32, p LossParams) {
	const op = "SoftmaxLoss"
	Whole(op, "z", z)
	NeedMat(op, "dz", dz, z.Rows, z.Cols)
	NeedLen(op, "loss", loss.Len, 3)
	CheckLabels(op, labels, z.Rows, z.Cols)
	if p.Weights.Len != 0 {
		NeedLen(op, "Weights", p.Weights.Len, z.Cols)
	}
	if p.Alpha.Len != 0 {
		NeedLen(op, "Alpha", p.Alpha.Len, z.Cols)
	}
	if !(p.Gamma >= 0) {
		Misfit(op, "Gamma is %v, expected at least 0", p.Gamma)
	}
}

// CheckCosine checks the operands that Cosine and CosineGrad share.
func CheckCosine(op string, y Mat, xInv, pInv F32, x, p Mat, temperature F32) {
	Whole(op, "x", x)
	NeedMat(op, "p", p, p.Rows, x.Cols)
	NeedMat(op, "y", y, x.Rows, p.Rows)
	NeedLen(op, "xInv", xInv.Len, x.Rows)
	NeedLen(op, "pInv", pInv.Len, p.Rows)
	NeedLen(op, "temperature", temperature.Len, 1)
}

// CheckCRF checks scores and offsets and returns the number of documents.
func CheckCRF(op string, emit Mat, w CRFWeights, offsets []int32) int {
	c := emit.Cols
	Whole(op, "emit", emit)
	NeedMat(op, "Trans", w.Trans, c, c)
	NeedLen(op, "Start", w.Start.Len, c)
	NeedLen(op, "End", w.End.Len, c)
	if c == 0 {
		Misfit(op, "no labels")
	}
	if len(offsets) == 0 {
		Misfit(op, "no offsets")
	}
	if first, last := offsets[0], offsets[len(offsets)-1]; first != 0 || int(last) != emit.Rows {
		Misfit(op, "offsets run from %d to %d, expected 0 to %d", first, last, emit.Rows)
	}
	for b, at := range offsets[1:] {
		if at < offsets[b] {
			Misfit(op, "offset %d follows %d", at, offsets[b])
		}
	}
	return len(offsets) - 1
}

// CheckCRFNLL checks what the likelihood of checked scores needs besides.
func CheckCRFNLL(op string, nll F64, emit Mat, labels I32, docs int) {
	NeedLen(op, "nll", nll.Len, docs)
	CheckLabels(op, labels, emit.Rows, emit.Cols)
}

// CheckCRFGrad checks what its gradient needs besides.
func CheckCRFGrad(nll F64, dEmit Mat, g CRFGrad, emit Mat, labels I32, docs int) {
	const op = "CRF"
	CheckCRFNLL(op, nll, emit, labels, docs)
	NeedMat(op, "dEmit", dEmit, emit.Rows, emit.Cols)
	NeedMat(op, "gradient of Trans", g.Trans, emit.Cols, emit.Cols)
	NeedLen(op, "gradient of Start", g.Start.Len, emit.Cols)
	NeedLen(op, "gradient of End", g.End.Len, emit.Cols)
}

// CheckLayerNorm checks the operands that LayerNorm and its gradient share.
func CheckLayerNorm(op string, y, stats, x Mat, gamma F32) {
	Whole(op, "x", x)
	NeedMat(op, "y", y, x.Rows, x.Cols)
	NeedMat(op, "stats", stats, x.Rows, 2)
	NeedLen(op, "gamma", gamma.Len, x.Cols)
}

// CheckAdamW checks the operands of a step.
func CheckAdamW(op string, p, g, m, v int, normSq F64, h AdamW) {
	NeedLen(op, "g", g, p)
	NeedLen(op, "m", m, p)
	NeedLen(op, "v", v, p)
	if h.Clip != 0 {
		NeedLen(op, "normSq", normSq.Len, 1)
	}
	if h.Step < 1 {
		Misfit(op, "Step is %d, the first is 1", h.Step)
	}
}

// CheckSorted checks a list of rows that is sorted, unique and below limit.
func CheckSorted(op string, rows I32, limit int) {
	for i, row := range rows.Host {
		if row < 0 || int(row) >= limit {
			Misfit(op, "row %d of %d", row, limit)
		}
		if i > 0 && row <= rows.Host[i-1] {
			Misfit(op, "row %d follows %d, rows are sorted and unique", row, rows.Host[i-1])
		}
	}
}
