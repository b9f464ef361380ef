package nn

import (
	"math"
	"math/rand/v2"

	"github.com/invoicelab/invoicelab/kernels"
)

// hierarchicalHead tells first the group, then the label within it. Each group
// has a linear layer over its own labels; O, alone in the last group, has none:
//
//	score(l) = q(g(l)) + z(l) - log sum over l' in g(l) of exp z(l'),  z = h W + b
//
// with q of gate. W [H, C-1] holds the layers of the groups, a column a label.
// The scores are log-probabilities (Morin and Bengio 2005).
type hierarchicalHead struct {
	gate         *gate
	weight, bias *Param          // [H, C-1], [C-1]
	shift        *fixed[float32] // [C-1, C], 1 where a column is that of a label
	groupOf      *fixed[int32]   // [C]

	x, wide, within kernels.Mat // [N, H], W with a column of zeros for O [H, C], [N, C]
}

func newHierarchicalHead(s *store, spec Spec, labels Labels) (head, error) {
	h := &hierarchicalHead{}
	var err error
	if h.gate, err = newGate(s, spec, labels, true); err != nil {
		return nil, err
	}
	c := labels.NumLabels()
	h.groupOf = s.fixedI32(h.gate.target)
	h.shift = s.fixedF32(members(c-1, append([]int32{kernels.Ignore}, columnsOf(c-1)...)))
	h.weight = s.matrix(partHead, "head.members.weight", spec.Encoder.Hidden, c-1, glorotBlocks(h.gate.target[1:]))
	h.weight.forward, h.weight.backward = h.weight.Size(), 2*h.weight.Size()
	h.weight.reads(spec.Encoder)
	h.bias = s.vector(partHead, "head.members.bias", c-1, 0)
	return h, nil
}

// glorotBlocks is glorot for linear layers side by side: blockOf names the layer
// of each column.
func glorotBlocks(blockOf []int32) initialiser {
	size := map[int32]int{}
	for _, b := range blockOf {
		size[b]++
	}
	return func(rng *rand.Rand, values []float32, rows, cols int) {
		for i := range values {
			values[i] = float32(math.Sqrt(2/float64(rows+size[blockOf[i%cols]])) * rng.NormFloat64())
		}
	}
}

func (h *hierarchicalHead) forward(p *pass, x kernels.Mat) kernels.Mat {
	q := h.gate.forward(p, x)
	c := len(h.groupOf.host)
	shift := kernels.NewMat(h.shift.dev, c-1, c)
	h.x, h.wide = x, p.mem.Mat(x.Cols, c)
	p.be.MatMul(h.wide, h.weight.Value, shift, false, false, false)
	bias := p.mem.Mat(1, c)
	p.be.MatMul(bias, h.bias.Value, shift, false, false, false)
	z := p.mem.Mat(x.Rows, c)
	p.be.MatMul(z, x, h.wide, false, false, false)
	p.be.AddBias(z, bias.Data)

	h.within = p.mem.Mat(x.Rows, c)
	p.be.GroupLogSoftmax(h.within, z, h.groupOf.dev, h.gate.groups)
	scores := p.mem.Mat(x.Rows, c)
	p.be.Copy(scores.Data, h.within.Data)
	p.be.GroupAdd(scores, q, h.groupOf.dev)
	return scores
}

func (h *hierarchicalHead) loss(p *pass) { h.gate.loss(p) }

func (h *hierarchicalHead) backward(p *pass, dh, dScores kernels.Mat) {
	n, c := dScores.Rows, dScores.Cols
	shift := kernels.NewMat(h.shift.dev, c-1, c)
	dz := p.mem.Mat(n, c)
	p.be.GroupLogSoftmaxGrad(dz, dScores, h.within, h.groupOf.dev, h.gate.groups)
	dWide, dBias := p.mem.Mat(h.wide.Rows, c), p.mem.Zeros(1, c)
	p.be.MatMul(dWide, h.x, dz, true, false, false)
	p.be.MatMul(h.weight.Grad, dWide, shift, false, true, true)
	p.be.ColSum(dBias.Data, dz)
	p.be.MatMul(h.bias.Grad, dBias, shift, false, true, true)
	if dh.Rows > 0 {
		p.be.MatMul(dh, dz, h.wide, false, true, false)
	}

	dLog := p.mem.Zeros(n, h.gate.groups)
	p.be.GroupSum(dLog, dScores, h.groupOf.dev)
	h.gate.backward(p, dh, dLog)
}

func (h *hierarchicalHead) report(stats []float64, out Losses) float64 {
	return h.gate.report(stats, out)
}
