package bench

import (
	"fmt"

	"github.com/invoicelab/invoicelab/kernels"
)

// f32 is the bytes of n float32.
func f32(n ...int) float64 {
	sum := 0
	for _, v := range n {
		sum += 4 * v
	}
	return float64(sum)
}

// Ops lists what is timed.
func Ops(s Sizes) []Op {
	n, c, dim := s.tokens(), s.Labels, s.Dim
	ops := products(s)
	perToken := fmt.Sprintf("N=%d", n)
	rows := func(cols int) string { return fmt.Sprintf("%s/D=%d", perToken, cols) }
	perLabel := fmt.Sprintf("%s/C=%d", perToken, c)
	return append(append(ops,
		Op{"AddBias", rows(dim), float64(n * dim), f32(2*n*dim, dim), func(d *data) func() {
			y, b := d.mat(n, dim), d.normal(dim)
			return func() { d.AddBias(y, b) }
		}},
		Op{"ColSum", rows(dim), float64(n * dim), f32(n*dim, dim), func(d *data) func() {
			x, s := d.mat(n, dim), d.normal(dim)
			return func() { d.ColSum(s, x) }
		}},
		Op{"Embed", rows(hidden), float64(n * ids * hidden), f32(n*ids*hidden, n*hidden), func(d *data) func() {
			y, t, k := d.zeroMat(n, hidden), d.mat(table, hidden), d.below(n*ids, table)
			return func() { d.Embed(y, t, k) }
		}},
		Op{"EmbedGrad", rows(hidden), float64(n * ids * hidden), f32(2*n*ids*hidden, n*hidden), func(d *data) func() {
			dy, t, k := d.mat(n, hidden), d.mat(table, hidden), d.below(n*ids, table)
			return func() { d.EmbedGrad(t, dy, k) }
		}},
		Op{"Gather", rows(hidden), 0, f32(n*hidden, n*near*hidden), func(d *data) func() {
			y, x, k := d.zeroMat(n, near*hidden), d.mat(n, hidden), d.below(n*near, n)
			return func() { d.Gather(y, x, k) }
		}},
		Op{"GatherGrad", rows(hidden), float64(n * near * hidden), f32(2*n*hidden, n*near*hidden), func(d *data) func() {
			dy, dx, k := d.mat(n, near*hidden), d.mat(n, hidden), d.below(n*near, n)
			return func() { d.GatherGrad(dx, dy, k) }
		}},
		Op{"LayerNorm", rows(dim), float64(7 * n * dim), f32(2*n*dim, 2*n), func(d *data) func() {
			y, s, x, g, b := d.zeroMat(n, dim), d.zeroMat(n, 2), d.mat(n, dim), d.normal(dim), d.normal(dim)
			return func() { d.LayerNorm(y, s, x, g, b) }
		}},
		Op{"LayerNormGrad", rows(dim), float64(14 * n * dim), f32(3*n*dim, 2*n), func(d *data) func() {
			y, s, x, g, b := d.zeroMat(n, dim), d.zeroMat(n, 2), d.mat(n, dim), d.normal(dim), d.normal(dim)
			d.LayerNorm(y, s, x, g, b)
			dx, dy, dg, db := d.zeroMat(n, dim), d.mat(n, dim), d.normal(dim), d.normal(dim)
			return func() { d.LayerNormGrad(dx, dg, db, dy, x, s, g) }
		}},
		Op{"GELU", rows(dim), 0, f32(2 * n * dim), func(d *data) func() {
			y, x := d.zeros(n*dim), d.normal(n*dim)
			return func() { d.GELU(y, x) }
		}},
		Op{"GELUGrad", rows(dim), 0, f32(3 * n * dim), func(d *data) func() {
			dx, dy, x := d.zeros(n*dim), d.normal(n*dim), d.normal(n*dim)
			return func() { d.GELUGrad(dx, dy, x) }
		}},
		Op{"Dropout", rows(dim), 0, f32(2 * n * dim), func(d *data) func() {
			y, x := d.zeros(n*dim), d.normal(n*dim)
			return func() { d.Dropout(y, x, 0.1, 7) }
		}},
		Op{"GroupLogSoftmax", perLabel, 0, f32(2 * n * c), func(d *data) func() {
			y, x, g := d.zeroMat(n, c), d.mat(n, c), d.below(c, groups)
			return func() { d.GroupLogSoftmax(y, x, g, groups) }
		}},
		Op{"GroupLogSoftmaxGrad", perLabel, 0, f32(3 * n * c), func(d *data) func() {
			dx, dy, y, g := d.zeroMat(n, c), d.mat(n, c), d.mat(n, c), d.below(c, groups)
			d.GroupLogSoftmax(y, dy, g, groups)
			return func() { d.GroupLogSoftmaxGrad(dx, dy, y, g, groups) }
		}},
		Op{"GroupAdd", perLabel, float64(n * c), f32(2*n*c, n*groups), func(d *data) func() {
			y, x, g := d.mat(n, c), d.mat(n, groups), d.below(c, groups)
			return func() { d.GroupAdd(y, x, g) }
		}},
		Op{"GroupSum", perLabel, float64(n * c), f32(n*c, 2*n*groups), func(d *data) func() {
			dg, dy, g := d.mat(n, groups), d.mat(n, c), d.below(c, groups)
			return func() { d.GroupSum(dg, dy, g) }
		}},
		Op{"SumSquares", fmt.Sprintf("n=%d", params), 2 * params, f32(params), func(d *data) func() {
			s, x := d.doubles(1), d.normal(params)
			return func() { d.SumSquares(s, x) }
		}},
		Op{"AdamW", fmt.Sprintf("n=%d", params), 15 * params, f32(8 * params), func(d *data) func() {
			p, g, m, v, norm := d.normal(params), d.normal(params), d.zeros(params), d.zeros(params), d.doubles(1)
			h := kernels.AdamW{LR: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: 1}
			return func() { d.AdamW(p, g, m, v, norm, h) }
		}},
		Op{"AdamWRows", fmt.Sprintf("rows=%d/D=%d", table/4, hidden), 15 * table / 4 * hidden, f32(8 * table / 4 * hidden), func(d *data) func() {
			p, g, m, v := d.mat(table, hidden), d.mat(table, hidden), d.zeroMat(table, hidden), d.zeroMat(table, hidden)
			rows := make([]int32, table/4)
			for i := range rows {
				rows[i] = int32(4 * i)
			}
			norm, at := d.doubles(1), d.put(rows)
			h := kernels.AdamW{LR: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: 1}
			return func() { d.AdamWRows(p, g, m, v, at, norm, h) }
		}},
	), heads(s)...)
}

// products are those of a pretrained encoder's projection and a head at the sizes of
// the bars, and of a step of the compact encoder, which has fewer tokens.
func products(s Sizes) []Op {
	tokens, labels, dim := s.tokens(), s.Labels, s.Dim
	return []Op{
		product("NN", tokens, wide, dim),
		product("NN", tokens, dim, labels),
		product("NT", tokens, labels, dim),
		product("TN", dim, tokens, labels),
		product("NN", tokens, near*hidden, hidden),
		product("NN", step, near*hidden, hidden),
		product("NT", step, hidden, near*hidden),
		product("TN", near*hidden, step, hidden),
		product("NN", step, hidden, dim),
		product("TN", hidden, step, dim),
		product("NN", step, hidden/2, groups),
		product("NT", labels, dim, labels),
	}
}

// product is c [m, n] = op(a) op(b) with sums of k terms.
func product(form string, m, k, n int) Op {
	ta, tb := form == "TN", form == "NT"
	return Op{"MatMul", fmt.Sprintf("%s/%dx%dx%d", form, m, k, n), 2 * float64(m) * float64(k) * float64(n), f32(m*k, k*n, m*n), func(d *data) func() {
		a, b, c := d.mat(m, k), d.mat(k, n), d.zeroMat(m, n)
		if ta {
			a.Rows, a.Cols = k, m
		}
		if tb {
			b.Rows, b.Cols = n, k
		}
		return func() { d.MatMul(c, a, b, ta, tb, false) }
	}}
}
