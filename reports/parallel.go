package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/metrics"
)

// Sizes of parallel coordinates in points.
const (
	parallelHeight = 220.0
	parallelLeast  = 52.0 // between two axes
)

// coordinate is one vertical axis.
type coordinate struct {
	name   string
	levels []string // of a factor; nil of a number
	of     func(v *variant) float64
	write  func(float64) string
	least  bool // less is better: the axis is turned over
}

// coordinates lists the axes: factors with several levels, then figures. The
// primary metric is the last but it is never left out where room is short.
func (r *Report) coordinates(room int) []coordinate {
	var factors, figures []coordinate
	for i, a := range r.data.Sweep.Axes {
		if len(r.levelsWithRuns(i)) < 2 {
			continue
		}
		c := coordinate{name: a.Name}
		for _, k := range r.levelsWithRuns(i) {
			c.levels = append(c.levels, a.Levels[k].Name)
		}
		c.of = func(v *variant) float64 { return float64(slices.Index(c.levels, v.levels[i])) }
		factors = append(factors, c)
	}
	primary := coordinate{name: metricShort(r.data.Sweep.Primary) + " (" + splitName(r.data.Sweep.Primary) + ")",
		of: func(v *variant) float64 { return v.primary.Value }, write: score}
	for _, c := range []coordinate{
		{name: "macro F1 (test)", of: func(v *variant) float64 { return v.macro.Value }, write: score},
		{name: "micro F1 (test)", of: func(v *variant) float64 { return v.micro.Value }, write: score},
		{name: "rare F1 (test)", of: func(v *variant) float64 { return v.rare.Value }, write: score},
		{name: "time a run", of: func(v *variant) float64 { return v.seconds }, write: duration, least: true},
	} {
		known := slices.ContainsFunc(r.variants, func(v *variant) bool { return !math.IsNaN(c.of(v)) })
		if known && c.name != primary.name {
			figures = append(figures, c)
		}
	}
	for len(factors)+1+len(figures) > room && len(figures) > 0 {
		figures = figures[:len(figures)-1]
	}
	// Factors without room: those that explain least would go, but which do is
	// a finding; the last of the sweep's order go.
	if most := max(1, room-1-len(figures)); len(factors) > most {
		factors = factors[:most]
	}
	return append(append(factors, primary), figures...)
}

func planParallel(r *Report, f *fonts, width float64) (*drawing, error) {
	if len(r.variants) < 3 {
		return nil, absent("it needs three variants, and the sweep has %d", len(r.variants))
	}
	axes := r.coordinates(max(2, int(width/parallelLeast)))
	var items []legendItem
	grey := false
	for _, v := range r.ranked {
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
	const side = 34.0
	step := (width - 2*side) / float64(len(axes)-1)
	top := legendHeight + 34
	bottom := top + parallelHeight
	d := &drawing{
		title:  r.parallelTitle(),
		height: bottom + 16,
		label:  fmt.Sprintf("Parallel coordinates of %s over %s.", plural(len(r.variants), "variant", "variants"), plural(len(axes), "axis", "axes")),
	}
	d.caption = "One line per variant, means over seeds; up is better where an axis is a figure. Within a level, lines are spread by the primary metric, the best on top. " + r.provenance(r.variants...)
	place := r.placeLines(axes, top, bottom)
	d.paint = func(c *canvas) {
		paintLegend(c, 0, 0)
		order := slices.Clone(r.ranked)
		slices.Reverse(order) // the best is drawn last
		slices.SortStableFunc(order, func(a, b *variant) int {
			if a.coloured != b.coloured {
				if b.coloured {
					return -1
				}
				return 1
			}
			return 0
		})
		for k := range axes {
			x := side + step*float64(k)
			c.line(x, top, x, bottom, stroke{tint: inkError, width: 0.8})
		}
		for _, v := range order {
			c.parallelLine(v, place[v], axes, side, step)
		}
		for k, a := range axes {
			c.coordinate(r, a, side+step*float64(k), step, top, bottom)
		}
		for _, v := range order {
			for k, y := range place[v] {
				if v.coloured && axes[k].levels == nil && !math.IsNaN(y) {
					c.glyph(v.glyph, side+step*float64(k), y, 2.2, v.tint, 0)
				}
			}
		}
	}
	return d, nil
}

// placeLines gives the height of every variant on every axis. NaN is no value.
func (r *Report) placeLines(axes []coordinate, top, bottom float64) map[*variant][]float64 {
	place := map[*variant][]float64{}
	for _, a := range axes {
		if a.levels != nil {
			band := (bottom - top) / float64(len(a.levels))
			byLevel := map[float64][]*variant{}
			for _, v := range r.variants {
				byLevel[a.of(v)] = append(byLevel[a.of(v)], v)
			}
			for level, all := range byLevel {
				slices.SortStableFunc(all, func(x, y *variant) int { return -cmp.Compare(x.primary.Value, y.primary.Value) })
				for i, v := range all {
					share := 0.5
					if len(all) > 1 {
						share = 0.2 + 0.6*float64(i)/float64(len(all)-1)
					}
					place[v] = append(place[v], top+band*(level+share))
				}
			}
			continue
		}
		ys := a.scale(r, top, bottom)
		for _, v := range r.variants {
			y := math.NaN()
			if x := a.of(v); !math.IsNaN(x) {
				y = ys.at(x)
			}
			place[v] = append(place[v], y)
		}
	}
	return place
}

// scale is that of a figure over all variants.
func (a *coordinate) scale(r *Report, top, bottom float64) scale {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range r.variants {
		if x := a.of(v); !math.IsNaN(x) {
			low, high = math.Min(low, x), math.Max(high, x)
		}
	}
	s := scale{lo: low, hi: high, from: bottom, to: top}
	if a.least {
		s.from, s.to = top, bottom
	}
	return s
}

func (c *canvas) parallelLine(v *variant, ys []float64, axes []coordinate, side, step float64) {
	t, width, alpha := inkOther, 0.6, 0.7
	if v.coloured {
		t, width, alpha = v.tint, 1.4, 0
	}
	c.open(fmt.Sprintf("%s: %s", v.name, withSpan(v.primary, score)))
	var path []point
	flush := func() {
		if len(path) > 1 {
			c.polyline(path, stroke{tint: t, width: width, alpha: alpha, dash: v.dash})
		}
		path = nil
	}
	for k, y := range ys {
		if math.IsNaN(y) {
			flush()
			continue
		}
		path = append(path, point{side + step*float64(k), y})
	}
	flush()
	c.close()
}

// coordinate writes the name and the values of an axis, on paper so that
// lines do not run through them.
func (c *canvas) coordinate(r *Report, a coordinate, x, step, top, bottom float64) {
	head := lettering{size: tickSize, bold: true, tint: inkText, at: atMiddle}
	for i, line := range c.fonts.twoLines(a.name, step-4, head) {
		c.text(x, top-16+8*float64(i), line, head)
	}
	l := lettering{size: smallSize, tint: inkText, at: atMiddle}
	aside := 0.0 // figures stand beside the axis, so that they hide no mark
	if a.levels == nil {
		l.at, aside = atStart, 4
	}
	label := func(y float64, text string) {
		text = c.fonts.fit(text, step-4, l)
		w := c.fonts.measure(text, l)
		left := x + aside
		if a.levels != nil {
			left = x - w/2
		}
		c.rect(left-1.5, y-5, w+3, 8.5, inkPaper, 0.8)
		c.text(x+aside, y+1.5, text, l)
	}
	if a.levels != nil {
		band := (bottom - top) / float64(len(a.levels))
		for i, name := range a.levels {
			label(top+band*(float64(i)+0.5), name)
		}
		return
	}
	s := a.scale(r, top, bottom)
	if s.lo == s.hi {
		label((top+bottom)/2, a.write(s.lo))
		return
	}
	for i := range 4 {
		v := s.lo + (s.hi-s.lo)*float64(i)/3
		y := s.at(v)
		switch {
		case y == top:
			y += 3
		case y == bottom:
			y -= 2
		}
		label(y, a.write(v))
	}
}

// parallelTitle says what the upper part of the variants have in common.
func (r *Report) parallelTitle() string {
	byPrimary := slices.Clone(r.variants)
	slices.SortStableFunc(byPrimary, func(a, b *variant) int { return -cmp.Compare(a.primary.Value, b.primary.Value) })
	upper := byPrimary[:max(2, (len(byPrimary)+3)/4)]
	var shared []string
	for i, a := range r.data.Sweep.Axes {
		same := len(r.levelsWithRuns(i)) > 1
		for _, v := range upper {
			same = same && v.levels[i] == upper[0].levels[i]
		}
		if same {
			shared = append(shared, a.Name+" "+upper[0].levels[i])
		}
	}
	span := metrics.Interval{Low: byPrimary[len(byPrimary)-1].primary.Value, High: byPrimary[0].primary.Value}
	rangeText := fmt.Sprintf("%s runs from %s to %s over %s", metricShort(r.data.Sweep.Primary), score(span.Low), score(span.High), plural(len(r.variants), "variant", "variants"))
	if len(shared) == 0 {
		return sentence(rangeText) + "; the upper quarter shares no level"
	}
	joined := shared[0]
	for _, s := range shared[1:] {
		joined += ", " + s
	}
	return sentence(rangeText) + "; all of the upper quarter have " + joined
}
