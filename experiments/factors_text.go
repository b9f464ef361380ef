package experiments

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Write writes the table in that format; width is for Text only, 0 is no
// limit. Figures are points of 100. The table of variants names the runs; an
// effect is over all runs of the variants that have one of its levels.
func (f FactorTable) Write(w io.Writer, format Format, width int) error {
	t := factorText{FactorTable: f, page: page{format: format, out: &bytes.Buffer{}, width: width}}
	t.line("%s by factor: %s in points of 100 on %d documents, %s, %s", f.Sweep, f.Metric, f.Documents, count(len(f.Variants), "variant"), seedList(f.Seeds))
	t.shares()
	t.effects("effects: what a level changes, over all levels of the other factors alike", f.Effects)
	t.effects("interactions: how much more the one changes where the other is changed too", f.Interactions)
	t.best()
	t.variants()
	t.missing()
	t.gap()
	t.line("~ may be noise: the interval over seeds (a block, documents fixed), the one over seeds and documents of the runs with partners, or the p adjusted over the table (Benjamini-Hochberg) does not exclude zero; + better, - worse")
	t.warnings(f.Warnings)
	return t.writeTo(w)
}

type factorText struct {
	FactorTable
	page
}

func orDash(p *float64, write func(float64) string) string {
	if p == nil {
		return "-"
	}
	return write(*p)
}

func percent(x float64) string { return strconv.FormatFloat(100*x, 'f', 1, 64) }

func (t factorText) shares() {
	table := textTable{columns: []tableColumn{{head: "explains", left: true}, {head: "df"}, {head: "% of variance"}, {head: "less chance"}, {head: "F", drop: 2}, {head: "p", drop: 1}, {head: "adj. p"}}}
	for _, r := range t.Terms {
		share, unbiased := percent(r.Share), orDash(r.ShareUnbiased, percent)
		if r.Aliased {
			share = "cells missing"
		}
		table.rows = append(table.rows, []string{r.Name, strconv.Itoa(r.Freedom), share, unbiased, orDash(r.F, func(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }), orDash(r.P, pValue), orDash(r.Adjusted, pValue)})
	}
	t.table("which factor matters (analysis of variance, seed as block)", table)
	if t.ResidualSD != nil {
		t.line("standard deviation of a run over seeds, within a variant: %s", points(*t.ResidualSD))
	}
}

// changed writes the levels of an effect: "hybrid - linear", joined for two
// factors.
func (e FactorEffect) changed() string {
	parts := make([]string, len(e.To))
	for k := range e.To {
		parts[k] = e.To[k] + " - " + e.From[k]
	}
	return strings.Join(parts, " x ")
}

func (t factorText) effects(title string, effects []FactorEffect) {
	if len(effects) == 0 {
		return
	}
	level := strconv.FormatFloat(100*t.Level, 'g', 4, 64) + " % over "
	table := textTable{columns: []tableColumn{{head: "factor", left: true}, {head: "levels", left: true}, {head: "effect"}, {head: level + "seeds"}, {head: level + "seeds and documents", drop: 1}, {head: "adj. p"}, {head: "pairs", drop: 2}, {head: "runs", drop: 3}, {head: "", left: true}}}
	for _, e := range effects {
		both, pairs := "-", "-"
		if c := e.Paired; c != nil {
			pairs = strconv.Itoa(len(c.Pairs))
			if c.Both != nil {
				both = interval(Estimate{Interval: &c.Both.Interval}, signed)
			}
		}
		symbol := map[Mark]string{Better: "+", Worse: "-", Noise: "~"}[e.Mark]
		table.rows = append(table.rows, []string{strings.Join(e.Factors, " x "), e.changed(), signed(e.Difference.Value), interval(e.Difference, signed), both, orDash(e.Adjusted, pValue), pairs, strconv.Itoa(len(e.Runs)), symbol})
	}
	t.table(title, table)
}

func (t factorText) best() {
	b := t.Best
	if b == nil {
		return
	}
	t.gap()
	t.line("chosen by %s: %s (%s on validation, %s on %s; runs %s)", b.ChosenBy, factors(b.Levels), points(b.Validation), points(b.Value), t.Metric, strings.Join(b.Runs, ", "))
	chance := ""
	if b.ByChance != nil {
		chance = fmt.Sprintf("; the best of %d equal variants is expected to be %s above by chance", b.Variants, points(*b.ByChance))
	}
	t.line("- it is %s above the mean of the variants on validation%s; on %s it is %s above", signed(b.Ahead), chance, t.Metric, signed(b.Value-b.Mean))
	if b.Optimism > 0 {
		t.line("- choosing on %s itself would have shown %s, %s more", t.Metric, factors(b.BestOnMetric), points(b.Optimism))
	}
}

func (t factorText) variants() {
	table := textTable{columns: []tableColumn{{head: "variant", left: true}, {head: "n"}, {head: "mean"}, {head: strconv.FormatFloat(100*t.Level, 'g', 4, 64) + " % over seeds", drop: 1}, {head: "sd", drop: 2}, {head: "interquartile mean", drop: 4}, {head: "validation", drop: 3}, {head: "seconds a run", drop: 5}, {head: "runs", left: true, drop: 6}}}
	for _, v := range t.Variants {
		middle := "-"
		if v.Interquartile != nil {
			middle = points(v.Interquartile.Value)
		}
		table.rows = append(table.rows, []string{factors(v.Levels), strconv.Itoa(len(v.Runs)), points(v.Mean.Value), interval(v.Mean, points), orDash(v.SD, points), middle, orDash(v.Validation, points), fmt.Sprintf("%.1f", v.Seconds), strings.Join(v.Runs, " ")})
	}
	t.table(t.Metric+" of the variants", table)
}

func (t factorText) missing() {
	if len(t.Missing) == 0 {
		return
	}
	table := textTable{columns: []tableColumn{{head: "variant", left: true}, {head: "seed"}, {head: "run", left: true}, {head: "state", left: true}, {head: "error", left: true, drop: 1}}}
	for _, m := range t.Missing {
		run := m.Run
		if run == "" {
			run = "-"
		}
		table.rows = append(table.rows, []string{factors(m.Levels), strconv.FormatUint(m.Seed, 10), run, m.State, strings.SplitN(m.Error, "\n", 2)[0]})
	}
	t.table("cells without a result, left out", table)
}
