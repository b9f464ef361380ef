//go:build cgo

package cpu

// #include "c_kernels.h"
import "C"

import "github.com/invoicelab/invoicelab/kernels"

func (n *native) LayerNorm(y, stats, x kernels.Mat, gamma, beta kernels.F32) {
	kernels.CheckLayerNorm("LayerNorm", y, stats, x, gamma)
	kernels.NeedLen("LayerNorm", "beta", beta.Len, x.Cols)
	h := x.Cols
	n.pool.split(x.Rows, 1, 2*nsElement*float64(h), func(_, lo, hi int) {
		C.k_layer_norm(n.k, floatAt(y.Data.Host, lo*h), floatAt(stats.Data.Host, 2*lo), floatAt(x.Data.Host, lo*h),
			float(gamma.Host), float(beta.Host), layerNormEps, C.long(hi-lo), C.long(h))
	})
}

func (n *native) LayerNormGrad(dx kernels.Mat, dGamma, dBeta kernels.F32, dy, x, stats kernels.Mat, gamma kernels.F32) {
	const op = "LayerNormGrad"
	kernels.CheckLayerNorm(op, dy, stats, x, gamma)
	kernels.NeedMat(op, "dx", dx, x.Rows, x.Cols)
	kernels.NeedLen(op, "dGamma", dGamma.Len, x.Cols)
	kernels.NeedLen(op, "dBeta", dBeta.Len, x.Cols)
	h := x.Cols
	sumGamma, sumBeta := n.chunkSums(x.Rows, h), n.chunkSums(x.Rows, h)
	n.pool.chunks(x.Rows, 3*nsElement*float64(h), func(_, i, lo, hi int) {
		C.k_layer_norm_grad(n.k, floatAt(dx.Data.Host, lo*h), floatAt(sumGamma, i*h), floatAt(sumBeta, i*h), floatAt(dy.Data.Host, lo*h),
			floatAt(x.Data.Host, lo*h), floatAt(stats.Data.Host, 2*lo), float(gamma.Host), C.long(hi-lo), C.long(h))
	})
	addChunks(dGamma.Host, sumGamma)
	addChunks(dBeta.Host, sumBeta)
}

// byGroup lists the columns group by group: those of group g are
// order[start[g]:start[g+1]].
func byGroup(groupOf []int32, groups int) (order, start []int32) {
	start = make([]int32, groups+1)
	for _, g := range groupOf {
		start[g+1]++
	}
	for g := range groups {
		start[g+1] += start[g]
	}
	order = make([]int32, len(groupOf))
	next := append([]int32(nil), start...)
	for c, g := range groupOf {
		order[next[g]] = int32(c)
		next[g]++
	}
	return order, start
}

func (n *native) GroupLogSoftmax(y, x kernels.Mat, groupOf kernels.I32, groups int) {
	const op = "GroupLogSoftmax"
	kernels.Whole(op, "x", x)
	kernels.NeedMat(op, "y", y, x.Rows, x.Cols)
	kernels.CheckGroups(op, groupOf, x.Cols, groups)
	order, start := byGroup(groupOf.Host, groups)
	c := x.Cols
	n.pool.split(x.Rows, n.lanes, 5*nsElement*float64(c), func(worker, lo, hi int) {
		C.k_log_softmax_groups(n.k, floatAt(y.Data.Host, lo*c), floatAt(x.Data.Host, lo*c), int32s(order), int32s(start),
			C.long(groups), C.long(hi-lo), C.long(c), float(n.worker(worker, 2*n.lanes*c)))
	})
}

func (n *native) GroupLogSoftmaxGrad(dx, dy, y kernels.Mat, groupOf kernels.I32, groups int) {
	const op = "GroupLogSoftmaxGrad"
	kernels.Whole(op, "y", y)
	kernels.NeedMat(op, "dx", dx, y.Rows, y.Cols)
	kernels.NeedMat(op, "dy", dy, y.Rows, y.Cols)
	kernels.CheckGroups(op, groupOf, y.Cols, groups)
	order, start := byGroup(groupOf.Host, groups)
	c := y.Cols
	n.pool.split(y.Rows, n.lanes, 5*nsElement*float64(c), func(worker, lo, hi int) {
		C.k_log_softmax_groups_grad(n.k, floatAt(dx.Data.Host, lo*c), floatAt(dy.Data.Host, lo*c), floatAt(y.Data.Host, lo*c),
			int32s(order), int32s(start), C.long(groups), C.long(hi-lo), C.long(c), float(n.worker(worker, 2*n.lanes*c)))
	})
}

func (n *native) GroupAdd(y, g kernels.Mat, groupOf kernels.I32) {
	kernels.Whole("GroupAdd", "y", y)
	kernels.NeedMat("GroupAdd", "g", g, y.Rows, g.Cols)
	kernels.CheckGroups("GroupAdd", groupOf, y.Cols, g.Cols)
	n.pool.split(y.Rows, 1, 2*nsElement*float64(y.Cols), func(_, lo, hi int) {
		C.k_group_add(n.k, floatAt(y.Data.Host, lo*y.Cols), floatAt(g.Data.Host, lo*g.Cols), int32s(groupOf.Host),
			C.long(hi-lo), C.long(y.Cols), C.long(g.Cols))
	})
}

func (n *native) GroupSum(dg, dy kernels.Mat, groupOf kernels.I32) {
	kernels.Whole("GroupSum", "dy", dy)
	kernels.NeedMat("GroupSum", "dg", dg, dy.Rows, dg.Cols)
	kernels.CheckGroups("GroupSum", groupOf, dy.Cols, dg.Cols)
	n.pool.split(dy.Rows, 1, 3*nsElement*float64(dy.Cols), func(worker, lo, hi int) {
		C.k_group_sum(n.k, floatAt(dg.Data.Host, lo*dg.Cols), floatAt(dy.Data.Host, lo*dy.Cols), int32s(groupOf.Host),
			C.long(hi-lo), C.long(dy.Cols), C.long(dg.Cols), float(n.worker(worker, dg.Cols)))
	})
}

func (n *native) SoftmaxLoss(dz kernels.Mat, loss kernels.F64, z kernels.Mat, labels kernels.I32, p kernels.LossParams) {
	kernels.CheckLoss(dz, loss, z, labels, p)
	clear(loss.Host)
	var valid, weight float64
	for _, y := range labels.Host {
		if y == kernels.Ignore {
			continue
		}
		valid++
		if p.Weights.Len != 0 {
			weight += float64(p.Weights.Host[y])
		}
	}
	if valid == 0 {
		clear(dz.Data.Host)
		return
	}
	// The factors of the gradient, 0 for a component that is left out.
	ce, focal := float64(p.CE)/valid, float64(p.Focal)/valid
	cb, invWeight := 0.0, 0.0
	if weight > 0 {
		cb, invWeight = float64(p.CB)/weight, 1/weight
	}
	c := z.Cols
	sums := make([]float64, 3*((z.Rows+chunk-1)/chunk))
	work := int(C.k_softmax_loss_work(n.k, C.long(c)))
	n.pool.chunks(z.Rows, 5*nsElement*float64(c), func(worker, i, lo, hi int) {
		C.k_softmax_loss(n.k, floatAt(dz.Data.Host, lo*c), double(sums[3*i:]), floatAt(z.Data.Host, lo*c), int32s(labels.Host[lo:]),
			C.long(hi-lo), C.long(c), C.double(ce), C.double(cb), C.double(focal), C.double(1/valid), C.double(invWeight), C.double(p.Gamma),
			float(p.Weights.Host), float(p.Alpha.Host), float(n.worker(worker, work)))
	})
	for i, s := range sums {
		loss.Host[i%3] += s
	}
}

func (n *native) Argmax(path kernels.I32, z kernels.Mat) {
	kernels.Whole("Argmax", "z", z)
	kernels.NeedLen("Argmax", "path", path.Len, z.Rows)
	if z.Rows > 0 && z.Cols == 0 {
		kernels.Misfit("Argmax", "no columns")
	}
	n.pool.split(z.Rows, 1, nsElement*float64(z.Cols), func(_, lo, hi int) {
		C.k_argmax_rows(n.k, int32s(path.Host[lo:]), floatAt(z.Data.Host, lo*z.Cols), C.long(hi-lo), C.long(z.Cols))
	})
}
