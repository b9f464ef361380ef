package draw

import (
	"fmt"
	"math"

	"golang.org/x/image/vector"

	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// Painter paints pages as pictures. It keeps the characters that it has
// painted, so the pages that follow cost less; it is not for use by several
// goroutines at once.
type Painter struct {
	outlines outlines
	strikes  map[strikeKey]*strike
	held     int // bytes of masks in strikes
	canvas   canvas
	packer   packer
}

// NewPainter gives a painter without characters.
func NewPainter() *Painter { return &Painter{strikes: map[strikeKey]*strike{}} }

// A strike is a font at one size, across and down in units of 1/strikeSteps
// pixels: the widths of words are exact, only the size of a character is
// rounded.
type strikeKey struct {
	font         typeset.Font
	across, down int32
}

const strikeSteps = 8

// strike holds the masks of the characters of a font at a size, each at
// columnPhases places between two columns of pixels and at rows places
// between two rows.
type strike struct {
	rows  int
	masks []*mask // [256][columnPhases][rows]
}

const (
	columnPhases = 4
	// Type whose size is less than so many pixels looks uneven when its base
	// line keeps to the rows of pixels.
	unevenBelow = 7.0
	rowPhases   = 4
	// Characters larger than so many pixels are rare and painted each time.
	largestKept = 90.0
	// Masks that a painter keeps before it starts afresh.
	mostHeld = 48 << 20
)

// paint paints a page on the canvas in pixels of the size of the canvas.
func (p *Painter) paint(page *typeset.Page, width, height, depth int) error {
	p.canvas.reset(width, height, depth)
	sx, sy := float64(width)/page.Width, float64(height)/page.Height
	for k := range page.Marks {
		m := &page.Marks[k]
		switch m.Kind {
		case typeset.MarkWord:
			if err := p.word(&m.Word, m.Colour, sx, sy); err != nil {
				return err
			}
		case typeset.MarkArea:
			p.canvas.area(m.Path, m.Colour, sx, sy)
		case typeset.MarkLine:
			p.canvas.rule(m.Path, m.Width, m.Colour, sx, sy)
		default:
			panic(fmt.Sprintf("draw: paint: a mark of kind %d", m.Kind))
		}
	}
	return nil
}

// word paints a word.
func (p *Painter) word(w *typeset.Word, ink typeset.Colour, sx, sy float64) error {
	if ch, missing := typeset.Missing(w.Text); missing {
		return fmt.Errorf("drawing %q: no font has the character %q", w.Text, ch)
	}
	if w.Angle != 0 || w.Size*sy > largestKept {
		p.turned(w, ink, sx, sy)
		return nil
	}
	s := p.strike(strikeKey{w.Font, int32(w.Size*sx*strikeSteps + 0.5), int32(w.Size*sy*strikeSteps + 0.5)})
	x, y := w.At.X*sx, w.At.Y*sy
	row := math.Floor(y + 0.5)
	rowPhase := 0
	if s.rows > 1 {
		steps := math.Floor(y*rowPhases + 0.5)
		row = math.Floor(steps / rowPhases)
		rowPhase = int(steps - row*rowPhases)
	}
	for _, ch := range w.Text {
		code, _ := typeset.Code(ch)
		steps := math.Floor(x*columnPhases + 0.5)
		column := math.Floor(steps / columnPhases)
		phase := int(steps - column*columnPhases)
		at := (int(code)*columnPhases+phase)*s.rows + rowPhase
		m := s.masks[at]
		if m == nil {
			m = p.mask(w.Font, code, w.Size*sx, w.Size*sy, float64(phase)/columnPhases, float64(rowPhase)/rowPhases)
			s.masks[at] = m
		}
		p.canvas.put(m, int(column), int(row), ink)
		x += float64(w.Font.Advance(code)) * w.Size * sx / 1000
	}
	return nil
}

// strike finds or begins a strike.
func (p *Painter) strike(key strikeKey) *strike {
	if s := p.strikes[key]; s != nil {
		return s
	}
	if p.held > mostHeld {
		clear(p.strikes)
		p.held = 0
	}
	s := &strike{rows: 1}
	if float64(key.down) < unevenBelow*strikeSteps {
		s.rows = rowPhases
	}
	s.masks = make([]*mask, 256*columnPhases*s.rows)
	p.held += 8 * len(s.masks)
	p.strikes[key] = s
	return s
}

// mask renders a character of a size in pixels, rounded to that of a strike,
// at an offset of less than one pixel.
func (p *Painter) mask(f typeset.Font, code byte, across, down, x, y float64) *mask {
	round := func(v float64) float32 { return float32(math.Floor(v*strikeSteps+0.5) / strikeSteps) }
	m := affine{xx: round(across), x0: float32(x), yy: round(down), y0: float32(y)}
	shape := p.outlines.of(f, code)
	x0, y0, x1, y1 := shape.bounds(&m)
	r := p.canvas.render(float64(x0), float64(y0), float64(x1), float64(y1), func(r *vector.Rasterizer, left, top float32) {
		moved := m
		moved.x0 -= left
		moved.y0 -= top
		shape.addTo(r, &moved)
	})
	if r == nil {
		return &mask{} // a blank
	}
	kept := *r
	kept.cover = append([]uint8(nil), r.cover...)
	p.held += len(kept.cover)
	return &kept
}

// turned paints a word at an angle or of large type without keeping anything.
func (p *Painter) turned(w *typeset.Word, ink typeset.Colour, sx, sy float64) {
	sin, cos := math.Sincos(w.Angle * math.Pi / 180)
	at := w.At
	for _, ch := range w.Text {
		code, _ := typeset.Code(ch)
		m := affine{
			xx: float32(w.Size * cos * sx), xy: float32(w.Size * sin * sx), x0: float32(at.X * sx),
			yx: float32(-w.Size * sin * sy), yy: float32(w.Size * cos * sy), y0: float32(at.Y * sy),
		}
		shape := p.outlines.of(w.Font, code)
		x0, y0, x1, y1 := shape.bounds(&m)
		p.canvas.shape(float64(x0), float64(y0), float64(x1), float64(y1), ink, func(r *vector.Rasterizer, left, top float32) {
			moved := m
			moved.x0 -= left
			moved.y0 -= top
			shape.addTo(r, &moved)
		})
		advance := float64(w.Font.Advance(code)) * w.Size / 1000
		at.X += advance * cos
		at.Y -= advance * sin
	}
}

// area paints the inside of a path in points; sx and sy are pixels in a point.
func (c *canvas) area(path []typeset.Point, ink typeset.Colour, sx, sy float64) {
	if x0, y0, x1, y1, ok := upright(path); ok {
		c.rect(x0*sx, y0*sy, x1*sx, y1*sy, ink)
		return
	}
	c.polygon(scaled(path, sx, sy), ink)
}

// rule paints a line along a path in points. Where a pixel is not square, the
// width of a slanted line is that of the mean scale.
func (c *canvas) rule(path []typeset.Point, width float64, ink typeset.Colour, sx, sy float64) {
	for k := 1; k < len(path); k++ {
		if path[k].X != path[k-1].X && path[k].Y != path[k-1].Y {
			c.line(scaled(path, sx, sy), width*math.Sqrt(sx*sy), ink)
			return
		}
	}
	half := width / 2
	for k := 1; k < len(path); k++ {
		x0, x1 := min(path[k-1].X, path[k].X), max(path[k-1].X, path[k].X)
		y0, y1 := min(path[k-1].Y, path[k].Y), max(path[k-1].Y, path[k].Y)
		c.rect((x0-half)*sx, (y0-half)*sy, (x1+half)*sx, (y1+half)*sy, ink)
	}
}

func scaled(path []typeset.Point, sx, sy float64) []typeset.Point {
	out := make([]typeset.Point, len(path))
	for k, p := range path {
		out[k] = typeset.Point{X: p.X * sx, Y: p.Y * sy}
	}
	return out
}

// upright says whether a path is a rectangle with upright sides.
func upright(path []typeset.Point) (x0, y0, x1, y1 float64, ok bool) {
	if len(path) != 4 {
		return 0, 0, 0, 0, false
	}
	a, b, c, d := path[0], path[1], path[2], path[3]
	if a.Y != b.Y || b.X != c.X || c.Y != d.Y || d.X != a.X {
		return 0, 0, 0, 0, false
	}
	return min(a.X, c.X), min(a.Y, c.Y), max(a.X, c.X), max(a.Y, c.Y), true
}
