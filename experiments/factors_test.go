package experiments_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
)

// madeSweep has 2 heads, 2 losses and 4 seeds; head=hybrid finds more, the
// loss nothing.
func madeSweep() (experiments.SweepInfo, []experiments.RunInfo, []experiments.Outcome) {
	seeds := []uint64{1, 2, 3, 4}
	info := experiments.SweepInfo{Name: "made", Primary: "test/micro_f1", Seeds: seeds,
		Axes: []experiments.AxisInfo{{Name: "head", Levels: []string{"linear", "hybrid"}}, {Name: "loss", Levels: []string{"ce", "focal"}}}}
	outcomes := append(madeRuns("linear", seeds, weak), madeRuns("hybrid", seeds, strong)...)
	var runs []experiments.RunInfo
	for i := range outcomes {
		o := &outcomes[i]
		v, err := o.Test.Metric("micro_f1")
		if err != nil {
			panic(err)
		}
		o.Metrics = map[string]float64{"validation/micro_f1": v + 0.01}
		runs = append(runs, experiments.RunInfo{Run: o.Run, Levels: o.Levels, Seed: o.Seed, State: experiments.StateDone})
	}
	return info, runs, outcomes
}

func TestCompareFactors(t *testing.T) {
	info, runs, outcomes := madeSweep()
	f, err := experiments.CompareFactors(info, runs, outcomes, experiments.CompareOptions{Resamples: 300, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	// Balanced, so an effect is the difference of plain means.
	mean := map[string]float64{}
	var all []float64
	for _, o := range outcomes {
		v, err := o.Test.Metric("micro_f1")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
		mean[o.Levels["head"]] += v / 8
		mean[o.Levels["loss"]] += v / 8
		mean[o.Levels["head"]+o.Levels["loss"]] += v / 4
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	near("head", f.Effects[0].Difference.Value, mean["hybrid"]-mean["linear"])
	near("loss", f.Effects[1].Difference.Value, mean["focal"]-mean["ce"])
	near("head x loss", f.Interactions[0].Difference.Value, mean["hybridfocal"]-mean["linearfocal"]-mean["hybridce"]+mean["linearce"])
	if f.Effects[0].Mark != experiments.Better || f.Effects[1].Mark != experiments.Noise || f.Interactions[0].Mark != experiments.Noise {
		t.Errorf("marks %s %s %s", f.Effects[0].Mark, f.Effects[1].Mark, f.Interactions[0].Mark)
	}
	if len(f.Effects[0].Runs) != 16 || len(f.Effects[0].Paired.Pairs) != 8 {
		t.Errorf("%d runs and %d pairs behind the effect of the head", len(f.Effects[0].Runs), len(f.Effects[0].Paired.Pairs))
	}
	// The sum of squares of a factor with two levels of 8 runs is 16 (d/2)^2.
	total, m := 0.0, (mean["hybrid"]+mean["linear"])/2
	for _, v := range all {
		total += (v - m) * (v - m)
	}
	d := mean["hybrid"] - mean["linear"]
	near("share of the head", f.Terms[0].Share, 16*d*d/4/total)
	shares := 0.0
	for _, term := range f.Terms {
		shares += term.Share
	}
	near("all shares", shares, 1)
	if names := []string{f.Terms[0].Name, f.Terms[1].Name, f.Terms[2].Name, f.Terms[3].Name, f.Terms[4].Name}; !slices.Equal(names, []string{"head", "loss", "head x loss", "seed", "residual"}) {
		t.Errorf("terms %q", names)
	}
	if len(f.Missing) != 0 || len(f.Variants) != 4 || f.Variants[0].Levels["head"] != "hybrid" || len(f.Variants[0].Runs) != 4 {
		t.Errorf("missing %v, variants %+v", f.Missing, f.Variants)
	}
	// Validation is test and a point more: it chooses the best on test.
	b := f.Best
	if b == nil || b.Optimism != 0 || b.Levels["head"] != "hybrid" || b.ByChance == nil {
		t.Fatalf("best %+v", b)
	}
	near("chosen", b.Validation, f.Variants[0].Mean.Value+0.01)
	// Pooled deviation over seeds within 4 variants of 4, and the mean of the
	// greatest of 4 normal values, 1.0293753730.
	squares := 0.0
	for i, o := range outcomes {
		x := all[i] - mean[o.Levels["head"]+o.Levels["loss"]]
		squares += x * x
	}
	if want := math.Sqrt(squares/12/4) * 1.0293753730; math.Abs(*b.ByChance-want) > 1e-9 {
		t.Errorf("by chance %v, want %v", *b.ByChance, want)
	}
}

// A failed run and one that was never planned are listed and left out: the
// effect stays near what it is, far from what zeros would make of it.
// Runs are resampled once for all effects; each is what a comparison by itself
// finds, whatever the number of threads.
func TestCompareFactorsShared(t *testing.T) {
	info, runs, outcomes := madeSweep()
	for _, metric := range []string{"test/macro_f1", "test/semantic_micro_f1"} {
		for _, threads := range []int{1, 3} {
			opt := experiments.CompareOptions{Metric: metric, Resamples: 203, Seed: 1, Threads: threads}
			f, err := experiments.CompareFactors(info, runs, outcomes, opt)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range f.Effects {
				side := func(level string) experiments.Side {
					s := experiments.Side{Name: e.Factors[0] + "=" + level}
					for _, o := range outcomes {
						if o.Levels[e.Factors[0]] == level {
							s.Outcomes = append(s.Outcomes, o)
						}
					}
					return s
				}
				opt.Brief, opt.Threads = true, 2
				want, err := experiments.Compare(side(e.From[0]), side(e.To[0]), opt)
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(*e.Paired, want) {
					t.Errorf("%s of %s:\n%+v\nwant\n%+v", e.Factors[0], metric, *e.Paired, want)
				}
			}
		}
	}
}

func TestCompareFactorsMissing(t *testing.T) {
	info, runs, outcomes := madeSweep()
	whole, err := experiments.CompareFactors(info, runs, outcomes, experiments.CompareOptions{Resamples: 100})
	if err != nil {
		t.Fatal(err)
	}
	outcomes = slices.Delete(outcomes, 8, 10) // hybrid-ce, seeds 1 and 2
	runs[8].State, runs[8].Error = experiments.StateFailed, "out of memory\nat step 3"
	runs = slices.Delete(runs, 9, 10)
	f, err := experiments.CompareFactors(info, runs, outcomes, experiments.CompareOptions{Resamples: 100})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Missing) != 2 || f.Missing[0].State != "failed" || f.Missing[0].Run != "hybrid-ce-1" || f.Missing[0].Error == "" || f.Missing[1].State != "not planned" || f.Missing[1].Seed != 2 {
		t.Errorf("missing %+v", f.Missing)
	}
	if d, e := f.Effects[0].Difference.Value, whole.Effects[0].Difference.Value; math.Abs(d-e) > 0.02 {
		t.Errorf("effect %v with 2 cells missing, %v without", d, e)
	}
	if len(f.Effects[0].Paired.Pairs) != 6 || !slices.ContainsFunc(f.Warnings, func(w string) bool {
		return strings.HasPrefix(w, "2 of 16 cells have no result")
	}) {
		t.Errorf("%d pairs, warnings %q", len(f.Effects[0].Paired.Pairs), f.Warnings)
	}
	// Without any run of hybrid with ce the interaction cannot be told.
	f, err = experiments.CompareFactors(info, runs, slices.Delete(outcomes, 8, 10), experiments.CompareOptions{Resamples: 100})
	if err != nil {
		t.Fatal(err)
	}
	if !f.Terms[2].Aliased || len(f.Interactions) != 0 || f.Terms[2].Name != "head x loss" {
		t.Errorf("terms %+v, interactions %+v", f.Terms, f.Interactions)
	}
}

func TestCompareFactorsOneSeed(t *testing.T) {
	info, runs, outcomes := madeSweep()
	outcomes = slices.DeleteFunc(outcomes, func(o experiments.Outcome) bool { return o.Seed != 1 })
	info.Seeds = []uint64{1}
	f, err := experiments.CompareFactors(info, runs, outcomes, experiments.CompareOptions{Resamples: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range append(f.Effects, f.Interactions...) {
		if e.Mark != experiments.Noise || e.P != nil || e.Difference.Interval != nil {
			t.Errorf("called without repeats: %+v", e)
		}
	}
	if f.Best == nil || f.Best.ByChance != nil || !slices.ContainsFunc(f.Warnings, func(w string) bool { return strings.HasPrefix(w, "no variant is repeated") }) {
		t.Errorf("best %+v, warnings %q", f.Best, f.Warnings)
	}
	if _, err := json.Marshal(f); err != nil {
		t.Error(err)
	}
	for _, o := range [][]experiments.Outcome{outcomes[:1], append(slices.Clone(outcomes), outcomes[0])} {
		if _, err := experiments.CompareFactors(info, runs, o, experiments.CompareOptions{}); err == nil {
			t.Errorf("%d runs: no error", len(o))
		}
	}
}

// Every run is named in every format, and what a format gives meaning to is
// escaped.
func TestCompareFormats(t *testing.T) {
	info, runs, outcomes := madeSweep()
	for i := range outcomes {
		outcomes[i].Run = strings.ReplaceAll(outcomes[i].Run, "-", "_")
	}
	outcomes = outcomes[:15]
	f, err := experiments.CompareFactors(info, runs, outcomes, experiments.CompareOptions{Resamples: 100})
	if err != nil {
		t.Fatal(err)
	}
	c, err := experiments.Compare(experiments.Side{Name: "head=linear", Outcomes: outcomes[:8]}, experiments.Side{Name: "a|b_50%", Outcomes: outcomes[8:]}, experiments.CompareOptions{Resamples: 100})
	if err != nil {
		t.Fatal(err)
	}
	escape := map[experiments.Format]string{experiments.Text: "_", experiments.Markdown: `\_`, experiments.LaTeX: `\_`}
	for format, under := range escape {
		for i, write := range []func(io.Writer, experiments.Format, int) error{f.Write, c.Write} {
			var out bytes.Buffer
			if err := write(&out, format, 0); err != nil {
				t.Fatal(err)
			}
			missing := 0
			for _, o := range outcomes {
				if !strings.Contains(out.String(), strings.ReplaceAll(o.Run, "_", under)) {
					missing++
				}
			}
			if missing > i { // hybrid_focal_4 is gone, so linear_focal_4 has no partner
				t.Errorf("format %d of %d: %d runs are not named\n%s", format, i, missing, out.String())
			}
			for l, line := range strings.Split(out.String(), "\n") {
				if format == experiments.Markdown && strings.HasPrefix(line, "|") && !strings.HasSuffix(line, "|") || format == experiments.LaTeX && strings.Contains(strings.ReplaceAll(line, `\%`, ""), "%") {
					t.Errorf("format %d, line %d: %s", format, l+1, line)
				}
			}
		}
	}
	var out bytes.Buffer
	if err := c.Write(&out, experiments.Markdown, 0); err != nil || !strings.Contains(out.String(), `| B  a\|b\_50% |`) {
		t.Errorf("%v\n%s", err, out.String())
	}
	out.Reset()
	if err := c.Write(&out, experiments.LaTeX, 0); err != nil || !strings.Contains(out.String(), `B  a$|$b\_50\% &`) {
		t.Errorf("%v\n%s", err, out.String())
	}
}
