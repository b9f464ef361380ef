package metrics_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

// Ten predictions in two bins, by hand: (0, 0.5] holds 0, 0.2, 0.5 with one
// right, |1/3 - 0.7/3| = 0.1; (0.5, 1] holds 0.6, 0.8, 0.9, 0.9, 1, 1, 1 with
// five right, |5/7 - 6.2/7| = 1.2/7.
func TestCalibration(t *testing.T) {
	judged := []metrics.Judged{{0, false}, {0.2, false}, {0.5, true}, {0.6, false}, {0.8, true}, {0.9, true}, {0.9, false}, {1, true}, {1, true}, {1, true}}
	ece, bins, err := metrics.Calibration(judged, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := (0.1*3 + 1.2) / 10; math.Abs(ece-want) > 1e-15 {
		t.Errorf("ECE %v, want %v", ece, want)
	}
	if b := bins[1]; b.Low != 0.5 || b.High != 1 || b.Count != 7 || math.Abs(b.Accuracy-5.0/7) > 1e-15 || math.Abs(b.Confidence-6.2/7) > 1e-15 {
		t.Errorf("%+v", b)
	}
	if ece, _, _ := metrics.Calibration(nil, 15); !math.IsNaN(ece) {
		t.Errorf("without predictions %v", ece)
	}
	for _, bad := range []float64{-0.1, 1.1, math.NaN()} {
		if _, _, err := metrics.Calibration([]metrics.Judged{{Confidence: bad}}, 15); err == nil {
			t.Errorf("confidence %v: no error", bad)
		}
		if _, _, err := metrics.Risks([]metrics.Judged{{Confidence: bad}}); err == nil {
			t.Errorf("confidence %v: no error", bad)
		}
	}
	// Right with the chance that is stated: ECE is near 0, sqrt(p(1-p)/n) of
	// a bin; stated 0.2 too high, it is 0.2.
	r := rand.New(rand.NewPCG(5, 6))
	var honest, proud []metrics.Judged
	for range 50_000 {
		p := 0.7 * r.Float64()
		right := r.Float64() < p
		honest, proud = append(honest, metrics.Judged{Confidence: p, Right: right}), append(proud, metrics.Judged{Confidence: p + 0.2, Right: right})
	}
	if ece, _, _ := metrics.Calibration(honest, metrics.DefaultBins); ece > 0.01 {
		t.Errorf("honest: %v", ece)
	}
	if ece, _, _ := metrics.Calibration(proud, metrics.DefaultBins); math.Abs(ece-0.2) > 0.01 {
		t.Errorf("proud: %v", ece)
	}
}

// By hand: kept 1 and 2 (one wrong), 3, then all 5 (two wrong).
func TestRisks(t *testing.T) {
	judged := []metrics.Judged{{0.5, false}, {0.9, true}, {0.7, true}, {0.9, false}, {0.5, true}}
	curve, area, err := metrics.Risks(judged)
	if err != nil {
		t.Fatal(err)
	}
	want := []metrics.Risk{{0.9, 0.4, 0.5}, {0.7, 0.6, 1.0 / 3}, {0.5, 1, 0.4}}
	for i := range want {
		if len(curve) != 3 || math.Abs(curve[i].Risk-want[i].Risk) > 1e-15 || curve[i].Coverage != want[i].Coverage || curve[i].Confidence != want[i].Confidence {
			t.Fatalf("%v, want %v", curve, want)
		}
	}
	if want := (2*0.5 + 1.0/3 + 2*0.4) / 5; math.Abs(area-want) > 1e-15 {
		t.Errorf("area %v, want %v", area, want)
	}
	if got := metrics.CoverageAt(curve, 0.4); got.Coverage != 1 {
		t.Errorf("at 0.4: %v", got)
	}
	if got := metrics.CoverageAt(curve, 0.35); got.Coverage != 0.6 || got.Confidence != 0.7 {
		t.Errorf("at 0.35: %v", got)
	}
	if got := metrics.CoverageAt(curve, 0.1); got != (metrics.Risk{}) {
		t.Errorf("at 0.1: %v", got)
	}
}
