package dashboard

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
)

// series is a line of a chart. A value that is NaN or infinite is a gap.
type series struct {
	name   string
	x, y   []float64
	stages []stageStart
}

// stageStart is where a stage of a curriculum begins.
type stageStart struct {
	stage int
	x     float64
}

// lineChart is lines over a common axis of epochs.
type lineChart struct {
	lines    []series
	from, to float64 // of the vertical axis; NaN for the range of the lines
	mark     float64 // an epoch to point out; 0 for none
}

// drawing is a chart for wide and for narrow pages. It holds no text that is
// not escaped.
type drawing struct{ Wide, Narrow template.HTML }

// Sizes of a chart, in the units of its view box, and the rooms at its sides.
const (
	wideChart    = 560.0
	narrowChart  = 340.0
	chartHeight  = 230.0
	leftRoom     = 44.0
	rightRoom    = 12.0
	topRoom      = 10.0
	bottomRoom   = 34.0
	legendLine   = 16.0
	letterWidth  = 6.2 // of a letter of 12 units, on the large side
	legendSwatch = 22.0
)

func drawChart(c lineChart) drawing {
	return drawing{template.HTML(c.svg(wideChart, "wide")), template.HTML(c.svg(narrowChart, "narrow"))}
}

// svg draws the chart. Colours are classes of reports.Style.
func (c lineChart) svg(width float64, class string) string {
	legend, rows := c.legend(width)
	height := chartHeight + float64(rows)*legendLine
	x0, x1 := c.rangeOf(func(s series) []float64 { return s.x })
	if x1 == x0 {
		x0, x1 = x0-0.5, x1+0.5
	}
	lo, hi := c.from, c.to
	if math.IsNaN(lo) {
		lo, hi = c.rangeOf(func(s series) []float64 { return s.y })
		lo = math.Min(0, lo)
		if hi <= lo {
			hi = lo + 1
		}
	}
	ticks, step := scaleTicks(lo, hi)
	hi = math.Max(hi, ticks[len(ticks)-1])
	bottom := topRoom + float64(rows)*legendLine + chartHeight - topRoom - bottomRoom
	top := topRoom + float64(rows)*legendLine
	px := func(x float64) float64 { return leftRoom + (x-x0)/(x1-x0)*(width-leftRoom-rightRoom) }
	py := func(y float64) float64 { return bottom - (y-lo)/(hi-lo)*(bottom-top) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart %s" viewBox="0 0 %g %g" role="img" aria-label="%s">`, class, width, height, template.HTMLEscapeString(c.label()))
	b.WriteString(legend)
	for _, t := range ticks {
		fmt.Fprintf(&b, `<line class="s-grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, leftRoom, width-rightRoom, py(t), py(t))
		fmt.Fprintf(&b, `<text class="f-muted" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, leftRoom-6, py(t)+4, tickText(t, step))
	}
	for _, t := range wholeTicks(x0, x1, width) {
		fmt.Fprintf(&b, `<text class="f-muted" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, px(t), bottom+17, strconv.FormatFloat(t, 'f', -1, 64))
	}
	fmt.Fprintf(&b, `<text class="f-muted" x="%.1f" y="%.1f" text-anchor="end">epoch</text>`, width-rightRoom, bottom+31)
	if c.mark > 0 {
		fmt.Fprintf(&b, `<line class="s-muted dashed" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, px(c.mark), px(c.mark), top, bottom)
		fmt.Fprintf(&b, `<text class="f-muted" x="%.1f" y="%.1f"%s>best</text>`, px(c.mark)+map[bool]float64{true: -4, false: 4}[px(c.mark) > width-60], top+10, map[bool]string{true: ` text-anchor="end"`}[px(c.mark) > width-60])
	}
	for _, s := range c.stages() {
		fmt.Fprintf(&b, `<line class="s-other dashed" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, px(s.x-0.5), px(s.x-0.5), top, bottom)
		fmt.Fprintf(&b, `<text class="f-muted" x="%.1f" y="%.1f">stage %d</text>`, px(s.x-0.5)+4, bottom-5, s.stage+1)
	}
	for i, s := range c.lines {
		c.line(&b, i, s, px, py)
	}
	b.WriteString("</svg>")
	return b.String()
}

// line draws a series; a gap ends a stretch of it.
func (c lineChart) line(b *strings.Builder, i int, s series, px, py func(float64) float64) {
	var points []string
	flush := func() {
		if len(points) > 1 {
			fmt.Fprintf(b, `<polyline class="line s-v%d%s" points="%s"/>`, i, dashClass(i), strings.Join(points, " "))
		} else if len(points) == 1 {
			x, y, _ := strings.Cut(points[0], ",")
			fmt.Fprintf(b, `<circle class="f-v%d" cx="%s" cy="%s" r="3"/>`, i, x, y)
		}
		points = nil
	}
	for k, y := range s.y {
		if math.IsNaN(y) || math.IsInf(y, 0) {
			flush()
			continue
		}
		points = append(points, fmt.Sprintf("%.1f,%.1f", px(s.x[k]), py(y)))
	}
	flush()
}

// dashClass tells every second line by more than its colour.
func dashClass(i int) string {
	if i%2 == 1 {
		return " dashed"
	}
	return ""
}

// legend names the lines in rows above the chart.
func (c lineChart) legend(width float64) (svg string, rows int) {
	var b strings.Builder
	x := leftRoom
	rows = 1
	for i, s := range c.lines {
		need := legendSwatch + letterWidth*float64(len([]rune(s.name))) + 14
		if x+need > width && x > leftRoom {
			x = leftRoom
			rows++
		}
		y := topRoom + legendLine*float64(rows-1)
		fmt.Fprintf(&b, `<line class="line s-v%d%s" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, i, dashClass(i), x, x+16, y, y)
		fmt.Fprintf(&b, `<text class="f-ink" x="%.1f" y="%.1f">%s</text>`, x+legendSwatch, y+4, template.HTMLEscapeString(s.name))
		x += need
	}
	return b.String(), rows
}

// label says in words what the chart shows last.
func (c lineChart) label() string {
	var parts []string
	for _, s := range c.lines {
		if n := len(s.y); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s at epoch %g", s.name, figure(s.y[n-1]), s.x[n-1]))
		}
	}
	return strings.Join(parts, ", ")
}

// stages are where the stages after the first begin, of the first line.
func (c lineChart) stages() []stageStart {
	if len(c.lines) == 0 || len(c.lines[0].stages) < 2 {
		return nil
	}
	return c.lines[0].stages[1:]
}

// rangeOf is the least and the greatest of the finite values.
func (c lineChart) rangeOf(values func(series) []float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, s := range c.lines {
		for _, v := range values(s) {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
	}
	if lo > hi {
		return 0, 1
	}
	return lo, hi
}

// scaleTicks are round numbers from lo to above hi, about four of them.
func scaleTicks(lo, hi float64) (ticks []float64, step float64) {
	raw := (hi - lo) / 4
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	step = 10 * power
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= raw*(1-1e-9) {
			step = m * power
			break
		}
	}
	for k := math.Ceil(lo/step - 1e-9); ; k++ {
		ticks = append(ticks, k*step)
		if k*step >= hi-1e-9*step {
			return ticks, step
		}
	}
}

func tickText(t, step float64) string {
	decimals := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	if step < 1 && math.Abs(step*math.Pow(10, float64(decimals))-math.Round(step*math.Pow(10, float64(decimals)))) > 1e-9 {
		decimals++
	}
	return strings.TrimPrefix(strconv.FormatFloat(t+0, 'f', min(decimals, 6), 64), map[bool]string{true: "-"}[t == 0])
}

// wholeTicks are whole numbers from lo to hi, as many as have room.
func wholeTicks(lo, hi, width float64) []float64 {
	room := max(2, math.Floor(width/60))
	for _, step := range []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000} {
		if (hi-lo)/step <= room {
			var ticks []float64
			for t := math.Ceil(lo/step) * step; t <= hi; t += step {
				ticks = append(ticks, t)
			}
			if first := math.Ceil(lo); !slices.Contains(ticks, first) && (len(ticks) == 0 || ticks[0]-first >= step*0.6) {
				ticks = append([]float64{first}, ticks...)
			}
			return ticks
		}
	}
	return []float64{lo, hi}
}
