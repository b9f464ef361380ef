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
