package nn

import (
	"errors"
	"fmt"
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// hybridHead gates cosine prototypes by a group stage. With G groups, of
// which number G is added for O:
//
//	q        = log softmax(Dropout(GELU(LayerNorm(h W1 + b1))) W2 + b2)    [N, G+1]
//	e        = GELU(LayerNorm(h W + b))                                     [N, D]
//	s(l)     = temperature cos(e, prototype l)
//	score(l) = q(g(l)) + s(l) - log sum over l' in g(l) of exp s(l')
//
// so the scores are log-probabilities. Its own losses are the cross-entropy of
// q against the group of the label and the mean squared cosine between
// prototypes.
type hybridHead struct {
	be         kernels.Backend
	rate       float32
	groups     int // G+1
	groupOf    []int32
	groupOfDev kernels.I32 // [C]
	oneGroup   kernels.I32 // [G+1] zeros: the plain log-softmax
	groupLoss  float64     // weights
	separation float64

	stage       normGELU
	gate        linear
	embed       normGELU
	prototypes  *Param // [C, D]
	temperature *Param // [1]

	gateLogits, gateLog kernels.Mat // [N, G+1]
	e, cosine, within   kernels.Mat // [N, D], [N, C], [N, C]
	eInv, pInv          kernels.F32
	dGate               kernels.Mat // gradient of the group loss
}

func newHybridHead(s *store, spec Spec, labels Labels) (head, error) {
	if labels.GroupOf == nil || labels.Groups == 0 {
		return nil, errors.New("model.head.kind: hybrid needs a schema with groups, and this one has none; use linear, or give each entity a group")
	}
	if len(labels.GroupOf) != labels.Entities {
		panic(fmt.Sprintf("nn: New: %d groups of %d entities", len(labels.GroupOf), labels.Entities))
	}
	hidden, c := spec.Encoder.Hidden, labels.NumLabels()
	if hidden < 2 {
		return nil, fmt.Errorf("model.encoder.hidden: %d is too narrow for the hybrid head, whose group stage has half of it", hidden)
	}
	h := &hybridHead{
		be:         s.be,
		rate:       float32(spec.Head.Dropout),
		groups:     labels.Groups + 1,
		groupOf:    make([]int32, c),
		groupLoss:  spec.Loss.Group,
		separation: spec.Loss.Separation,
	}
	h.groupOf[0] = int32(labels.Groups)
	for e, g := range labels.GroupOf {
		if g < 0 || int(g) >= labels.Groups {
			panic(fmt.Sprintf("nn: New: group %d of entity %d, of %d groups", g, e, labels.Groups))
		}
		h.groupOf[1+2*e], h.groupOf[2+2*e] = g, g
	}
	h.groupOfDev, h.oneGroup = s.be.NewI32(c), s.be.NewI32(h.groups)
	s.be.PutI32(h.groupOfDev, h.groupOf)

	dim := spec.Head.Dim
	h.stage = newNormGELU(s, partHead, "head.group.stage", hidden, hidden/2)
	h.gate = newLinear(s, partHead, "head.group.out", hidden/2, h.groups)
	h.embed = newNormGELU(s, partHead, "head.embed", hidden, dim)
	// Rows of norm about 1. The cosine ignores the norm, so decay would only
	// make later steps turn a prototype further: prototypes have none.
	h.prototypes = s.undecayed(partHead, "head.prototypes", c, dim, normal(1/math.Sqrt(float64(dim))))
	h.temperature = s.vector(partHead, "head.temperature", 1, float32(spec.Head.Temperature))
	return h, nil
}

func (h *hybridHead) forward(p *pass, x kernels.Mat) kernels.Mat {
	be, c, n := p.be, h.prototypes.Value.Rows, x.Rows
	u := h.stage.forward(p, x)
	p.dropout(u.Data, h.rate, "head.group")
	h.gateLogits = h.gate.forward(p, u)
	h.gateLog = p.mem.Mat(n, h.groups)
	be.GroupLogSoftmax(h.gateLog, h.gateLogits, h.oneGroup, 1)

	h.e = h.embed.forward(p, x)
	h.cosine, h.eInv, h.pInv = p.mem.Mat(n, c), p.mem.F32(n), p.mem.F32(c)
	be.Cosine(h.cosine, h.eInv, h.pInv, h.e, h.prototypes.Value, h.temperature.Value.Data)
	h.within = p.mem.Mat(n, c)
	be.GroupLogSoftmax(h.within, h.cosine, h.groupOfDev, h.groups)

	scores := p.mem.Mat(n, c)
	be.Copy(scores.Data, h.within.Data)
	be.GroupAdd(scores, h.gateLog, h.groupOfDev)
	return scores
}

func (h *hybridHead) loss(p *pass) {
	h.dGate = p.mem.Mat(p.n, h.groups)
	if h.groupLoss == 0 {
		p.be.Fill(h.dGate.Data, 0)
	} else {
		groups := make([]int32, p.n)
		for i, l := range p.labels {
			groups[i] = kernels.Ignore
			if l != kernels.Ignore {
				groups[i] = h.groupOf[l]
			}
		}
		targets := p.mem.I32(p.n)
		p.be.PutI32(targets, groups)
		p.be.SoftmaxLoss(h.dGate, p.stats.Slice(statGroup, statGroup+3), h.gateLogits, targets,
			kernels.LossParams{CE: float32(h.groupLoss)})
	}
	if h.separation > 0 {
		p.be.Separation(h.prototypes.Grad, p.stats.Slice(statSeparation, statSeparation+1),
			h.prototypes.Value, float32(h.separation))
	}
}

func (h *hybridHead) backward(p *pass, dh, dScores kernels.Mat) {
	be, n, c := p.be, dScores.Rows, dScores.Cols
	dCosine := p.mem.Mat(n, c)
	be.GroupLogSoftmaxGrad(dCosine, dScores, h.within, h.groupOfDev, h.groups)
	de := p.mem.Mat(n, h.e.Cols)
	be.CosineGrad(de, h.prototypes.Grad, h.temperature.Grad.Data, dCosine, h.cosine, h.e, h.prototypes.Value,
		h.eInv, h.pInv, h.temperature.Value.Data)
	h.embed.backward(p, dh, de, false)

	dLog := p.mem.Zeros(n, h.groups)
	be.GroupSum(dLog, dScores, h.groupOfDev)
	dLogits := p.mem.Mat(n, h.groups)
	be.GroupLogSoftmaxGrad(dLogits, dLog, h.gateLog, h.oneGroup, 1)
	be.Axpy(dLogits.Data, 1, h.dGate.Data)
	du := p.mem.Mat(n, h.gate.weight.Value.Rows)
	h.gate.backward(p, du, dLogits, false)
	p.dropout(du.Data, h.rate, "head.group")
	h.stage.backward(p, dh, du, true)
}

func (h *hybridHead) report(stats []float64, out Losses) float64 {
	total := 0.0
	if h.groupLoss > 0 {
		out["group"] = stats[statGroup]
		total += h.groupLoss * stats[statGroup]
	}
	if h.separation > 0 {
		out["separation"] = stats[statSeparation]
		total += h.separation * stats[statSeparation]
	}
	return total
}

func (h *hybridHead) free() {
	h.be.FreeI32(h.groupOfDev)
	h.be.FreeI32(h.oneGroup)
}
