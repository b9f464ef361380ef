package reports

import (
	"fmt"
	"math"
	"sort"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// Sizes of the per-label figure in points. A row of 9 points with type of 7
// keeps 98 labels readable on one page; fewer labels get higher rows.
const (
	labelRowLeast = 9.0
	labelRowMost  = 18.0
	labelRoom     = 480.0 // that rows share before they get higher
	labelBar      = 0.36  // height of one of the two bars, in rows
	labelColumn   = 28.0  // width of a column of numbers
	labelsTwice   = 40    // rows above which the axis is written at both ends
)

// labelGroup is a group of the schema with its rows, best first.
type labelGroup struct {
	name string
	rows []*experiments.LabelRow
}

// groupLabels sorts groups by the candidate's mean F1 and the labels of each
// by the candidate's F1, best first.
func groupLabels(rows []experiments.LabelRow) []labelGroup {
	index := map[string]int{}
	var groups []labelGroup
	for i := range rows {
		r := &rows[i]
		g, ok := index[r.Group]
		if !ok {
			g = len(groups)
			index[r.Group] = g
			groups = append(groups, labelGroup{name: r.Group})
		}
		groups[g].rows = append(groups[g].rows, r)
	}
	mean := func(g labelGroup) float64 {
		sum := 0.0
		for _, r := range g.rows {
			sum += r.B.Value
		}
		return sum / float64(len(g.rows))
	}
	for _, g := range groups {
		sort.SliceStable(g.rows, func(i, j int) bool { return g.rows[i].B.Value > g.rows[j].B.Value })
	}
	sort.SliceStable(groups, func(i, j int) bool { return mean(groups[i]) > mean(groups[j]) })
	return groups
}

// labelNote is what a mark says when it is pointed at.
func labelNote(row *experiments.LabelRow, cand, base *variant) string {
	return fmt.Sprintf("%s: %s %s, %s %s, difference %s; %s in %s, in %s",
		row.Name, cand.name, withSpan(interval(row.B), score), base.name, withSpan(interval(row.A), score),
		withSpan(interval(row.Difference), signed), plural(row.Support, "entity", "entities"),
		plural(row.Documents, "scored document", "scored documents"), plural(row.TrainDocs, "training document", "training documents"))
}

func planPerLabel(r *Report, f *fonts, width float64) (*drawing, error) {
	if r.baseline == nil {
		return nil, absent("it compares two variants, and the sweep has one")
	}
	if r.pairing == nil {
		return nil, absent("%s and %s could not be compared: %s", r.candidate.name, r.baseline.name, r.pairReason)
	}
	groups := groupLabels(r.pairing.PerLabel)
	if len(groups) == 0 {
		return nil, absent("no entity type has support in the test split")
	}
	grouped := len(groups) > 1 || groups[0].name != ""
	narrow := width < WideWidth

	rows := 0
	for _, g := range groups {
		rows += len(g.rows)
	}
	rowHeight := math.Min(math.Max(labelRoom/float64(rows), labelRowLeast), labelRowMost)
	size := tickSize
	if rowHeight > 12 {
		size = textSize
	}
	drop := size * 0.35 // from the middle of a row to the base line
	names := lettering{size: size, tint: inkText, at: atEnd}
	heads := lettering{size: size, bold: true, tint: inkMuted}
	numbers := lettering{size: size, tint: inkText, at: atEnd}

	// Columns: group, name, bars, two values, support.
	groupRoom, nameRoom := 0.0, 0.0
	for _, g := range groups {
		groupRoom = math.Max(groupRoom, f.measure(g.name, heads))
		for _, row := range g.rows {
			nameRoom = math.Max(nameRoom, f.measure(row.Name, names))
		}
	}
	nameRoom = math.Min(nameRoom, width*0.26)
	headRows := 0
	switch {
	case !grouped:
		groupRoom = 0
	case narrow: // a heading above each group instead of a column
		groupRoom, headRows = 0, len(groups)
	default:
		groupRoom = math.Min(groupRoom, width*0.2) + 8
	}
	left := groupRoom + nameRoom + 5
	right := width - 3*labelColumn - 2
	base, cand := r.baseline, r.candidate

	legendHeight, paintLegend := legend(f, []legendItem{
		{text: cand.name, tint: cand.tint, glyph: 2},
		{text: base.name, tint: base.tint, glyph: 2},
	}, width)
	top := legendHeight + 16
	if rows > labelsTwice {
		top += 8
	}
	bottom := top + float64(rows+headRows)*rowHeight + 2
	x := scale{lo: 0, hi: 1, from: left, to: right}
	var heights []float64 // of the groups
	for _, g := range groups {
		h := float64(len(g.rows)) * rowHeight
		if grouped && narrow {
			h += rowHeight
		}
		heights = append(heights, h)
	}
	d := &drawing{
		title:  r.labelTitle(),
		height: bottom + 24,
		label:  fmt.Sprintf("Bars of F1 for %s under two variants.", plural(rows, "entity type", "entity types")),
	}
	d.caption = fmt.Sprintf("Bars are F1 on %s, means over seeds; whiskers are 95 %% intervals over documents. Pale, without whiskers: fewer than %d documents hold the type. n counts gold entities. %s%s %s",
		r.scoredOn(), experiments.MinDocuments, groupedBy(grouped), r.missingLabels(), r.provenance(r.candidate, r.baseline))
	d.paint = func(c *canvas) {
		paintLegend(c, 0, 0)
		head := top - 5
		if rows > labelsTwice {
			for _, t := range x.ticks(5) {
				c.text(x.at(t.value), head, t.text, lettering{size: tickSize, tint: inkMuted, at: atMiddle})
			}
		}
		for i, column := range []struct {
			text string
			tint tint
		}{{"F1", cand.tint}, {"F1", base.tint}, {"n", inkMuted}} {
			c.text(right+float64(i+1)*labelColumn, head, column.text, lettering{size: tickSize, bold: true, tint: column.tint, at: atEnd})
		}
		y := top
		if grouped {
			c.bands(y, width, heights)
		}
		c.gridX(x, x.ticks(5), top, bottom)
		c.text((left+right)/2, bottom+20, "F1", lettering{size: tickSize, bold: true, tint: inkMuted, at: atMiddle})
		for _, g := range groups {
			if grouped && narrow {
				c.text(2, y+rowHeight/2+drop, f.fit(g.name, width-4, heads), heads)
				y += rowHeight
			}
			for i, row := range g.rows {
				mid := y + rowHeight/2
				if grouped && !narrow && i == 0 {
					c.text(3, mid+drop, f.fit(g.name, groupRoom-6, heads), heads)
				}
				c.open(labelNote(row, cand, base))
				c.text(left-4, mid+drop, f.fit(row.Name, nameRoom, names), names)
				c.estimateBar(x, interval(row.B), mid-labelBar*rowHeight, labelBar*rowHeight, cand.tint, row.Mark)
				c.estimateBar(x, interval(row.A), mid, labelBar*rowHeight, base.tint, row.Mark)
				for k, s := range []string{score(row.B.Value), score(row.A.Value), fmt.Sprint(row.Support)} {
					c.text(right+float64(k+1)*labelColumn, mid+drop, s, numbers)
				}
				c.close()
				y += rowHeight
			}
		}
	}
	return d, nil
}

// paleBar is the opacity of bars that rest on too few documents.
const paleBar = 0.45

// estimateBar draws a bar from 0 to the value of e, from y down to y+h, and its
// interval as a thin grey line.
func (c *canvas) estimateBar(x scale, e metrics.Interval, y, h float64, t tint, mark experiments.Mark) {
	alpha := 0.0
	if mark == experiments.TooFew {
		alpha = paleBar
	}
	c.rect(x.at(0), y, x.at(e.Value)-x.at(0), h, t, alpha)
	if known(e) {
		c.whisker(x.at(e.Low), x.at(e.High), y+h/2, h*0.28, stroke{tint: inkError, width: errWidth})
	}
}

func groupedBy(grouped bool) string {
	if grouped {
		return "Groups are those of the schema, by mean F1."
	}
	return "The schema has no groups."
}
