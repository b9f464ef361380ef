package nn

import (
	"errors"
	"fmt"

	"github.com/invoicelab/invoicelab/kernels"
)

// Where the losses of a step lie in pass.stats.
const (
	statEntity      = 0 // ce, class-balanced, focal
	statGroup       = 3 // ce, then two that are not used
	statStructure   = 6 // the same
	statVisual      = 9 // the same
	statSeparation  = 12
	statConsistency = 13
	statNorm        = 14 // squared norm of the gradient
	statDocs        = 15 // negative log-likelihood of each document
)

// shares are the factors of the parts of an entity loss.
type shares struct{ ce, balanced, focal float64 }

// lossKinds is the table of entity losses by the name that a spec uses.
var lossKinds = []struct {
	kind   string
	twice  bool // the focal loss has the class weights too
	shares func(LossSpec) shares
}{
	{"ce", false, func(LossSpec) shares { return shares{ce: 1} }},
	{"class_balanced", false, func(LossSpec) shares { return shares{balanced: 1} }},
	{"focal", false, func(LossSpec) shares { return shares{focal: 1} }},
	{"combined", false, combined},
	{"combined/published", true, combined},
}

func combined(s LossSpec) shares { return shares{balanced: s.Balanced, focal: 1 - s.Balanced} }

// entityLoss is the loss on the scores: a weighted sum of ce, class-balanced
// cross-entropy (Cui and others 2019) and focal loss (Lin and others 2017). Over the
// V tokens whose label is known, with nll = -log p of the label:
//
//	ce             = sum nll / V
//	class_balanced = sum w nll / sum w,  w = (1-beta)/(1-beta^n) of the label
//	focal          = sum (1-p)^gamma nll / V
//	combined       = share class_balanced + (1-share) focal
//
// w is scaled so that the weights of the labels that occur sum to their number.
// combined/published weights the focal part by w once more: sum w (1-p)^gamma nll / V.
type entityLoss struct {
	weight  float64 // of the whole in the total; 0 leaves it out
	shares  shares
	twice   bool
	gamma   float64
	classes *fixed[float32] // weights w of the labels; nil without class_balanced
}

// params are the factors of SoftmaxLoss.
func (l *entityLoss) params(share denominators) kernels.LossParams {
	params := kernels.LossParams{
		CE:    float32(l.weight * l.shares.ce * share[statEntity]),
		CB:    float32(l.weight * l.shares.balanced * share[statEntity+1]),
		Focal: float32(l.weight * l.shares.focal * share[statEntity+2]),
		Gamma: float32(l.gamma),
	}
	if l.classes != nil {
		params.Weights = l.classes.dev
		if l.twice {
			params.Alpha = l.classes.dev
		}
	}
	return params
}

func newEntityLoss(s *store, spec LossSpec, labels Labels) (*entityLoss, error) {
	l := &entityLoss{weight: spec.Entity, gamma: spec.Gamma}
	known := false
	var kinds []string
	for _, k := range lossKinds {
		kinds = append(kinds, k.kind)
		if k.kind == spec.Kind {
			l.shares, l.twice, known = k.shares(spec), k.twice, true
		}
	}
	if !known {
		return nil, fmt.Errorf("model.loss.kind: %q is no loss; one of %q", spec.Kind, kinds)
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
		l.classes = s.fixedF32(weights)
	}
	return l, nil
}

// begin overwrites dScores with the gradient of the weighted loss; others add theirs to it.
func (l *entityLoss) begin(p *pass, dScores, scores kernels.Mat) {
	if l.weight == 0 {
		p.be.Fill(dScores.Data, 0)
		return
	}
	p.be.SoftmaxLoss(dScores, p.stats.Slice(statEntity, statEntity+3), scores, p.targets, l.params(p.share))
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
