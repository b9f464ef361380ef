package experiments_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// TestSemantic compares by the semantic labels alone: of TOTAL every second entity is found by
// both sides, of STAMP, a visual label, one side finds all and the other none. F1 of TOTAL is
// 2*15/(15+30) = 2/3.
func TestSemantic(t *testing.T) {
	side := func(name string, stamps int32) experiments.Side {
		s := experiments.Side{Name: name}
		for seed := range uint64(2) {
			o := experiments.Outcome{Run: fmt.Sprint(name, seed), Levels: map[string]string{"head": name}, Seed: seed + 1, CorpusDigest: "c",
				Heads: map[string]string{"STAMP": "visual"}, Test: metrics.Tally{Labels: []string{"TOTAL", "STAMP"}}}
			for i := range 30 {
				o.Test.Docs = append(o.Test.Docs, metrics.DocCount{Doc: fmt.Sprint(i), Labels: []metrics.LabelCount{
					{Label: 0, Count: metrics.Count{TP: int32(i % 2), Pred: int32(i % 2), Gold: 1}},
					{Label: 1, Count: metrics.Count{TP: stamps, Pred: stamps, Gold: 1}},
				}})
			}
			s.Outcomes = append(s.Outcomes, o)
		}
		return s
	}
	for metric, want := range map[string][2]float64{"semantic_macro_f1": {2. / 3, 2. / 3}, "macro_f1": {1. / 3, 5. / 6}} {
		c, err := experiments.Compare(side("a", 0), side("b", 1), experiments.CompareOptions{Metric: metric, Resamples: 200, Brief: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range []float64{c.Pairs[0].ValueA, c.Pairs[0].ValueB} {
			if math.Abs(got-want[i]) > 1e-12 {
				t.Errorf("%s: side %d has %.6f, want %.6f", c.Metric, i, got, want[i])
			}
		}
		if c.Metric != "test/"+metric {
			t.Errorf("metric %s", c.Metric)
		}
	}
}
