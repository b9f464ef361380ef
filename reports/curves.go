package reports

import (
	"fmt"
	"math"
	"strings"
)

// Sizes of the panels of learning curves in points.
const (
	curveHeight  = 84.0  // of a panel of a loss component
	curveTall    = 150.0 // of the panel of the validation metric
	curveMinimum = 190.0 // least width of a panel, axis included
	axisRoom     = 30.0  // left of a panel, for its tick labels
)

func planCurves(r *Report, f *fonts, width float64) (*drawing, error) {
	panels := r.curvePanels()
	if len(panels) == 0 {
		return nil, absent("no run recorded a metric by epoch")
	}
	spans, agree := r.stageSpans()
	first, last := math.MaxInt, math.MinInt
	for _, p := range panels {
		for _, c := range p.curves {
			first, last = min(first, c.epochs[0]), max(last, c.epochs[len(c.epochs)-1])
		}
	}
	if first == last {
		return nil, absent("every run has a single epoch, which makes no curve")
	}

	var items []legendItem
	grey := false
	for _, v := range r.variants {
		if v.coloured {
			items = append(items, legendItem{text: v.name, tint: v.tint, dash: v.dash, glyph: v.glyph, line: true})
		} else {
			grey = true
		}
	}
	if grey {
		items = append(items, legendItem{text: "other variants", tint: inkOther, line: true})
	}
	legendHeight, paintLegend := legend(f, items, width)

	// The validation metric has the whole width; losses share the rest.
	columns := max(1, int(width/curveMinimum))
	type placed struct {
		curvePanel
		x, y, w, h float64
	}
	var all []placed
	y, column := legendHeight+6, 0
	const gap = 32.0 // title above, tick labels below
	for _, p := range panels {
		if p.name == validationCurve {
			all = append(all, placed{p, 0, y + 12, width, curveTall})
			y += curveTall + gap
			continue
		}
		w := width / float64(columns)
		all = append(all, placed{p, float64(column) * w, y + 12, w, curveHeight})
		if column++; column == columns {
			column, y = 0, y+curveHeight+gap
		}
	}
	if column > 0 {
		y += curveHeight + gap
	}
	d := &drawing{
		title:  r.curveTitle(panels),
		height: y + 2,
		label:  fmt.Sprintf("Learning curves of %s: %s.", plural(len(r.variants), "variant", "variants"), panelNames(panels)),
	}
	d.caption = "Lines are means over seeds"
	if r.fewestSeeds() > 1 {
		d.caption += ", bands span the least to the greatest seed"
	}
	d.caption += ". Losses are means over the steps of an epoch, unweighted but for the total."
	switch {
	case !agree:
		d.caption += " The variants change stage at different epochs, so stages are not shaded."
	case len(spans) > 1:
		d.caption += fmt.Sprintf(" Shading: the %d stages of the staged variants.", len(spans))
	}
	d.caption += " " + r.provenance(r.variants...)
	d.paint = func(c *canvas) {
		paintLegend(c, 0, 0)
		for _, p := range all {
			c.curvePanel(p.curvePanel, spans, first, last, p.x+axisRoom, p.y, p.x+p.w-8, p.y+p.h)
		}
	}
	return d, nil
}

func panelNames(panels []curvePanel) string {
	names := make([]string, len(panels))
	for i, p := range panels {
		names[i] = panelTitle(p.name)
	}
	return strings.Join(names, ", ")
}

func panelTitle(name string) string {
	if part, ok := strings.CutPrefix(name, "loss/"); ok {
		if part == "total" {
			return "total loss (weighted)"
		}
		return part + " loss"
	}
	return metricName(name)
}

// stageEnds gives where a stage begins and ends: half way between epochs.
func stageEnds(s stageSpan, xs scale) (x0, x1 float64) {
	return xs.at(float64(s.first) + 0.5), xs.at(float64(s.last) + 1.5)
}

// stages shades every other stage.
func (c *canvas) stages(spans []stageSpan, xs scale, top, bottom float64) {
	for i := 0; i < len(spans); i += 2 {
		x0, x1 := stageEnds(spans[i], xs)
		c.rect(x0, top, x1-x0, bottom-top, inkBand, 0)
	}
}

// stageNames writes which stage is which, over the grid.
func (c *canvas) stageNames(spans []stageSpan, xs scale, bottom float64) {
	l := lettering{size: smallSize, tint: inkMuted, at: atMiddle}
	for i, s := range spans {
		x0, x1 := stageEnds(s, xs)
		text := fmt.Sprintf("stage %d", s.stage+1)
		room := c.fonts.measure(text, l) + 4
		if room > x1-x0 {
			continue
		}
		back := inkBand
		if i%2 == 1 {
			back = inkPaper
		}
		c.rect((x0+x1-room)/2, bottom-11, room, 9, back, 0)
		c.text((x0+x1)/2, bottom-4, text, l)
	}
}

// wholeTicks gives at most n whole numbers on s.
func wholeTicks(s scale, n int) []tick {
	step := math.Max(1, math.Ceil(roundStep((s.hi-s.lo)/float64(max(n, 1)))))
	var out []tick
	for v := math.Ceil(s.lo/step) * step; v <= s.hi; v += step {
		out = append(out, tick{v, trimmed(v, 0)})
	}
	return out
}

// curvePanel draws one panel whose data lie in left to right, top to bottom.
func (c *canvas) curvePanel(p curvePanel, spans []stageSpan, first, last int, left, top, right, bottom float64) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, k := range p.curves {
		for i := range k.epochs {
			low, high = math.Min(low, k.low[i]), math.Max(high, k.top[i])
		}
	}
	ys := scale{lo: low, hi: high, from: bottom, to: top, log: p.log && high/low > 4}
	if !ys.log {
		pad := math.Max(0.04*(high-low), 1e-9)
		ys.lo, ys.hi = low-pad, high+pad
		if low >= 0 {
			ys.lo = math.Max(ys.lo, 0)
		}
	} else {
		ys.lo, ys.hi = low*0.9, high*1.1
	}
	// Epochs are counted from 1 for people.
	xs := scale{lo: float64(first + 1), hi: float64(last + 1), from: left, to: right}
	if len(spans) > 1 {
		c.stages(spans, xs, top, bottom)
	}
	c.gridY(ys, ys.ticks(5), left, right)
	if len(spans) > 1 && bottom-top > curveHeight {
		c.stageNames(spans, xs, bottom)
	}
	for _, t := range wholeTicks(xs, int((right-left)/28)) {
		c.text(xs.at(t.value), bottom+tickSize+3, t.text, lettering{size: tickSize, tint: inkMuted, at: atMiddle})
	}
	c.text(left-7, bottom+tickSize+3, "epoch", lettering{size: smallSize, tint: inkMuted, at: atEnd})
	c.text(left-axisRoom+2, top-5, panelTitle(p.name), lettering{size: textSize, bold: true, tint: inkText})
	for _, coloured := range []bool{false, true} { // greys below
		for _, k := range p.curves {
			if k.variant.coloured == coloured {
				c.curve(k, xs, ys)
			}
		}
	}
}

func (c *canvas) curve(k curve, xs, ys scale) {
	var line, band []point
	for i, e := range k.epochs {
		line = append(line, point{xs.at(float64(e + 1)), ys.at(k.mean[i])})
		band = append(band, point{xs.at(float64(e + 1)), ys.at(k.top[i])})
	}
	for i := len(k.epochs) - 1; i >= 0; i-- {
		band = append(band, point{xs.at(float64(k.epochs[i] + 1)), ys.at(k.low[i])})
	}
	t, width := k.variant.tint, 1.3
	if !k.variant.coloured {
		t, width = inkOther, 0.7
	}
	c.open(k.variant.name)
	if k.variant.coloured && len(k.variant.runs) > 1 {
		c.polygon(band, t, 0.12)
	}
	c.polyline(line, stroke{tint: t, width: width, dash: k.variant.dash})
	if k.variant.coloured {
		end := line[len(line)-1]
		c.glyph(k.variant.glyph, end.x, end.y, 2.2, t, 0)
	}
	c.close()
}
