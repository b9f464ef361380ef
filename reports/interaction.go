package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// Sizes of interaction plots in points.
const (
	crossingHeight = 150.0
	crossingLeast  = 200.0 // least width of a panel
	crossingMost   = 6     // panels; a sweep with more pairs of factors shows the strongest
)

// crossing is a pair of axes: means of the primary metric by the levels of both.
type crossing struct {
	along, lines int                  // axes: that along the panel, that of the lines
	cells        [][]metrics.Interval // by level of lines, by level of along; NaN without runs
	strength     float64
	strongest    *metrics.Contrast // nil where none could be estimated
}

// analyse takes the sweep by its factors over seeds; analysis stays nil with
// analysisReason where this is not possible.
func (r *Report) analyse() {
	d := metrics.Design{}
	var seeds []uint64
	for _, a := range r.data.Sweep.Axes {
		f := metrics.Factor{Name: a.Name}
		for _, l := range a.Levels {
			f.Levels = append(f.Levels, l.Name)
		}
		d.Factors = append(d.Factors, f)
	}
	for i := range r.data.Outcomes {
		seeds = append(seeds, r.data.Outcomes[i].Seed)
	}
	slices.Sort(seeds)
	seeds = slices.Compact(seeds)
	d.Blocks = len(seeds)
	for _, v := range r.variants {
		for _, o := range v.runs {
			value, ok := metricOf(o, r.data.Sweep.Primary)
			if !ok || math.IsNaN(value) {
				continue // the variant's row says so
			}
			c := metrics.Cell{Block: slices.Index(seeds, o.Seed), Value: value}
			for k, name := range v.levels {
				c.Levels = append(c.Levels, slices.Index(d.Factors[k].Levels, name))
			}
			d.Cells = append(d.Cells, c)
		}
	}
	if len(r.variants) < 2 {
		return
	}
	a, err := metrics.Analyse(d, metrics.DefaultLevel)
	if err != nil {
		r.analysisReason = err.Error()
		return
	}
	r.analysis = &a
}

// levelsWithRuns lists the levels of an axis that have runs, by their index.
func (r *Report) levelsWithRuns(axis int) []int {
	var out []int
	for k, l := range r.data.Sweep.Axes[axis].Levels {
		if slices.ContainsFunc(r.variants, func(v *variant) bool { return v.levels[axis] == l.Name }) {
			out = append(out, k)
		}
	}
	return out
}

// crossings lists the pairs of axes, those that interact most first.
func (r *Report) crossings() ([]crossing, error) {
	axes := r.data.Sweep.Axes
	var out []crossing
	for i := range axes {
		for k := i + 1; k < len(axes); k++ {
			a, b := r.levelsWithRuns(i), r.levelsWithRuns(k)
			if len(a) < 2 || len(b) < 2 {
				continue
			}
			c := crossing{along: i, lines: k}
			if len(b) > len(a) {
				c.along, c.lines = k, i
			}
			if r.analysis != nil {
				for n := range r.analysis.Interactions {
					x := &r.analysis.Interactions[n]
					if slices.Equal(x.Factors, []int{i, k}) && (c.strongest == nil || math.Abs(x.Value) > math.Abs(c.strongest.Value)) {
						c.strongest, c.strength = x, math.Abs(x.Value)
					}
				}
			}
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b crossing) int { return -cmp.Compare(a.strength, b.strength) })
	out = out[:min(len(out), crossingMost)]
	for i := range out {
		if err := r.fillCrossing(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fillCrossing gives the mean of every cell, with its interval over documents
// where the metric is one of counts.
func (r *Report) fillCrossing(c *crossing) error {
	axes := r.data.Sweep.Axes
	for _, l := range axes[c.lines].Levels {
		row := make([]metrics.Interval, len(axes[c.along].Levels))
		for k, a := range axes[c.along].Levels {
			row[k] = unknown(math.NaN())
			var runs []*experiments.Outcome
			var values []float64
			for _, v := range r.variants {
				if v.levels[c.lines] == l.Name && v.levels[c.along] == a.Name {
					runs = append(runs, v.runs...)
					values = append(values, v.values(r.data.Sweep.Primary)...)
				}
			}
			if len(values) == 0 {
				continue
			}
			mean, _ := metrics.MeanSD(values)
			row[k] = unknown(mean)
			v, ok, err := r.meanOf(runs, primaryOf)
			if err != nil {
				return err
			}
			if ok {
				row[k] = v
			}
		}
		c.cells = append(c.cells, row)
	}
	return nil
}

func planInteraction(r *Report, f *fonts, width float64) (*drawing, error) {
	if len(r.crossed) == 0 {
		return nil, absent("it needs two factors with runs at two levels each")
	}
	columns := max(1, min(len(r.crossed), int(width/crossingLeast)))
	if columns == 3 && len(r.crossed) == 4 {
		columns = 2
	}
	panelWidth := width / float64(columns)
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range r.crossed {
		for _, row := range c.cells {
			for _, v := range row {
				for _, x := range []float64{v.Value, v.Low, v.High} {
					if !math.IsNaN(x) {
						low, high = math.Min(low, x), math.Max(high, x)
					}
				}
			}
		}
	}
	pad := math.Max((high-low)*0.06, 0.002)
	axes := r.data.Sweep.Axes
	type placed struct {
		crossing
		x, y, top float64
		legend    func(c *canvas, x, y float64)
	}
	var all []placed
	y := 0.0
	for i := 0; i < len(r.crossed); i += columns {
		row := r.crossed[i:min(i+columns, len(r.crossed))]
		heads := make([]float64, len(row))
		most := 0.0
		for k, c := range row {
			items := []legendItem{}
			for n, l := range axes[c.lines].Levels {
				if slices.Contains(r.levelsWithRuns(c.lines), n) {
					items = append(items, legendItem{text: l.Name, tint: levelTint(n), glyph: n, line: true})
				}
			}
			h, paint := legend(f, items, panelWidth-14)
			heads[k], most = h, math.Max(most, h)
			all = append(all, placed{c, float64(k) * panelWidth, y, 0, paint})
		}
		for k := range row {
			all[i+k].top = y + 14 + most + 6
		}
		y += 14 + most + 6 + crossingHeight + 30
	}
	d := &drawing{
		title:  r.interactionTitle(),
		height: y - 4,
		label:  fmt.Sprintf("Means of %s by the levels of two factors at once, in %s.", metricName(r.data.Sweep.Primary), plural(len(r.crossed), "panel", "panels")),
	}
	d.caption = fmt.Sprintf("Means of %s over all runs with both levels; whiskers are 95 %% intervals over the %s, at these runs. Parallel lines: the factors add up. "+
		"The title rests on the analysis of variance over seeds. %s", metricName(r.data.Sweep.Primary), r.scoredOn(), r.provenance(r.variants...))
	d.paint = func(c *canvas) {
		for _, p := range all {
			ys := scale{lo: low - pad, hi: high + pad, from: p.top + crossingHeight, to: p.top}
			c.crossing(r, p.crossing, p.legend, ys, p.x, p.y, panelWidth)
		}
	}
	return d, nil
}

// crossing draws one panel whose left edge is x and whose head begins at y.
func (c *canvas) crossing(r *Report, p crossing, legend func(*canvas, float64, float64), ys scale, x, y, width float64) {
	axes := r.data.Sweep.Axes
	along := r.levelsWithRuns(p.along)
	left, right := x+axisRoom, x+width-10
	c.text(x+2, y+textSize+2, c.fonts.fit(axes[p.along].Name+" × "+axes[p.lines].Name, width-14, lettering{size: textSize, bold: true}), lettering{size: textSize, bold: true, tint: inkText})
	legend(c, x+2, y+14)
	c.gridY(ys, ys.ticks(5), left, right)
	step := (right - left) / float64(len(along))
	at := func(k int) float64 { return left + step*(float64(k)+0.5) }
	for k, level := range along {
		name := lettering{size: tickSize, tint: inkMuted, at: atMiddle}
		for n, line := range c.fonts.twoLines(axes[p.along].Levels[level].Name, step-3, name) {
			c.text(at(k), ys.from+tickSize+3+float64(n)*8, line, name)
		}
	}
	lines := r.levelsWithRuns(p.lines)
	for n, level := range lines {
		t := levelTint(level)
		shift := (float64(n) - float64(len(lines)-1)/2) * math.Min(4, step/float64(len(lines)+1))
		var path []point
		c.open(axes[p.lines].Name + " " + axes[p.lines].Levels[level].Name)
		for k, a := range along {
			v := p.cells[level][a]
			if math.IsNaN(v.Value) {
				continue
			}
			path = append(path, point{at(k) + shift, ys.at(v.Value)})
		}
		if len(path) > 1 {
			c.polyline(path, stroke{tint: t, width: 1.3})
		}
		for k, a := range along {
			v := p.cells[level][a]
			if math.IsNaN(v.Value) {
				continue
			}
			px := at(k) + shift
			c.open(fmt.Sprintf("%s, %s: %s", axes[p.along].Levels[a].Name, axes[p.lines].Levels[level].Name, withSpan(v, score)))
			if known(v) {
				c.line(px, ys.at(v.Low), px, ys.at(v.High), stroke{tint: t, width: errWidth, alpha: 0.8})
			}
			c.glyph(level, px, ys.at(v.Value), 2.6, t, 0)
			c.close()
		}
		c.close()
	}
}

// interactionTitle says which factors clearly depend on each other, if any do.
func (r *Report) interactionTitle() string {
	metric := metricShort(r.data.Sweep.Primary)
	axes := r.data.Sweep.Axes
	if r.analysis == nil {
		return "How the factors act together on " + metric + " (their interaction could not be estimated)"
	}
	// Adjusted over all interactions, as compare does.
	p := make([]float64, len(r.analysis.Interactions))
	for i, x := range r.analysis.Interactions {
		p[i] = x.P
	}
	adjusted := metrics.BenjaminiHochberg(p)
	var top *metrics.Contrast
	for i := range r.analysis.Interactions {
		x := &r.analysis.Interactions[i]
		found := experiments.MarkOf(experiments.Estimate{Value: x.Value, Interval: &[2]float64{x.Interval.Low, x.Interval.High}}, adjusted[i], metrics.DefaultLevel)
		if r.analysis.ResidualFreedom > 0 && found != experiments.Noise && (top == nil || math.Abs(x.Value) > math.Abs(top.Value)) {
			top = x
		}
	}
	switch {
	case r.analysis.ResidualFreedom == 0:
		return "How the factors act together on " + metric + ": without repeated seeds, an interaction cannot be told from noise"
	case top == nil:
		return "No two factors clearly depend on each other: their effects on " + metric + " add up"
	}
	// Told the way round in which it is more.
	a, b := top.Factors[0], top.Factors[1]
	with, than := top.To[1], top.From[1]
	if top.Value < 0 {
		with, than = than, with
	}
	return fmt.Sprintf("%s and %s depend on each other: %s over %s is worth %s more %s with %s than with %s",
		axes[a].Name, axes[b].Name, axes[a].Levels[top.To[0]].Name, axes[a].Levels[top.From[0]].Name,
		score(math.Abs(top.Value)), metric, axes[b].Levels[with].Name, axes[b].Levels[than].Name)
}
