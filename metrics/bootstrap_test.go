package metrics_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

// coins is a tally of documents with one gold entity of one label each, found
// with that chance and never predicted elsewhere: recall is a binomial share.
func coins(r *rand.Rand, documents int, chance float64) metrics.Tally {
	t := metrics.Tally{Labels: []string{"A"}}
	for d := range documents {
		c := metrics.Count{Gold: 1}
		if r.Float64() < chance {
			c.TP, c.Pred = 1, 1
		}
		t.Docs = append(t.Docs, metrics.DocCount{Doc: fmt.Sprint(d), Labels: []metrics.LabelCount{{Label: 0, Count: c}}})
	}
	return t
}

func statistic(t testing.TB, name string) metrics.Statistic {
	t.Helper()
	s, err := metrics.MetricStatistic(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// With 60 of 200 found, the resampled share is binomial(200, 0.3)/200. The
// quantiles of that distribution are 47/200 and 73/200 (summed in double
// precision below).
func TestBootstrapBinomial(t *testing.T) {
	tally := metrics.Tally{Labels: []string{"A"}}
	for d := range 200 {
		c := metrics.Count{Gold: 1}
		if d < 60 {
			c.TP, c.Pred = 1, 1
		}
		tally.Docs = append(tally.Docs, metrics.DocCount{Doc: fmt.Sprint(d), Labels: []metrics.LabelCount{{Label: 0, Count: c}}})
	}
	quantile := func(q float64) float64 {
		sum := 0.0
		for k := 0; ; k++ {
			choose, _ := math.Lgamma(201)
			a, _ := math.Lgamma(float64(k + 1))
			b, _ := math.Lgamma(float64(201 - k))
			if sum += math.Exp(choose - a - b + float64(k)*math.Log(0.3) + float64(200-k)*math.Log(0.7)); sum >= q {
				return float64(k) / 200
			}
		}
	}
	got, err := metrics.Bootstrap(tally, []metrics.Statistic{statistic(t, "micro_recall")}, metrics.Resampling{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	// A quantile of 10,000 draws moves by one step of 1/200 at most.
	if v := got[0]; v.Value != 0.3 || math.Abs(v.Low-quantile(0.025)) > 0.0051 || math.Abs(v.High-quantile(0.975)) > 0.0051 {
		t.Errorf("%+v, want %v to %v", v, quantile(0.025), quantile(0.975))
	}
}

// Of 300 data sets with a true recall of 0.4, about 95 % of the intervals hold
// it; the bounds are 3.5 standard errors of a share of 300 about 0.94, the
// coverage of a percentile interval at 80 documents.
func TestBootstrapCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	recall := statistic(t, "macro_recall")
	holds := 0
	for set := range 300 {
		v, err := metrics.Bootstrap(coins(r, 80, 0.4), []metrics.Statistic{recall}, metrics.Resampling{Resamples: 1000, Seed: uint64(set)})
		if err != nil {
			t.Fatal(err)
		}
		if !v[0].Excludes(0.4) {
			holds++
		}
	}
	if holds < 268 || holds > 296 {
		t.Errorf("%d of 300 intervals hold the true value", holds)
	}
}

// On a long tail most labels are in few documents, and a resample lacks many
// of them. Of 200 data sets of 60 documents the intervals of macro recall
// still hold its expectation in at least 87 % (the coverage is about 0.92, and
// 2.5 standard errors of a share of 200 are 0.05); with absent labels counted
// as 0 or as in the whole set it is under 80 %.
func TestBootstrapLongTail(t *testing.T) {
	r := rand.New(rand.NewPCG(81, 82))
	const labels = 98
	draw := func() metrics.Tally {
		tally := metrics.Tally{Labels: make([]string, labels)}
		for d := range 60 {
			doc := metrics.DocCount{Doc: fmt.Sprint(d)}
			for l := range labels {
				held := min(0.9, 1.2/math.Pow(float64(l+1), 0.9))
				if r.Float64() >= held {
					continue
				}
				c := metrics.Count{Gold: 1}
				if r.Float64() < 0.15+0.7*held/0.9 { // frequent labels are found more often
					c.TP, c.Pred = 1, 1
				}
				doc.Labels = append(doc.Labels, metrics.LabelCount{Label: int32(l), Count: c})
			}
			tally.Docs = append(tally.Docs, doc)
		}
		return tally
	}
	recall := statistic(t, "macro_recall")
	const truths = 1000
	truth := 0.0
	for range truths {
		truth += recall(draw().Totals()) / truths
	}
	holds := 0
	for set := range 200 {
		v, err := metrics.Bootstrap(draw(), []metrics.Statistic{recall}, metrics.Resampling{Resamples: 400, Seed: uint64(set)})
		if err != nil {
			t.Fatal(err)
		}
		if !v[0].Excludes(truth) {
			holds++
		}
	}
	if holds < 174 {
		t.Errorf("%d of 200 intervals hold the expected macro recall %.3f", holds, truth)
	}
}

// Two sides that are found with equal chance: p is nearly uniform. Two pairs
// a side, so that the mean over pairs is what is tested.
func TestPairedBootstrapNull(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	recall := statistic(t, "micro_recall")
	const sets = 400
	below := map[float64]int{}
	for set := range sets {
		a := []metrics.Tally{coins(r, 100, 0.5), coins(r, 100, 0.5)}
		b := []metrics.Tally{coins(r, 100, 0.5), coins(r, 100, 0.5)}
		d, err := metrics.PairedBootstrap(a, b, []metrics.Statistic{recall}, metrics.Resampling{Resamples: 500, Seed: uint64(set)})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range []float64{0.05, 0.25, 0.5, 0.75} {
			if d[0].P <= q {
				below[q]++
			}
		}
	}
	for _, q := range []float64{0.05, 0.25, 0.5, 0.75} {
		share := float64(below[q]) / sets
		// 3.5 standard errors, and 0.02 for the steps of a discrete share.
		if bound := 3.5*math.Sqrt(q*(1-q)/sets) + 0.02; math.Abs(share-q) > bound {
			t.Errorf("p <= %v in %.3f of data sets under the null hypothesis, want within %.3f", q, share, bound)
		}
	}
}

// The variance of a resampled mean difference is that of the documents'
// differences over n: the width of the interval is 2*1.96 of its root.
func TestPairedBootstrapWidth(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	const n = 400
	a, b := coins(r, n, 0.5), coins(r, n, 0.6)
	got, err := metrics.PairedBootstrap([]metrics.Tally{a}, []metrics.Tally{b}, []metrics.Statistic{statistic(t, "micro_recall")}, metrics.Resampling{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var mean, square float64
	for d := range n {
		x := float64(b.Docs[d].Labels[0].TP - a.Docs[d].Labels[0].TP)
		mean += x / n
		square += x * x / n
	}
	se := math.Sqrt((square - mean*mean) / n)
	d := got[0].Diff
	if math.Abs(d.Value-mean) > 1e-12 || math.Abs(d.Low-(mean-1.96*se)) > 0.1*se || math.Abs(d.High-(mean+1.96*se)) > 0.1*se {
		t.Errorf("%+v, want %v to %v", d, mean-1.96*se, mean+1.96*se)
	}
	if got[0].A.Value >= got[0].B.Value || d.Value <= 0 {
		t.Errorf("B is better: %+v", got[0])
	}
	// p of the normal approximation, to a third of itself.
	p := math.Erfc(mean / se / math.Sqrt2)
	if got[0].P < p/1.5-0.0002 || got[0].P > p*1.5+0.0004 {
		t.Errorf("p %v, want about %v", got[0].P, p)
	}
}

// Two documents, one on each side: all resamples can be listed. The
// difference is +1, 0 or -1 with chances 1/4, 1/2, 1/4.
func TestPairedBootstrapEnumerated(t *testing.T) {
	make2 := func(first, second int32) metrics.Tally {
		return metrics.Tally{Labels: []string{"A"}, Docs: []metrics.DocCount{
			{Doc: "1", Labels: []metrics.LabelCount{{Count: metrics.Count{TP: first, Pred: first, Gold: 1}}}},
			{Doc: "2", Labels: []metrics.LabelCount{{Count: metrics.Count{TP: second, Pred: second, Gold: 1}}}},
		}}
	}
	d, err := metrics.PairedBootstrap([]metrics.Tally{make2(1, 0)}, []metrics.Tally{make2(0, 1)}, []metrics.Statistic{statistic(t, "micro_recall")}, metrics.Resampling{Level: 0.4, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	// The 0.3 and 0.7 quantiles are 0; three quarters of the differences are
	// at most, and three quarters at least, zero: p is cut to 1.
	if d[0].Diff != (metrics.Interval{}) || d[0].P != 1 {
		t.Errorf("%+v", d[0])
	}
	d, err = metrics.PairedBootstrap([]metrics.Tally{make2(0, 0)}, []metrics.Tally{make2(0, 1)}, []metrics.Statistic{statistic(t, "micro_recall")}, metrics.Resampling{Level: 0.4, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	// Zero in a quarter of the resamples, never below: p is twice a quarter.
	if math.Abs(d[0].P-0.5) > 0.03 || d[0].Diff.Value != 0.5 {
		t.Errorf("%+v", d[0])
	}
}

// Resamples without the label say nothing of it: with one document of four
// holding it, (3/4)^4 of the resamples are left out.
func TestBootstrapUndefined(t *testing.T) {
	tally := metrics.Tally{Labels: []string{"A", "B"}}
	for d := range 4 {
		l := int32(1)
		if d == 0 {
			l = 0
		}
		tally.Docs = append(tally.Docs, metrics.DocCount{Doc: fmt.Sprint(d), Labels: []metrics.LabelCount{{Label: l, Count: metrics.Count{TP: 1, Pred: 1, Gold: 1}}}})
	}
	empty := metrics.Tally{Labels: tally.Labels}
	for _, d := range tally.Docs {
		l := d.Labels[0]
		l.TP, l.Pred = 0, 0
		empty.Docs = append(empty.Docs, metrics.DocCount{Doc: d.Doc, Labels: []metrics.LabelCount{l}})
	}
	d, err := metrics.PairedBootstrap([]metrics.Tally{empty}, []metrics.Tally{tally}, []metrics.Statistic{metrics.LabelF1(0)}, metrics.Resampling{Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	if share := float64(d[0].Valid) / metrics.DefaultResamples; math.Abs(share-(1-math.Pow(0.75, 4))) > 0.015 {
		t.Errorf("%v of the resamples hold the label", share)
	}
	if d[0].Diff != (metrics.Interval{Value: 1, Low: 1, High: 1}) {
		t.Errorf("%+v", d[0].Diff)
	}
	if v := (metrics.Interval{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}); v.Excludes(0) {
		t.Error("NaN excludes zero")
	}
}

// wide is a tally with every label in every document, counts at random.
func wide(r *rand.Rand, documents, labels int) metrics.Tally {
	t := metrics.Tally{Labels: make([]string, labels)}
	for l := range labels {
		t.Labels[l] = fmt.Sprint("label", l)
	}
	for d := range documents {
		doc := metrics.DocCount{Doc: fmt.Sprint(d)}
		for l := range labels {
			gold := int32(1 + (d+l)%3)
			tp := int32(r.IntN(int(gold) + 1))
			doc.Labels = append(doc.Labels, metrics.LabelCount{Label: int32(l), Count: metrics.Count{TP: tp, Pred: tp + int32(r.IntN(2)), Gold: gold}})
		}
		t.Docs = append(t.Docs, doc)
	}
	return t
}

func TestBootstrapThreads(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	a, b := wide(r, 30, 5), wide(r, 30, 5)
	stats := []metrics.Statistic{statistic(t, "macro_f1"), metrics.LabelF1(3)}
	results := map[string]any{}
	for _, o := range []metrics.Resampling{{Threads: 1}, {Threads: 2}, {Threads: 7}, {Seed: 1}, {Stream: "x"}} {
		o.Resamples = 200
		paired, err := metrics.PairedBootstrap([]metrics.Tally{a}, []metrics.Tally{b}, stats, o)
		if err != nil {
			t.Fatal(err)
		}
		single, err := metrics.Bootstrap(b, stats, o)
		if err != nil {
			t.Fatal(err)
		}
		// The same documents are drawn for one side and for a pair.
		if single[1] != paired[1].B {
			t.Errorf("%+v: alone %v, paired %v", o, single[1], paired[1].B)
		}
		name := fmt.Sprint(o.Seed, o.Stream)
		if before, has := results[name]; has && !reflect.DeepEqual(before, paired) {
			t.Errorf("%d threads give %v, 1 gives %v", o.Threads, paired, before)
		}
		results[name] = paired
	}
	if reflect.DeepEqual(results["0"], results["1"]) || reflect.DeepEqual(results["0"], results["0x"]) {
		t.Error("seed or stream does not matter")
	}
}

func TestBootstrapErrors(t *testing.T) {
	stats := []metrics.Statistic{statistic(t, "macro_f1")}
	for want, o := range map[string]metrics.Resampling{
		"resamples -1: expected at least 1":               {Resamples: -1},
		"level 1: expected more than 0 and less than 1":   {Level: 1},
		"level NaN: expected more than 0 and less than 1": {Level: math.NaN()},
		"threads -2: expected at least 1":                 {Threads: -2},
		"no documents to resample":                        {},
	} {
		tally := metrics.Tally{Labels: []string{"A"}}
		if _, err := metrics.Bootstrap(tally, stats, o); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
		if _, err := metrics.PairedBootstrap([]metrics.Tally{tally}, []metrics.Tally{tally}, stats, o); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	r := rand.New(rand.NewPCG(1, 1))
	a, b := coins(r, 3, 0.5), coins(r, 4, 0.5)
	_, err := metrics.PairedBootstrap([]metrics.Tally{a, a}, []metrics.Tally{a, b}, stats, metrics.Resampling{})
	if err == nil || err.Error() != `pair 1 and pair 2: 3 documents in one and 4 in the other: "3" is only in one` {
		t.Errorf("error %v", err)
	}
	huge := metrics.Tally{Labels: []string{"A"}, Docs: []metrics.DocCount{
		{Doc: "1", Labels: []metrics.LabelCount{{Count: metrics.Count{Gold: 1 << 21}}}}, {Doc: "2"}, {Doc: "3"},
	}}
	if _, err := metrics.Bootstrap(huge, stats, metrics.Resampling{}); err == nil || err.Error() != `document "1" holds 2097152 entities of A: at most 2097151 can be resampled` {
		t.Errorf("error %v", err)
	}
	huge.Docs[0].Labels[0].Gold--
	for len(huge.Docs) < 1025 {
		huge.Docs = append(huge.Docs, metrics.DocCount{Doc: "more"})
	}
	if _, err := metrics.Bootstrap(huge, stats, metrics.Resampling{}); err == nil || !strings.Contains(err.Error(), "too many to resample") {
		t.Errorf("error %v", err)
	}
}

// Counts of any size give the same as small ones: shares do not depend on the
// scale of all counts together. An entry has up to 4 times the scale: 40 documents
// of 4*409 fit a lane of 16 bits, of 4*410 need one of 32.
func TestBootstrapLargeCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(71, 72))
	one := wide(r, 40, 3)
	stats := []metrics.Statistic{statistic(t, "macro_f1"), statistic(t, "micro_precision")}
	want, err := metrics.Bootstrap(one, stats, metrics.Resampling{Resamples: 203})
	if err != nil {
		t.Fatal(err)
	}
	for _, scale := range []int32{2, 409, 410, 500, 300_000} {
		large := metrics.Tally{Labels: one.Labels}
		for _, d := range one.Docs {
			doc := metrics.DocCount{Doc: d.Doc}
			for _, l := range d.Labels {
				doc.Labels = append(doc.Labels, metrics.LabelCount{Label: l.Label, Count: metrics.Count{TP: scale * l.TP, Pred: scale * l.Pred, Gold: scale * l.Gold}})
			}
			large.Docs = append(large.Docs, doc)
		}
		got, err := metrics.Bootstrap(large, stats, metrics.Resampling{Resamples: 203, Threads: 3})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d times: %v, want %v", scale, got, want)
		}
	}
}

// Every resample counts as many entities as a plain sum over the documents that
// it draws.
func TestResamplesAreSums(t *testing.T) {
	r := rand.New(rand.NewPCG(73, 74))
	tally := wide(r, 25, 4)
	tally.Docs[3].Labels[1] = metrics.LabelCount{Label: 1, Count: metrics.Count{TP: 1, Pred: 9, Gold: 4}}
	tally.Docs[5].Labels = nil
	var stats []metrics.Statistic
	for l := range tally.Labels {
		stats = append(stats, func(c []metrics.Count) float64 {
			return float64(c[l].TP) + 1e4*float64(c[l].Pred) + 1e8*float64(c[l].Gold)
		})
	}
	draws := metrics.Resampling{Resamples: 37, Seed: 3, Stream: "sums", Threads: 2}
	got, err := metrics.ReplicateAll([]metrics.Tally{tally, tally}, stats, draws)
	if err != nil {
		t.Fatal(err)
	}
	// The documents of a resample, by the counts of a tally that marks each.
	for i := range draws.Resamples {
		times := make([]int32, len(tally.Docs))
		sum := int32(0)
		for d := range tally.Docs {
			mark := metrics.Tally{Labels: []string{"is"}, Docs: make([]metrics.DocCount, len(tally.Docs))}
			mark.Docs[d].Labels = []metrics.LabelCount{{Count: metrics.Count{Gold: 1}}}
			one, err := metrics.Replicate(mark, []metrics.Statistic{func(c []metrics.Count) float64 { return float64(c[0].Gold) }}, draws)
			if err != nil {
				t.Fatal(err)
			}
			times[d] = int32(one[0].Values[i])
			sum += times[d]
		}
		if sum != int32(len(tally.Docs)) {
			t.Fatalf("resample %d draws %d documents", i, sum)
		}
		totals := make([]metrics.Count, len(tally.Labels))
		for d, doc := range tally.Docs {
			for _, l := range doc.Labels {
				c := &totals[l.Label]
				c.TP, c.Pred, c.Gold = c.TP+times[d]*l.TP, c.Pred+times[d]*l.Pred, c.Gold+times[d]*l.Gold
			}
		}
		for s, stat := range stats {
			if want := stat(totals); got[0][s].Values[i] != want || got[1][s].Values[i] != want {
				t.Fatalf("resample %d of label %d: %v and %v, want %v", i, s, got[0][s].Values[i], got[1][s].Values[i], want)
			}
		}
	}
}

func TestQuantile(t *testing.T) {
	// Type 7, as R's quantile and NumPy's percentile by default.
	v := []float64{1, 2, 4, 8}
	for q, want := range map[float64]float64{0: 1, 0.25: 1.75, 0.5: 3, 0.9: 6.8, 1: 8} {
		if got := metrics.Quantile(v, q); math.Abs(got-want) > 1e-12 {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if !math.IsNaN(metrics.Quantile(nil, 0.5)) {
		t.Error("a quantile of nothing")
	}
}
