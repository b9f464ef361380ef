package nn

import (
	"fmt"

	"github.com/invoicelab/invoicelab/kernels"
)

// gate is the group stage: the log-probability of each group,
//
//	q = log softmax(Dropout(GELU(LayerNorm(h W1 + b1))) W2 + b2)    [N, groups]
//
// with W1 [H, H/2]. Its own loss is the cross-entropy of q against the group of
// the label, over the tokens whose label is known and has a group.
type gate struct {
	rate   float32
	groups int
	weight float64 // of the loss
	target []int32 // [C], kernels.Ignore for a label without a group

	stage    normGELU
	out      linear
	oneGroup *fixed[int32] // zeros: the plain log-softmax

	logits, log kernels.Mat // [N, groups]
	dLoss       kernels.Mat // gradient of the loss
}

// newGate declares a group stage over the groups of the schema, or over as many
// as the spec says. With outside there is one more for O, the last.
func newGate(s *store, spec Spec, labels Labels, outside bool) (*gate, error) {
	hidden, groups := spec.Encoder.Hidden, labels.Groups
	if hidden < 2 {
		return nil, fmt.Errorf("model.encoder.hidden: %d is too narrow for the group stage, which has half of it", hidden)
	}
	if spec.Head.Groups > 0 {
		if spec.Head.Groups < groups {
			return nil, fmt.Errorf("model.head.groups: %d is fewer than the %d groups of the schema", spec.Head.Groups, groups)
		}
		groups = spec.Head.Groups
	}
	g := &gate{rate: float32(spec.Head.Dropout), weight: spec.Loss.Group, groups: groups}
	g.target = labels.groupOf(kernels.Ignore)
	if outside {
		g.target[0] = int32(groups)
		g.groups++
	}
	g.oneGroup = s.fixedI32(make([]int32, g.groups))
	g.stage = newNormGELU(s, partHead, "head.group.stage", hidden, hidden/2)
	g.stage.linear.weight.reads(spec.Encoder)
	g.out = newLinear(s, partHead, "head.group.out", hidden/2, g.groups)
	return g, nil
}

// forward returns q.
func (g *gate) forward(p *pass, x kernels.Mat) kernels.Mat {
	u := g.stage.forward(p, x)
	p.dropout(u.Data, g.rate, "head.group")
	g.logits = g.out.forward(p, u)
	g.log = p.mem.Mat(x.Rows, g.groups)
	p.be.GroupLogSoftmax(g.log, g.logits, g.oneGroup.dev, 1)
	return g.log
}

func (g *gate) loss(p *pass) {
	g.dLoss = p.mem.Mat(p.n, g.groups)
	if g.weight == 0 {
		p.be.Fill(g.dLoss.Data, 0)
		return
	}
	groups := make([]int32, p.n)
	for i, l := range p.labels {
		groups[i] = kernels.Ignore
		if l != kernels.Ignore {
			groups[i] = g.target[l]
		}
	}
	targets := p.mem.I32(p.n)
	p.be.PutI32(targets, groups)
	p.be.SoftmaxLoss(g.dLoss, p.stats.Slice(statGroup, statGroup+3), g.logits, targets, kernels.LossParams{CE: float32(g.weight * p.share[statGroup])})
}

// backward takes the gradient of q, and adds to dh.
func (g *gate) backward(p *pass, dh, dLog kernels.Mat) {
	dLogits := p.mem.Mat(dLog.Rows, g.groups)
	p.be.GroupLogSoftmaxGrad(dLogits, dLog, g.log, g.oneGroup.dev, 1)
	p.be.Axpy(dLogits.Data, 1, g.dLoss.Data)
	du := p.mem.Mat(dLog.Rows, g.out.weight.Value.Rows)
	g.out.backward(p, du, dLogits, false)
	p.dropout(du.Data, g.rate, "head.group")
	g.stage.backward(p, dh, du, true)
}

func (g *gate) report(stats []float64, out Losses) float64 {
	if g.weight == 0 {
		return 0
	}
	out["group"] = stats[statGroup]
	return g.weight * stats[statGroup]
}

// members is the matrix [groups, len(groupOf)] with a 1 where a column is of a group.
func members(groups int, groupOf []int32) []float32 {
	e := make([]float32, groups*len(groupOf))
	for column, g := range groupOf {
		if g >= 0 {
			e[int(g)*len(groupOf)+column] = 1
		}
	}
	return e
}
