package nn

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// prototypes scores each label by the cosine of a token with the label's
// prototype (Snell and others 2017, with the cosine for the distance):
//
//	e    = GELU(LayerNorm(h W + b))             [N, D]
//	s(l) = temperature cos(e, prototype l)      [N, C]
//
// with a learned temperature. Its own loss is the separation of the prototypes.
type prototypes struct {
	embed       normGELU
	table       *Param // [C, D]
	temperature *Param // [1]
	separation  *separation

	e, cosine  kernels.Mat
	eInv, pInv kernels.F32
}

func newPrototypes(s *store, spec Spec, labels Labels, separationKind string) (*prototypes, error) {
	c, dim := labels.NumLabels(), spec.Head.Dim
	t := &prototypes{}
	var err error
	if t.separation, err = newSeparation(s, separationKind, spec.Loss.Separation); err != nil {
		return nil, err
	}
	t.embed = newNormGELU(s, partHead, "head.embed", spec.Encoder.Hidden, dim)
	t.embed.linear.weight.reads(spec.Encoder)
	// Rows of norm about 1. The cosine ignores the norm, so decay would only
	// make later steps turn a prototype further: prototypes have none.
	t.table = s.undecayed(partHead, "head.prototypes", c, dim, normal(1/math.Sqrt(float64(dim))))
	t.table.forward, t.table.backward = c*dim, 2*c*dim
	t.temperature = s.vector(partHead, "head.temperature", 1, float32(spec.Head.Temperature))
	return t, nil
}

// forward returns s.
func (t *prototypes) forward(p *pass, x kernels.Mat) kernels.Mat {
	n, c := x.Rows, t.table.Value.Rows
	t.e = t.embed.forward(p, x)
	t.cosine, t.eInv, t.pInv = p.mem.Mat(n, c), p.mem.F32(n), p.mem.F32(c)
	p.be.Cosine(t.cosine, t.eInv, t.pInv, t.e, t.table.Value, t.temperature.Value.Data)
	return t.cosine
}

func (t *prototypes) loss(p *pass) { t.separation.add(p, t.table) }

// backward takes the gradient of s and overwrites dh.
func (t *prototypes) backward(p *pass, dh, dCosine kernels.Mat) {
	de := p.mem.Mat(dCosine.Rows, t.e.Cols)
	p.be.CosineGrad(de, t.table.Grad, t.temperature.Grad.Data, dCosine, t.cosine, t.e, t.table.Value,
		t.eInv, t.pInv, t.temperature.Value.Data)
	t.embed.backward(p, dh, de, false)
}

func (t *prototypes) report(stats []float64, out Losses) float64 {
	return t.separation.report(stats, out)
}

// prototypeHead is the prototypes without a group stage: scores = s.
type prototypeHead struct{ *prototypes }

func newPrototypeHead(s *store, spec Spec, labels Labels) (head, error) {
	t, err := newPrototypes(s, spec, labels, spec.Loss.SeparationKind)
	return prototypeHead{t}, err
}
