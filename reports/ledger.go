package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/claims"
)

// Sizes of the ledger of claims in points.
const (
	claimRow     = 14.0
	claimRowTwo  = 25.0 // where the words stand above the marks
	claimMost    = 60   // claims; the dashboard lists all
	claimVerdict = 62.0 // room of a verdict
)

// verdictTint is the colour of a verdict: that of its meaning, beside its word.
func verdictTint(v claims.Verdict) tint {
	switch v {
	case claims.Reproduced:
		return variantTints[2]
	case claims.Better:
		return variantTints[0]
	case claims.Contradicted:
		return variantTints[1]
	default:
		return inkMuted
	}
}

// planLedger draws every claim on a scale of its own, because their units
// differ: the published range is the band between two marks, and the measured
// figure with its interval lies in or beside it.
func planLedger(r *Report, f *fonts, width float64) (*drawing, error) {
	rows := r.data.Claims.Rows
	if len(rows) == 0 {
		return nil, absent("no published number was judged in this store; invoicelab reproduce does that")
	}
	// Those that something was measured for come first, in the order of the verdicts.
	order := []claims.Verdict{claims.Reproduced, claims.Better, claims.Contradicted, claims.Inconclusive, claims.Calibrated, claims.NotTestable, claims.Missing}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b claims.Row) int { return slices.Index(order, a.Verdict) - slices.Index(order, b.Verdict) })
	left := max(0, len(rows)-claimMost)
	rows = rows[:len(rows)-left]
	narrow := width < WideWidth
	row, x0, x1 := claimRow, width*0.44, width*0.44+150
	if narrow {
		row, x0, x1 = claimRowTwo, 4, width-claimVerdict-90
	}
	top := 22.0
	d := &drawing{
		title:  r.ledgerTitle(),
		height: top + row*float64(len(rows)) + 8,
		label:  fmt.Sprintf("Published and measured figures of %s.", plural(len(rows), "claim", "claims")),
	}
	d.caption = "Grey band: as published, with its tolerance; mark: as measured, with its 95 % interval where it is sampled. Every claim has a scale of its own, in its unit. " +
		"Calibrated: the corpus was set by this very number, so that agreement proves nothing."
	if left > 0 {
		d.caption += fmt.Sprintf(" Left out: %s.", plural(left, "claim", "claims"))
	}
	d.caption += " " + ledgerProvenance(r.data.Claims.Rows)
	d.paint = func(c *canvas) {
		head := lettering{size: smallSize, bold: true, tint: inkMuted}
		if !narrow {
			c.text(2, top-7, "claim", head)
			c.text((x0+x1)/2, top-7, "published and measured", lettering{size: smallSize, bold: true, tint: inkMuted, at: atMiddle})
			c.text(width-claimVerdict-8, top-7, "published → measured", lettering{size: smallSize, bold: true, tint: inkMuted, at: atEnd})
			c.text(width-claimVerdict+2, top-7, "verdict", head)
		}
		for i := range rows {
			y := top + row*float64(i)
			if i%2 == 0 {
				c.rect(0, y, width, row, inkBand, 0)
			}
			c.claim(&rows[i], x0, x1, y, row, width, narrow)
		}
	}
	return d, nil
}

// claim draws one row.
func (c *canvas) claim(k *claims.Row, x0, x1, y, row, width float64, narrow bool) {
	mid := y + row/2
	words := lettering{size: tickSize, tint: inkText}
	name := k.Metric
	if k.System != "" {
		name = k.System + ": " + k.Metric
	}
	c.open(fmt.Sprintf("%s (%s): %s. %s: %s", k.Name(), k.Source, k.Says, k.Verdict, k.Reason))
	if narrow {
		c.text(4, y+9, c.fonts.fit(name, width-8, words), words)
		mid = y + row - 8
	} else {
		c.text(2, mid+tickSize*0.35, c.fonts.fit(name, x0-12, words), words)
	}
	c.claimMarks(k, x0, x1, mid)
	figures := claimFigures(k)
	c.text(width-claimVerdict-8, mid+tickSize*0.35, c.fonts.fit(figures, width-claimVerdict-16-x1, words), lettering{size: tickSize, tint: inkMuted, at: atEnd})
	c.text(width-claimVerdict+2, mid+tickSize*0.35, string(k.Verdict), lettering{size: tickSize, bold: true, tint: verdictTint(k.Verdict)})
	c.close()
}

// claimMarks draws the published band and the measured figure.
func (c *canvas) claimMarks(k *claims.Row, x0, x1, mid float64) {
	low, high := k.Published[0]-k.Tolerance, k.Published[1]+k.Tolerance
	from, to := low, high
	if k.Measured != nil {
		from, to = math.Min(from, k.Measured.Value), math.Max(to, k.Measured.Value)
		if k.Measured.Interval != nil {
			from, to = math.Min(from, k.Measured.Interval[0]), math.Max(to, k.Measured.Interval[1])
		}
	}
	pad := 0.08 * (to - from)
	if pad == 0 {
		pad = math.Max(math.Abs(to)*0.1, 1e-9)
	}
	xs := scale{lo: from - pad, hi: to + pad, from: x0, to: x1}
	c.line(x0, mid, x1, mid, stroke{tint: inkGrid, width: gridWidth})
	band := math.Max(xs.at(high)-xs.at(low), 2)
	c.rect((xs.at(low)+xs.at(high))/2-band/2, mid-4, band, 8, inkOther, 0.7)
	if k.Measured == nil {
		return
	}
	t := verdictTint(k.Verdict)
	if k.Measured.Interval != nil {
		c.whisker(xs.at(k.Measured.Interval[0]), xs.at(k.Measured.Interval[1]), mid, 2.5, stroke{tint: t, width: 1.2})
	}
	c.glyph(1, xs.at(k.Measured.Value), mid, 2.8, t, 0)
}

// claimFigures writes what was published and what was measured.
func claimFigures(k *claims.Row) string {
	published := figure(k.Published[0])
	if k.Published[1] != k.Published[0] {
		published += "–" + figure(k.Published[1])
	}
	measured := "–"
	if k.Measured != nil {
		measured = figure(k.Measured.Value)
	}
	text := published + " → " + measured
	if unit := strings.TrimSpace(k.Unit); unit != "" {
		text += " " + unit
	}
	return text
}

// figure writes a number of any size with four digits that count.
func figure(v float64) string {
	if v != 0 && (math.Abs(v) >= 10_000 || v == math.Trunc(v)) {
		return thousands(int(math.Round(v)))
	}
	digits := 3
	if v != 0 {
		digits = min(max(3-int(math.Floor(math.Log10(math.Abs(v)))), 0), 8)
	}
	return strings.Replace(trimmed(v, digits), "-", minus, 1)
}

// ledgerTitle counts the verdicts.
func (r *Report) ledgerTitle() string {
	count := r.data.Claims.Count()
	all := len(r.data.Claims.Rows)
	title := fmt.Sprintf("Of %s, %d reproduced", plural(all, "published number", "published numbers"), count[claims.Reproduced])
	for _, v := range []claims.Verdict{claims.Better, claims.Contradicted, claims.Inconclusive, claims.Calibrated, claims.NotTestable, claims.Missing} {
		if n := count[v]; n > 0 {
			title += fmt.Sprintf(", %d %s", n, v)
		}
	}
	return title
}

// ledgerProvenance names the runs and corpora behind the ledger.
func ledgerProvenance(rows []claims.Row) string {
	var runs, corpora []string
	for _, k := range rows {
		runs = append(runs, k.Runs...)
		for _, c := range k.Corpora {
			corpora = append(corpora, short(c))
		}
	}
	slices.Sort(runs)
	slices.Sort(corpora)
	runs, corpora = slices.Compact(runs), slices.Compact(corpora)
	text := plural(len(runs), "run", "runs")
	if len(corpora) > 0 {
		text += "; corpora " + strings.Join(corpora, ", ")
	}
	return text + "."
}
