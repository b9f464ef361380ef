package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// effect is what one level of an axis changes against the axis's first level.
type effect struct {
	axis, from, to string
	all            *experiments.Comparison // over all pairs; nil with reason
	reason         string
	cells          []effectCell // the same within each setting of the other axes
}

// effectCell is an effect at one setting of the other axes.
type effectCell struct {
	name string
	diff metrics.Interval
	runs string
}

func testTally(o *experiments.Outcome) *metrics.Tally    { return &o.Test }
func heldoutTally(o *experiments.Outcome) *metrics.Tally { return &o.Heldout }

// interval gives an estimate of a comparison; its ends are NaN where it has none.
func interval(e experiments.Estimate) metrics.Interval {
	if e.Interval == nil {
		return unknown(e.Value)
	}
	return metrics.Interval{Value: e.Value, Low: e.Interval[0], High: e.Interval[1]}
}

// unknown is a figure without an interval.
func unknown(v float64) metrics.Interval {
	return metrics.Interval{Value: v, Low: math.NaN(), High: math.NaN()}
}

// metricOf gives a metric of a run: from its counts where they hold it, else
// as the run recorded it.
func metricOf(o *experiments.Outcome, metric string) (float64, bool) {
	if t, name, ok := tallyOf(o, metric); ok {
		if v, err := t.Metric(name); err == nil {
			return v, true
		}
	}
	v, ok := o.Metrics[metric]
	return v, ok
}

// tallyOf gives the counts that a metric is of, and its name without the split.
func tallyOf(o *experiments.Outcome, metric string) (t *metrics.Tally, name string, ok bool) {
	split, name, _ := strings.Cut(metric, "/")
	switch split {
	case "test":
		t = &o.Test
	case "heldout":
		t = &o.Heldout
	default:
		return nil, "", false
	}
	return t, name, len(t.Docs) > 0 && slices.Contains(metrics.Names(), name)
}

// rank orders variants by the metric that the best is chosen by: that of the
// validation split where the primary metric is of the test split, so that the
// figure that is reported has not been chosen by itself.
func (r *Report) rank() {
	r.chosenBy = r.data.Sweep.Primary
	if name, ok := strings.CutPrefix(r.data.Sweep.Primary, "test/"); ok {
		all := true
		for i := range r.data.Outcomes {
			_, has := r.data.Outcomes[i].Metrics["validation/"+name]
			all = all && has
		}
		if all {
			r.chosenBy = "validation/" + name
		}
	}
	for _, v := range r.variants {
		v.chosenBy, _ = metrics.MeanSD(v.values(r.chosenBy))
	}
	r.ranked = slices.Clone(r.variants)
	slices.SortStableFunc(r.ranked, func(a, b *variant) int { return -cmp.Compare(a.chosenBy, b.chosenBy) })
	r.best = r.ranked[0]
}

// pair finds the two variants that figures set side by side: those that the
// data name, or the best, and the best of those that differ from it in the
// first axis only; where no axis has two levels, none.
func (r *Report) pair() error {
	find := func(name string) (*variant, error) {
		for _, v := range r.variants {
			if v.name == name {
				return v, nil
			}
		}
		names := make([]string, len(r.variants))
		for i, v := range r.variants {
			names[i] = v.name
		}
		return nil, fmt.Errorf("reports: variant %q has no run: there are %s", name, strings.Join(names, "; "))
	}
	r.candidate = r.best
	if r.data.Candidate != "" {
		v, err := find(r.data.Candidate)
		if err != nil {
			return err
		}
		r.candidate = v
	}
	if r.data.Baseline != "" {
		v, err := find(r.data.Baseline)
		if err != nil {
			return err
		}
		if v == r.candidate {
			return fmt.Errorf("reports: baseline and candidate are both %q", v.name)
		}
		r.baseline = v
		return nil
	}
	for axis := range r.data.Sweep.Axes {
		for _, v := range r.ranked {
			if v != r.candidate && differOnlyIn(axis, v, r.candidate) {
				r.baseline = v
				return nil
			}
		}
	}
	// A sweep with missing cells may hold no such pair.
	for _, v := range r.ranked {
		if v != r.candidate {
			r.baseline = v
			return nil
		}
	}
	return nil
}

func differOnlyIn(axis int, a, b *variant) bool {
	for i := range a.levels {
		if (a.levels[i] != b.levels[i]) != (i == axis) {
			return false
		}
	}
	return true
}

// side is a variant as experiments compares it.
func (v *variant) side() experiments.Side {
	s := experiments.Side{Name: v.name}
	for _, o := range v.runs {
		s.Outcomes = append(s.Outcomes, *o)
	}
	return s
}

func (r *Report) options() experiments.CompareOptions {
	return experiments.CompareOptions{
		Metric: r.data.Sweep.Primary, Resamples: r.data.Resamples, Seed: r.data.Seed, Thresholds: r.data.Thresholds,
	}
}

// brief asks for the primary metric alone, where no table is shown.
func (r *Report) brief() experiments.CompareOptions {
	o := r.options()
	o.Brief = true
	return o
}

// compareVariants fills the comparison of the pair and that of the best variant
// with the next. Where the primary metric is not one of counts, or the runs
// cannot be paired, the report says so and goes without.
func (r *Report) compareVariants() {
	if r.baseline != nil {
		c, err := experiments.Compare(r.baseline.side(), r.candidate.side(), r.options())
		if err != nil {
			r.pairReason = err.Error()
		} else {
			r.pairing = &c
		}
	}
	if len(r.ranked) < 2 {
		return
	}
	r.next = r.ranked[1]
	if r.next == r.baseline && r.best == r.candidate {
		r.lead, r.leadReason = r.pairing, r.pairReason
		return
	}
	c, err := experiments.Compare(r.next.side(), r.best.side(), r.brief())
	if err != nil {
		r.leadReason = err.Error()
		return
	}
	r.lead = &c
}

// compareLevels fills the effects of all axes with two levels or more.
func (r *Report) compareLevels() error {
	stat, of, countable := r.primaryStatistic()
	for i, axis := range r.data.Sweep.Axes {
		var sides []experiments.Side
		for _, l := range axis.Levels {
			s := experiments.Side{Name: l.Name}
			for _, v := range r.variants {
				if v.levels[i] == l.Name {
					s.Outcomes = append(s.Outcomes, v.side().Outcomes...)
				}
			}
			if len(s.Outcomes) > 0 {
				sides = append(sides, s)
			}
		}
		for _, side := range sides[min(1, len(sides)):] {
			e := effect{axis: axis.Name, from: sides[0].Name, to: side.Name}
			c, err := experiments.Compare(sides[0], side, r.brief())
			if err != nil {
				e.reason = err.Error()
			} else {
				e.all = &c
			}
			if countable {
				if err := r.cells(&e, i, of, stat); err != nil {
					return err
				}
			}
			r.effects = append(r.effects, e)
		}
	}
	return nil
}

// cells fills the effect within each setting of the other axes that has runs
// of both levels on the same documents.
func (r *Report) cells(e *effect, axis int, of func(*experiments.Outcome) *metrics.Tally, stat metrics.Statistic) error {
	for _, a := range r.variants {
		for _, b := range r.variants {
			if a.levels[axis] != e.from || b.levels[axis] != e.to || !differOnlyIn(axis, a, b) {
				continue
			}
			d, ok, err := r.paired(a, b, of, []metrics.Statistic{stat})
			if err != nil {
				return err
			}
			if ok {
				others := slices.Delete(slices.Clone(a.levels), axis, axis+1)
				e.cells = append(e.cells, effectCell{
					name: strings.Join(others, " · "), diff: d[0].Diff, runs: b.runIDs() + " against " + a.runIDs(),
				})
			}
		}
	}
	return nil
}

// paired gives the differences b - a of each statistic by the seeds that both
// have. ok is false where they share no seed or no documents.
func (r *Report) paired(a, b *variant, of func(*experiments.Outcome) *metrics.Tally, stats []metrics.Statistic) (d []metrics.Difference, ok bool, err error) {
	ta, tb := commonSeeds(a, b, of)
	if len(ta) == 0 || len(ta[0].Docs) == 0 {
		return nil, false, nil
	}
	for _, t := range append(slices.Clone(ta), tb...) {
		if metrics.SameDocuments(ta[0], t) != nil {
			return nil, false, nil
		}
	}
	resampling := metrics.Resampling{Resamples: r.data.Resamples, Seed: r.data.Seed, Stream: "report"}
	d, err = metrics.PairedBootstrap(ta, tb, stats, resampling)
	if err != nil {
		return nil, false, fmt.Errorf("reports: %s against %s: %w", b.name, a.name, err)
	}
	return d, true, nil
}

// score fills the columns of the sweep's table.
func (r *Report) score() error {
	micro, _ := metrics.MetricStatistic("micro_f1", nil)
	macro, _ := metrics.MetricStatistic("macro_f1", nil)
	stats := []metrics.Statistic{micro, macro}
	for _, v := range r.variants {
		stats := stats
		rare := r.rareMask(v)
		if rare != nil {
			s, _ := metrics.MetricStatistic("macro_f1", rare)
			stats = append(slices.Clone(stats), s)
		}
		v.micro, v.macro, v.rare = unknown(math.NaN()), unknown(math.NaN()), unknown(math.NaN())
		into := []*metrics.Interval{&v.micro, &v.macro, &v.rare}
		sds := []*float64{&v.microSD, &v.macroSD, &v.rareSD}
		v.rareSD = math.NaN()
		d, ok, err := r.paired(v, v, testTally, stats)
		if err != nil {
			return err
		}
		for i, s := range stats {
			values := make([]float64, len(v.runs))
			for k, o := range v.runs {
				values[k] = s(o.Test.Totals())
			}
			mean, sd := metrics.MeanSD(values)
			*into[i], *sds[i] = unknown(mean), sd
			if ok && (into[i] != &v.rare || v.holding(rare) >= experiments.MinDocuments) {
				*into[i] = d[i].A
			}
		}
		seconds := 0.0
		for _, o := range v.runs {
			seconds += o.Seconds
		}
		v.seconds = seconds / float64(len(v.runs))
		if err := r.scorePrimary(v); err != nil {
			return err
		}
	}
	return nil
}

// scorePrimary fills the primary metric of v: over documents where it is one of
// the counts, else over seeds.
func (r *Report) scorePrimary(v *variant) error {
	values := v.values(r.data.Sweep.Primary)
	if len(values) == 0 {
		return fmt.Errorf("reports: run %s: metric %q, the sweep's primary, was not recorded", v.runs[0].Run, r.data.Sweep.Primary)
	}
	mean, sd := metrics.MeanSD(values)
	v.primary, v.primarySD = unknown(mean), sd
	if stat, of, ok := r.primaryStatistic(); ok {
		d, ok, err := r.paired(v, v, of, []metrics.Statistic{stat})
		if err != nil {
			return err
		}
		if ok {
			v.primary = d[0].A
		}
	} else if i, _, err := metrics.TInterval(values, metrics.DefaultLevel); err == nil {
		v.primary = i
	}
	return nil
}

// primaryStatistic gives the primary metric as a statistic of counts, if it is
// one.
func (r *Report) primaryStatistic() (metrics.Statistic, func(*experiments.Outcome) *metrics.Tally, bool) {
	_, name, ok := tallyOf(r.best.runs[0], r.data.Sweep.Primary)
	if !ok {
		return nil, nil, false
	}
	stat, err := metrics.MetricStatistic(name, nil)
	if err != nil {
		return nil, nil, false
	}
	if strings.HasPrefix(r.data.Sweep.Primary, "heldout/") {
		return stat, heldoutTally, true
	}
	return stat, testTally, true
}

// rareMask marks the labels of the Few bucket; nil when none of them has
// support in the test split.
func (r *Report) rareMask(v *variant) []bool {
	o := v.runs[0]
	totals := o.Test.Totals()
	mask := make([]bool, len(totals))
	found := false
	for i, b := range metrics.Buckets(o.TrainDocs, o.Test.Labels, r.data.Thresholds) {
		mask[i] = b == metrics.Few
		found = found || mask[i] && totals[i].Gold > 0
	}
	if !found {
		return nil
	}
	return mask
}

// holding counts the test documents with a gold entity of a label in mask.
func (v *variant) holding(mask []bool) int {
	return len(v.runs[0].Test.Where(func(d metrics.DocCount) bool {
		return slices.ContainsFunc(d.Labels, func(l metrics.LabelCount) bool { return l.Gold > 0 && mask[l.Label] })
	}).Docs)
}
