package config_test

import (
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/metrics"
)

// published are the rows that the shipped claims must have, with their ranges:
// all of the guide and of the report.
var published = map[string]config.Range{
	"guide/params-linear": {Low: 123648, High: 123648}, "guide/params-crf": {Low: 25921, High: 25921}, "guide/params-hybrid": {Low: 74000, High: 74000},
	"guide/avg-f1-linear": {Low: 78, High: 78}, "guide/avg-f1-hybrid": {Low: 91, High: 91},
	"guide/frequent-f1-linear": {Low: 92, High: 95}, "guide/frequent-f1-hybrid": {Low: 93, High: 96},
	"guide/rare-f1-linear": {Low: 25, High: 25}, "guide/rare-f1-hybrid": {Low: 87, High: 87},
	"guide/convergence-linear": {Low: 15, High: 20}, "guide/convergence-hybrid": {Low: 8, High: 10},
	"guide/crosstemplate-f1-linear": {Low: 65, High: 65}, "guide/crosstemplate-f1-hybrid": {Low: 81, High: 81}, "guide/unseen-label": {Low: 1, High: 1},
	"status/rare-f1-baseline-status": {}, "status/rare-f1-enhanced-status": {Low: 85, High: 100}, "status/frequent-f1-enhanced-status": {Low: 95, High: 100},
	"status/structure-f1": {Low: 90, High: 100}, "status/visual-f1": {Low: 85, High: 100}, "status/latency-increase": {Low: 3.5, High: 3.5}, "status/memory-increase": {Low: 4.8, High: 4.8},
	"status/label-errors": {Low: 80, High: 80}, "status/coverage-core": {Low: 65, High: 65}, "status/coverage-enhanced": {Low: 100, High: 100},
}

func TestShippedClaims(t *testing.T) {
	found := map[string]config.Claim{}
	for _, name := range config.ClaimNames() {
		f, err := config.LoadClaims(name)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name != name || f.About == "" {
			t.Errorf("claims %s call themselves %s, about %q", name, f.Name, f.About)
		}
		for _, c := range f.Claims {
			found[f.Name+"/"+c.ID] = c
			// F1 on invoices is measured with the whole schema.
			if m := c.Measure; m != nil && name != "real" && c.Schema != "full-197" {
				t.Errorf("%s/%s is measured with schema %s", name, c.ID, c.Schema)
			}
			if m := c.Measure; m != nil && name == "real" && (m.Mode != metrics.Conll || m.Import == "") {
				t.Errorf("%s/%s: mode %v, import %q", name, c.ID, m.Mode, m.Import)
			}
		}
	}
	for name, want := range published {
		c, there := found[name]
		if !there || c.Published != want {
			t.Errorf("%s: %v, %v; want %v", name, c.Published, there, want)
		}
	}
	// The rows of the baseline that the corpus was set by.
	for _, name := range []string{"guide/avg-f1-linear", "guide/rare-f1-linear", "guide/frequent-f1-linear"} {
		if found[name].Calibrated == "" {
			t.Errorf("%s is not calibrated", name)
		}
	}
}

const claimText = `
name: mine
claims:
  - id: gain
    source: a paper
    system: hybrid
    metric: F1
    says: more
    published: [5, 16]
    unit: points
    better: higher
    tolerance: 1
    decides: 2
    measure:
      sweep: quick
      variant: {head: hybrid, model.loss.kind: combined, curriculum: none}
      against: {head: linear, loss: combined, curriculum: none}
      compare: ratio
      metric: heldout/macro_f1
      labels: {below: 0.05}
      mode: conll
      costs: 20
`

func TestParseClaims(t *testing.T) {
	f, err := config.ParseClaims("text", []byte(claimText))
	if err != nil {
		t.Fatal(err)
	}
	c := f.Claims[0]
	m := c.Measure
	if c.Lower || c.Published != (config.Range{Low: 5, High: 16}) || c.Tolerance != 1 || c.Decides != 2 || m.Split != "heldout" || m.Figure != "macro_f1" || m.Compare != config.Ratio || m.Costs != 20 {
		t.Errorf("%+v, %+v", c, m)
	}
	if one, other := m.Of(m.Variant).Model, m.Of(m.Against).Model; one.Head.Kind != "hybrid" || one.Loss.Kind != "combined" || other.Head.Kind != "linear" || other.Loss.Kind != "combined" {
		t.Errorf("%+v and %+v", one, other)
	}
	if m.Labels.Holds("A", 0.05) || !m.Labels.Holds("A", 0.049) {
		t.Error("labels below 5 %")
	}
	s := m.Sweep.Only([][]int{m.Variant, m.Against})
	if s.Size() != 2*len(m.Sweep.Seeds) || s.Name != "quick.claims" {
		t.Errorf("%s of %d trials", s.Name, s.Size())
	}
	if whole := s.Only(s.Chosen); whole.Name != s.Name {
		t.Errorf("a sweep of the same combinations is called %s", whole.Name)
	}
	// What a store keeps of a claim reads as the claim again.
	again, err := config.ParseClaims("again", []byte("name: mine\nclaims:\n  - "+indented(c.Text)))
	if err != nil || again.Claims[0].Measure.String() != m.String() {
		t.Errorf("%v: %+v", err, again)
	}
}

// indented is a mapping as an item of a list.
func indented(text string) string {
	out := ""
	for i, r := range text {
		out += string(r)
		if r == '\n' && i < len(text)-1 {
			out += "    "
		}
	}
	return out
}
