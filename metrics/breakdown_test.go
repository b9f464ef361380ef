package metrics_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

// Parts are what the same documents and labels give by themselves.
func TestParts(t *testing.T) {
	r := rand.New(rand.NewPCG(111, 112))
	tally := wide(r, 40, 4)
	for d := range tally.Docs {
		tally.Docs[d].Domain = []string{"freight", "retail"}[d%2]
	}
	tally.Labels = append(slices.Clone(tally.Labels), "ghost") // never seen
	opt := metrics.Resampling{Resamples: 300, Seed: 2}
	totals := tally.Totals()
	labels, err := metrics.PartsByLabel(tally, opt)
	if err != nil || len(labels) != 4 {
		t.Fatalf("%d labels, %v", len(labels), err)
	}
	for l, p := range labels {
		if s := totals[l].Score(); p.Name != tally.Labels[l] || p.Value.Value != s.F1 || p.Support != s.Support || p.Documents != 40 || !(p.Value.Low < s.F1 && p.Value.High > s.F1) {
			t.Errorf("%+v, want %+v", p, s)
		}
	}
	group := func(label string) string {
		if label == "label0" || label == "label2" {
			return "even"
		}
		return "odd"
	}
	groups, err := metrics.PartsOfLabels(tally, "macro_f1", []string{"odd", "even", "none"}, group, opt)
	if err != nil || len(groups) != 2 || groups[1].Name != "even" {
		t.Fatalf("%+v, %v", groups, err)
	}
	if want := (totals[0].Score().F1 + totals[2].Score().F1) / 2; math.Abs(groups[1].Value.Value-want) > 1e-15 {
		t.Errorf("even labels %v, want %v", groups[1].Value.Value, want)
	}
	domains, err := metrics.PartsOfDocuments(tally, "micro_f1", tally.Domains(), func(d metrics.DocCount) string { return d.Domain }, opt)
	if err != nil || len(domains) != 2 {
		t.Fatalf("%+v, %v", domains, err)
	}
	retail := tally.Where(func(d metrics.DocCount) bool { return d.Domain == "retail" })
	want, err := retail.Metric("micro_f1")
	if err != nil || domains[1].Value.Value != want || domains[1].Documents != 20 || domains[0].Support+domains[1].Support != groups[0].Support+groups[1].Support {
		t.Errorf("%+v, want %v of 20 documents (%v)", domains[1], want, err)
	}
}

// The variance of the gap is the sum of those of both sides.
func TestGap(t *testing.T) {
	r := rand.New(rand.NewPCG(121, 122))
	known, heldout := coins(r, 400, 0.8), coins(r, 100, 0.5)
	gap, err := metrics.Gap(known, heldout, "micro_recall", metrics.Resampling{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := known.Metric("micro_recall")
	q, _ := heldout.Metric("micro_recall")
	half := 1.96 * math.Sqrt(p*(1-p)/400+q*(1-q)/100)
	if math.Abs(gap.Value-(p-q)) > 1e-15 || math.Abs(gap.Low-(p-q-half)) > 0.1*half || math.Abs(gap.High-(p-q+half)) > 0.1*half {
		t.Errorf("%+v, want %v by %v", gap, p-q, half)
	}
	if _, err := metrics.Gap(known, metrics.Tally{Labels: known.Labels}, "micro_recall", metrics.Resampling{}); err == nil {
		t.Error("no held-out documents: no error")
	}
}
