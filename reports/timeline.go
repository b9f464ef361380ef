package reports

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/config"
)

// Sizes of the curriculum's timeline in points.
const (
	timelineCurves = 150.0
	timelineRow    = 15.0
	timelineMost   = 8 // schedules
)

// schedule is the stages that some variants went through, and how they did.
type schedule struct {
	name     string
	variants []*variant
	spans    []stageSpan
	top      *variant // the best of them, whose curve is drawn
}

// schedules groups the variants by curriculum and stages, in the order of the
// sweep: those that differ in the levels of an axis that sets the curriculum
// are apart even where their stages begin at the same epochs.
// Runs that stopped early have the stages of the longest with the same starts.
func (r *Report) schedules() []schedule {
	var out []schedule
	for _, v := range r.variants {
		var spans []stageSpan
		for _, o := range v.runs {
			own := stagesOf(o.Curves)
			if len(own) > 0 && (len(spans) == 0 || own[len(own)-1].last > spans[len(spans)-1].last) {
				spans = own
			}
		}
		if len(spans) == 0 {
			continue
		}
		at := slices.IndexFunc(out, func(s schedule) bool { return sameStarts(s.spans, spans) && r.sameCurriculum(s.variants[0], v) })
		if at < 0 {
			out = append(out, schedule{spans: spans, top: v})
			at = len(out) - 1
		}
		s := &out[at]
		s.variants = append(s.variants, v)
		if spans[len(spans)-1].last > s.spans[len(s.spans)-1].last {
			s.spans = spans
		}
		if slices.Index(r.ranked, v) < slices.Index(r.ranked, s.top) {
			s.top = v
		}
	}
	for i := range out {
		out[i].name = r.scheduleName(&out[i])
	}
	return out
}

// sameCurriculum says whether two variants have equal levels on every axis
// that sets the curriculum.
func (r *Report) sameCurriculum(a, b *variant) bool {
	for i, axis := range r.data.Sweep.Axes {
		sets := slices.ContainsFunc(axis.Levels, func(l config.Level) bool {
			return slices.ContainsFunc(l.Set, func(s config.Setting) bool { return strings.HasPrefix(s.Key, "curriculum.") })
		})
		if sets && a.levels[i] != b.levels[i] {
			return false
		}
	}
	return true
}

func sameStarts(a, b []stageSpan) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].stage != b[i].stage || a[i].first != b[i].first {
			return false
		}
	}
	return true
}

// scheduleName names a schedule by the levels that all its variants share and
// that some other variant lacks; where there are none, by its stages.
func (r *Report) scheduleName(s *schedule) string {
	var parts []string
	for i := range r.data.Sweep.Axes {
		var levels []string
		for _, v := range s.variants {
			if !slices.Contains(levels, v.levels[i]) {
				levels = append(levels, v.levels[i])
			}
		}
		if others := len(r.levelsWithRuns(i)); len(levels) < others {
			parts = append(parts, strings.Join(levels, " or "))
		}
	}
	if len(parts) == 0 || len(parts) > 2 {
		return plural(len(s.spans), "stage", "stages")
	}
	return strings.Join(parts, " · ")
}

func planTimeline(r *Report, f *fonts, width float64) (*drawing, error) {
	all := r.schedules()
	staged := slices.ContainsFunc(all, func(s schedule) bool { return len(s.spans) > 1 })
	if !staged {
		return nil, absent("no variant was trained in stages")
	}
	left := max(0, len(all)-timelineMost)
	all = all[:len(all)-left]
	first, last := math.MaxInt, math.MinInt
	var curves []curve
	var items []legendItem
	low, high := math.Inf(1), math.Inf(-1)
	for i, s := range all {
		first, last = min(first, s.spans[0].first), max(last, s.spans[len(s.spans)-1].last)
		c := curveOf(s.top, validationCurve)
		curves = append(curves, c)
		for k := range c.epochs {
			low, high = math.Min(low, c.low[k]), math.Max(high, c.top[k])
		}
		items = append(items, legendItem{text: s.name + " (best: " + s.top.name + ")", tint: levelTint(i), glyph: i, line: true})
	}
	if first == last {
		return nil, absent("every run has a single epoch, which makes no curve")
	}
	narrow := width < WideWidth
	legendHeight, paintLegend := legend(f, items, width)
	names := lettering{size: tickSize, tint: inkText, at: atEnd}
	nameRoom := axisRoom
	if !narrow {
		for _, s := range all {
			nameRoom = math.Max(nameRoom, f.measure(s.name, names)+6)
		}
		nameRoom = math.Min(nameRoom, width*0.28)
	}
	row := timelineRow
	if narrow {
		row += 10 // the name stands above the bar
	}
	top := legendHeight + 18
	bars := top + timelineCurves + 10
	bottom := bars + row*float64(len(all))
	xs := scale{lo: float64(first) + 0.5, hi: float64(last) + 1.5, from: nameRoom, to: width - 8}
	d := &drawing{
		title:  r.timelineTitle(all, curves),
		height: bottom + 24,
		label:  fmt.Sprintf("Validation macro F1 by epoch above the stages of %s.", plural(len(all), "curriculum", "curricula")),
	}
	d.caption = "Above: macro F1 on the validation split of the best variant of each curriculum, mean over seeds, bands from the least to the greatest seed; the mark is its best epoch. " +
		"Below: the stages of each; the last has all labels and documents."
	if left > 0 {
		d.caption += fmt.Sprintf(" Left out: %d more.", left)
	}
	shown := make([]*variant, len(all))
	for i := range all {
		shown[i] = all[i].top
	}
	d.caption += " " + r.provenance(shown...)
	d.paint = func(c *canvas) {
		paintLegend(c, 0, 0)
		pad := math.Max(0.04*(high-low), 0.005)
		ys := scale{lo: math.Max(0, low-pad), hi: high + pad, from: top + timelineCurves, to: top}
		c.text(2, top-6, "macro F1 (validation)", lettering{size: textSize, bold: true, tint: inkText})
		c.gridY(ys, ys.ticks(5), xs.from, xs.to)
		for i := range all {
			// Where a stage of this curriculum begins, its curve is marked.
			for _, s := range all[i].spans[1:] {
				x := xs.at(float64(s.first) + 0.5)
				c.line(x, top, x, top+timelineCurves, stroke{tint: levelTint(i), width: 0.6, alpha: 0.5, dash: []float64{2, 2}})
			}
		}
		for i := range all {
			c.timelineCurve(&curves[i], levelTint(i), i, xs, ys)
			y := bars + row*float64(i)
			if narrow {
				c.text(2, y+8, f.fit(all[i].name, width-4, names), lettering{size: tickSize, tint: inkText})
				y += 10
			} else {
				c.text(nameRoom-6, y+timelineRow/2+tickSize*0.35, f.fit(all[i].name, nameRoom-6, names), names)
			}
			c.timelineBar(&all[i], levelTint(i), xs, y)
		}
		for _, t := range wholeTicks(scale{lo: float64(first + 1), hi: float64(last + 1)}, int((xs.to-xs.from)/28)) {
			c.text(xs.at(t.value), bottom+tickSize+3, t.text, lettering{size: tickSize, tint: inkMuted, at: atMiddle})
		}
		c.text((xs.from+xs.to)/2, bottom+20, "epoch", lettering{size: tickSize, bold: true, tint: inkMuted, at: atMiddle})
	}
	return d, nil
}

// timelineCurve draws the validation curve of a schedule and marks its best epoch.
func (c *canvas) timelineCurve(k *curve, t tint, glyph int, xs, ys scale) {
	if len(k.epochs) == 0 {
		return
	}
	var line, band []point
	best := 0
	for i, e := range k.epochs {
		x := xs.at(float64(e + 1))
		line = append(line, point{x, ys.at(k.mean[i])})
		band = append(band, point{x, ys.at(k.top[i])})
		if k.mean[i] > k.mean[best] {
			best = i
		}
	}
	for i := len(k.epochs) - 1; i >= 0; i-- {
		band = append(band, point{xs.at(float64(k.epochs[i] + 1)), ys.at(k.low[i])})
	}
	c.open(fmt.Sprintf("%s: best macro F1 %s after epoch %d", k.variant.name, score(k.mean[best]), k.epochs[best]+1))
	if len(k.variant.runs) > 1 {
		c.polygon(band, t, 0.12)
	}
	c.polyline(line, stroke{tint: t, width: 1.3})
	c.glyph(glyph, line[best].x, line[best].y, 3, t, 0)
	c.close()
}

// timelineBar draws the stages of a schedule as one bar in parts, paler for
// earlier stages.
func (c *canvas) timelineBar(s *schedule, t tint, xs scale, y float64) {
	for i, span := range s.spans {
		x0, x1 := stageEnds(span, xs)
		alpha := 0.1 + 0.35*float64(i+1)/float64(len(s.spans))
		c.open(fmt.Sprintf("%s: stage %d of %d, epochs %d to %d", s.name, i+1, len(s.spans), span.first+1, span.last+1))
		c.rect(x0+0.5, y+2, x1-x0-1, timelineRow-4, t, alpha)
		text := strconv.Itoa(i + 1)
		if long := "stage " + text; c.fonts.measure(long, lettering{size: smallSize}) < x1-x0-4 {
			text = long
		}
		if len(s.spans) == 1 {
			text = "all at once"
		}
		l := lettering{size: smallSize, bold: true, tint: inkText, at: atMiddle}
		if c.fonts.measure(text, l) < x1-x0-2 {
			c.text((x0+x1)/2, y+timelineRow/2+smallSize*0.36, text, l)
		}
		c.close()
	}
}

// timelineTitle compares the best epochs of the schedules, without calling a
// difference clear: that is what the effects are for.
func (r *Report) timelineTitle(all []schedule, curves []curve) string {
	type high struct {
		name  string
		value float64
		epoch int
	}
	var tops []high
	for i, c := range curves {
		h := high{name: all[i].name, value: math.Inf(-1)}
		for k, m := range c.mean {
			if m > h.value {
				h.value, h.epoch = m, c.epochs[k]
			}
		}
		if len(c.mean) > 0 {
			tops = append(tops, h)
		}
	}
	if len(tops) == 0 {
		return "The stages of " + plural(len(all), "curriculum", "curricula")
	}
	slices.SortStableFunc(tops, func(a, b high) int {
		switch {
		case a.value > b.value:
			return -1
		case a.value < b.value:
			return 1
		}
		return 0
	})
	title := fmt.Sprintf("Curriculum %s gets highest on the validation split: %s after epoch %d", tops[0].name, score(tops[0].value), tops[0].epoch+1)
	if len(tops) > 1 {
		title += fmt.Sprintf("; %s next: %s after epoch %d", tops[1].name, score(tops[1].value), tops[1].epoch+1)
	}
	return title
}
