package metrics_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

// swapped is the mean difference of a statistic when the documents whose bit
// is set have changed sides, from tallies that are put together anew.
func swapped(a, b []metrics.Tally, stat metrics.Statistic, pattern int) float64 {
	difference := 0.0
	for k := range a {
		x, y := metrics.Tally{Labels: a[k].Labels}, metrics.Tally{Labels: a[k].Labels}
		for d := range a[k].Docs {
			p, q := a[k].Docs[d], b[k].Docs[d]
			if pattern>>d&1 == 1 {
				p, q = q, p
			}
			x.Docs, y.Docs = append(x.Docs, p), append(y.Docs, q)
		}
		difference += (stat(y.Totals()) - stat(x.Totals())) / float64(len(a))
	}
	return difference
}

// With few documents all patterns are taken, and p is the share counted here;
// with as many patterns as resamples less one it is drawn, and comes near.
func TestRandomisation(t *testing.T) {
	r := rand.New(rand.NewPCG(71, 72))
	const documents = 9
	a := []metrics.Tally{wide(r, documents, 3), wide(r, documents, 3)}
	b := []metrics.Tally{wide(r, documents, 3), wide(r, documents, 3)}
	stats := []metrics.Statistic{statistic(t, "macro_f1"), metrics.LabelF1(1)}
	exact, err := metrics.Randomisation(a, b, stats, metrics.Resampling{})
	if err != nil {
		t.Fatal(err)
	}
	const drawn = 1<<documents - 1
	some, err := metrics.Randomisation(a, b, stats, metrics.Resampling{Resamples: drawn, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	for s, stat := range stats {
		seen, far := math.Abs(swapped(a, b, stat, 0)), 0
		for pattern := range 1 << documents {
			if math.Abs(swapped(a, b, stat, pattern)) >= seen-1e-12 {
				far++
			}
		}
		want := float64(far) / (1 << documents)
		if exact[s] != want {
			t.Errorf("statistic %d: exact p %v, want %v", s, exact[s], want)
		}
		// 3.5 standard errors of a share.
		if math.Abs(some[s]-want) > 3.5*math.Sqrt(want*(1-want)/drawn)+1.0/drawn {
			t.Errorf("statistic %d: p %v of %d draws, want about %v", s, some[s], drawn, want)
		}
	}
	for _, threads := range []int{1, 5} {
		again, err := metrics.Randomisation(a, b, stats, metrics.Resampling{Resamples: drawn, Seed: 3, Threads: threads})
		if err != nil || again[0] != some[0] || again[1] != some[1] {
			t.Errorf("%d threads: %v, want %v (%v)", threads, again, some, err)
		}
	}
	same, err := metrics.Randomisation(a, a, stats, metrics.Resampling{})
	if err != nil || same[0] != 1 {
		t.Errorf("a side against itself: p %v, %v", same, err)
	}
}

// 200 documents, of which 12 go from missed to found and none the other way:
// a swap pattern is as far from zero only when the 12 all point one way, with
// chance 2/2^12.
func TestRandomisationDrawn(t *testing.T) {
	side := func(more int) []metrics.Tally {
		tally := metrics.Tally{Labels: []string{"A"}}
		for d := range 200 {
			c := metrics.Count{Gold: 1, Pred: 1}
			if d < 50+more {
				c.TP = 1
			}
			tally.Docs = append(tally.Docs, metrics.DocCount{Doc: string(rune('A' + d)), Labels: []metrics.LabelCount{{Label: 0, Count: c}}})
		}
		return []metrics.Tally{tally}
	}
	p, err := metrics.Randomisation(side(0), side(12), []metrics.Statistic{statistic(t, "micro_f1")}, metrics.Resampling{Resamples: 100_000, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	// 3.5 standard errors of a share of 100,000.
	if want := 2.0 / 4096; math.Abs(p[0]-want) > 3.5*math.Sqrt(want/100_000)+1e-5 {
		t.Errorf("p %v, want about %v", p[0], want)
	}
}

// The parts of the hierarchical interval, from documents and seeds that do
// what they do by themselves: recall is x_d + y_s with nothing of both, so the
// variance over seeds is that of y, and that over documents that of x.
func TestHierarchicalParts(t *testing.T) {
	const documents, gold = 40, 100
	tally := func(seed int, shift func(d int) int) metrics.Tally {
		tally := metrics.Tally{Labels: []string{"A"}}
		for d := range documents {
			found := int32(50 + shift(d) + seed)
			tally.Docs = append(tally.Docs, metrics.DocCount{Doc: string(rune('A' + d)), Labels: []metrics.LabelCount{{Label: 0, Count: metrics.Count{TP: found, Pred: gold, Gold: gold}}}})
		}
		return tally
	}
	seeds := []int{0, 2, 3, 7}
	var a, b []metrics.Tally
	var x, y []float64
	for _, s := range seeds {
		a = append(a, tally(0, func(int) int { return 0 }))
		b = append(b, tally(s, func(d int) int { return d % 7 }))
		y = append(y, float64(s)/gold)
	}
	for d := range documents {
		x = append(x, float64(d%7)/gold)
	}
	got, err := metrics.PairedBootstrap(a, b, []metrics.Statistic{statistic(t, "micro_recall")}, metrics.Resampling{Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	h := got[0].Both
	_, sy := metrics.MeanSD(y)
	mx, sx := metrics.MeanSD(x)
	if want := sy / 2; math.Abs(h.SeedSE-want) > 1e-12 {
		t.Errorf("over seeds %v, want %v", h.SeedSE, want)
	}
	if want := sx / math.Sqrt(documents); math.Abs(h.DocumentSE-want) > 0.03*want {
		t.Errorf("over documents %v, want about %v", h.DocumentSE, want)
	}
	// No seed does anything to single documents: all of it is shared.
	if math.Abs(h.SharedSE-h.DocumentSE) > 1e-9 {
		t.Errorf("shared %v of %v over documents", h.SharedSE, h.DocumentSE)
	}
	if math.Abs(h.SE*h.SE-h.SeedSE*h.SeedSE-h.DocumentSE*h.DocumentSE) > 1e-15 || math.Abs(h.Value-mx-0.03) > 1e-12 {
		t.Errorf("%+v: value and standard error do not add up", h)
	}
	// Satterthwaite: between the 3 of the seeds and the 42 of both.
	va, vb := h.SeedSE*h.SeedSE, h.DocumentSE*h.DocumentSE
	if want := (va + vb) * (va + vb) / (va*va/3 + vb*vb/39); math.Abs(h.Freedom-want) > 1e-9 {
		t.Errorf("%v degrees of freedom, want %v", h.Freedom, want)
	}
	// Both drawn anew: with divisor n.
	se := math.Sqrt(sy*sy*3/16 + sx*sx*(documents-1)/(documents*documents))
	if p := h.Percentile; math.Abs(p.High-p.Low-2*1.96*se) > 0.15*se {
		t.Errorf("percentile interval %+v, want a width of about %v", p, 2*1.96*se)
	}
}
