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
	// backward overwrites dh, unless it is empty, and adds to the gradients of the
	// parameters.
	backward(p *pass, dh, dScores kernels.Mat)
	// report puts the components of loss into out and returns their weighted sum.
	report(stats []float64, out Losses) float64
}

// heads is the table of heads by the name that a spec uses.
var heads = []struct {
	kind   string
	groups bool // needs a schema with groups
	build  func(s *store, spec Spec, labels Labels) (head, error)
}{
	{"linear", false, newLinearHead},
	{"hierarchical", true, newHierarchicalHead},
	{"hierarchical/published", true, newHierarchicalPublishedHead},
	{"prototype", false, newPrototypeHead},
	{"hybrid", true, newHybridHead},
	{"hybrid/published", true, newHybridPublishedHead},
	{"separated", false, newSeparatedHead},
}

// NeedsGroups says whether the head gates labels by their groups.
func (s HeadSpec) NeedsGroups() bool {
	for _, h := range heads {
		if h.kind == s.Kind {
			return h.groups
		}
	}
	return false
}

// newHead declares the parameters of the head that spec names.
func newHead(s *store, spec Spec, labels Labels) (head, error) {
	var kinds []string
	for _, h := range heads {
		if h.kind == spec.Head.Kind {
			if h.groups {
				if err := needGroups("model.head.kind", h.kind, "linear or prototype", labels); err != nil {
					return nil, err
				}
			}
			return h.build(s, spec, labels)
		}
		kinds = append(kinds, h.kind)
	}
	return nil, fmt.Errorf("model.head.kind: %q is no head; one of %q", spec.Head.Kind, kinds)
}

// needGroups refuses labels without groups and panics on groups that do not fit
// the entities.
func needGroups(key, kind, instead string, labels Labels) error {
	if labels.GroupOf == nil || labels.Groups == 0 {
		return fmt.Errorf("%s: %s needs a schema with groups, and this one has none; use %s, or give each entity a group", key, kind, instead)
	}
	if len(labels.GroupOf) != labels.Entities {
		panic(fmt.Sprintf("nn: New: %d groups of %d entities", len(labels.GroupOf), labels.Entities))
	}
	for e, g := range labels.GroupOf {
		if g < 0 || int(g) >= labels.Groups {
			panic(fmt.Sprintf("nn: New: group %d of entity %d, of %d groups", g, e, labels.Groups))
		}
	}
	return nil
}

// groupOf is the group of each BIO label; outside is that of O.
func (l Labels) groupOf(outside int32) []int32 {
	of := make([]int32, l.NumLabels())
	of[0] = outside
	for e, g := range l.GroupOf {
		of[1+2*e], of[2+2*e] = g, g
	}
	return of
}

// linearHead is scores = h W + b.
type linearHead struct{ linear linear }

func newLinearHead(s *store, spec Spec, labels Labels) (head, error) {
	h := &linearHead{newLinear(s, partHead, "head", spec.Encoder.Hidden, labels.NumLabels())}
	h.linear.weight.reads(spec.Encoder)
	return h, nil
}

func (h *linearHead) forward(p *pass, x kernels.Mat) kernels.Mat { return h.linear.forward(p, x) }

func (h *linearHead) loss(*pass) {}

func (h *linearHead) backward(p *pass, dh, dScores kernels.Mat) {
	h.linear.backward(p, dh, dScores, false)
}

func (h *linearHead) report([]float64, Losses) float64 { return 0 }
