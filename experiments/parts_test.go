package experiments_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
)

// predictions of a run: 10 entities, of which those below 0.8 are wrong, with
// two more that run "proud" gets wrong at 0.9.
func predictionsOf(run string) ([]experiments.Prediction, error) {
	if run == "lost" {
		return nil, errors.New("run lost: no predictions was recorded")
	}
	var p experiments.Prediction
	for i := range 10 {
		c := float64(i+1) / 10
		p.Entities = append(p.Entities, experiments.PredictedSpan{Type: "common", Confidence: c, Correct: c >= 0.8 && !(run == "proud" && c == 0.9)})
	}
	return []experiments.Prediction{p}, nil
}

func TestPartsOf(t *testing.T) {
	o := madeRuns("linear", []uint64{1}, weak)[0]
	p, err := experiments.PartsOf(o, experiments.CompareOptions{Metric: "micro_f1", Resamples: 200}, predictionsOf)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := o.Test.Metric("micro_f1")
	held, _ := o.Heldout.Metric("micro_f1")
	if p.All.Figure.Value != want || p.Gap == nil || math.Abs(p.Gap.Value-(want-held)) > 1e-15 || p.Gap.Interval[0] >= p.Gap.Value || p.Gap.Interval[1] <= p.Gap.Value {
		t.Errorf("all %+v, gap %+v, want %v and %v", p.All, p.Gap, want, want-held)
	}
	names := func(rows []experiments.PartRow) string {
		var all []string
		for _, r := range rows {
			all = append(all, r.Name)
		}
		return strings.Join(all, " ")
	}
	for got, want := range map[string]string{
		names(p.Buckets): "many medium few", names(p.Groups): "frame odd", names(p.Domains): "freight retail", names(p.Templates): "grid ledger list", names(p.Labels): "common usual rare",
	} {
		if got != want {
			t.Errorf("parts %q, want %q", got, want)
		}
	}
	if len(p.Heldout) != 3 || !slices.Equal(p.Missing, []string{"ghost"}) || p.Labels[2].Figure.Interval != nil || p.Labels[0].Figure.Interval == nil {
		t.Errorf("%+v", p)
	}
	// Kept from 0.8 on, 3 of 10 are all right; all 10 have 7 wrong.
	if c := p.Confident; c == nil || c.Entities != 10 || math.Abs(c.Coverage-0.3) > 1e-12 {
		t.Errorf("confidence %+v", c)
	}
	var out bytes.Buffer
	if err := p.Write(&out, experiments.Text, 80); err != nil || !strings.Contains(out.String(), "gap from known to held-out templates: +") || !strings.Contains(out.String(), "n<10") {
		t.Errorf("%v\n%s", err, out.String())
	}
	o.Run = "lost"
	p, err = experiments.PartsOf(o, experiments.CompareOptions{Resamples: 100}, predictionsOf)
	if err != nil || p.Confident != nil || len(p.Warnings) != 1 {
		t.Errorf("%+v, %v, %q", p.Confident, err, p.Warnings)
	}
	if _, err := experiments.PartsOf(o, experiments.CompareOptions{Metric: "heldout/micro_f1"}, predictionsOf); err == nil {
		t.Error("parts of the held-out split: no error")
	}
}

func TestCalibrate(t *testing.T) {
	c := experiments.Comparison{A: experiments.SideResult{Runs: []string{"x", "y"}}, B: experiments.SideResult{Runs: []string{"proud"}}}
	c.Calibrate(predictionsOf)
	// One bin for each confidence: of the wrong ones the confidence is the
	// error, of the right ones what is missing to 1.
	if a := c.A.Confidence; a == nil || a.Entities != 20 || math.Abs(a.ECE-(0.1+0.2+0.3+0.4+0.5+0.6+0.7+0.2+0.1)/10) > 1e-12 {
		t.Errorf("A %+v", a)
	}
	if b := c.B.Confidence; b == nil || math.Abs(b.Coverage-0.1) > 1e-12 || math.Abs(b.ECE-(2.8+0.2+0.9)/10) > 1e-12 {
		t.Errorf("B %+v", b)
	}
	c = experiments.Comparison{A: experiments.SideResult{Runs: []string{"x"}}, B: experiments.SideResult{Runs: []string{"lost"}}}
	c.Calibrate(predictionsOf)
	if c.A.Confidence != nil || c.B.Confidence != nil || len(c.Warnings) != 1 {
		t.Errorf("%+v", c)
	}
}
