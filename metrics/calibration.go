package metrics

import (
	"fmt"
	"math"
	"slices"
)

// Judged is a prediction with its confidence, 0 to 1, and whether it is right:
// a token's label, or an entity.
type Judged struct {
	Confidence float64
	Right      bool
}

// Bin holds the predictions with a confidence above Low, up to and with High.
// The first bin has those of 0, too.
type Bin struct {
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	Count      int     `json:"count"`
	Confidence float64 `json:"confidence"` // mean; 0 without predictions
	Accuracy   float64 `json:"accuracy"`   // share that is right; 0 without predictions
}

// DefaultBins is the number of bins usual for the calibration error (Guo et
// al. 2017, "On Calibration of Modern Neural Networks").
const DefaultBins = 15

// Calibration is the expected calibration error, the mean of |accuracy -
// confidence| of equally wide bins weighted by their predictions, and the
// bins. It is NaN without predictions. A confidence outside 0 to 1 is an
// error.
func Calibration(judged []Judged, bins int) (ece float64, table []Bin, err error) {
	if bins < 1 {
		panic(fmt.Sprintf("metrics: Calibration: %d bins: expected at least 1", bins))
	}
	table = make([]Bin, bins)
	for b := range table {
		table[b].Low, table[b].High = float64(b)/float64(bins), float64(b+1)/float64(bins)
	}
	for i, j := range judged {
		if err := checkConfidence(i, j); err != nil {
			return 0, nil, err
		}
		// The first bin whose end is not below the confidence.
		k, _ := slices.BinarySearchFunc(table, j.Confidence, func(b Bin, c float64) int {
			if b.High < c {
				return -1
			}
			return 1
		})
		b := &table[k]
		b.Count++
		b.Confidence += j.Confidence
		if j.Right {
			b.Accuracy++
		}
	}
	for k := range table {
		b := &table[k]
		if b.Count == 0 {
			continue
		}
		ece += math.Abs(b.Accuracy-b.Confidence) / float64(len(judged))
		b.Confidence /= float64(b.Count)
		b.Accuracy /= float64(b.Count)
	}
	if len(judged) == 0 {
		return math.NaN(), table, nil
	}
	return ece, table, nil
}

func checkConfidence(i int, j Judged) error {
	if !(j.Confidence >= 0 && j.Confidence <= 1) {
		return fmt.Errorf("prediction %d has confidence %v: expected 0 to 1", i+1, j.Confidence)
	}
	return nil
}

// Risk is what is left of predictions when those below a confidence are
// handed to a person: Coverage is the share that is kept, Risk the share of
// these that is wrong.
type Risk struct {
	Confidence float64 `json:"confidence"` // least that is kept
	Coverage   float64 `json:"coverage"`
	Risk       float64 `json:"risk"`
}

// Risks gives risk against coverage, one point for each confidence that
// occurs, the most confident first, and the area under the curve (AURC,
// Geifman and El-Yaniv 2017): the mean, over all predictions, of the risk at
// the coverage that just takes them in. It is NaN without predictions.
// Predictions of one confidence are kept or left together.
func Risks(judged []Judged) (curve []Risk, area float64, err error) {
	for i, j := range judged {
		if err := checkConfidence(i, j); err != nil {
			return nil, 0, err
		}
	}
	sorted := slices.Clone(judged)
	slices.SortStableFunc(sorted, func(a, b Judged) int {
		switch {
		case a.Confidence > b.Confidence:
			return -1
		case a.Confidence < b.Confidence:
			return 1
		}
		return 0
	})
	wrong, n := 0, float64(len(sorted))
	for first := 0; first < len(sorted); {
		last := first
		for last < len(sorted) && sorted[last].Confidence == sorted[first].Confidence {
			if !sorted[last].Right {
				wrong++
			}
			last++
		}
		risk := float64(wrong) / float64(last)
		curve = append(curve, Risk{Confidence: sorted[first].Confidence, Coverage: float64(last) / n, Risk: risk})
		area += float64(last-first) * risk / n
		first = last
	}
	if len(sorted) == 0 {
		return nil, math.NaN(), nil
	}
	return curve, area, nil
}

// CoverageAt is the greatest coverage whose risk is at most risk, and the
// least confidence to keep for it. It is the zero value where even the most
// confident predictions err more often.
func CoverageAt(curve []Risk, risk float64) Risk {
	var best Risk
	for _, r := range curve {
		if r.Risk <= risk {
			best = r
		}
	}
	return best
}
