package experiments

import (
	"fmt"

	"github.com/invoicelab/invoicelab/metrics"
)

// Confidence says how far the confidence of predicted entities can be trusted:
// means over runs.
type Confidence struct {
	Entities int     `json:"entities"` // predicted, over all runs
	ECE      float64 `json:"ece"`      // expected calibration error, metrics.DefaultBins bins
	Area     float64 `json:"aurc"`     // area under risk against coverage
	// Coverage is the share of entities that can be kept, the most confident
	// first, with at most AtRisk of them wrong.
	Coverage float64 `json:"coverage"`
	AtRisk   float64 `json:"at_risk"`
}

// acceptedRisk is the share of wrong entities at which coverage is told.
const acceptedRisk = 0.05

// confidence judges the predictions of runs; nil when no run predicts any
// entity.
func confidence(runs []string, predictions func(run string) ([]Prediction, error)) (*Confidence, error) {
	c := Confidence{AtRisk: acceptedRisk}
	for _, run := range runs {
		all, err := predictions(run)
		if err != nil {
			return nil, err
		}
		var judged []metrics.Judged
		for _, p := range all {
			for _, e := range p.Entities {
				judged = append(judged, metrics.Judged{Confidence: e.Confidence, Right: e.Correct})
			}
		}
		if len(judged) == 0 {
			return nil, nil
		}
		ece, _, err := metrics.Calibration(judged, metrics.DefaultBins)
		if err != nil {
			return nil, fmt.Errorf("run %s: %w", run, err)
		}
		curve, area, err := metrics.Risks(judged)
		if err != nil {
			return nil, fmt.Errorf("run %s: %w", run, err)
		}
		n := float64(len(runs))
		c.Entities += len(judged)
		c.ECE += ece / n
		c.Area += area / n
		c.Coverage += metrics.CoverageAt(curve, acceptedRisk).Coverage / n
	}
	return &c, nil
}

// Calibrate fills in the confidence of the sides from what their runs said of
// the test split. A run whose predictions cannot be read is a doubt, and
// leaves both sides without.
func (c *Comparison) Calibrate(predictions func(run string) ([]Prediction, error)) {
	a, err := confidence(c.A.Runs, predictions)
	var b *Confidence
	if err == nil {
		b, err = confidence(c.B.Runs, predictions)
	}
	if err != nil {
		c.Warnings = append(c.Warnings, fmt.Sprintf("confidence is not compared: %v", err))
		return
	}
	c.A.Confidence, c.B.Confidence = a, b
}
