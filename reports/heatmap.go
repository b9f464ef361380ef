package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// Sizes of the heat map of domains and templates.
const (
	partRowHeight   = 13.0
	partMost        = 8 // variants
	partMostNarrow  = 4
	partTemplates   = 40 // template families; the rest is told in the caption
	partColumnMost  = 72.0
	partColumnLeast = 24.0
)

// part is a domain or a template family with the figure of every variant.
type part struct {
	name      string
	documents int
	support   int
	values    []float64 // by column; NaN where a variant has none
}

// partsOf splits the documents of a split by name, and gives the metric of
// every variant on each, means over its runs; those with most documents last
// to be left out.
func partsOf(columns []*variant, of func(*experiments.Outcome) *metrics.Tally, metric string, names func(metrics.Tally) []string, nameOf func(metrics.DocCount) string) ([]part, error) {
	stat, err := metrics.MetricStatistic(metric, nil)
	if err != nil {
		return nil, err
	}
	first := of(columns[0].runs[0])
	var parts []part
	for _, name := range names(*first) {
		p := part{name: name}
		keep := func(d metrics.DocCount) bool { return nameOf(d) == name }
		own := first.Where(keep)
		p.documents = len(own.Docs)
		for _, t := range own.Totals() {
			p.support += int(t.Gold)
		}
		if p.support == 0 {
			continue
		}
		for _, v := range columns {
			var values []float64
			for _, o := range v.runs {
				if x := stat(of(o).Where(keep).Totals()); !math.IsNaN(x) {
					values = append(values, x)
				}
			}
			mean := math.NaN()
			if len(values) > 0 {
				mean, _ = metrics.MeanSD(values)
			}
			p.values = append(p.values, mean)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// partBlock is a titled part of the heat map.
type partBlock struct {
	title string
	rows  []part
	left  int // rows that there was no room for
}

// partBlocks gives domains, template families and families that training
// never saw, the hardest for the candidate first.
func (r *Report) partBlocks(columns []*variant) ([]partBlock, error) {
	_, metric, ok := tallyOf(r.best.runs[0], r.data.Sweep.Primary)
	if !ok {
		metric = "micro_f1"
	}
	domain := func(d metrics.DocCount) string { return d.Domain }
	template := func(d metrics.DocCount) string { return d.Template }
	var blocks []partBlock
	for _, b := range []struct {
		title string
		of    func(*experiments.Outcome) *metrics.Tally
		names func(metrics.Tally) []string
		name  func(metrics.DocCount) string
	}{
		{"domain", testTally, metrics.Tally.Domains, domain},
		{"template family", testTally, metrics.Tally.Templates, template},
		{"unseen template family", heldoutTally, metrics.Tally.Templates, template},
	} {
		rows, err := partsOf(columns, b.of, metric, b.names, b.name)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 || len(rows) == 1 && b.title == "domain" {
			continue
		}
		block := partBlock{title: b.title}
		if len(rows) > partTemplates {
			slices.SortStableFunc(rows, func(x, y part) int { return y.documents - x.documents })
			block.left = len(rows) - partTemplates
			rows = rows[:partTemplates]
		}
		slices.SortStableFunc(rows, func(x, y part) int {
			return cmp.Or(cmp.Compare(x.values[0], y.values[0]), cmp.Compare(x.name, y.name))
		})
		block.rows = rows
		blocks = append(blocks, block)
	}
	return blocks, nil
}

func planHeat(r *Report, f *fonts, width float64) (*drawing, error) {
	most := partMost
	narrow := width < WideWidth
	if narrow {
		most = partMostNarrow
	}
	columns := []*variant{r.candidate}
	if r.baseline != nil {
		columns = append(columns, r.baseline)
	}
	for _, v := range r.ranked {
		if len(columns) < most && v.coloured && !slices.Contains(columns, v) {
			columns = append(columns, v)
		}
	}
	for _, v := range columns {
		for _, o := range v.runs {
			if metrics.SameDocuments(r.best.runs[0].Test, o.Test) != nil {
				return nil, absent("the runs were not scored on the same documents")
			}
		}
	}
	blocks, err := r.partBlocks(columns)
	if err != nil {
		return nil, err
	}
	if len(blocks) == 0 {
		return nil, absent("the test documents tell neither domains nor template families")
	}
	var items []legendItem
	for _, v := range columns {
		items = append(items, legendItem{text: v.name, tint: v.tint, glyph: v.glyph})
	}
	legendHeight, paintLegend := legend(f, items, width)
	names := lettering{size: tickSize, tint: inkText, at: atEnd}
	nameRoom, rows, left := 0.0, 0, 0
	low, high := math.Inf(1), math.Inf(-1)
	for _, b := range blocks {
		left += b.left
		for _, p := range b.rows {
			rows++
			nameRoom = math.Max(nameRoom, f.measure(p.name, names))
			for _, v := range p.values {
				if !math.IsNaN(v) {
					low, high = math.Min(low, v), math.Max(high, v)
				}
			}
		}
	}
	nameRoom = math.Min(nameRoom, width*0.42)
	const countRoom = 34.0
	x0 := nameRoom + 6 + countRoom
	column := math.Min(math.Max((width-x0-4)/float64(len(columns)), partColumnLeast), partColumnMost)
	top := legendHeight + 8
	d := &drawing{
		title:  r.heatTitle(blocks),
		height: top + float64(rows)*partRowHeight + float64(len(blocks))*26 + 2,
		label:  fmt.Sprintf("Heat map of %s by domain and template family for %s.", metricShort(r.partMetric()), plural(len(columns), "variant", "variants")),
	}
	d.caption = fmt.Sprintf("%s on the documents of each part, means over seeds; the hardest for %s first. Grey: fewer than %d documents, too few to judge. n counts documents.",
		sentence(metricShort(r.partMetric())), r.candidate.name, experiments.MinDocuments)
	if left > 0 {
		d.caption += fmt.Sprintf(" Left out: %s with fewer documents.", plural(left, "family", "families"))
	}
	if len(columns) < len(r.variants) {
		d.caption += fmt.Sprintf(" %d of %s are shown.", len(columns), plural(len(r.variants), "variant", "variants"))
	}
	d.caption += " " + r.provenance(columns...)
	d.paint = func(c *canvas) {
		paintLegend(c, 0, 0)
		y := top
		for _, b := range blocks {
			y += 12
			c.text(0, y+2, "by "+b.title, lettering{size: textSize, bold: true, tint: inkText})
			if w := f.measure("by "+b.title, lettering{size: textSize, bold: true}); w < nameRoom+countRoom-10 {
				c.text(x0-6, y+2, "n", lettering{size: smallSize, bold: true, tint: inkMuted, at: atEnd})
			}
			for k, v := range columns {
				if x := x0 + column*(float64(k)+0.5); x-6 > f.measure("by "+b.title, lettering{size: textSize, bold: true}) {
					c.glyph(v.glyph, x, y-1, 3, v.tint, 0)
				}
			}
			y += 8
			for i := range b.rows {
				c.partRow(&b.rows[i], columns, x0, y, nameRoom, column, low, high)
				y += partRowHeight
			}
			y += 6
		}
	}
	return d, nil
}

// partRow draws a row of the heat map from y on.
func (c *canvas) partRow(p *part, columns []*variant, x0, y, nameRoom, column, low, high float64) {
	mid := y + partRowHeight/2 + tickSize*0.35
	names := lettering{size: tickSize, tint: inkText, at: atEnd}
	c.text(nameRoom, mid, c.fonts.fit(p.name, nameRoom, names), names)
	c.text(x0-6, mid, thousands(p.documents), lettering{size: smallSize, tint: inkMuted, at: atEnd})
	for k, v := range p.values {
		x := x0 + column*float64(k)
		back, ink := inkBand, inkMuted
		if p.documents >= experiments.MinDocuments && !math.IsNaN(v) {
			share := 1.0
			if high > low {
				share = (v - low) / (high - low)
			}
			back, ink = heat(share)
		}
		c.open(fmt.Sprintf("%s, %s: %s on %s with %s", p.name, columns[k].name, score(v), plural(p.documents, "document", "documents"), plural(p.support, "entity", "entities")))
		c.rect(x, y, column-0.8, partRowHeight-0.8, back, 0)
		text := score(v)
		if column < 30 && len(text) > 1 && text[0] == '0' {
			text = text[1:]
		}
		c.text(x+column/2, mid, text, lettering{size: tickSize, tint: ink, at: atMiddle})
		c.close()
	}
}

// partMetric is the metric of the heat map.
func (r *Report) partMetric() string {
	if _, name, ok := tallyOf(r.best.runs[0], r.data.Sweep.Primary); ok {
		return name
	}
	return "micro_f1"
}

// heatTitle names the hardest and the easiest part of the first block.
func (r *Report) heatTitle(blocks []partBlock) string {
	var rows []part
	for _, p := range blocks[0].rows {
		if p.documents >= experiments.MinDocuments {
			rows = append(rows, p)
		}
	}
	if len(rows) < 2 {
		return fmt.Sprintf("%s by %s", sentence(metricShort(r.partMetric())), blocks[0].title)
	}
	hard, easy := rows[0], rows[len(rows)-1]
	title := fmt.Sprintf("%s is the hardest %s for %s (%s), %s the easiest (%s)", hard.name, blocks[0].title, r.candidate.name, score(hard.values[0]), easy.name, score(easy.values[0]))
	if last := blocks[len(blocks)-1]; last.title == "unseen template family" {
		seen, unseen := r.meanMetric(r.candidate, testTally), r.meanMetric(r.candidate, heldoutTally)
		title += fmt.Sprintf("; on unseen templates it has %s, on seen ones %s", score(unseen), score(seen))
	}
	return title
}

// meanMetric is the metric of the heat map on a whole split.
func (r *Report) meanMetric(v *variant, of func(*experiments.Outcome) *metrics.Tally) float64 {
	var values []float64
	for _, o := range v.runs {
		if x, err := of(o).Metric(r.partMetric()); err == nil {
			values = append(values, x)
		}
	}
	mean, _ := metrics.MeanSD(values)
	return mean
}
