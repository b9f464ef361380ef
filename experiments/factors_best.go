package experiments

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/metrics"
)

// best fills in the variant that the validation split chooses and what the
// choice owes to chance.
func (f *factorial) best(metric string) {
	if len(f.Variants) < 2 {
		return
	}
	if slices.ContainsFunc(f.Variants, func(v Variant) bool { return v.Validation == nil }) {
		f.Warnings = append(f.Warnings, fmt.Sprintf("not all runs have validation/%s: no variant is chosen, for the %s split must not choose", metric, strings.Split(f.Metric, "/")[0]))
		return
	}
	s := Selection{Variants: len(f.Variants), ChosenBy: "validation/" + metric}
	chosen, validation := f.Variants[0], 0.0
	for _, v := range f.Variants {
		if *v.Validation > *chosen.Validation {
			chosen = v
		}
		s.Mean += v.Mean.Value / float64(len(f.Variants))
		validation += *v.Validation / float64(len(f.Variants))
	}
	s.Levels, s.Runs, s.Validation, s.Value = chosen.Levels, chosen.Runs, *chosen.Validation, chosen.Mean.Value
	s.Ahead = s.Validation - validation
	s.BestOnMetric, s.Optimism = f.Variants[0].Levels, f.Variants[0].Mean.Value-s.Value
	if se, known := f.validationSE(s.ChosenBy); known {
		chance := se * metrics.ExpectedBest(len(f.Variants))
		s.ByChance = &chance
		if s.Ahead <= chance {
			f.Warnings = append(f.Warnings, fmt.Sprintf("the best of %d variants is %s above their mean on the validation split, and %s is what the best of %d equal ones is expected to be", s.Variants, points(s.Ahead), points(chance), s.Variants))
		}
	} else {
		f.Warnings = append(f.Warnings, fmt.Sprintf("no variant has 2 seeds: how much the best of %d owes to chance is not known", s.Variants))
	}
	f.Best = &s
}

// validationSE is the standard error of a variant's mean over seeds: the
// deviation pooled over variants, for the mean number of seeds.
func (f *factorial) validationSE(name string) (se float64, known bool) {
	values := map[string][]float64{}
	var names []string
	for i, o := range f.outcomes {
		variant := fmt.Sprint(f.design.Cells[i].Levels)
		if values[variant] == nil {
			names = append(names, variant)
		}
		values[variant] = append(values[variant], o.Metrics[name])
	}
	squares, freedom := 0.0, 0
	for _, n := range names {
		if v := values[n]; len(v) > 1 {
			_, sd := metrics.MeanSD(v)
			squares += float64(sd * sd * float64(len(v)-1))
			freedom += len(v) - 1
		}
	}
	if freedom == 0 {
		return 0, false
	}
	return math.Sqrt(squares / float64(freedom) * float64(len(names)) / float64(len(f.outcomes))), true
}

// doubts lists what makes the table doubtful.
func (f *factorial) doubts(a metrics.Analysis) {
	doubt := func(format string, args ...any) { f.Warnings = append(f.Warnings, fmt.Sprintf(format, args...)) }
	if n := len(f.Missing); n > 0 {
		doubt("%d of %d cells have no result and are left out, not counted as zero", n, n+len(f.outcomes))
	}
	f.Warnings = append(f.Warnings, f.confounded()...)
	for _, t := range f.Terms {
		if t.Aliased {
			doubt("%s cannot be told from other terms for want of cells", t.Name)
		}
	}
	if a.ResidualFreedom == 0 {
		doubt("no variant is repeated over seeds: nothing has an interval, and every effect may be noise")
	} else if a.ResidualFreedom < leastFreedom {
		doubt("%d degrees of freedom for the residual are few: intervals are wide", a.ResidualFreedom)
	}
	if len(f.Corpora) > 1 {
		doubt("the runs are of %d corpora: %s", len(f.Corpora), strings.Join(f.Corpora, ", "))
	}
	for _, what := range []struct {
		name string
		of   func(Outcome) string
	}{{"revisions of the source", func(o Outcome) string { return o.Revision }}, {"devices", func(o Outcome) string { return o.Device }}} {
		if set := sortedSet(f.outcomes, what.of); len(set) > 1 {
			doubt("the runs are of %d %s: %s", len(set), what.name, strings.Join(set, "; "))
		}
	}
}

// leastFreedom is where the t quantile falls below 1.15 times the normal one.
const leastFreedom = 10
