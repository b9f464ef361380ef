package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// effect is what one level of a factor changes against the factor's first.
type effect struct {
	Axis       string                 `json:"axis"`
	From       string                 `json:"from"`
	To         string                 `json:"to"`
	Comparison experiments.Comparison `json:"comparison"`
}

// sweepInfo is the sweep as a store would describe it.
func sweepInfo(s config.Sweep) experiments.SweepInfo {
	info := experiments.SweepInfo{Name: s.Name, About: s.About, Primary: s.Primary, Seeds: s.Seeds}
	for _, a := range s.Axes {
		axis := experiments.AxisInfo{Name: a.Name}
		for _, l := range a.Levels {
			axis.Levels = append(axis.Levels, l.Name)
		}
		info.Axes = append(info.Axes, axis)
	}
	return info
}

// factorEffects compares every level of every axis with the first level of
// that axis, paired over all other axes and seeds. A level without a finished
// partner is left out; the table of variants shows how many runs there are.
func factorEffects(s experiments.SweepInfo, outcomes []experiments.Outcome) ([]effect, error) {
	effects := []effect{}
	for _, axis := range s.Axes {
		side := func(level string) experiments.Side {
			return experiments.Side{Name: axis.Name + "=" + level, Outcomes: slices.DeleteFunc(slices.Clone(outcomes), func(o experiments.Outcome) bool {
				return o.Levels[axis.Name] != level
			})}
		}
		first := side(axis.Levels[0])
		for _, level := range axis.Levels[1:] {
			second := side(level)
			if len(first.Outcomes) == 0 || len(second.Outcomes) == 0 {
				continue
			}
			c, err := experiments.Compare(first, second, experiments.CompareOptions{Metric: s.Primary, Seed: 1, Brief: true})
			if err != nil {
				return nil, err
			}
			effects = append(effects, effect{axis.Name, axis.Levels[0], level, c})
		}
	}
	return effects, nil
}

// writeEffects prints one line for each effect.
func writeEffects(w io.Writer, primary string, effects []effect) {
	if len(effects) == 0 {
		return
	}
	fmt.Fprintf(w, "\nEffects on %s x100 (95 %% interval over documents, paired; ~ may be noise)\n", primary)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range effects {
		d, mark := e.Comparison.Difference, "~"
		if e.Comparison.Mark == experiments.Better || e.Comparison.Mark == experiments.Worse {
			mark = string(e.Comparison.Mark)
		}
		fmt.Fprintf(t, "  %s\t%s - %s\t%+.2f\t%s\tp %s\tn %d pairs, %d documents\t%s\n", e.Axis, e.To, e.From, 100*d.Value,
			interval(d, true), pText(e.Comparison.P), len(e.Comparison.Pairs), e.Comparison.Documents, mark)
	}
	t.Flush()
}

func interval(e experiments.Estimate, signed bool) string {
	if e.Interval == nil {
		return "-"
	}
	format := "[%.2f, %.2f]"
	if signed {
		format = "[%+.2f, %+.2f]"
	}
	return fmt.Sprintf(format, 100*e.Interval[0], 100*e.Interval[1])
}

func pText(p float64) string {
	if p < 0.001 {
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

// writeVariants prints the mean and standard deviation over seeds of every
// variant, best primary metric first.
func writeVariants(w io.Writer, s experiments.SweepInfo, outcomes []experiments.Outcome) {
	type variant struct {
		name                           string
		primary, micro, macro, seconds []float64
	}
	var variants []*variant
	byName := map[string]*variant{}
	for _, o := range outcomes {
		name := ""
		for _, a := range s.Axes {
			name += " " + a.Name + "=" + o.Levels[a.Name]
		}
		v := byName[name]
		if v == nil {
			v = &variant{name: name}
			byName[name], variants = v, append(variants, v)
		}
		v.primary = append(v.primary, o.Metrics[s.Primary])
		v.micro = append(v.micro, o.Metrics["test/micro_f1"])
		v.macro = append(v.macro, o.Metrics["test/macro_f1"])
		v.seconds = append(v.seconds, o.Seconds)
	}
	slices.SortStableFunc(variants, func(a, b *variant) int {
		x, _ := metrics.MeanSD(a.primary)
		y, _ := metrics.MeanSD(b.primary)
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	fmt.Fprintf(w, "%s: F1 x100 on the test split, mean ± standard deviation over seeds; best %s first\n", s.Name, s.Primary)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  n\tmicro\tmacro\tseconds\tvariant")
	for _, v := range variants {
		seconds, _ := metrics.MeanSD(v.seconds)
		fmt.Fprintf(t, "  %d\t%s\t%s\t%.1f\t%s\n", len(v.primary), meanSD(v.micro), meanSD(v.macro), seconds, v.name[1:])
	}
	t.Flush()
}

func meanSD(values []float64) string {
	mean, sd := metrics.MeanSD(values)
	if math.IsNaN(sd) || len(values) < 2 {
		return fmt.Sprintf("%.2f", 100*mean)
	}
	return fmt.Sprintf("%.2f ± %.2f", 100*mean, 100*sd)
}
