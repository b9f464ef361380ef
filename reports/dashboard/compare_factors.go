package dashboard

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
)

// factorsView is a sweep by factor as a page shows it.
type factorsView struct {
	Title        string
	Facts        []fact
	Terms        *table
	Residual     string
	Effects      *table
	Interactions *table
	Best         []string
	Variants     *table
	Missing      *table
	Cells        int // missing ones
	Warnings     []string
}

// shownCells is how many rows a table of variants, interactions or missing
// cells has at most.
const shownCells = 200

func viewFactors(f experiments.FactorTable) *factorsView {
	v := &factorsView{Title: f.Sweep + " by factor", Warnings: f.Warnings, Cells: len(f.Missing)}
	v.Facts = []fact{{Name: "Metric, points of 100", Text: f.Metric}, {Name: "Documents", Text: thousands(f.Documents)}, {Name: "Variants", Text: thousands(len(f.Variants))}, {Name: "Seeds", Text: seedText(f.Seeds)}}
	v.Terms = termTable(f)
	if f.ResidualSD != nil {
		v.Residual = "Standard deviation of a run over seeds, within a variant: " + points(*f.ResidualSD) + "."
	}
	v.Effects = effectTable("effects", "Effects: what a level changes, over all levels of the other factors alike", f.Effects)
	v.Interactions = effectTable("interactions", "Interactions: how much more the one changes where the other is changed too", f.Interactions)
	v.Best = bestText(f.Best)
	v.Variants = factorVariants(f)
	if len(f.Missing) > 0 {
		v.Missing = &table{ID: "missing", Caption: "Cells without a result, left out", Columns: []column{{Name: "Variant"}, {Name: "Seed", Number: true}, {Name: "Run"}, {Name: "State"}, {Name: "Error"}}}
		for _, m := range f.Missing[:min(len(f.Missing), shownCells)] {
			run := cell{Text: orDash(m.Run)}
			if m.Run != "" {
				run.Link = runLink("/run", m.Run)
			}
			v.Missing.Rows = append(v.Missing.Rows, []cell{head(allLevels(m.Levels), ""), {Text: strconv.FormatUint(m.Seed, 10), Number: true}, run, text(m.State).marked(m.State), text(firstLine(m.Error))})
		}
	}
	return v
}

func percent(x float64) string { return strconv.FormatFloat(100*x, 'f', 1, 64) }

// optional is a cell of a figure that may be unknown.
func optional(v *float64, write func(float64) string) cell {
	if v == nil {
		return cell{Text: dash, Number: true}
	}
	return number(*v, write(*v))
}

func plain(p float64) string { return pValue(&p) }

func termTable(f experiments.FactorTable) *table {
	t := &table{ID: "terms", Caption: "Which factor matters: analysis of variance, seed as block", Columns: []column{{Name: "Explains"}, {Name: "df", Title: "degrees of freedom", Number: true}, {Name: "% of variance", Number: true},
		{Name: "less chance", Title: "less what it explains by chance (omega squared)", Number: true}, {Name: "F", Number: true}, {Name: "p", Number: true}, {Name: "adj. p", Number: true}, {Name: ""}}}
	for _, r := range f.Terms {
		share := number(r.Share, percent(r.Share))
		drawn := r.Share
		if r.Aliased {
			share, drawn = cell{Text: "cells missing", Number: true}, 0
		}
		t.Rows = append(t.Rows, []cell{head(r.Name, ""), whole(r.Freedom), share, optional(r.ShareUnbiased, percent), optional(r.F, func(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }),
			optional(r.P, plain), optional(r.Adjusted, plain), {Drawing: bar(drawn)}})
	}
	return t
}

func effectTable(id, title string, effects []experiments.FactorEffect) *table {
	if len(effects) == 0 {
		return nil
	}
	t := &table{ID: id, Caption: title, Sortable: true, Columns: []column{{Name: "Factor"}, {Name: "Levels"}, {Name: "Effect", Title: "with its interval over seeds", Number: true},
		{Name: "Over seeds and documents", Number: true}, {Name: "adj. p", Number: true}, {Name: "Pairs", Number: true}, {Name: "Verdict"}}}
	for _, e := range effects[:min(len(effects), shownCells)] {
		changed := make([]string, len(e.To))
		for k := range e.To {
			changed[k] = e.To[k] + " − " + e.From[k]
		}
		both, pairs := cell{Text: dash, Number: true}, cell{Text: dash, Number: true}
		if c := e.Paired; c != nil {
			pairs = whole(len(c.Pairs))
			if c.Both != nil {
				both = number(c.Difference.Value, span(&c.Both.Interval, signed))
			}
		}
		t.Rows = append(t.Rows, []cell{head(strings.Join(e.Factors, " × "), ""), text(strings.Join(changed, " × ")), estimate(e.Difference, signed), both, optional(e.Adjusted, plain), pairs, text(markText[e.Mark]).marked(markClass[e.Mark])})
	}
	return t
}

// bestText says which variant validation chooses, and what it owes to chance.
func bestText(b *experiments.Selection) []string {
	if b == nil {
		return nil
	}
	lines := []string{fmt.Sprintf("Best of %s by %s: %s. There it has %s, on the metric %s; all variants have %s on average.", count(b.Variants, "variant"), b.ChosenBy, allLevels(b.Levels), points(b.Validation), points(b.Value), points(b.Mean))}
	if b.ByChance != nil {
		lines = append(lines, fmt.Sprintf("It lies %s above the mean on validation; the best of so many equal variants is expected to lie %s above it by chance alone.", points(b.Ahead), points(*b.ByChance)))
	}
	if b.Optimism > 0 {
		lines = append(lines, fmt.Sprintf("Choosing by the metric itself would take %s and flatter by %s.", allLevels(b.BestOnMetric), points(b.Optimism)))
	}
	return lines
}

func factorVariants(f experiments.FactorTable) *table {
	t := &table{ID: "variants", Caption: "Variants, best first", Sortable: true, Columns: []column{{Name: "Variant"}, {Name: "Mean", Title: "with its interval over seeds", Number: true}, {Name: "sd", Number: true},
		{Name: "Middle", Title: "interquartile mean", Number: true}, {Name: "Validation", Number: true}, {Name: "Runs", Number: true}, {Name: "Time", Number: true}}}
	for _, v := range f.Variants[:min(len(f.Variants), shownCells)] {
		middle := cell{Text: dash, Number: true}
		if v.Interquartile != nil && !math.IsNaN(v.Interquartile.Value) {
			middle = estimate(*v.Interquartile, points)
		}
		t.Rows = append(t.Rows, []cell{head(allLevels(v.Levels), ""), estimate(v.Mean, points), optional(v.SD, points), middle, optional(v.Validation, points), whole(len(v.Runs)).titled(strings.Join(v.Runs, ", ")), number(v.Seconds, seconds(v.Seconds))})
	}
	return t
}
