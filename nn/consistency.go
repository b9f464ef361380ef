package nn

import (
	"fmt"

	"github.com/invoicelab/invoicelab/kernels"
)

// consistency counts what breaks BIO, per token:
//
//	sum over t of p(t-1) M p(t) / N
//
// with M [C, C] 1 where a transition breaks BIO, else 0, and p(-1) of each document
// one-hot at O, which I-x must not follow either. It needs no labels, so
// all N tokens count. In "consistency" p is the softmax of the scores: the
// violations that independent draws from it would have. In
// "consistency/published" p is one-hot at their argmax: a count without gradient.
type consistency struct {
	weight    float64
	published bool

	broken   *fixed[float32] // M
	outside  *fixed[float32] // [C], one-hot at O
	columns  *fixed[int32]   // [C]
	oneGroup *fixed[int32]   // [C] zeros
	certain  *fixed[float32] // published: [C, C], log of the unit matrix
}

// consistencyKinds are the names that a spec uses.
var consistencyKinds = []string{"consistency", "consistency/published"}

// impossible is the logarithm of a probability whose exponential is 0.
const impossible = -1e4

// newConsistency returns nil for a loss without weight.
func newConsistency(s *store, spec LossSpec, labels Labels) (*consistency, error) {
	if spec.Consistency == 0 {
		return nil, nil
	}
	c := &consistency{weight: spec.Consistency}
	switch spec.ConsistencyKind {
	case consistencyKinds[0]:
	case consistencyKinds[1]:
		c.published = true
	default:
		return nil, fmt.Errorf("model.loss.consistency: %q is no consistency; one of %q", spec.ConsistencyKind, consistencyKinds)
	}
	n := labels.NumLabels()
	broken, outside, certain := make([]float32, n*n), make([]float32, n), make([]float32, n*n)
	outside[0] = 1
	for from := range n {
		for to := range n {
			if !LegalBIO(int32(from), int32(to)) {
				broken[from*n+to] = 1
			}
			if from != to {
				certain[from*n+to] = impossible
			}
		}
	}
	c.broken, c.outside = s.fixedF32(broken), s.fixedF32(outside)
	c.columns, c.oneGroup = s.fixedI32(columnsOf(n)), s.fixedI32(make([]int32, n))
	if c.published {
		c.certain = s.fixedF32(certain)
	}
	return c, nil
}

// add adds the weighted gradient to dScores and the loss to the stats.
func (c *consistency) add(p *pass, dScores, scores kernels.Mat) {
	be, n, labels := p.be, scores.Rows, scores.Cols
	log := p.mem.Mat(n, labels)
	if c.published {
		best := p.mem.I32(n)
		be.Argmax(best, scores)
		be.Gather(log, kernels.NewMat(c.certain.dev, labels, labels), best)
	} else {
		be.GroupLogSoftmax(log, scores, c.oneGroup.dev, 1)
	}
	ones := p.mem.Mat(n, labels)
	be.Fill(ones.Data, 1)
	// Row n stands for what is before a document.
	prob := p.mem.Mat(n+1, labels)
	be.Copy(prob.RowRange(0, n).Data, p.mulExp(ones, log, c.columns.dev).Data)
	be.Copy(prob.RowRange(n, n+1).Data, c.outside.dev)

	before, after := c.neighbours(p)
	broken := kernels.NewMat(c.broken.dev, labels, labels)
	prev, g := p.mem.Mat(n, labels), p.mem.Mat(n, labels)
	be.Gather(prev, prob, before)
	be.MatMul(g, prev, broken, false, false, false) // p(t-1) M
	p.addSum(statConsistency, float32(1/float64(n)), p.mulExp(g, log, c.columns.dev).Data)
	if c.published {
		return
	}
	back, next := p.mem.Mat(n, labels), p.mem.Mat(n, labels)
	be.MatMul(back, prob.RowRange(0, n), broken, false, true, false) // M p(t)
	be.Gather(next, back, after)
	be.Axpy(g.Data, 1, next.Data)
	dLog, dz := p.mulExp(g, log, c.columns.dev), p.mem.Mat(n, labels)
	be.GroupLogSoftmaxGrad(dz, dLog, log, c.oneGroup.dev, 1)
	be.Axpy(dScores.Data, float32(c.weight*p.share[statConsistency]/float64(n)), dz.Data)
}

// neighbours gives for each token the row of the one before it, n at the
// start of a document, and of the one after it, -1 at the end.
func (c *consistency) neighbours(p *pass) (before, after kernels.I32) {
	b, a := make([]int32, p.n), make([]int32, p.n)
	for d := range len(p.offsets) - 1 {
		from, to := p.offsets[d], p.offsets[d+1]
		for t := from; t < to; t++ {
			b[t], a[t] = t-1, t+1
		}
		b[from], a[to-1] = int32(p.n), -1
	}
	before, after = p.mem.I32(p.n), p.mem.I32(p.n)
	p.be.PutI32(before, b)
	p.be.PutI32(after, a)
	return before, after
}

func (c *consistency) report(stats []float64, out Losses) float64 {
	out["consistency"] = stats[statConsistency]
	return c.weight * stats[statConsistency]
}
