package nn

import (
	"fmt"

	"github.com/invoicelab/invoicelab/kernels"
)

// head turns encodings [N, H] into scores [N, C].
type head interface {
	// forward returns the scores.
	forward(p *pass, h kernels.Mat) kernels.Mat
	// loss computes the losses of the head's own stages, into p.stats and into
	// gradients that backward takes up.
	loss(p *pass)
	// backward overwrites dh and adds to the gradients of the parameters.
	backward(p *pass, dh, dScores kernels.Mat)
	// report puts the components of loss into out and returns their weighted sum.
	report(stats []float64, out Losses) float64
	// free gives constants back to the backend.
	free()
}

// heads is the table of heads by the name that a spec uses.
var heads = []struct {
	kind  string
	build func(s *store, spec Spec, labels Labels) (head, error)
}{
	{"linear", newLinearHead},
	{"hybrid", newHybridHead},
}

// newHead declares the parameters of the head that spec names.
func newHead(s *store, spec Spec, labels Labels) (head, error) {
	var kinds []string
	for _, h := range heads {
		if h.kind == spec.Head.Kind {
			return h.build(s, spec, labels)
		}
		kinds = append(kinds, h.kind)
	}
	return nil, fmt.Errorf("model.head.kind: %q is no head; one of %q", spec.Head.Kind, kinds)
}

// linearHead is scores = h W + b.
type linearHead struct{ linear linear }

func newLinearHead(s *store, spec Spec, labels Labels) (head, error) {
	return &linearHead{newLinear(s, partHead, "head", spec.Encoder.Hidden, labels.NumLabels())}, nil
}

func (h *linearHead) forward(p *pass, x kernels.Mat) kernels.Mat { return h.linear.forward(p, x) }

func (h *linearHead) loss(*pass) {}

func (h *linearHead) backward(p *pass, dh, dScores kernels.Mat) {
	h.linear.backward(p, dh, dScores, false)
}

func (h *linearHead) report([]float64, Losses) float64 { return 0 }

func (h *linearHead) free() {}
