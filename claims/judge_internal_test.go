package claims

import (
	"math"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

func at(low, high float64) *[2]float64 { return &[2]float64{low, high} }

// The order of the verdicts and the sides of a range.
func TestVerdict(t *testing.T) {
	claim := config.Claim{Published: config.Range{Low: 80, High: 90}, Tolerance: 1, Decides: 3}
	lower, calibrated, counted := claim, claim, Reading{Value: 92, Exact: true}
	lower.Lower = true
	calibrated.Calibrated = "it was set by this number"
	seeds := &spread{sd: 2}
	for _, c := range []struct {
		what  string
		claim config.Claim
		r     Reading
		want  Verdict
		says  string
	}{
		{"inside", claim, Reading{Value: 85, Interval: at(83, 87)}, Reproduced, "meets"},
		{"touches the tolerance", claim, Reading{Value: 93, Interval: at(91, 95)}, Reproduced, "give or take 1"},
		{"above", claim, Reading{Value: 93, Interval: at(91.1, 95)}, Better, "1.1 above"},
		{"below", claim, Reading{Value: 77, Interval: at(75, 78.9)}, Contradicted, "1.1 below"},
		{"above, lower is better", lower, Reading{Value: 93, Interval: at(91.1, 95)}, Contradicted, "1.1 above"},
		{"below, lower is better", lower, Reading{Value: 77, Interval: at(75, 78.9)}, Better, "1.1 below"},
		{"wide, and outside", claim, Reading{Value: 60, Interval: at(56, 64), N: 3, Of: "seeds", spread: seeds}, Inconclusive, "more seeds"},
		{"wide by documents", claim, Reading{Value: 60, Interval: at(50, 70), N: 3, Of: "seeds", Documents: 50, spread: &spread{sd: 1, shared: 5}}, Inconclusive, "more documents"},
		{"one run", claim, Reading{Value: 85, N: 1}, Inconclusive, "2 seeds"},
		{"calibrated, whatever else", calibrated, Reading{Value: 60, Interval: at(50, 70)}, Calibrated, "this number"},
		{"counted", claim, counted, Better, "2 above"},
		{"counted within", claim, Reading{Value: 91, Exact: true}, Reproduced, "is what"},
	} {
		v, reason, more := verdict(c.claim, c.r)
		if v != c.want || !strings.Contains(reason, c.says) {
			t.Errorf("%s: %s, %q; want %s and %q", c.what, v, reason, c.want, c.says)
		}
		if wants := strings.Contains(c.says, "seeds"); wants != (more != nil) {
			t.Errorf("%s: more seeds %v", c.what, more)
		}
	}
	// t(0.975) x 2/sqrt(n) is 2.48 at 5 seeds and 3.18 at 4.
	_, _, more := verdict(claim, Reading{Value: 60, Interval: at(56, 64), N: 3, Of: "seeds", spread: seeds})
	if more == nil || *more != 2 {
		t.Errorf("more seeds %v, want 2", more)
	}
}

// Missing and untestable claims come before anything that was measured.
func TestMissingAndUntestable(t *testing.T) {
	good := &Reading{Value: 85, Interval: at(84, 86)}
	for _, c := range []struct {
		item Item
		r    *Reading
		want Verdict
	}{
		{Item{Claim: config.Claim{Calibrated: "x"}}, nil, Missing},
		{Item{Claim: config.Claim{Calibrated: "x"}, Absent: "no data"}, nil, Missing},
		{Item{Claim: config.Claim{Untestable: "no backbone"}}, nil, NotTestable},
		{Item{Claim: config.Claim{Published: config.Range{Low: 85, High: 85}, Decides: 1}}, good, Reproduced},
	} {
		row := rowOf(c.item)
		row.give(c.item, c.r)
		if row.Verdict != c.want {
			t.Errorf("%+v: %s, want %s", c.item, row.Verdict, c.want)
		}
	}
}

// alike makes a tally whose documents all have the same counts of one label,
// so that no resample of them differs from the whole.
func alike(found int32) metrics.Tally {
	t := metrics.Tally{Labels: []string{"total"}}
	for range 20 {
		t.Docs = append(t.Docs, metrics.DocCount{Doc: "d", Labels: []metrics.LabelCount{{Count: metrics.Count{TP: found, Pred: 10, Gold: 10}}}})
	}
	return t
}

// Where the documents tell nothing, the interval is that of t over the seeds:
// F1 of 50, 60 and 70 is 60 plus and minus 4.303 x 10/sqrt(3).
func TestOverBoth(t *testing.T) {
	stat, err := metrics.MetricStatistic("macro_f1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := overBoth("c", []metrics.Tally{alike(5), alike(6), alike(7)}, nil, stat, false)
	if err != nil {
		t.Fatal(err)
	}
	half := 4.302652729749464 * 10 / math.Sqrt(3)
	if math.Abs(r.Value-60) > 1e-9 || math.Abs(r.Interval[0]-(60-half)) > 1e-6 || math.Abs(r.Interval[1]-(60+half)) > 1e-6 || r.N != 3 {
		t.Errorf("%v, want 60 plus and minus %v", r, half)
	}
	// The same three against three others, 20 points below each: no spread at all.
	r, err = overBoth("c", []metrics.Tally{alike(5), alike(6), alike(7)}, []metrics.Tally{alike(3), alike(4), alike(5)}, stat, false)
	if err != nil || math.Abs(r.Value-20) > 1e-9 || r.half() > 1e-9 {
		t.Errorf("%v, %v; want 20", r, err)
	}
	// One run has an interval only where the seed does not matter.
	if r, err = overBoth("c", []metrics.Tally{alike(5)}, nil, stat, false); err != nil || r.Interval != nil || math.Abs(r.Value-50) > 1e-9 {
		t.Errorf("%v, %v", r, err)
	}
	if r, err = overBoth("c", []metrics.Tally{alike(5)}, nil, stat, true); err != nil || r.Interval == nil || r.Interval[0] != r.Interval[1] {
		t.Errorf("%v, %v", r, err)
	}
}

// Clopper and Pearson: 8 of 8 is (0.025)^(1/8) to 1, 0 of 8 its mirror, 4 of 8
// is 15.7 to 84.3 %.
func TestBinomial(t *testing.T) {
	for _, c := range []struct {
		good      int
		low, high float64
	}{{8, math.Pow(0.025, 1.0/8), 1}, {0, 0, 1 - math.Pow(0.025, 1.0/8)}, {4, 0.15701, 0.84299}} {
		if low, high := binomial(c.good, 8, 0.95); math.Abs(low-c.low) > 1e-5 || math.Abs(high-c.high) > 1e-5 {
			t.Errorf("%d of 8: %v to %v; want %v to %v", c.good, low, high, c.low, c.high)
		}
	}
}

func TestEpochsTo(t *testing.T) {
	o := experiments.Outcome{Run: "r"}
	for epoch, v := range []float64{0.2, math.NaN(), 0.79, 0.6, 0.8} {
		o.Curves = append(o.Curves, experiments.Point{Name: "validation/macro_f1", Epoch: epoch, Value: v}, experiments.Point{Name: "loss/total", Epoch: epoch, Value: 9})
	}
	for share, want := range map[float64]int{0.1: 1, 0.98: 3, 0.99: 5, 1: 5} {
		if n, err := epochsTo(o, "validation/macro_f1", share); err != nil || n != want {
			t.Errorf("%v of the best after %d epochs, %v; want %d", share, n, err, want)
		}
	}
	if _, err := epochsTo(o, "validation/micro_f1", 1); err == nil {
		t.Error("a curve that is not there")
	}
}
