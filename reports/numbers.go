package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

func testTally(o *experiments.Outcome) *metrics.Tally { return &o.Test }

func heldoutTally(o *experiments.Outcome) *metrics.Tally { return &o.Heldout }

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

// score fills the columns of the sweep's table.
func (r *Report) score() error {
	for _, v := range r.variants {
		for _, column := range []struct {
			into *metrics.Interval
			sd   *float64
			of   func(*scores) (metrics.Replicates, string)
			rare bool
		}{
			{&v.micro, &v.microSD, func(s *scores) (metrics.Replicates, string) { return s.micro, s.gold }, false},
			{&v.macro, &v.macroSD, func(s *scores) (metrics.Replicates, string) { return s.macro, s.gold }, false},
			{&v.rare, &v.rareSD, func(s *scores) (metrics.Replicates, string) { return s.rare, s.gold }, true},
		} {
			*column.into, *column.sd = unknown(math.NaN()), math.NaN()
			var values []float64
			for _, o := range v.runs {
				if x, gold := column.of(r.scores[o]); gold != "" && x.Values != nil {
					values = append(values, x.Full)
				}
			}
			if len(values) < len(v.runs) {
				continue
			}
			mean, sd := metrics.MeanSD(values)
			*column.into, *column.sd = unknown(mean), sd
			i, ok, err := r.meanOf(v.runs, column.of)
			if err != nil {
				return err
			}
			if ok && (!column.rare || v.holding(r.rareMask(v.runs[0])) >= experiments.MinDocuments) {
				*column.into = i
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
	i, ok, err := r.meanOf(v.runs, primaryOf)
	if err != nil {
		return err
	}
	if ok {
		v.primary = i
	} else if i, _, err := metrics.TInterval(values, metrics.DefaultLevel); err == nil {
		v.primary = i
	}
	return nil
}

// rareMask marks the labels of the Few bucket; nil when none of them has
// support in the test split.
func (r *Report) rareMask(o *experiments.Outcome) []bool {
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
