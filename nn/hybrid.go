package nn

import "github.com/invoicelab/invoicelab/kernels"

// hybridHead gates cosine prototypes by a group stage with an output for O:
//
//	score(l) = q(g(l)) + s(l) - log sum over l' in g(l) of exp s(l')
//
// with q of gate and s of prototypes, so the scores are log-probabilities. Its
// own losses are those of both.
type hybridHead struct {
	gate       *gate
	prototypes *prototypes
	groupOf    *fixed[int32] // [C]

	within kernels.Mat // [N, C]
}

func newHybridHead(s *store, spec Spec, labels Labels) (head, error) {
	h := &hybridHead{}
	var err error
	if h.gate, err = newGate(s, spec, labels, true); err != nil {
		return nil, err
	}
	h.groupOf = s.fixedI32(h.gate.target)
	h.prototypes, err = newPrototypes(s, spec, labels, spec.Loss.SeparationKind)
	return h, err
}

func (h *hybridHead) forward(p *pass, x kernels.Mat) kernels.Mat {
	q := h.gate.forward(p, x)
	cosine := h.prototypes.forward(p, x)
	h.within = p.mem.Mat(x.Rows, cosine.Cols)
	p.be.GroupLogSoftmax(h.within, cosine, h.groupOf.dev, h.gate.groups)
	scores := p.mem.Mat(x.Rows, cosine.Cols)
	p.be.Copy(scores.Data, h.within.Data)
	p.be.GroupAdd(scores, q, h.groupOf.dev)
	return scores
}

func (h *hybridHead) loss(p *pass) {
	h.gate.loss(p)
	h.prototypes.loss(p)
}

func (h *hybridHead) backward(p *pass, dh, dScores kernels.Mat) {
	dCosine := p.mem.Mat(dScores.Rows, dScores.Cols)
	p.be.GroupLogSoftmaxGrad(dCosine, dScores, h.within, h.groupOf.dev, h.gate.groups)
	h.prototypes.backward(p, dh, dCosine)
	dLog := p.mem.Zeros(dScores.Rows, h.gate.groups)
	p.be.GroupSum(dLog, dScores, h.groupOf.dev)
	h.gate.backward(p, dh, dLog)
}

func (h *hybridHead) report(stats []float64, out Losses) float64 {
	return h.gate.report(stats, out) + h.prototypes.report(stats, out)
}
