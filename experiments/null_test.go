package experiments_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// The short form runs with every test; docs/statistics.md has what the long
// form gave:
//
//	go test ./experiments -run Simulated -comparisons 2000 -v
var comparisons = flag.Int("comparisons", 60, "simulated comparisons for each setting")

// nullWorld says how far seeds and documents, by themselves and together, move
// the chance of a run to find an entity: deviations of its logit.
type nullWorld struct {
	documents, seeds     int
	document, seed, both float64
}

// draw makes the runs of a side of equal strength. Labels are in ever fewer
// documents; gold says how many entities.
func (w nullWorld) draw(r *rand.Rand, name string, labels []string, gold [][]int32) experiments.Side {
	side := experiments.Side{Name: name}
	moved := make([]float64, w.documents)
	for d := range moved {
		moved[d] = w.document * r.NormFloat64()
	}
	for s := range w.seeds {
		o := experiments.Outcome{Run: fmt.Sprint(name, s), Key: fmt.Sprint(name, s), Seed: uint64(s), Levels: map[string]string{"head": name}, Canonical: "head: " + name,
			CorpusDigest: "c0ffee", Revision: "r1", Device: "cpu", TrainDocs: map[string]int{"label0": 200}, Test: metrics.Tally{Labels: labels}}
		seed := w.seed * r.NormFloat64()
		for d := range w.documents {
			doc := metrics.DocCount{Doc: fmt.Sprint(d)}
			found := 1 / (1 + math.Exp(-moved[d]-seed-w.both*r.NormFloat64()))
			for l, n := range gold[d] {
				if n == 0 {
					continue
				}
				c := metrics.Count{Gold: n}
				for range n {
					if r.Float64() < found {
						c.TP++
						c.Pred++
					} else if r.Float64() < 0.5 {
						c.Pred++
					}
				}
				doc.Labels = append(doc.Labels, metrics.LabelCount{Label: int32(l), Count: c})
			}
			o.Test.Docs = append(o.Test.Docs, doc)
		}
		side.Outcomes = append(side.Outcomes, o)
	}
	return side
}

// Of sides that are equally strong at most 5 of 100 are called better or
// worse, and in at most 5 of 100 comparisons is any label called so: two
// Monte-Carlo standard errors are allowed on top.
func TestSimulatedNull(t *testing.T) {
	const labels = 12
	names := make([]string, labels)
	for l := range names {
		names[l] = fmt.Sprint("label", l)
	}
	called, families, sum := 0, 0, 0
	for i, w := range []nullWorld{
		{documents: 60, seeds: 5, document: 1, seed: 0.1},
		{documents: 60, seeds: 5, document: 0.2, seed: 0.5},
		{documents: 60, seeds: 5, document: 0.8, seed: 0.25, both: 0.5},
		{documents: 60, seeds: 10, document: 0.8, seed: 0.35, both: 0.5},
		{documents: 60, seeds: 2, document: 0.8, seed: 0.25, both: 0.5},
		{documents: 120, seeds: 8},
	} {
		r := rand.New(rand.NewPCG(131, uint64(i)))
		here, family := 0, 0
		for n := range *comparisons {
			gold := make([][]int32, w.documents)
			for d := range gold {
				gold[d] = make([]int32, labels)
				for l := range gold[d] {
					if r.Float64() < 1/(1+float64(l)/3) {
						gold[d][l] = int32(1 + r.IntN(3))
					}
				}
			}
			c, err := experiments.Compare(w.draw(r, "a", names, gold), w.draw(r, "b", names, gold), experiments.CompareOptions{Resamples: 400, Seed: uint64(n)})
			if err != nil {
				t.Fatal(err)
			}
			if c.Mark == experiments.Better || c.Mark == experiments.Worse {
				here++
			}
			for _, row := range c.PerLabel {
				if row.Mark == experiments.Better || row.Mark == experiments.Worse {
					family++
					break
				}
			}
		}
		n := float64(*comparisons)
		t.Logf("%+v: %.4f called, %.4f with a label called", w, float64(here)/n, float64(family)/n)
		limit := 0.05 + 2*math.Sqrt(0.05*0.95/n)
		if float64(here) > limit*n || float64(family) > limit*n {
			t.Errorf("world %d: %d of %d called and %d with a label called, allowed are %.1f", i, here, *comparisons, family, limit*n)
		}
		called, families, sum = called+here, families+family, sum+*comparisons
	}
	t.Logf("all %d: %.4f called, %.4f with a label called", sum, float64(called)/float64(sum), float64(families)/float64(sum))
}
