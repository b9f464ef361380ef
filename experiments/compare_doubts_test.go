package experiments_test

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/invoicelab/invoicelab/experiments"
)

func TestCompareDoubts(t *testing.T) {
	a, b := madeRuns("linear", []uint64{1, 2}, weak), madeRuns("hybrid", []uint64{1, 2}, strong)
	a = append(a, a[0])
	a[2].Revision = "r2"
	b[1].Device = "cuda"
	b[0].Metrics = map[string]float64{"test/macro_f1": math.NaN()}
	b[3].Seed = 4
	b[2].Canonical = strings.Replace(b[2].Canonical, "epochs: 3", "epochs: 9", 1)
	c, err := experiments.Compare(experiments.Side{Name: "a", Outcomes: a}, experiments.Side{Name: "b", Outcomes: b}, experiments.CompareOptions{Resamples: 200})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 run of side a given more than once, counted once",
		"1 run of side a without a partner left out: linear-focal-2 (head=linear loss=focal seed 2)",
		"1 run of side b without a partner left out: hybrid-focal-2 (head=hybrid loss=focal seed 4)",
		"run hybrid-ce-1 recorded test/macro_f1 NaN, its counts give",
		"the runs are of 2 revisions of the source: r1, r2",
		"the runs are of 2 devices: cpu; cuda",
		"train.epochs differs in some pairs and not in others",
		"3 pairs of runs are few: the exact Wilcoxon test needs 6 pairs to reach 0.05",
	}
	for i := range max(len(want), len(c.Warnings)) {
		if i >= len(want) || i >= len(c.Warnings) || !strings.HasPrefix(c.Warnings[i], want[i]) {
			t.Fatalf("warnings\n%s\nwant\n%s", strings.Join(c.Warnings, "\n"), strings.Join(want, "\n"))
		}
	}
	// One pair says nothing of seeds: never better or worse.
	c, err = experiments.Compare(experiments.Side{Name: "a", Outcomes: a[:1]}, experiments.Side{Name: "b", Outcomes: b[:1]}, experiments.CompareOptions{Resamples: 200})
	if err != nil {
		t.Fatal(err)
	}
	if c.Mark != experiments.Noise || c.Over != nil || c.A.SeedSD != nil || !slices.ContainsFunc(c.Warnings, func(w string) bool { return strings.HasPrefix(w, "1 pair of runs") }) {
		t.Errorf("mark %s, over %v, warnings %q", c.Mark, c.Over, c.Warnings)
	}
}

func TestCompareErrors(t *testing.T) {
	a, b := madeRuns("linear", []uint64{1}, weak), madeRuns("hybrid", []uint64{1}, strong)
	third := madeRuns("prototype", []uint64{1}, strong)
	change := func(runs []experiments.Outcome, edit func(*experiments.Outcome)) []experiments.Outcome {
		changed := slices.Clone(runs)
		for i := range changed {
			edit(&changed[i])
		}
		return changed
	}
	other := func(o *experiments.Outcome) { o.Test = madeTally(7, 1, 119, strong) }
	two, err := experiments.Compare(experiments.Side{Name: "A", Outcomes: a[:1]}, experiments.Side{Name: "B", Outcomes: change(b[:1], func(o *experiments.Outcome) { o.Seed = 9 })}, experiments.CompareOptions{})
	if err != nil || !slices.Equal(two.Seeds, []uint64{1, 9}) || !slices.Contains(two.Warnings, "the seeds differ, 1 and 9: part of the difference is theirs") {
		t.Errorf("two runs of other seeds: seeds %v, %q, %v", two.Seeds, two.Warnings, err)
	}
	for name, test := range map[string]struct {
		a, b []experiments.Outcome
		opt  experiments.CompareOptions
		want string
	}{
		"no runs":   {a: nil, b: b, want: "side A has no runs"},
		"mixed":     {a: a, b: append(slices.Clone(b), third...), want: "side B mixes levels of head, which tells the sides apart: hybrid, prototype; choose one"},
		"seeds":     {a: a, b: change(b, func(o *experiments.Outcome) { o.Seed = 9 }), want: "no run of side A has a partner on side B with the same seed and other factors: A has linear-ce-1 (head=linear loss=ce seed 1), B has hybrid-ce-1 (head=hybrid loss=ce seed 9)"},
		"corpora":   {a: a, b: change(b, func(o *experiments.Outcome) { o.CorpusDigest = "decaf" }), want: "sides A and B were run on different corpora: c0ffee and decaf"},
		"twice":     {a: append(slices.Clone(a), change(a, func(o *experiments.Outcome) { o.Key += "x"; o.Sweep = "again" })...), b: b, want: "side A has 2 runs with the same factors, seed and corpus: linear-ce-1 (sweep made) and linear-ce-1 (sweep again); choose one"},
		"documents": {a: a, b: change(b, other), want: `runs linear-ce-1 and linear-ce-1 or hybrid-ce-1: 120 documents in one and 119 in the other: "doc-119" is only in one`},
		"metric":    {a: a, b: b, opt: experiments.CompareOptions{Metric: "test/makro_f1"}, want: `metric "makro_f1": allowed are micro_f1, micro_precision, micro_recall, macro_f1, macro_precision, macro_recall, weighted_f1, weighted_precision, weighted_recall; did you mean "macro_f1"?`},
		"split":     {a: a, b: b, opt: experiments.CompareOptions{Metric: "validation/macro_f1"}, want: `metric "validation/macro_f1": counts per document are kept of the splits test and heldout only`},
		"resamples": {a: a, b: b, opt: experiments.CompareOptions{Resamples: 99}, want: "resamples 99: expected at least 100"},
		"level":     {a: a, b: b, opt: experiments.CompareOptions{Level: math.NaN()}, want: "level NaN: expected more than 0 and less than 1"},
		"empty":     {a: a, b: change(b, func(o *experiments.Outcome) { o.Test.Docs = nil }), want: "run hybrid-ce-1 has no test documents"},
	} {
		_, err := experiments.Compare(experiments.Side{Name: "A", Outcomes: test.a}, experiments.Side{Name: "B", Outcomes: test.b}, test.opt)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: error\n%v, want\n%s", name, err, test.want)
		}
	}
}

func TestCompareText(t *testing.T) {
	c := compareMade(t, experiments.CompareOptions{Resamples: 500, Seed: 5})
	for _, width := range []int{60, 80, 100, 0} {
		var out bytes.Buffer
		if err := c.WriteText(&out, width); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if width > 0 && utf8.RuneCountInString(line) > width {
				t.Errorf("width %d: %d runes: %s", width, utf8.RuneCountInString(line), line)
			}
		}
		for _, must := range []string{"B is better than A", "6 pairs", "A  head=linear", "few (under 20)", "usual", "~", "adj. p", "all held-out", "no gold entity in these documents: ghost (1)", "found by B only: rare (1)", "model.head.kind", "n<10"} {
			if !strings.Contains(out.String(), must) {
				t.Errorf("width %d: no %q in\n%s", width, must, out.String())
			}
		}
	}
}
