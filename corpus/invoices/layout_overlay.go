package invoices

import (
	"math"
	"strings"

	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// overlay is text that was put on the page after it was written, at an angle
// and over what stands there, with shapes of its own: a stamp, a signature, a
// handwritten note; or under it, a watermark. Its words are read where it is
// put, line by line.
type overlay struct {
	text
	lines  [][]piece
	x, y   float64 // of the middle, in a row from the row's upper left corner
	angle  float64 // degrees by which its lines rise to the right
	wobble float64 // degrees by which the words of handwriting differ
	shapes []shape // placed from the middle, before the turn
	marks  marks   // of its words
	layer  layer
}

// extent is the size of an overlay's text before the turn.
func (o *overlay) extent() (width, height float64) {
	for _, l := range o.lines {
		width = max(width, o.text.width(l))
	}
	return width, float64(len(o.lines)) * o.line
}

// reach is half the size of the upright rectangle round an overlay's text
// with room on every side.
func (o *overlay) reach(room float64) (x, y float64) {
	w, h := o.extent()
	w, h = w/2+room, h/2+room
	sin, cos := math.Sincos(math.Abs(o.angle+o.wobble) * math.Pi / 180)
	return w*cos + h*sin, w*sin + h*cos
}

// shrink makes the text of an overlay small enough to stand turned, with room
// for a frame, in a width.
func (o *overlay) shrink(width float64) {
	if rx, _ := o.reach(overlayRoom * o.size); 2*rx > width {
		o.text = o.text.scaled(width / (2 * rx))
	}
}

// overlayRoom is the room round the text of an overlay in type sizes, for
// frames and flourishes.
const overlayRoom = 0.7

// lay puts an overlay with its middle at a place of the page, moved as far as
// it takes to stay on the page.
func (s *sheet) lay(o *overlay, x, y float64) {
	const edge = 6 // points from the edge of the page that stay free
	rx, ry := o.reach(overlayRoom * o.size)
	x = max(edge+rx, min(s.width-edge-rx, x))
	y = max(edge+ry, y)
	if !s.roll() {
		y = min(s.height-edge-ry, y)
	}
	for _, d := range o.shapes {
		d = d.turned(o.angle, x, y)
		d.page, d.layer = s.page, o.layer
		s.shapes = append(s.shapes, d)
	}
	sin, cos := math.Sincos(o.angle * math.Pi / 180)
	_, height := o.extent()
	count := 0
	for k, l := range o.lines {
		along := -o.text.width(l) / 2
		below := -height/2 + (float64(k)+0.5)*o.line + (typeset.Ascent-typeset.Descent)/2*o.size
		first := len(s.words)
		for _, p := range l {
			for text := range strings.FieldsSeq(p.text) {
				w := word{
					Word: typeset.Word{Text: text, Font: p.font(o.font), Size: o.size, At: typeset.Point{
						X: x + along*cos + below*sin,
						Y: y - along*sin + below*cos,
					}},
					ink: o.ink, layer: o.layer, page: s.page, line: s.line, field: p.field, id: p.id, marks: s.section | o.marks,
				}
				// Words of a hand differ by the sine of their number times
				// the golden angle, which never repeats.
				w.Angle = o.angle + o.wobble*math.Sin(2.399963*float64(count+1))
				s.words = append(s.words, w)
				along += w.Font.Width(text, o.size) + o.font.Space(o.size)
				count++
			}
		}
		if len(s.words) > first {
			s.line++
		}
	}
}

// flowed gives an overlay a row of its own as high as share of its upright
// height; the rest overlaps what stands above and below. Its middle is at x.
func (o overlay) flowed(x, share float64) block {
	_, ry := o.reach(overlayRoom * o.size)
	height := 2 * ry * share
	o.x, o.y = x, height/2
	return block{{height: height, overlays: []overlay{o}}}
}
