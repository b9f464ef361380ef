package reports

import (
	"fmt"
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

// interval gives an estimate of a comparison; its ends are NaN where it has none.
func interval(e experiments.Estimate) metrics.Interval {
	if e.Interval == nil {
		return unknown(e.Value)
	}
	return metrics.Interval{Value: e.Value, Low: e.Interval[0], High: e.Interval[1]}
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
