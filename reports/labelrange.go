package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// manyVariants is the most variants that the figure of labels by variant shows.
const manyVariants = 5

// labelRange is an entity type with its F1 under several variants.
type labelRange struct {
	name, group string
	support     int
	documents   int
	values      []metrics.Interval // by variant
}

// shownVariants are those that the figure shows: the pair of the report, then
// the best.
func (r *Report) shownVariants(most int) []*variant {
	shown := []*variant{r.candidate}
	if r.baseline != nil {
		shown = append(shown, r.baseline)
	}
	for _, v := range r.ranked {
		if len(shown) < most && v.coloured && !slices.Contains(shown, v) {
			shown = append(shown, v)
		}
	}
	return shown
}

// labelRanges gives every entity type with support under the variants, with
// intervals over documents.
func (r *Report) labelRanges(shown []*variant) ([]labelRange, error) {
	first := &shown[0].runs[0].Test
	totals, holding := first.Totals(), first.Holding()
	var stats []metrics.Statistic
	var rows []labelRange
	for l, name := range first.Labels {
		if totals[l].Gold == 0 {
			continue
		}
		stats = append(stats, metrics.LabelF1(l))
		rows = append(rows, labelRange{name: name, group: shown[0].runs[0].Groups[name], support: int(totals[l].Gold), documents: holding[l]})
	}
	if len(rows) == 0 {
		return nil, absent("no entity type has support in the test split")
	}
	for _, v := range shown {
		if metrics.SameDocuments(*first, v.runs[0].Test) != nil {
			return nil, absent("the runs were not scored on the same documents")
		}
		intervals, ok, err := r.labelIntervals(v, stats)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, absent("the runs of %s were not scored on the same documents", v.name)
		}
		for i := range rows {
			value := intervals[i]
			if rows[i].documents < experiments.MinDocuments {
				value = unknown(value.Value)
			}
			rows[i].values = append(rows[i].values, value)
		}
	}
	return rows, nil
}

// labelResamples is the most resamples of these intervals: they are drawn, not
// printed, and each of so many points has one.
const labelResamples = 2_000

// labelIntervals gives the mean of each statistic over a variant's runs.
func (r *Report) labelIntervals(v *variant, stats []metrics.Statistic) (out []metrics.Interval, ok bool, err error) {
	resampling := r.resampling()
	resampling.Resamples = min(resampling.Resamples, labelResamples)
	parts := []any{"labels"}
	for _, o := range v.runs {
		if r.scores[o].gold != r.scores[v.runs[0]].gold {
			return nil, false, nil
		}
		_, all := contents(&o.Test)
		parts = append(parts, all)
	}
	values, err := r.cached(parts, func() ([]float64, error) {
		all := make([][]metrics.Replicates, len(stats))
		for _, o := range v.runs {
			x, err := metrics.Replicate(o.Test, stats, resampling)
			if err != nil {
				return nil, fmt.Errorf("reports: run %s: %w", o.Run, err)
			}
			for i := range x {
				all[i] = append(all[i], x[i])
			}
		}
		var flat []float64
		for i := range all {
			m, err := metrics.MeanReplicates(all[i], resampling)
			if err != nil {
				return nil, fmt.Errorf("reports: %w", err)
			}
			flat = append(flat, m.Value, m.Low, m.High)
		}
		return flat, nil
	})
	if err != nil {
		return nil, false, err
	}
	for i := range stats {
		out = append(out, metrics.Interval{Value: values[3*i], Low: values[3*i+1], High: values[3*i+2]})
	}
	return out, true, nil
}

// rangeGroups sorts as the figure of two variants does: groups and labels by
// the candidate, best first.
func rangeGroups(rows []labelRange) (names []string, by map[string][]labelRange) {
	by = map[string][]labelRange{}
	for _, x := range rows {
		if by[x.group] == nil {
			names = append(names, x.group)
		}
		by[x.group] = append(by[x.group], x)
	}
	mean := func(g string) float64 {
		sum := 0.0
		for _, x := range by[g] {
			sum += x.values[0].Value
		}
		return sum / float64(len(by[g]))
	}
	descending := func(a, b float64) int {
		switch {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	}
	for _, g := range names {
		slices.SortStableFunc(by[g], func(a, b labelRange) int { return descending(a.values[0].Value, b.values[0].Value) })
	}
	slices.SortStableFunc(names, func(a, b string) int { return descending(mean(a), mean(b)) })
	return names, by
}

func planRanges(r *Report, f *fonts, width float64) (*drawing, error) {
	if len(r.variants) < 3 {
		return nil, absent("it shows three variants or more, and the sweep has %d", len(r.variants))
	}
	shown := r.shownVariants(manyVariants)
	groups, by := r.ranges.groups, r.ranges.by
	if r.ranges.err != nil {
		return nil, r.ranges.err
	}
	narrow := width < WideWidth
	rows, headings := 0, 0
	nameRoom, groupRoom := 0.0, 0.0
	names := lettering{size: tickSize, tint: inkText, at: atEnd}
	heads := lettering{size: tickSize, bold: true, tint: inkMuted}
	for _, g := range groups {
		rows += len(by[g])
		groupRoom = math.Max(groupRoom, f.measure(g, heads))
		for _, x := range by[g] {
			nameRoom = math.Max(nameRoom, f.measure(x.name, names))
		}
	}
	grouped := len(groups) > 1 || groups[0] != ""
	nameRoom = math.Min(nameRoom, width*0.3)
	switch {
	case !grouped:
		groupRoom = 0
	case narrow:
		groupRoom, headings = 0, len(groups)
	default:
		groupRoom = math.Min(groupRoom, width*0.2) + 8
	}
	height := math.Min(math.Max(labelRoom/float64(rows), labelRowLeast), labelRowMost)
	left, right := groupRoom+nameRoom+5, width-labelColumn-4
	var items []legendItem
	for _, v := range shown {
		items = append(items, legendItem{text: v.name, tint: v.tint, glyph: v.glyph})
	}
	legendHeight, paintLegend := legend(f, items, width)
	top := legendHeight + 16
	bottom := top + float64(rows+headings)*height + 2
	x := scale{lo: 0, hi: 1, from: left, to: right}
	var heights []float64 // of the groups
	for _, g := range groups {
		h := float64(len(by[g])) * height
		if headings > 0 {
			h += height
		}
		heights = append(heights, h)
	}
	d := &drawing{
		title:  r.rangeTitle(shown),
		height: bottom + 24,
		label:  fmt.Sprintf("Points of F1 for %s under %s.", plural(rows, "entity type", "entity types"), plural(len(shown), "variant", "variants")),
	}
	d.caption = fmt.Sprintf("F1 on %s, means over seeds; lines span the 95 %% intervals over documents, none with fewer than %d documents. n counts gold entities. %s",
		r.scoredOn(), experiments.MinDocuments, groupedBy(grouped))
	if len(shown) < len(r.variants) {
		d.caption += fmt.Sprintf(" %d of %s are shown: the pair of the report and the best.", len(shown), plural(len(r.variants), "variant", "variants"))
	}
	d.caption += " " + r.provenance(shown...)
	d.paint = func(c *canvas) {
		paintLegend(c, 0, 0)
		for _, t := range x.ticks(5) {
			c.text(x.at(t.value), top-5, t.text, lettering{size: tickSize, tint: inkMuted, at: atMiddle})
		}
		c.text(width, top-5, "n", lettering{size: tickSize, bold: true, tint: inkMuted, at: atEnd})
		y := top
		if grouped {
			c.bands(y, width, heights)
		}
		c.gridX(x, x.ticks(5), top, bottom)
		c.text((left+right)/2, bottom+20, "F1", lettering{size: tickSize, bold: true, tint: inkMuted, at: atMiddle})
		for _, g := range groups {
			if headings > 0 {
				c.text(2, y+height/2+tickSize*0.35, f.fit(g, width-4, heads), heads)
				y += height
			}
			for i := range by[g] {
				row := &by[g][i]
				base := y + height/2 + tickSize*0.35
				if grouped && headings == 0 && i == 0 {
					c.text(3, base, f.fit(g, groupRoom-6, heads), heads)
				}
				c.text(left-4, base, f.fit(row.name, nameRoom, names), names)
				c.text(width, base, thousands(row.support), lettering{size: tickSize, tint: inkText, at: atEnd})
				c.rangeMarks(row, shown, x, y, height)
				y += height
			}
		}
	}
	return d, nil
}

// rangeMarks draws the marks of a row, those of the pair on top.
func (c *canvas) rangeMarks(row *labelRange, shown []*variant, x scale, y, height float64) {
	low, high := 1.0, 0.0
	for _, v := range row.values {
		low, high = math.Min(low, v.Value), math.Max(high, v.Value)
	}
	c.line(x.at(low), y+height/2, x.at(high), y+height/2, stroke{tint: inkOther, width: 0.5})
	for k := len(shown) - 1; k >= 0; k-- {
		v := row.values[k]
		// Intervals lie beside each other, or they could not be told apart.
		at := y + height*(float64(k)+1)/float64(len(shown)+1)
		c.open(fmt.Sprintf("%s, %s: %s; %s", row.name, shown[k].name, withSpan(v, score), plural(row.support, "entity", "entities")))
		if known(v) {
			c.line(x.at(v.Low), at, x.at(v.High), at, stroke{tint: shown[k].tint, width: 0.5, alpha: 0.55})
		}
		c.glyph(shown[k].glyph, x.at(v.Value), y+height/2, math.Min(2.2, height*0.22), shown[k].tint, 0)
		c.close()
	}
}

// rangeTitle says on how many entity types each variant is highest.
func (r *Report) rangeTitle(shown []*variant) string {
	first := make([]int, len(shown))
	all, widest := 0, 0.0
	name := ""
	for _, rows := range r.ranges.by {
		for _, x := range rows {
			all++
			top, low := 0, 0
			for k, v := range x.values {
				if v.Value > x.values[top].Value {
					top = k
				}
				if v.Value < x.values[low].Value {
					low = k
				}
			}
			first[top]++
			spread := x.values[top].Value - x.values[low].Value
			if spread > widest || spread == widest && x.name < name {
				widest, name = spread, x.name
			}
		}
	}
	most := 0
	for k := range first {
		if first[k] > first[most] {
			most = k
		}
	}
	return fmt.Sprintf("%s is highest on %d of %s; the variants differ most on %s (by %s)",
		shown[most].name, first[most], plural(all, "entity type", "entity types"), name, score(widest))
}

// rangeTable is what the figure of labels by variant shows, or why not.
type rangeTable struct {
	groups []string
	by     map[string][]labelRange
	err    error
}

// rangeLabels fills in the table once, for all widths.
func (r *Report) rangeLabels() error {
	if len(r.variants) < 3 {
		return nil
	}
	rows, err := r.labelRanges(r.shownVariants(manyVariants))
	if _, left := isAbsent(err); left {
		r.ranges.err = err
		return nil
	}
	if err != nil {
		return err
	}
	r.ranges.groups, r.ranges.by = rangeGroups(rows)
	return nil
}
