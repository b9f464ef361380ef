package nn

import "github.com/invoicelab/invoicelab/kernels"

// hierarchicalPublishedHead is the hierarchical head as published: G groups, an
// output for O in each of them, and
//
//	score(l) = p(g(l)) z(l)
//	score(O) = sum over g of p(g) z_g(O)
//
// with p the softmax over the groups, z = h W + b and W [H, C-1+G]: a column for
// each label, then one for the O of each group. A product of a probability and a
// logit is no log-probability: a small p draws the score to 0, above any
// negative one. Tokens labelled O do not count in the group loss.
type hierarchicalPublishedHead struct {
	gate    *gate
	linear  linear
	members *fixed[float32] // [G, C-1+G], 1 where a column is of a group
	gather  *fixed[float32] // [C-1+G, C], 1 where a column counts for a label
	columns *fixed[int32]   // [C-1+G]
	labels  int             // C

	share, weighted kernels.Mat // [N, C-1+G]: log p of the column's group, p z
}

func newHierarchicalPublishedHead(s *store, spec Spec, labels Labels) (head, error) {
	h := &hierarchicalPublishedHead{labels: labels.NumLabels()}
	var err error
	if h.gate, err = newGate(s, spec, labels, false); err != nil {
		return nil, err
	}
	c, groups := h.labels, h.gate.groups
	groupOf := append(h.gate.target[1:len(h.gate.target):c], columnsOf(groups)...)
	k := len(groupOf)
	h.members, h.columns = s.fixedF32(members(groups, groupOf)), s.fixedI32(columnsOf(k))
	gather := make([]float32, k*c)
	for column := range k {
		label := 0
		if column < c-1 {
			label = column + 1
		}
		gather[column*c+label] = 1
	}
	h.gather = s.fixedF32(gather)
	h.linear = newLinear(s, partHead, "head.members", spec.Encoder.Hidden, k)
	h.linear.weight.reads(spec.Encoder)
	h.linear.weight.init = glorotBlocks(groupOf)
	return h, nil
}

func (h *hierarchicalPublishedHead) forward(p *pass, x kernels.Mat) kernels.Mat {
	q, z := h.gate.forward(p, x), h.linear.forward(p, x)
	h.share = p.mem.Mat(x.Rows, z.Cols)
	p.be.MatMul(h.share, q, kernels.NewMat(h.members.dev, q.Cols, z.Cols), false, false, false)
	h.weighted = p.mulExp(z, h.share, h.columns.dev)
	scores := p.mem.Mat(x.Rows, h.labels)
	p.be.MatMul(scores, h.weighted, kernels.NewMat(h.gather.dev, z.Cols, h.labels), false, false, false)
	return scores
}

func (h *hierarchicalPublishedHead) loss(p *pass) { h.gate.loss(p) }

func (h *hierarchicalPublishedHead) backward(p *pass, dh, dScores kernels.Mat) {
	n, k := dScores.Rows, h.weighted.Cols
	dWeighted := p.mem.Mat(n, k)
	p.be.MatMul(dWeighted, dScores, kernels.NewMat(h.gather.dev, k, h.labels), false, true, false)
	h.linear.backward(p, dh, p.mulExp(dWeighted, h.share, h.columns.dev), false)
	dShare := p.mul(h.weighted, dWeighted) // d (p z) / d log p = p z
	dLog := p.mem.Mat(n, h.gate.groups)
	p.be.MatMul(dLog, dShare, kernels.NewMat(h.members.dev, h.gate.groups, k), false, true, false)
	h.gate.backward(p, dh, dLog)
}

func (h *hierarchicalPublishedHead) report(stats []float64, out Losses) float64 {
	return h.gate.report(stats, out)
}
