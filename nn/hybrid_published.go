package nn

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// hybridPublishedHead is the hybrid head as published:
//
//	score(l) = p(g(l)) s(l)
//	score(O) = (1 - sum over g of p(g) + s(O)) / 2
//
// with s of prototypes and p the softmax over the groups, of which O is none. As
// p sums to 1, score(O) is s(O)/2 and depends on no group. A cosine is at most 1,
// so no score exceeds the temperature, and a label whose cosine is negative
// gains from a small p of its group. Tokens labelled O do not count in the group
// loss. Its separation is the mean signed cosine.
type hybridPublishedHead struct {
	gate       *gate
	prototypes *prototypes
	members    *fixed[float32] // [G, C], 1 where a label is of a group
	half       *fixed[float32] // [C], log 1/2 for O
	columns    *fixed[int32]   // [C]

	share, scores kernels.Mat // [N, C]: log p of the label's group, scores
}

func newHybridPublishedHead(s *store, spec Spec, labels Labels) (head, error) {
	h := &hybridPublishedHead{}
	var err error
	if h.gate, err = newGate(s, spec, labels, false); err != nil {
		return nil, err
	}
	c := labels.NumLabels()
	h.members = s.fixedF32(members(h.gate.groups, h.gate.target))
	half := make([]float32, c)
	half[0] = float32(math.Log(0.5))
	h.half, h.columns = s.fixedF32(half), s.fixedI32(columnsOf(c))
	h.prototypes, err = newPrototypes(s, spec, labels, "signed")
	return h, err
}

func (h *hybridPublishedHead) forward(p *pass, x kernels.Mat) kernels.Mat {
	q := h.gate.forward(p, x)
	cosine := h.prototypes.forward(p, x)
	h.share = p.mem.Mat(x.Rows, cosine.Cols)
	p.be.MatMul(h.share, q, kernels.NewMat(h.members.dev, q.Cols, cosine.Cols), false, false, false)
	p.be.AddBias(h.share, h.half.dev)
	h.scores = p.mulExp(cosine, h.share, h.columns.dev)
	return h.scores
}

func (h *hybridPublishedHead) loss(p *pass) {
	h.gate.loss(p)
	h.prototypes.loss(p)
}

func (h *hybridPublishedHead) backward(p *pass, dh, dScores kernels.Mat) {
	h.prototypes.backward(p, dh, p.mulExp(dScores, h.share, h.columns.dev))
	dShare := p.mul(h.scores, dScores) // d score / d log p = score
	dLog := p.mem.Mat(dScores.Rows, h.gate.groups)
	p.be.MatMul(dLog, dShare, kernels.NewMat(h.members.dev, h.gate.groups, dScores.Cols), false, true, false)
	h.gate.backward(p, dh, dLog)
}

func (h *hybridPublishedHead) report(stats []float64, out Losses) float64 {
	return h.gate.report(stats, out) + h.prototypes.report(stats, out)
}
