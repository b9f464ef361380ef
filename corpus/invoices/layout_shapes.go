package invoices

import (
	"math"

	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// shape is drawn on a page: the inside of a polygon, or a line where width
// is not zero. Shapes of one layer are drawn in the order in which they are
// put.
type shape struct {
	path  []typeset.Point
	width float64 // points
	ink   typeset.Colour
	layer layer
	page  int // set by the sheet
}

// layer is a place in the order of drawing.
type layer uint8

const (
	layerPage  layer = iota // shades, rules, logos; the text stands on them
	layerOver               // drawn over the text
	layerUnder              // under everything: watermarks
)

// area is a filled rectangle.
func area(x0, y0, x1, y1 float64, ink typeset.Colour) shape {
	return shape{path: []typeset.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}, ink: ink}
}

// rule is a straight line.
func rule(x0, y0, x1, y1, width float64, ink typeset.Colour) shape {
	return shape{path: []typeset.Point{{X: x0, Y: y0}, {X: x1, Y: y1}}, width: width, ink: ink}
}

// outline is the border of a rectangle.
func outline(x0, y0, x1, y1, width float64, ink typeset.Colour) shape {
	d := area(x0, y0, x1, y1, ink)
	d.path = append(d.path, d.path[0])
	d.width = width
	return d
}

// disc is a filled circle.
func disc(x, y, radius float64, ink typeset.Colour) shape {
	return shape{path: ellipse(x, y, radius, radius), ink: ink}
}

// ellipse gives the corners of a polygon that looks like an ellipse at the
// sizes of a page: its sides bend by less than 8 degrees.
func ellipse(x, y, rx, ry float64) []typeset.Point {
	const corners = 48
	path := make([]typeset.Point, corners)
	for k := range path {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / corners)
		path[k] = typeset.Point{X: x + rx*cos, Y: y + ry*sin}
	}
	return path
}

// turned is the shape turned round the origin by degrees counterclockwise and
// moved.
func (d shape) turned(degrees, dx, dy float64) shape {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	path := make([]typeset.Point, len(d.path))
	for k, p := range d.path {
		path[k] = typeset.Point{X: p.X*cos + p.Y*sin + dx, Y: -p.X*sin + p.Y*cos + dy}
	}
	d.path = path
	return d
}

// draw puts a shape on the page, moved by dx and dy.
func (s *sheet) draw(d shape, dx, dy float64) {
	d = d.turned(0, dx, dy)
	d.page = s.page
	s.shapes = append(s.shapes, d)
}

// drawn puts shapes behind a block, placed from its upper left corner. A block
// with shapes behind several rows must be kept on one page.
func (b block) drawn(shapes ...shape) block {
	if len(b) == 0 {
		return b
	}
	all := append(block(nil), b...)
	all[0].shapes = append(append([]shape(nil), shapes...), b[0].shapes...)
	return all
}

// moved shifts a block to the right.
func (b block) moved(x float64) block {
	all := append(block(nil), b...)
	for k := range all {
		r := &all[k]
		r.segments = append([]segment(nil), r.segments...)
		for j := range r.segments {
			r.segments[j].x += x
		}
		shapes := make([]shape, len(r.shapes))
		for j, d := range r.shapes {
			shapes[j] = d.turned(0, x, 0)
		}
		r.shapes = shapes
		r.overlays = append([]overlay(nil), r.overlays...)
		for j := range r.overlays {
			r.overlays[j].x += x
		}
	}
	return all
}

// shaded puts a coloured area behind a block of a width, with room round it.
// Blocks with shapes behind several rows must be kept on one page.
func (b block) shaded(width, room float64, ink typeset.Colour) block {
	return b.drawn(area(-room, -room, width+room, b.height()+room, ink))
}

// boxed puts a border round a block.
func (b block) boxed(width, room, line float64, ink typeset.Colour) block {
	return b.drawn(outline(-room, -room, width+room, b.height()+room, line, ink))
}

// separator is a line across a width with room on both sides of it.
func separator(width, room, line float64, ink typeset.Colour) block {
	return block{{height: 2 * room, shapes: []shape{rule(0, room, width, room, line, ink)}}}
}
