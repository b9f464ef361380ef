package metrics

import (
	"fmt"
	"math"
	"strings"
)

// Statistic is a figure of the totals by label (as Tally.Totals gives them).
// It is NaN where the totals hold no gold entity that it is about: a resample
// of documents in which that happens says nothing of it and is left out. In
// the same way a macro average over a resample is over the labels that the
// resample holds: of the ways to treat the others this one covers best. On a
// simulated long tail (98 labels, chance of a document to hold label r about
// 1/r^0.9, 150 data sets) its 95 % intervals held the true macro recall in
// 91 % with 60 documents and 96 % with 250; with missing labels as 0 it was
// 78 % and 96 %, with their figure on all documents 74 % and 95 %.
type Statistic func(totals []Count) float64

// metricTable names the metrics of a split; F1 and averages as in Summary.
var metricTable = []struct {
	name string
	of   func(totals []Count, only []bool) float64
}{
	{"micro_f1", func(t []Count, only []bool) float64 { return micro(t, only).F1 }},
	{"micro_precision", func(t []Count, only []bool) float64 { return micro(t, only).Precision }},
	{"micro_recall", func(t []Count, only []bool) float64 { return micro(t, only).Recall }},
	{"macro_f1", func(t []Count, only []bool) float64 { return macro(t, only, supported).F1 }},
	{"macro_precision", func(t []Count, only []bool) float64 { return macro(t, only, supported).Precision }},
	{"macro_recall", func(t []Count, only []bool) float64 { return macro(t, only, supported).Recall }},
	{"weighted_f1", func(t []Count, only []bool) float64 { return weighted(t, only).F1 }},
	{"weighted_precision", func(t []Count, only []bool) float64 { return weighted(t, only).Precision }},
	{"weighted_recall", func(t []Count, only []bool) float64 { return weighted(t, only).Recall }},
}

// Names lists the metrics that Metric and MetricStatistic know.
func Names() []string {
	names := make([]string, len(metricTable))
	for i, m := range metricTable {
		names[i] = m.name
	}
	return names
}

// Metric is the figure of that name, 0 to 1. Macro averages are over the
// labels with gold support. An unknown name is an error that lists the
// allowed ones.
func (t Tally) Metric(name string) (float64, error) {
	of, err := lookup(name)
	if err != nil {
		return 0, err
	}
	return of(t.Totals(), nil), nil
}

func lookup(name string) (func([]Count, []bool) float64, error) {
	for _, m := range metricTable {
		if m.name == name {
			return m.of, nil
		}
	}
	return nil, fmt.Errorf("metric %q: allowed are %s%s", name, strings.Join(Names(), ", "), didYouMean(name, Names()))
}

// MetricStatistic is the metric of that name over the labels whose index is
// true in labels, or over all when labels is nil.
func MetricStatistic(name string, labels []bool) (Statistic, error) {
	of, err := lookup(name)
	if err != nil {
		return nil, err
	}
	return func(totals []Count) float64 {
		if sum(totals, labels).Gold == 0 {
			return math.NaN()
		}
		return of(totals, labels)
	}, nil
}

// LabelF1 is the F1 of the label with that index into Tally.Labels.
func LabelF1(label int) Statistic {
	return func(totals []Count) float64 {
		if totals[label].Gold == 0 {
			return math.NaN()
		}
		return totals[label].Score().F1
	}
}
