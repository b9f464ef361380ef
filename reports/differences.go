package reports

import (
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// effect is what one level of an axis changes against the axis's first level.
type effect struct {
	axis, from, to string
	all            *contrast // over all pairs; nil with reason
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

// countable says whether the primary metric is one of counts, so that
// documents can be resampled.
func (r *Report) countable() bool {
	_, _, ok := tallyOf(r.best.runs[0], r.data.Sweep.Primary)
	return ok
}

// pairMetric is the metric by which the pair of the report is compared: the
// primary, or macro F1 on the test split where that is not one of counts.
func (r *Report) pairMetric() string {
	if r.countable() {
		return r.data.Sweep.Primary
	}
	return "test/macro_f1"
}

func (r *Report) options() experiments.CompareOptions {
	return experiments.CompareOptions{
		Metric: r.pairMetric(), Resamples: r.data.Resamples, Seed: r.data.Seed, Thresholds: r.data.Thresholds,
	}
}

// compareVariants fills the comparison of the pair and that of the best variant
// with the next. Where the runs cannot be paired, the report says so and goes
// without.
func (r *Report) compareVariants() error {
	if r.baseline != nil {
		c, err := r.compare(r.baseline, r.candidate, r.options())
		if err != nil {
			r.pairReason = err.Error()
		} else {
			r.pairing = &c
		}
	}
	if len(r.ranked) < 2 {
		return nil
	}
	r.next = r.ranked[1]
	var err error
	r.lead, r.leadReason, err = r.difference(pairsOf([]*variant{r.next}, []*variant{r.best}, -1))
	return err
}

// compareLevels fills the effects of all axes with two levels or more.
func (r *Report) compareLevels() error {
	for i, axis := range r.data.Sweep.Axes {
		byLevel := map[string][]*variant{}
		for _, v := range r.variants {
			byLevel[v.levels[i]] = append(byLevel[v.levels[i]], v)
		}
		from := ""
		for _, l := range axis.Levels {
			if len(byLevel[l.Name]) == 0 {
				continue
			}
			if from == "" {
				from = l.Name
				continue
			}
			e := effect{axis: axis.Name, from: from, to: l.Name}
			var err error
			if e.all, e.reason, err = r.difference(pairsOf(byLevel[from], byLevel[l.Name], i)); err != nil {
				return err
			}
			if err := r.cells(&e, i); err != nil {
				return err
			}
			r.effects = append(r.effects, e)
		}
	}
	return nil
}

// cells fills the effect within each setting of the other axes that has runs
// of both levels on the same documents.
func (r *Report) cells(e *effect, axis int) error {
	for _, a := range r.variants {
		for _, b := range r.variants {
			if a.levels[axis] != e.from || b.levels[axis] != e.to || !differOnlyIn(axis, a, b) {
				continue
			}
			d, _, err := r.difference(pairsOf([]*variant{a}, []*variant{b}, axis))
			if err != nil {
				return err
			}
			if d != nil {
				others := slices.Delete(slices.Clone(a.levels), axis, axis+1)
				e.cells = append(e.cells, effectCell{
					name: strings.Join(others, " · "), diff: d.diff, runs: b.runIDs() + " against " + a.runIDs(),
				})
			}
		}
	}
	return nil
}
