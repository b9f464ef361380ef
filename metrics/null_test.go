package metrics_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

// The short form of the simulations runs with every test; docs/statistics.md
// has what the long form gave:
//
//	go test ./metrics -run 'Simulated' -simulations 4000 -v
var simulations = flag.Int("simulations", 300, "data sets for each setting of the simulated comparisons")

// world draws runs whose chance to find an entity moves with the document, the
// seed and both: three normal deviates in units of the logit.
type world struct {
	documents, labels, seeds         int
	document, seed, both, difference float64 // deviations of the sides' difference
}

// draw makes the tallies of both sides. Label l is in a document with chance
// 1/(1+l/4). Each side has seeds of its own; what a document does to a side is
// the same for all of its seeds.
func (w world) draw(r *rand.Rand) (a, b []metrics.Tally) {
	names := make([]string, w.labels)
	for l := range names {
		names[l] = fmt.Sprint("label", l)
	}
	gold := make([][]int32, w.documents)
	for d := range gold {
		gold[d] = make([]int32, w.labels)
		for l := range gold[d] {
			if r.Float64() < 1/(1+float64(l)/4) {
				gold[d][l] = int32(1 + r.IntN(3))
			}
		}
	}
	for side, sign := range []float64{-0.5, 0.5} {
		documents := make([]float64, w.documents)
		for d := range documents {
			documents[d] = w.document * r.NormFloat64()
		}
		for range w.seeds {
			t := metrics.Tally{Labels: names}
			seed := w.seed * r.NormFloat64()
			for d := range w.documents {
				doc := metrics.DocCount{Doc: fmt.Sprint(d)}
				logit := sign*w.difference + documents[d] + seed + w.both*r.NormFloat64()
				for l, n := range gold[d] {
					if n == 0 {
						continue
					}
					c := metrics.Count{Gold: n}
					for range n {
						if r.Float64() < 1/(1+math.Exp(-logit)) {
							c.TP++
							c.Pred++
						} else if r.Float64() < 0.5 {
							c.Pred++
						}
					}
					doc.Labels = append(doc.Labels, metrics.LabelCount{Label: int32(l), Count: c})
				}
				t.Docs = append(t.Docs, doc)
			}
			if side == 0 {
				a = append(a, t)
			} else {
				b = append(b, t)
			}
		}
	}
	return a, b
}

// The interval over pairs and documents holds a true difference of zero in 95
// of 100 worlds, whichever of seeds and documents moves it more; that over
// documents alone does not.
func TestSimulatedCoverage(t *testing.T) {
	stats := []metrics.Statistic{statistic(t, "macro_f1"), statistic(t, "micro_f1")}
	for i, w := range []world{
		{documents: 60, labels: 6, seeds: 5, document: 1, seed: 0.1},
		{documents: 60, labels: 6, seeds: 5, document: 0.2, seed: 0.5},
		{documents: 60, labels: 6, seeds: 5, document: 0.8, seed: 0.25, both: 0.5},
		{documents: 60, labels: 6, seeds: 10, document: 0.8, seed: 0.35, both: 0.5},
		{documents: 200, labels: 6, seeds: 8, document: 0.8, seed: 0.2, both: 0.5},
	} {
		r := rand.New(rand.NewPCG(91, uint64(i)))
		holds, documents, percentile := 0, 0, 0
		for set := range *simulations {
			a, b := w.draw(r)
			d, err := metrics.PairedBootstrap(a, b, stats, metrics.Resampling{Resamples: 300, Seed: uint64(set)})
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range d {
				if !x.Both.Excludes(0) {
					holds++
				}
				if !x.Diff.Excludes(0) {
					documents++
				}
				if !x.Both.Percentile.Excludes(0) {
					percentile++
				}
			}
		}
		n := float64(*simulations * len(stats))
		share := float64(holds) / n
		t.Logf("%+v: %.4f over both, %.4f over documents, %.4f percentile over both", w, share, float64(documents)/n, float64(percentile)/n)
		// Two Monte-Carlo standard errors about 93 and 97 %; the two
		// statistics of a world are nearly one.
		slack := 2 * math.Sqrt(0.05*0.95/float64(*simulations))
		if share < 0.93-slack || share > 0.97+slack {
			t.Errorf("world %d: coverage %.4f", i, share)
		}
	}
}
