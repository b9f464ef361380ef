//go:build cuda

package cuda

import "github.com/invoicelab/invoicelab/kernels"

func (b *backend) LayerNorm(y, stats, x kernels.Mat, gamma, beta kernels.F32) {
	kernels.CheckLayerNorm("LayerNorm", y, stats, x, gamma)
	kernels.NeedLen("LayerNorm", "beta", beta.Len, x.Cols)
	b.begin("LayerNorm", x.Rows, x.Cols)
	b.run("layer_norm", warps(x.Rows), threads, at(y.Data), at(stats.Data), at(x.Data), at(gamma), at(beta), integer(x.Rows), integer(x.Cols))
}

func (b *backend) LayerNormGrad(dx kernels.Mat, dGamma, dBeta kernels.F32, dy, x, stats kernels.Mat, gamma kernels.F32) {
	const op = "LayerNormGrad"
	kernels.CheckLayerNorm(op, dy, stats, x, gamma)
	kernels.NeedMat(op, "dx", dx, x.Rows, x.Cols)
	kernels.NeedLen(op, "dGamma", dGamma.Len, x.Cols)
	kernels.NeedLen(op, "dBeta", dBeta.Len, x.Cols)
	b.begin(op, x.Rows, x.Cols)
	n, per := chunks(x.Rows)
	part := b.tempF64(n * 2 * x.Cols)
	b.run2("layer_norm_param_part", columns(x.Cols), n, threads, at(part), at(dy.Data), at(x.Data), at(stats.Data), integer(x.Rows), integer(x.Cols), integer(per))
	b.run("layer_norm_param_add", columns(x.Cols), threads, at(dGamma), at(dBeta), at(part), integer(x.Cols), integer(n))
	b.run("layer_norm_grad", warps(x.Rows), threads, at(dx.Data), at(dy.Data), at(x.Data), at(stats.Data), at(gamma), integer(x.Rows), integer(x.Cols))
}

func (b *backend) GELU(y, x kernels.F32) {
	kernels.NeedLen("GELU", "y", y.Len, x.Len)
	b.begin("GELU", x.Len)
	b.run("gelu", blocks(x.Len), threads, at(y), at(x), integer(x.Len))
}

func (b *backend) GELUGrad(dx, dy, x kernels.F32) {
	kernels.NeedLen("GELUGrad", "dx", dx.Len, x.Len)
	kernels.NeedLen("GELUGrad", "dy", dy.Len, x.Len)
	b.begin("GELUGrad", x.Len)
	b.run("gelu_grad", blocks(x.Len), threads, at(dx), at(dy), at(x), integer(x.Len))
}

func (b *backend) Dropout(y, x kernels.F32, rate float32, seed uint64) {
	kernels.NeedLen("Dropout", "y", y.Len, x.Len)
	if !(rate >= 0 && rate < 1) {
		kernels.Misfit("Dropout", "rate is %v, expected 0 to below 1", rate)
	}
	b.begin("Dropout", x.Len)
	b.run("dropout", blocks(x.Len), threads, at(y), at(x), integer(x.Len), float(rate), float(1/(1-rate)), unsigned(seed))
}

// groupOrder lists the columns of each group (see group.cu).
func (b *backend) groupOrder(groupOf kernels.I32, groups, code int) (order, start kernels.I32) {
	order, start = b.tempI32(groupOf.Len), b.tempI32(groups+1)
	word, op := b.complaint(code)
	b.run("group_order", 1, threads, at(order), at(start), at(groupOf), integer(groupOf.Len), integer(groups), word, op)
	return order, start
}

func (b *backend) GroupLogSoftmax(y, x kernels.Mat, groupOf kernels.I32, groups int) {
	const op = "GroupLogSoftmax"
	kernels.Whole(op, "x", x)
	kernels.NeedMat(op, "y", y, x.Rows, x.Cols)
	kernels.NeedLen(op, "groupOf", groupOf.Len, x.Cols)
	b.begin(op, x.Rows, x.Cols, groups)
	order, start := b.groupOrder(groupOf, groups, codeGroupLogSoftmax)
	b.run("group_log_softmax", warps(x.Rows*groups), threads, at(y.Data), at(x.Data), at(order), at(start), integer(x.Rows), integer(x.Cols), integer(groups))
}

func (b *backend) GroupLogSoftmaxGrad(dx, dy, y kernels.Mat, groupOf kernels.I32, groups int) {
	const op = "GroupLogSoftmaxGrad"
	kernels.Whole(op, "y", y)
	kernels.NeedMat(op, "dx", dx, y.Rows, y.Cols)
	kernels.NeedMat(op, "dy", dy, y.Rows, y.Cols)
	kernels.NeedLen(op, "groupOf", groupOf.Len, y.Cols)
	b.begin(op, y.Rows, y.Cols, groups)
	order, start := b.groupOrder(groupOf, groups, codeGroupLogSoftmaxGrad)
	b.run("group_log_softmax_grad", warps(y.Rows*groups), threads, at(dx.Data), at(dy.Data), at(y.Data), at(order), at(start),
		integer(y.Rows), integer(y.Cols), integer(groups))
}

func (b *backend) GroupAdd(y, g kernels.Mat, groupOf kernels.I32) {
	kernels.Whole("GroupAdd", "y", y)
	kernels.NeedMat("GroupAdd", "g", g, y.Rows, g.Cols)
	kernels.NeedLen("GroupAdd", "groupOf", groupOf.Len, y.Cols)
	b.begin("GroupAdd", y.Rows, y.Cols, g.Cols)
	word, op := b.complaint(codeGroupAdd)
	b.run("group_add", blocks(y.Data.Len), threads, at(y.Data), at(g.Data), at(groupOf), integer(y.Rows), integer(y.Cols), integer(g.Cols), word, op)
}

func (b *backend) GroupSum(dg, dy kernels.Mat, groupOf kernels.I32) {
	kernels.Whole("GroupSum", "dy", dy)
	kernels.NeedMat("GroupSum", "dg", dg, dy.Rows, dg.Cols)
	kernels.NeedLen("GroupSum", "groupOf", groupOf.Len, dy.Cols)
	b.begin("GroupSum", dy.Rows, dy.Cols, dg.Cols)
	order, start := b.groupOrder(groupOf, dg.Cols, codeGroupSum)
	b.run("group_sum", blocks(dg.Data.Len), threads, at(dg.Data), at(dy.Data), at(order), at(start), integer(dy.Rows), integer(dy.Cols), integer(dg.Cols))
}
