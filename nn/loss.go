package nn

import (
	"errors"
	"fmt"

	"github.com/invoicelab/invoicelab/kernels"
)

// Where the losses of a step lie in pass.stats.
const (
	statEntity     = 0 // ce, class-balanced, focal
	statGroup      = 3 // ce, then two that are not used
	statSeparation = 6
	statNorm       = 7 // squared norm of the gradient
	statDocs       = 8 // negative log-likelihood of each document
)

// shares are the factors of the parts of an entity loss.
type shares struct{ ce, balanced, focal float64 }

// lossKinds is the table of entity losses by the name that a spec uses.
var lossKinds = []struct {
	kind   string
	shares func(LossSpec) shares
}{
	{"ce", func(LossSpec) shares { return shares{ce: 1} }},
	{"class_balanced", func(LossSpec) shares { return shares{balanced: 1} }},
	{"focal", func(LossSpec) shares { return shares{focal: 1} }},
	{"combined", func(s LossSpec) shares { return shares{balanced: s.Balanced, focal: 1 - s.Balanced} }},
}

// entityLoss is the loss on the scores: a weighted sum of ce, class-balanced
// cross-entropy and focal loss.
type entityLoss struct {
	be     kernels.Backend
	weight float64 // of the whole in the total; 0 leaves it out
	shares shares
	params kernels.LossParams
}

func newEntityLoss(be kernels.Backend, spec LossSpec, labels Labels) (*entityLoss, error) {
	l := &entityLoss{be: be, weight: spec.Entity}
	known := false
	var kinds []string
	for _, k := range lossKinds {
		kinds = append(kinds, k.kind)
		if k.kind == spec.Kind {
			l.shares, known = k.shares(spec), true
		}
	}
	if !known {
		return nil, fmt.Errorf("model.loss.kind: %q is no loss; one of %q", spec.Kind, kinds)
	}
	l.params = kernels.LossParams{
		CE:    float32(l.weight * l.shares.ce),
		CB:    float32(l.weight * l.shares.balanced),
		Focal: float32(l.weight * l.shares.focal),
		Gamma: float32(spec.Gamma),
	}
	if l.shares.balanced > 0 {
		if labels.Counts == nil {
			return nil, errors.New("model.loss.kind: " + spec.Kind + " needs the counts of the labels in the training split")
		}
		if len(labels.Counts) != labels.NumLabels() {
			panic(fmt.Sprintf("nn: New: %d counts of %d labels", len(labels.Counts), labels.NumLabels()))
		}
		weights := make([]float32, len(labels.Counts))
		for i, w := range kernels.BalancedWeights(labels.Counts, spec.Beta) {
			weights[i] = float32(w)
		}
		l.params.Weights = be.NewF32(len(weights))
		be.PutF32(l.params.Weights, weights)
	}
	return l, nil
}

// begin overwrites dScores with the gradient of the weighted loss; others add theirs to it.
func (l *entityLoss) begin(p *pass, dScores, scores kernels.Mat) {
	if l.weight == 0 {
		p.be.Fill(dScores.Data, 0)
		return
	}
	p.be.SoftmaxLoss(dScores, p.stats.Slice(statEntity, statEntity+3), scores, p.targets, l.params)
}

// report puts the components into out and returns the weighted loss.
func (l *entityLoss) report(stats []float64, out Losses) float64 {
	if l.weight == 0 {
		return 0
	}
	entity := 0.0
	for _, part := range []struct {
		name  string
		share float64
		value float64
	}{
		{"ce", l.shares.ce, stats[statEntity]},
		{"class_balanced", l.shares.balanced, stats[statEntity+1]},
		{"focal", l.shares.focal, stats[statEntity+2]},
	} {
		if part.share > 0 {
			out[part.name] = part.value
			entity += part.share * part.value
		}
	}
	out["entity"] = entity
	return l.weight * entity
}

func (l *entityLoss) free() {
	if l.params.Weights.Len > 0 {
		l.be.FreeF32(l.params.Weights)
	}
}
