package reports

import (
	"math"
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
	return r.leads()
}

// leads compares the best variant with the next.
func (r *Report) leads() (err error) {
	if !r.countable() {
		r.lead, r.leadReason, err = r.difference(pairsOf([]*variant{r.next}, []*variant{r.best}, -1))
		return err
	}
	opt := r.options()
	opt.Brief = true
	c, err := r.compare(r.next, r.best, opt)
	if err != nil {
		r.leadReason = err.Error()
		return nil
	}
	r.lead = contrastOf(c)
	return nil
}

// contrastOf is what a comparison comes to.
func contrastOf(c experiments.Comparison) *contrast {
	d := &contrast{diff: interval(c.Difference), mark: c.Mark, p: c.P, n: len(c.Pairs)}
	if c.Over != nil {
		d.over = &metrics.Interval{Value: d.diff.Value, Low: c.Over.Interval[0], High: c.Over.Interval[1]}
	}
	if c.Both != nil {
		d.both = &metrics.Interval{Value: d.diff.Value, Low: c.Both.Interval[0], High: c.Both.Interval[1]}
		d.p = max(c.P, c.Both.P)
	}
	return d
}

// compareLevels fills the effects of all axes with two levels or more.
func (r *Report) compareLevels() error {
	var table *experiments.FactorTable
	reason := ""
	if r.countable() && len(r.variants) > 1 {
		t, err := r.compareFactors()
		if err != nil {
			reason = err.Error()
		} else {
			table = &t
		}
	}
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
			switch {
			case table != nil:
				e.judged(table)
			case reason != "":
				e.reason = reason
			default:
				var err error
				if e.all, e.reason, err = r.difference(pairsOf(byLevel[from], byLevel[l.Name], i)); err != nil {
					return err
				}
			}
			if err := r.cells(&e, i); err != nil {
				return err
			}
			r.effects = append(r.effects, e)
		}
	}
	return nil
}

// judged takes up what the comparison by factor says of the effect: its
// verdict, its adjusted p, and the paired comparison of its runs.
func (e *effect) judged(t *experiments.FactorTable) {
	for _, f := range t.Effects {
		if f.Factors[0] != e.axis || f.To[0] != e.to || f.From[0] != e.from {
			continue
		}
		if f.Paired == nil {
			break
		}
		e.all = contrastOf(*f.Paired)
		e.all.mark, e.all.p = f.Mark, math.NaN()
		if f.Adjusted != nil {
			e.all.p = *f.Adjusted
		}
		return
	}
	e.reason = "no two runs share their seed and other levels"
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
					name: strings.Join(others, " · "), diff: d.widest(), runs: b.runIDs() + " against " + a.runIDs(),
				})
			}
		}
	}
	return nil
}
