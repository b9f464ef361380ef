package experiments_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// comparedLabels are the entity types of the made-up runs; "ghost" is never in
// gold, "rare" in few documents.
var comparedLabels = []string{"common", "usual", "rare", "ghost"}

// madeTally makes counts in which the entities of label l are found with
// chance find[l]. Gold depends on goldSeed only, what is found on seed.
func madeTally(goldSeed, seed uint64, documents int, find []float64) metrics.Tally {
	gold, found := rand.New(rand.NewPCG(goldSeed, 1)), rand.New(rand.NewPCG(seed, 2))
	t := metrics.Tally{Labels: comparedLabels}
	for d := range documents {
		doc := metrics.DocCount{Doc: fmt.Sprintf("doc-%d", d), Domain: []string{"retail", "freight"}[d%2], Template: []string{"grid", "list", "ledger"}[d%3]}
		for l, chance := range find {
			n := []int{1 + gold.IntN(3), gold.IntN(3), 0, 0}[l]
			if l == 2 && d%20 == 0 {
				n = 1
			}
			tp := 0
			for range n {
				if found.Float64() < chance {
					tp++
				}
			}
			if n > 0 {
				doc.Labels = append(doc.Labels, metrics.LabelCount{Label: int32(l), Count: metrics.Count{TP: int32(tp), Pred: int32(n), Gold: int32(n)}})
			}
		}
		t.Docs = append(t.Docs, doc)
	}
	return t
}

// madeRuns makes the runs of one head: 2 losses and the seeds given.
func madeRuns(head string, seeds []uint64, find []float64) []experiments.Outcome {
	var runs []experiments.Outcome
	for i, loss := range []string{"ce", "focal"} {
		for _, seed := range seeds {
			name := fmt.Sprintf("%s-%s-%d", head, loss, seed)
			random := seed*1000 + uint64(i)*500 + uint64(head[0])
			runs = append(runs, experiments.Outcome{
				Run: name, Key: name, Sweep: "made", Seed: seed,
				Levels:       map[string]string{"head": head, "loss": loss},
				Canonical:    fmt.Sprintf("model:\n  head: {kind: %s}\n  losses: [%s]\ntrain: {epochs: 3}\n", head, loss),
				CorpusDigest: "c0ffee", Revision: "r1", Device: "cpu",
				Test:      madeTally(7, random, 120, find),
				Heldout:   madeTally(8, random, 30, []float64{find[0] / 2, find[1] / 2, 0, 0}),
				TrainDocs: map[string]int{"common": 500, "usual": 50, "rare": 4},
				Groups:    map[string]string{"common": "frame", "usual": "frame", "rare": "odd"},
				Seconds:   10,
			})
		}
	}
	return runs
}

var (
	weak   = []float64{0.5, 0.6, 0, 0}
	strong = []float64{0.8, 0.6, 0.9, 0}
)

func compareMade(t *testing.T, opt experiments.CompareOptions) experiments.Comparison {
	t.Helper()
	seeds := []uint64{1, 2, 3}
	c, err := experiments.Compare(
		experiments.Side{Name: "head=linear", Outcomes: madeRuns("linear", seeds, weak)},
		experiments.Side{Name: "head=hybrid", Outcomes: madeRuns("hybrid", seeds, strong)}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompareFigures(t *testing.T) {
	c := compareMade(t, experiments.CompareOptions{Metric: "micro_f1", Resamples: 2000, Seed: 5})
	if c.Metric != "test/micro_f1" || c.Documents != 120 || c.Labels != 3 || !slices.Equal(c.Missing, []string{"ghost"}) {
		t.Errorf("%s on %d documents, %d labels, missing %v", c.Metric, c.Documents, c.Labels, c.Missing)
	}
	if len(c.Pairs) != 6 || !slices.Equal(c.Seeds, []uint64{1, 2, 3}) {
		t.Fatalf("%d pairs of seeds %v, want 6 of 1 2 3", len(c.Pairs), c.Seeds)
	}
	// The means are those of the tallies, counted here from scratch; as much
	// is predicted as there is gold, so micro F1 is found over gold.
	for side, want := range map[*experiments.SideResult][]experiments.Outcome{&c.A: madeRuns("linear", c.Seeds, weak), &c.B: madeRuns("hybrid", c.Seeds, strong)} {
		mean := 0.0
		for _, o := range want {
			tp, gold := 0, 0
			for _, d := range o.Test.Docs {
				for _, l := range d.Labels {
					tp += int(l.TP)
					gold += int(l.Gold)
				}
			}
			mean += float64(tp) / float64(gold) / float64(len(want))
		}
		if math.Abs(side.Mean.Value-mean) > 1e-12 {
			t.Errorf("mean of %s is %v, want %v", side.Name, side.Mean.Value, mean)
		}
	}
	if d := c.Difference; math.Abs(d.Value-(c.B.Mean.Value-c.A.Mean.Value)) > 1e-12 || d.Interval[0] >= d.Value || d.Interval[1] <= d.Value {
		t.Errorf("difference %v in %v of means %v and %v", d.Value, *d.Interval, c.A.Mean.Value, c.B.Mean.Value)
	}
	if c.Mark != experiments.Better || c.P > 0.01 || c.Over == nil || c.Over.Interval[0] <= 0 || c.Over.WilcoxonP == nil {
		t.Errorf("mark %s, p %v, over %+v", c.Mark, c.P, c.Over)
	}
	// Exact Wilcoxon with 6 differences of one sign.
	if c.Over != nil && c.Over.WilcoxonP != nil && *c.Over.WilcoxonP != 2.0/64 {
		t.Errorf("Wilcoxon p %v, want %v", *c.Over.WilcoxonP, 2.0/64)
	}
	// seed_sd: squares about the mean of each loss, 2 x 2 degrees of freedom.
	squares := 0.0
	for _, loss := range []string{"ce", "focal"} {
		var v []float64
		for _, p := range c.Pairs {
			if p.Levels["loss"] == loss {
				v = append(v, p.ValueA)
			}
		}
		m := (v[0] + v[1] + v[2]) / 3
		for _, x := range v {
			squares += (x - m) * (x - m)
		}
	}
	if c.A.SeedSD == nil || math.Abs(*c.A.SeedSD-math.Sqrt(squares/4)) > 1e-12 {
		t.Errorf("sd over seeds %v, want %v", c.A.SeedSD, math.Sqrt(squares/4))
	}
	if want := []experiments.SettingChange{{Key: "model.head.kind", A: "linear", B: "hybrid"}}; !reflect.DeepEqual(c.Settings, want) {
		t.Errorf("settings %v, want %v", c.Settings, want)
	}
	if len(c.Warnings) != 0 {
		t.Errorf("warnings %q", c.Warnings)
	}
}

// Turning the sides round turns every sign round and nothing else.
func TestCompareTurnedRound(t *testing.T) {
	seeds := []uint64{1, 2}
	a := experiments.Side{Name: "a", Outcomes: madeRuns("linear", seeds, weak)}
	b := experiments.Side{Name: "b", Outcomes: madeRuns("hybrid", seeds, strong)}
	opt := experiments.CompareOptions{Resamples: 500, Seed: 1}
	ab, err := experiments.Compare(a, b, opt)
	if err != nil {
		t.Fatal(err)
	}
	ba, err := experiments.Compare(b, a, opt)
	if err != nil {
		t.Fatal(err)
	}
	if ab.Difference.Value <= 0 || ab.Difference.Value != -ba.Difference.Value || ab.P != ba.P || ab.Mark != experiments.Better || ba.Mark != experiments.Worse {
		t.Errorf("%v p %v %s against %v p %v %s", ab.Difference.Value, ab.P, ab.Mark, ba.Difference.Value, ba.P, ba.Mark)
	}
	if near := func(x, y float64) bool { return math.Abs(x-y) < 1e-12 }; !near(ab.Difference.Interval[0], -ba.Difference.Interval[1]) || !near(ab.Over.Interval[0], -ba.Over.Interval[1]) {
		t.Errorf("intervals %v and %v", *ab.Difference.Interval, *ba.Difference.Interval)
	}
	if !slices.Equal(ab.Gained, []string{"rare"}) || len(ab.Lost) != 0 || !slices.Equal(ba.Lost, []string{"rare"}) || len(ba.Gained) != 0 {
		t.Errorf("gained %v lost %v; turned round gained %v lost %v", ab.Gained, ab.Lost, ba.Gained, ba.Lost)
	}
}

func TestCompareParts(t *testing.T) {
	c := compareMade(t, experiments.CompareOptions{Resamples: 1000, Seed: 5})
	var names []string
	for _, r := range c.PerLabel {
		names = append(names, fmt.Sprintf("%s %s %s %d %d %s", r.Name, r.Group, r.Bucket, r.TrainDocs, r.Documents, r.Mark))
	}
	// 120 documents: all hold "common", every 20th "rare"; "usual" was given
	// the same chance on both sides. How many hold it is counted here.
	usual := 0
	for _, d := range madeTally(7, 1, 120, strong).Docs {
		if slices.ContainsFunc(d.Labels, func(l metrics.LabelCount) bool { return l.Label == 1 }) {
			usual++
		}
	}
	want := []string{"common frame many 500 120 better", fmt.Sprintf("usual frame medium 50 %d noise", usual), "rare odd few 4 6 too few documents"}
	if !slices.Equal(names, want) {
		t.Errorf("labels\n%q, want\n%q", names, want)
	}
	if r := c.PerLabel[2]; r.P != nil || r.Adjusted != nil || r.Difference.Interval != nil || r.B.Value < 0.5 {
		t.Errorf("a label in 6 documents is tested: %+v", r)
	}
	// Two labels are tested: the smaller p is doubled, or takes the larger.
	p0, p1 := *c.PerLabel[0].P, *c.PerLabel[1].P
	if got := *c.PerLabel[0].Adjusted; p0 >= p1 || got != min(2*p0, p1) {
		t.Errorf("p %v and %v: adjusted %v", p0, p1, got)
	}
	// Macro F1 of a bucket with one label is that label's F1.
	for i, r := range c.Buckets {
		if r.Name != c.PerLabel[i].Bucket || r.Labels != 1 || math.Abs(r.Difference.Value-c.PerLabel[i].Difference.Value) > 1e-12 {
			t.Errorf("bucket %+v, label %+v", r, c.PerLabel[i])
		}
	}
	if len(c.Groups) != 2 || c.Groups[0].Name != "frame" || c.Groups[0].Labels != 2 || c.Groups[1].Name != "odd" {
		t.Errorf("groups %+v", c.Groups)
	}
	if g := c.Groups[0].A.Value; math.Abs(g-(c.PerLabel[0].A.Value+c.PerLabel[1].A.Value)/2) > 1e-12 {
		t.Errorf("macro F1 of a group is %v, its labels have %v and %v", g, c.PerLabel[0].A.Value, c.PerLabel[1].A.Value)
	}
	if len(c.Domains) != 2 || c.Domains[0].Name != "freight" || c.Domains[0].Documents != 60 || c.Domains[0].Support+c.Domains[1].Support != c.Buckets[0].Support+c.Buckets[1].Support+c.Buckets[2].Support {
		t.Errorf("domains %+v", c.Domains)
	}
	if len(c.Templates) != 3 || c.Templates[0].Name != "grid" || c.Templates[0].Documents != 40 {
		t.Errorf("templates %+v", c.Templates)
	}
	if h := c.Heldout; h == nil || len(h.Templates) != 3 || h.All.Documents != 30 || h.GapA <= 0 || math.Abs(h.GapB-(c.B.Mean.Value-h.All.B.Value)) > 1e-12 {
		t.Errorf("held out %+v", c.Heldout)
	}
}

func TestCompareSameBytes(t *testing.T) {
	var all [][]byte
	for _, threads := range []int{1, 3} {
		c := compareMade(t, experiments.CompareOptions{Resamples: 300, Seed: 9, Threads: threads})
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data)
	}
	if !bytes.Equal(all[0], all[1]) {
		t.Error("1 and 3 threads give different bytes")
	}
	other, err := json.Marshal(compareMade(t, experiments.CompareOptions{Resamples: 300, Seed: 10}))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(all[0], other) {
		t.Error("another seed gives the same bytes")
	}
}

// Two sides of the same strength are not told apart.
func TestCompareNoise(t *testing.T) {
	c, err := experiments.Compare(
		experiments.Side{Name: "a", Outcomes: madeRuns("linear", []uint64{1, 2, 3}, weak)},
		experiments.Side{Name: "b", Outcomes: madeRuns("hybrid", []uint64{1, 2, 3}, weak)},
		experiments.CompareOptions{Resamples: 1000, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	if c.Mark != experiments.Noise {
		t.Errorf("mark %s of %v, p %v", c.Mark, c.Difference, c.P)
	}
}

// Each thing that makes a difference doubtful makes it noise by itself.
func TestCompareMarks(t *testing.T) {
	// changed is a copy of the run in which the first documents have so many
	// entities of "common" more found (or fewer).
	changed := func(o experiments.Outcome, documents int, more int32) experiments.Outcome {
		o.Test.Docs = slices.Clone(o.Test.Docs)
		for d := range documents {
			labels := slices.Clone(o.Test.Docs[d].Labels)
			labels[0].TP = max(0, min(labels[0].Gold, labels[0].TP+more))
			o.Test.Docs[d].Labels = labels
		}
		return o
	}
	// base finds nothing of "common"; the other labels are the same on both sides.
	base := changed(madeRuns("linear", []uint64{1}, weak)[0], 120, -3)
	side := func(head string, documents ...int) experiments.Side {
		s := experiments.Side{Name: head}
		for seed, n := range documents {
			o := changed(base, n, 1)
			o.Seed, o.Levels = uint64(seed), map[string]string{"head": head}
			o.Run = fmt.Sprintf("%s-%d", head, seed)
			o.Key = o.Run
			s.Outcomes = append(s.Outcomes, o)
		}
		return s
	}
	for name, test := range map[string]struct {
		a, b           []int // documents with more found, by seed
		overall, label experiments.Mark
	}{
		"all agree":      {a: []int{0, 0, 0}, b: []int{50, 51, 52}, overall: experiments.Better, label: experiments.Better},
		"all against":    {a: []int{50, 51, 52}, b: []int{0, 0, 0}, overall: experiments.Worse, label: experiments.Worse},
		"seeds differ":   {a: []int{0, 10}, b: []int{90, 0}, overall: experiments.Noise, label: experiments.Noise},
		"seeds against":  {a: []int{90, 0}, b: []int{0, 10}, overall: experiments.Noise, label: experiments.Noise},
		"one document":   {a: []int{0, 0}, b: []int{1, 1}, overall: experiments.Noise, label: experiments.Noise},
		"less in one":    {a: []int{1, 1}, b: []int{0, 0}, overall: experiments.Noise, label: experiments.Noise},
		"few documents":  {a: []int{0, 0}, b: []int{4, 4}, overall: experiments.Noise, label: experiments.Noise},
		"more documents": {a: []int{0, 0}, b: []int{8, 8}, overall: experiments.Better, label: experiments.Better},
	} {
		// 4 documents of 120 are in no resample with chance (116/120)^120 =
		// 0.017, so p of the bootstrap is 0.034; but 4 that point one way do
		// so by chance in 2 of 16 swaps. The label's p is doubled, as one of
		// two that are tested.
		c, err := experiments.Compare(side("a", test.a...), side("b", test.b...), experiments.CompareOptions{Metric: "micro_f1", Seed: 1, Resamples: 5000})
		if err != nil {
			t.Fatal(err)
		}
		if c.Mark != test.overall || c.PerLabel[0].Mark != test.label {
			t.Errorf("%s: %s of %v, p %.4f, over %v; label %s of %v, adjusted %.4f", name, c.Mark, *c.Difference.Interval, c.P, c.Over.Interval, c.PerLabel[0].Mark, *c.PerLabel[0].Difference.Interval, *c.PerLabel[0].Adjusted)
		}
	}
	few := side("a", 0, 0)
	many := side("b", 9, 9)
	for _, s := range []experiments.Side{few, many} {
		for i := range s.Outcomes {
			s.Outcomes[i].Test.Docs = s.Outcomes[i].Test.Docs[:9]
		}
	}
	c, err := experiments.Compare(few, many, experiments.CompareOptions{Resamples: 200})
	if err != nil {
		t.Fatal(err)
	}
	if c.Mark != experiments.TooFew || !slices.ContainsFunc(c.Warnings, func(w string) bool { return strings.HasPrefix(w, "9 documents are too few") }) {
		t.Errorf("9 documents: %s, %q", c.Mark, c.Warnings)
	}
}
