package reports

import (
	"fmt"
	"math"
	"strconv"
)

// scale maps values to places along one axis of a panel, lo to from and hi to
// to. A logarithmic scale needs lo > 0.
type scale struct {
	lo, hi   float64
	from, to float64
	log      bool
}

// at gives the place of v; values outside lo to hi stand at the edge.
func (s scale) at(v float64) float64 {
	v = math.Min(math.Max(v, s.lo), s.hi)
	share := 0.0
	switch {
	case s.hi == s.lo:
		share = 0.5
	case s.log:
		share = math.Log(v/s.lo) / math.Log(s.hi/s.lo)
	default:
		share = (v - s.lo) / (s.hi - s.lo)
	}
	return s.from + share*(s.to-s.from)
}

// tick is a place on an axis and what is written there.
type tick struct {
	value float64
	text  string
}

// ticks gives round values within the scale, about n of them, all written
// with the same number of decimals.
func (s scale) ticks(n int) []tick {
	if width := s.hi - s.lo; math.IsNaN(width) || math.IsInf(width, 0) || s.log && s.lo <= 0 {
		panic(fmt.Sprintf("reports: ticks: scale from %v to %v, logarithmic %v", s.lo, s.hi, s.log))
	}
	if s.log {
		return s.logTicks(n)
	}
	if !(s.hi > s.lo) {
		return []tick{{s.lo, trimmed(s.lo, 2)}}
	}
	step := roundStep((s.hi - s.lo) / float64(n))
	decimals := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	if step < 10 && step/math.Pow(10, math.Floor(math.Log10(step)+1e-9)) == 2.5 {
		decimals++
	}
	var out []tick
	first := math.Ceil(s.lo/step - 1e-9)
	for i := first; i*step <= s.hi+step*1e-9; i++ {
		v := i * step
		if v == 0 {
			v = 0 // no negative zero
		}
		out = append(out, tick{v, strconv.FormatFloat(v, 'f', decimals, 64)})
	}
	return out
}

// logTicks gives round multiples of powers of ten, as many kinds of multiples
// as n allows.
func (s scale) logTicks(n int) []tick {
	var out []tick
	for _, multiples := range [][]float64{{1, 1.5, 2, 3, 4, 5, 7}, {1, 2, 5}, {1, 3}, {1}} {
		out = nil
		for p := math.Floor(math.Log10(s.lo)); p <= math.Ceil(math.Log10(s.hi)); p++ {
			for _, m := range multiples {
				v := m * math.Pow(10, p)
				if v >= s.lo*(1-1e-9) && v <= s.hi*(1+1e-9) {
					out = append(out, tick{v, trimmed(v, max(0, 1-int(p)))})
				}
			}
		}
		if len(out) <= n {
			break
		}
	}
	return out
}

// roundStep gives the least of 1, 2, 2.5, 5 times a power of ten that is at
// least raw.
func roundStep(raw float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= raw*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// trimmed writes v with at most the given decimals and no closing zeros.
func trimmed(v float64, decimals int) string {
	scaled := math.Pow(10, float64(decimals))
	v = math.Round(v*scaled) / scaled
	if v == 0 {
		v = 0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// Sizes and strokes that all figures share, in points.
const (
	textSize  = 8.0 // titles of panels, legends
	tickSize  = 7.0 // labels of ticks, rows of tables
	smallSize = 6.5 // captions and notes
	gridWidth = 0.5
	errWidth  = 0.7
)

// gridX draws vertical rules and tick labels below a panel that spans top to
// bottom. Panels have rules in the direction that values are read, only.
func (c *canvas) gridX(s scale, ticks []tick, top, bottom float64) {
	for _, t := range ticks {
		x := s.at(t.value)
		c.line(x, top, x, bottom, stroke{tint: inkGrid, width: gridWidth})
		c.text(x, bottom+tickSize+2, t.text, lettering{size: tickSize, tint: inkMuted, at: atMiddle})
	}
}

// gridY draws horizontal rules and tick labels left of a panel that spans
// left to right.
func (c *canvas) gridY(s scale, ticks []tick, left, right float64) {
	for _, t := range ticks {
		y := s.at(t.value)
		c.line(left, y, right, y, stroke{tint: inkGrid, width: gridWidth})
		c.text(left-4, y+tickSize*0.35, t.text, lettering{size: tickSize, tint: inkMuted, at: atEnd})
	}
}
