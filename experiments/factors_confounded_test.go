package experiments_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
)

// Where two factors always change together no effect of either is given, and
// the table says so; the others keep theirs.
func TestConfoundedFactors(t *testing.T) {
	info, runs, outcomes := madeSweep()
	rate := map[string]string{"linear": "low", "hybrid": "high"}
	info.Axes = append(info.Axes, experiments.AxisInfo{Name: "rate", Levels: []string{"low", "high"}})
	for i := range outcomes {
		outcomes[i].Levels["rate"] = rate[outcomes[i].Levels["head"]]
	}
	table := func() experiments.FactorTable {
		t.Helper()
		f, err := experiments.CompareFactors(info, runs, outcomes, experiments.CompareOptions{Resamples: 100, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := table()
	for _, e := range append(slices.Clone(f.Effects), f.Interactions...) {
		if slices.Contains(e.Factors, "head") || slices.Contains(e.Factors, "rate") {
			t.Errorf("an effect of %v: %v", e.Factors, e.Difference)
		}
	}
	if !slices.ContainsFunc(f.Effects, func(e experiments.FactorEffect) bool { return slices.Equal(e.Factors, []string{"loss"}) }) {
		t.Errorf("no effect of the loss: %+v", f.Effects)
	}
	if !strings.Contains(strings.Join(f.Warnings, "\n"), "head and rate always change together") {
		t.Errorf("warnings %q", f.Warnings)
	}
	// A rate of its own for one loss of the linear head: the two can be told
	// apart, though not balanced.
	for i := range outcomes {
		if o := &outcomes[i]; o.Levels["head"] == "linear" && o.Levels["loss"] == "focal" {
			o.Levels["rate"] = "high"
		}
	}
	if f := table(); strings.Contains(strings.Join(f.Warnings, "\n"), "always change together") {
		t.Errorf("warnings %q", f.Warnings)
	}
	// A primary metric of the validation split is shown on the test split.
	info.Primary = "validation/micro_f1"
	if f := table(); f.Metric != "test/micro_f1" {
		t.Errorf("metric %s", f.Metric)
	}
}
