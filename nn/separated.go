package nn

import (
	"errors"
	"fmt"

	"github.com/invoicelab/invoicelab/kernels"
)

// separatedHead has a branch for the labels and two for sets of types that a
// token is in, structure and visual:
//
//	scores = Dropout(ReLU(LayerNorm(h W1 + b1))) W2 + b2     W1 [H, H/2], W2 [H/2, C]
//	z      = the same with W1 [H, H/4], W2 [H/4, types]      once for structure, once for visual
//
// A token is in type k with probability sigmoid(z_k). The losses "structure" and "visual"
// are binary cross-entropies, means over types and over the tokens whose set is known.
type separatedHead struct {
	semantic          branch
	structure, visual *marks
}

func newSeparatedHead(s *store, spec Spec, labels Labels) (head, error) {
	hidden := spec.Encoder.Hidden
	if labels.Structure < 1 || labels.Visual < 1 {
		return nil, errors.New("model.head.kind: separated needs documents with sets of structure and visual types, and these have none; use linear")
	}
	if hidden < 4 {
		return nil, fmt.Errorf("model.encoder.hidden: %d is too narrow for the separated head, whose branches have a quarter of it", hidden)
	}
	rate, pair := float32(spec.Head.Dropout), s.fixedF32([]float32{0, 1})
	h := &separatedHead{
		semantic:  newBranch(s, "semantic", hidden, hidden/2, labels.NumLabels(), rate),
		structure: &marks{"structure", newBranch(s, "structure", hidden, hidden/4, labels.Structure, rate), pair, spec.Loss.Structure, statStructure, kernels.Mat{}, kernels.Mat{}},
		visual:    &marks{"visual", newBranch(s, "visual", hidden, hidden/4, labels.Visual, rate), pair, spec.Loss.Visual, statVisual, kernels.Mat{}, kernels.Mat{}},
	}
	for _, b := range []branch{h.semantic, h.structure.branch, h.visual.branch} {
		b.stage.weight.reads(spec.Encoder)
	}
	return h, nil
}

func (h *separatedHead) forward(p *pass, x kernels.Mat) kernels.Mat {
	scores := h.semantic.forward(p, x)
	h.structure.z = h.structure.branch.forward(p, x)
	h.visual.z = h.visual.branch.forward(p, x)
	return scores
}

func (h *separatedHead) loss(p *pass) {
	h.structure.loss(p, p.structure)
	h.visual.loss(p, p.visual)
}

func (h *separatedHead) backward(p *pass, dh, dScores kernels.Mat) {
	h.semantic.backward(p, dh, dScores, false)
	h.structure.branch.backward(p, dh, h.structure.dz, true)
	h.visual.branch.backward(p, dh, h.visual.dz, true)
}

func (h *separatedHead) report(stats []float64, out Losses) float64 {
	return h.structure.report(stats, out) + h.visual.report(stats, out)
}

// branch is Dropout(ReLU(LayerNorm(h W1 + b1))) W2 + b2.
type branch struct {
	name  string
	rate  float32
	stage linear
	norm  layerNorm
	out   linear

	scaled kernels.Mat // before ReLU
}

func newBranch(s *store, name string, in, inner, out int, rate float32) branch {
	name = "head." + name
	return branch{name: name, rate: rate, stage: newLinear(s, partHead, name+".stage", in, inner),
		norm: newLayerNorm(s, partHead, name+".stage.norm", inner), out: newLinear(s, partHead, name+".out", inner, out)}
}

func (b *branch) forward(p *pass, x kernels.Mat) kernels.Mat {
	u, scaled := p.relu(b.norm.forward(p, b.stage.forward(p, x)))
	b.scaled = scaled
	p.dropout(u.Data, b.rate, b.name)
	return b.out.forward(p, u)
}

// backward overwrites dx or, when accumulate, adds to it.
func (b *branch) backward(p *pass, dx, dy kernels.Mat, accumulate bool) {
	du, d := p.mem.Mat(dy.Rows, b.scaled.Cols), p.mem.Mat(dy.Rows, b.scaled.Cols)
	b.out.backward(p, du, dy, false)
	p.dropout(du.Data, b.rate, b.name)
	p.reluGrad(du, b.scaled)
	b.norm.backward(p, d, du)
	b.stage.backward(p, dx, d, accumulate)
}

// marks is a branch whose outputs are types that a token may be in, each by itself.
type marks struct {
	name   string
	branch branch
	pair   *fixed[float32] // (0, 1): a sigmoid of z is a softmax of (0, z)
	weight float64
	slot   int // in the stats

	z, dz kernels.Mat // [N, types]
}

// loss puts the binary cross-entropy of the sets into the stats and its gradient
// into dz. Nil sets are those of a batch where none is known.
func (m *marks) loss(p *pass, sets []int32) {
	types := m.z.Cols
	m.dz = p.mem.Mat(p.n, types)
	if m.weight == 0 || sets == nil {
		p.be.Fill(m.dz.Data, 0)
		return
	}
	in := make([]int32, p.n*types)
	for t, set := range sets {
		for k := range types {
			in[t*types+k] = set >> k & 1
			if set == kernels.Ignore {
				in[t*types+k] = kernels.Ignore
			}
		}
	}
	targets := p.mem.I32(len(in))
	p.be.PutI32(targets, in)
	pair := kernels.NewMat(m.pair.dev, 1, 2)
	logits, dLogits := p.mem.Mat(len(in), 2), p.mem.Mat(len(in), 2)
	p.be.MatMul(logits, kernels.NewMat(m.z.Data, len(in), 1), pair, false, false, false)
	p.be.SoftmaxLoss(dLogits, p.stats.Slice(m.slot, m.slot+3), logits, targets, kernels.LossParams{CE: float32(m.weight * p.share[m.slot])})
	p.be.MatMul(kernels.NewMat(m.dz.Data, len(in), 1), dLogits, pair, false, true, false)
}

func (m *marks) report(stats []float64, out Losses) float64 {
	if m.weight == 0 {
		return 0
	}
	out[m.name] = stats[m.slot]
	return m.weight * stats[m.slot]
}

// Marks gives the sets of structure and of visual types, bit k for type k, in
// which each token of the last batch given to Posterior is with a probability above
// 0.5. Both are nil for a head without such types.
func (m *Model) Marks() (structure, visual []int32) {
	h, ok := m.head.(*separatedHead)
	if !ok {
		return nil, nil
	}
	return h.structure.sets(m.be), h.visual.sets(m.be)
}

func (m *marks) sets(be kernels.Backend) []int32 {
	if m.z.Rows == 0 {
		panic("nn: Marks: no batch was given to Posterior")
	}
	z := make([]float32, m.z.Data.Len)
	be.GetF32(z, m.z.Data)
	sets := make([]int32, m.z.Rows)
	for i, v := range z {
		if v > 0 {
			sets[i/m.z.Cols] |= 1 << (i % m.z.Cols)
		}
	}
	return sets
}
