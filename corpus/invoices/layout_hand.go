package invoices

import (
	"math"

	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// Inks of pens and of stamps.
var (
	penInks   = []typeset.Colour{{R: 24, G: 45, B: 140}, {R: 20, G: 20, B: 60}, {R: 40, G: 40, B: 40}}
	stampInks = []typeset.Colour{{R: 178, G: 34, B: 34}, {R: 38, G: 64, B: 150}, {R: 30, G: 110, B: 70}, {R: 96, G: 48, B: 130}}
)

// stamp is lines of text in the frame of a rubber stamp, at a slight angle,
// not wider than a width.
func (c *composer) stamp(width float64, lines ...[]piece) overlay {
	size := c.style.body.size * (1.3 + 0.1*float64(c.IntN(4)))
	o := overlay{
		text:  text{size: size, line: 1.2 * size, font: pick(c.draws, []typeset.Font{typeset.SansBold, typeset.SansBold, typeset.MonoBold, typeset.SerifBold}), ink: pick(c.draws, stampInks)},
		lines: lines,
		angle: float64(c.between(3, 14)),
		layer: layerOver,
		marks: stampMark,
	}
	if c.chance(0.35) {
		o.angle = -o.angle
	}
	o.shrink(width)
	size = o.size
	w, h := o.extent()
	w, h = w/2+0.6*size, h/2+0.35*size
	frame := func(grow, line float64) shape {
		return outline(-w-grow, -h-grow, w+grow, h+grow, line, o.ink)
	}
	switch c.IntN(3) {
	case 0:
		o.shapes = []shape{frame(0, 1.6)}
	case 1:
		o.shapes = []shape{frame(0, 0.8), frame(3, 1.6)}
	default: // rounded
		o.shapes = []shape{rounded(w, h, 0.5*size, 1.5, o.ink)}
	}
	return o
}

// rounded is the border of a rectangle of half sizes w and h round the
// origin, with round corners.
func rounded(w, h, radius, line float64, ink typeset.Colour) shape {
	d := shape{width: line, ink: ink}
	for quarter := range 4 {
		x, y := w-radius, h-radius
		if quarter == 1 || quarter == 2 {
			x = -x
		}
		if quarter >= 2 {
			y = -y
		}
		for k := range 7 {
			sin, cos := math.Sincos(math.Pi / 2 * (float64(quarter) + float64(k)/6))
			d.path = append(d.path, typeset.Point{X: x + radius*cos, Y: y + radius*sin})
		}
	}
	d.path = append(d.path, d.path[0])
	return d
}

// signature is a name in a running hand with a flourish below it, not wider
// than a width.
func (c *composer) signature(width float64, name piece) overlay {
	size := c.style.body.size * (1.7 + 0.1*float64(c.IntN(5)))
	o := overlay{
		text:   text{size: size, line: 1.25 * size, font: pick(c.draws, []typeset.Font{typeset.SerifItalic, typeset.SerifBoldItalic}), ink: pick(c.draws, penInks)},
		lines:  [][]piece{{name}},
		angle:  float64(c.between(2, 8)),
		wobble: 1.5,
		layer:  layerOver,
		marks:  signatureMark,
	}
	o.shrink(width)
	w, _ := o.extent()
	o.shapes = []shape{c.flourish(w, o.size, o.ink)}
	return o
}

// flourish is a stroke of a pen below a name of a width: it runs back from
// the end of the name, turns, and leaves to the right in waves that fade.
func (c *composer) flourish(width, size float64, ink typeset.Colour) shape {
	d := shape{width: 0.07 * size, ink: ink}
	waves := 1.5 + c.Float64()*2
	back := 0.35 + 0.3*c.Float64()
	depth := (0.16 + 0.1*c.Float64()) * size
	for k := range 17 { // back below the name
		t := float64(k) / 16
		d.path = append(d.path, typeset.Point{X: width/2 - t*back*width, Y: 0.25*size + 0.8*depth*math.Sin(math.Pi*t/2)})
	}
	from := d.path[len(d.path)-1]
	for k := 1; k <= 40; k++ { // and forth in waves
		t := float64(k) / 40
		d.path = append(d.path, typeset.Point{
			X: from.X + t*(back*width+0.9*size),
			Y: from.Y + depth*(1-t)*math.Sin(2*math.Pi*waves*t) - 0.35*size*t*t,
		})
	}
	return d
}

// handwriting is a note by hand, not wider than a width.
func (c *composer) handwriting(width float64, lines ...[]piece) overlay {
	size := c.style.body.size * (1.25 + 0.1*float64(c.IntN(4)))
	o := overlay{
		text:   text{size: size, line: 1.25 * size, font: typeset.SerifItalic, ink: pick(c.draws, penInks)},
		lines:  lines,
		angle:  float64(c.between(-3, 5)),
		wobble: 1.2,
		layer:  layerOver,
		marks:  handwrittenMark,
	}
	o.shrink(width)
	return o
}

// faint is a word of a watermark that takes the given share of the width of
// the page.
func (c *composer) faint(word piece, share, angle float64) overlay {
	t := text{size: 1, line: 1.2, font: c.style.look.titleFamily.Bold(), ink: tint(typeset.Black, 0.1+0.02*float64(c.IntN(4)))}
	size := min(110, share*c.sheet.width/(t.width([]piece{word})*math.Cos(angle*math.Pi/180)))
	return overlay{text: t.scaled(size), lines: [][]piece{{word}}, angle: angle, layer: layerUnder, marks: watermarkMark}
}
