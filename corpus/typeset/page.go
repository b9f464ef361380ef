// Package typeset holds what a drawn page is made of: the display list of a
// page, from which every back end draws, and the metrics of its type.
//
// Lengths are in points (1/72 inch) from the upper left corner of the page, y
// downwards.
package typeset

import "math"

// Colour is a colour on a screen or a printer that can do colours; grey
// pictures take its luminance.
type Colour struct{ R, G, B uint8 }

// Black is the colour of ordinary type.
var Black = Colour{}

// Grey is a grey from 0, black, to 255, white.
func Grey(level uint8) Colour { return Colour{level, level, level} }

// Luminance is the grey that a colour is seen as, by the weights of ITU-R
// BT.601 in 1/256.
func (c Colour) Luminance() uint8 {
	return uint8((77*int(c.R) + 150*int(c.G) + 29*int(c.B) + 128) >> 8)
}

// Point is a place on a page.
type Point struct{ X, Y float64 }

// Page is the display list of one page: what stands later covers what stands
// earlier. Every word of it is one token of its document, and the words of all
// pages together are the tokens of the document, each once; everything else
// carries no text.
type Page struct {
	Width, Height float64
	Marks         []Mark
}

// MarkKind says what a mark is.
type MarkKind uint8

const (
	MarkWord MarkKind = iota // Word in Colour
	MarkArea                 // the inside of the polygon Path, by the nonzero rule
	MarkLine                 // a line of Width along Path, with round joints and ends
)

// Mark is one thing that is drawn.
type Mark struct {
	Kind   MarkKind
	Colour Colour
	Token  int     // MarkWord: the token of the document
	Word   Word    // MarkWord
	Path   []Point // MarkArea, MarkLine; at least 3 and 2 points
	Width  float64 // MarkLine: of the line
}

// Word is text without spaces, set on a straight base line.
type Word struct {
	Text  string
	Font  Font
	Size  float64 // of the type
	At    Point   // start of the base line
	Angle float64 // degrees by which the base line rises to the right
}

// Corners are the corners of the rectangle of a word, which reaches from its
// start to the end of its last character's advance, and from Descent below
// the base line to Ascent above it: upper left, upper right, lower right,
// lower left as the reader of the word sees them.
func (w *Word) Corners() [4]Point {
	sin, cos := math.Sincos(w.Angle * math.Pi / 180)
	width := w.Font.Width(w.Text, w.Size)
	at := func(along, above float64) Point {
		return Point{w.At.X + along*cos - above*sin, w.At.Y - along*sin - above*cos}
	}
	up, down := Ascent*w.Size, -Descent*w.Size
	return [4]Point{at(0, up), at(width, up), at(width, down), at(0, down)}
}

// Bounds is the upright rectangle round the corners of a word.
func (w *Word) Bounds() (x0, y0, x1, y1 float64) {
	if w.Angle == 0 {
		return w.At.X, w.At.Y - Ascent*w.Size, w.At.X + w.Font.Width(w.Text, w.Size), w.At.Y + Descent*w.Size
	}
	x0, y0 = math.Inf(1), math.Inf(1)
	x1, y1 = math.Inf(-1), math.Inf(-1)
	for _, p := range w.Corners() {
		x0, x1 = min(x0, p.X), max(x1, p.X)
		y0, y1 = min(y0, p.Y), max(y1, p.Y)
	}
	return x0, y0, x1, y1
}
