package reports

import (
	"math"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
)

// point is a place on a drawing, in typographic points from its top left.
type point struct{ x, y float64 }

// anchor says which part of a text stands at its x.
type anchor int

const (
	atStart anchor = iota
	atMiddle
	atEnd
)

// lettering is how a text is set. Size is in points.
type lettering struct {
	size float64
	bold bool
	tint tint
	at   anchor
}

// stroke is how a line is drawn. Width and dashes are in points.
type stroke struct {
	tint  tint
	width float64
	alpha float64 // 0 means opaque
	dash  []float64
}

// surface is what a drawing is put on. Coordinates are points from the top
// left, y downwards. Texts stand on their base line.
type surface interface {
	rect(x, y, w, h float64, t tint, alpha float64)
	polygon(points []point, t tint, alpha float64)
	polyline(points []point, s stroke)
	circle(x, y, r float64, t tint, alpha float64)
	text(x, y float64, s string, l lettering)
	// open starts a group of marks that note explains; on paper it does nothing.
	open(note string)
	close()
}

// canvas is a surface with its size and the fonts to measure texts with.
type canvas struct {
	surface
	width, height float64
	fonts         *fonts
}

// fonts measures and cuts texts. The zero value is of no use; make it with
// newFonts.
type fonts struct {
	cache *font.Cache
}

func newFonts() *fonts { return &fonts{cache: font.NewCache(liberation.Collection())} }

func (f *fonts) face(l lettering) font.Face {
	d := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if l.bold {
		d.Weight = xfont.WeightBold
	}
	return f.cache.Lookup(d, font.Length(l.size))
}

// measure gives the width of s in points.
func (f *fonts) measure(s string, l lettering) float64 {
	face := f.face(l)
	return float64(face.Width(s))
}

// fit gives s, or its longest beginning with an ellipsis that is no wider
// than room points.
func (f *fonts) fit(s string, room float64, l lettering) string {
	if f.measure(s, l) <= room {
		return s
	}
	runes := []rune(s)
	for len(runes) > 1 {
		runes = runes[:len(runes)-1]
		short := strings.TrimRight(string(runes), " ·_-") + "…"
		if f.measure(short, l) <= room {
			return short
		}
	}
	return "…"
}

// wrap breaks s at spaces into lines of at most room points; a single word
// that is wider is cut.
func (f *fonts) wrap(s string, room float64, l lettering) []string {
	var lines []string
	line := ""
	words := strings.Fields(s)
	for i := 0; i < len(words); i++ {
		word := words[i]
		if i+1 < len(words) && strings.HasPrefix(words[i+1], "%") { // a number and its sign stay together
			i++
			word += " " + words[i]
		}
		longer := word
		if line != "" {
			longer = line + " " + word
		}
		if line != "" && f.measure(longer, l) > room {
			lines = append(lines, line)
			longer = word
		}
		line = f.fit(longer, room, l)
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

func (c *canvas) line(x0, y0, x1, y1 float64, s stroke) {
	c.polyline([]point{{x0, y0}, {x1, y1}}, s)
}

// whisker draws an interval from x0 to x1 at height y with end caps.
func (c *canvas) whisker(x0, x1, y, caps float64, s stroke) {
	c.line(x0, y, x1, y, s)
	if caps > 0 {
		c.line(x0, y-caps, x0, y+caps, s)
		c.line(x1, y-caps, x1, y+caps, s)
	}
}

// glyph draws the n-th kind of mark, a second cue beside colour.
func (c *canvas) glyph(n int, x, y, r float64, t tint, alpha float64) {
	switch n % 4 {
	case 0:
		c.circle(x, y, r, t, alpha)
	case 1:
		d := r * math.Sqrt2
		c.polygon([]point{{x - d, y}, {x, y - d}, {x + d, y}, {x, y + d}}, t, alpha)
	case 2:
		s := r * 0.9
		c.rect(x-s, y-s, 2*s, 2*s, t, alpha)
	case 3:
		s := r * 1.25
		c.polygon([]point{{x - s, y + 0.75*s}, {x, y - s}, {x + s, y + 0.75*s}}, t, alpha)
	}
}

// twoLines breaks s into at most two lines of at most room points, at a space
// where that helps and within a word where it must; what is left is cut.
func (f *fonts) twoLines(s string, room float64, l lettering) []string {
	if f.measure(s, l) <= room {
		return []string{s}
	}
	runes := []rune(s)
	best := 0
	for i, r := range runes {
		if f.measure(string(runes[:i+1]), l) > room {
			if best == 0 {
				best = max(i, 1)
			}
			break
		}
		if strings.ContainsRune(" /_-·,+", r) {
			best = i + 1
		}
	}
	return []string{strings.TrimSpace(string(runes[:best])), f.fit(strings.TrimSpace(string(runes[best:])), room, l)}
}

// bands draws a band behind every other of groups of those heights, from y
// down, which guides the eye across their rows.
func (c *canvas) bands(y, width float64, heights []float64) {
	for i, h := range heights {
		if i%2 == 0 {
			c.rect(0, y, width, h, inkBand, 0)
		}
		y += h
	}
}
