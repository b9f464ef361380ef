package nn

import (
	"fmt"

	"github.com/invoicelab/invoicelab/kernels"
)

// separation is a loss that keeps the C prototypes apart: the mean over ordered
// pairs i != j of
//
//	squared  cos(i, j)^2        least where all are at right angles
//	hinge    max(0, cos(i, j))  leaves pairs alone that point apart
//	signed   cos(i, j)          of hybrid/published: C = 2 opposite ones give -1, but where C is large the
//	                            mean cannot fall below -1/(C-1), which prototypes drawn at random about have
//
// The weight is that in the total; 0 leaves it out.
type separation struct {
	kind   string
	weight float64
	one    *fixed[float32] // the temperature of a plain cosine
}

var separationKinds = []string{"squared", "hinge", "signed"}

func newSeparation(s *store, kind string, weight float64) (*separation, error) {
	for _, k := range separationKinds {
		if k == kind {
			return &separation{kind: kind, weight: weight, one: s.fixedF32([]float32{1})}, nil
		}
	}
	return nil, fmt.Errorf("model.loss.separation: %q is no separation; one of %q", kind, separationKinds)
}

// add adds the weighted gradient to that of table and the loss to p.stats.
func (l *separation) add(p *pass, table *Param) {
	if l.weight == 0 {
		return
	}
	if l.kind == "squared" {
		p.be.Separation(table.Grad, p.stats.Slice(statSeparation, statSeparation+1), table.Value, float32(l.weight*p.share[statSeparation]))
		return
	}
	c := table.Value.Rows
	if c < 2 {
		return
	}
	pairs := float64(c) * float64(c-1)
	cos, xInv, pInv := p.mem.Mat(c, c), p.mem.F32(c), p.mem.F32(c)
	p.be.Cosine(cos, xInv, pInv, table.Value, table.Value, l.one.dev)
	dCos := p.mem.Mat(c, c)
	p.be.Fill(dCos.Data, float32(l.weight*p.share[statSeparation]/pairs))
	counted := cos
	if l.kind == "hinge" {
		var scaled kernels.Mat
		counted, scaled = p.relu(cos)
		p.reluGrad(dCos, scaled)
	}
	// The C cosines of a prototype with itself are 1 and have no gradient.
	p.addSum(statSeparation, float32(1/pairs), counted.Data)
	self := p.mem.F32(c)
	p.be.Fill(self, -1)
	p.addSum(statSeparation, float32(1/pairs), self)
	dx, dOne := p.mem.Mat(c, table.Value.Cols), p.mem.F32(1)
	p.be.Fill(dOne, 0)
	p.be.CosineGrad(dx, table.Grad, dOne, dCos, cos, table.Value, table.Value, xInv, pInv, l.one.dev)
	p.be.Axpy(table.Grad.Data, 1, dx.Data)
}

func (l *separation) report(stats []float64, out Losses) float64 {
	if l.weight == 0 {
		return 0
	}
	out["separation"] = stats[statSeparation]
	return l.weight * stats[statSeparation]
}
