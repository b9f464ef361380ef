package cpu

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

func (r *ref) GroupLogSoftmax(y, x kernels.Mat, groupOf kernels.I32, groups int) {
	const op = "GroupLogSoftmax"
	kernels.Whole(op, "x", x)
	kernels.NeedMat(op, "y", y, x.Rows, x.Cols)
	kernels.CheckGroups(op, groupOf, x.Cols, groups)
	c := x.Cols
	r.each(x.Rows, 32*c, func(lo, hi int) {
		top, sum := make([]float64, groups), make([]float64, groups)
		for n := lo; n < hi; n++ {
			row, out := x.Data.Host[n*c:(n+1)*c], y.Data.Host[n*c:(n+1)*c]
			for g := range groups {
				top[g], sum[g] = math.Inf(-1), 0
			}
			for j, v := range row {
				g := groupOf.Host[j]
				top[g] = max(top[g], float64(v))
			}
			for j, v := range row {
				g := groupOf.Host[j]
				sum[g] += math.Exp(float64(v) - top[g])
			}
			for j, v := range row {
				g := groupOf.Host[j]
				out[j] = float32(float64(v) - top[g] - math.Log(sum[g]))
			}
		}
	})
}

func (r *ref) GroupLogSoftmaxGrad(dx, dy, y kernels.Mat, groupOf kernels.I32, groups int) {
	const op = "GroupLogSoftmaxGrad"
	kernels.Whole(op, "y", y)
	kernels.NeedMat(op, "dx", dx, y.Rows, y.Cols)
	kernels.NeedMat(op, "dy", dy, y.Rows, y.Cols)
	kernels.CheckGroups(op, groupOf, y.Cols, groups)
	c := y.Cols
	r.each(y.Rows, 16*c, func(lo, hi int) {
		sum := make([]float64, groups)
		for n := lo; n < hi; n++ {
			clear(sum)
			for j, d := range dy.Data.Host[n*c : (n+1)*c] {
				sum[groupOf.Host[j]] += float64(d)
			}
			for j, d := range dy.Data.Host[n*c : (n+1)*c] {
				p := math.Exp(float64(y.Data.Host[n*c+j]))
				dx.Data.Host[n*c+j] = float32(float64(d) - p*sum[groupOf.Host[j]])
			}
		}
	})
}

func (r *ref) GroupAdd(y, g kernels.Mat, groupOf kernels.I32) {
	kernels.Whole("GroupAdd", "y", y)
	kernels.NeedMat("GroupAdd", "g", g, y.Rows, g.Cols)
	kernels.CheckGroups("GroupAdd", groupOf, y.Cols, g.Cols)
	for n := range y.Rows {
		for j, k := range groupOf.Host {
			y.Data.Host[n*y.Cols+j] += g.Data.Host[n*g.Cols+int(k)]
		}
	}
}

func (r *ref) GroupSum(dg, dy kernels.Mat, groupOf kernels.I32) {
	kernels.Whole("GroupSum", "dy", dy)
	kernels.NeedMat("GroupSum", "dg", dg, dy.Rows, dg.Cols)
	kernels.CheckGroups("GroupSum", groupOf, dy.Cols, dg.Cols)
	sum := make([]float64, dg.Cols)
	for n := range dy.Rows {
		clear(sum)
		for j, k := range groupOf.Host {
			sum[k] += float64(dy.Data.Host[n*dy.Cols+j])
		}
		for k, s := range sum {
			i := n*dg.Cols + k
			dg.Data.Host[i] = float32(float64(dg.Data.Host[i]) + s)
		}
	}
}
