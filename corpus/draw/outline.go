package draw

import (
	"fmt"

	"codeberg.org/go-fonts/liberation/liberationmonobold"
	"codeberg.org/go-fonts/liberation/liberationmonobolditalic"
	"codeberg.org/go-fonts/liberation/liberationmonoitalic"
	"codeberg.org/go-fonts/liberation/liberationmonoregular"
	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansbolditalic"
	"codeberg.org/go-fonts/liberation/liberationsansitalic"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-fonts/liberation/liberationserifbold"
	"codeberg.org/go-fonts/liberation/liberationserifbolditalic"
	"codeberg.org/go-fonts/liberation/liberationserifitalic"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// outline is the shape of a character in type sizes from the start of its
// base line, y downwards.
type outline []stroke

// stroke is a piece of an outline: its kind and the points that the kind
// takes, the last of which is where the piece ends.
type stroke struct {
	kind sfnt.SegmentOp
	at   [3][2]float32
}

// outlines reads the characters of the fonts when they are first asked for.
type outlines struct {
	faces  [typeset.NumFonts]*sfnt.Font
	known  [typeset.NumFonts][256]outline
	buffer sfnt.Buffer
}

// files are the fonts of Liberation that stand for typeset's.
func fontFile(f typeset.Font) []byte {
	return [typeset.NumFonts][]byte{
		liberationsansregular.TTF, liberationsansbold.TTF, liberationsansitalic.TTF, liberationsansbolditalic.TTF,
		liberationserifregular.TTF, liberationserifbold.TTF, liberationserifitalic.TTF, liberationserifbolditalic.TTF,
		liberationmonoregular.TTF, liberationmonobold.TTF, liberationmonoitalic.TTF, liberationmonobolditalic.TTF,
	}[f]
}

// of gives the outline of the character with a code. It panics where the
// font, which is part of the program, cannot be read.
func (o *outlines) of(f typeset.Font, code byte) outline {
	if known := o.known[f][code]; known != nil {
		return known
	}
	if o.faces[f] == nil {
		face, err := sfnt.Parse(fontFile(f))
		if err != nil {
			panic(fmt.Sprintf("draw: font %s: %v", f.PostScript(), err))
		}
		o.faces[f] = face
	}
	face := o.faces[f]
	em := fixed.I(int(face.UnitsPerEm())) // so that nothing is rounded
	glyph, err := face.GlyphIndex(&o.buffer, typeset.Rune(code))
	if err == nil && glyph == 0 {
		err = sfnt.ErrNotFound
	}
	var segments sfnt.Segments
	if err == nil {
		segments, err = face.LoadGlyph(&o.buffer, glyph, em, nil)
	}
	if err != nil {
		panic(fmt.Sprintf("draw: font %s: character %q: %v", f.PostScript(), typeset.Rune(code), err))
	}
	shape := make(outline, len(segments))
	for k, s := range segments {
		shape[k].kind = s.Op
		for j, p := range s.Args {
			shape[k].at[j] = [2]float32{float32(p.X) / float32(em), float32(p.Y) / float32(em)}
		}
	}
	o.known[f][code] = shape
	return shape
}

// affine maps a point to (xx*x + xy*y + x0, yx*x + yy*y + y0).
type affine struct{ xx, xy, x0, yx, yy, y0 float32 }

func (m *affine) of(p [2]float32) (x, y float32) {
	return m.xx*p[0] + m.xy*p[1] + m.x0, m.yx*p[0] + m.yy*p[1] + m.y0
}

// bounds is the rectangle round the points of an outline, which holds its
// curves too.
func (s outline) bounds(m *affine) (x0, y0, x1, y1 float32) {
	first := true
	for k := range s {
		n := 1
		switch s[k].kind {
		case sfnt.SegmentOpQuadTo:
			n = 2
		case sfnt.SegmentOpCubeTo:
			n = 3
		}
		for _, p := range s[k].at[:n] {
			x, y := m.of(p)
			if first {
				x0, y0, x1, y1, first = x, y, x, y, false
			}
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
		}
	}
	return x0, y0, x1, y1
}

// addTo adds a mapped outline to what a rasterizer will fill.
func (s outline) addTo(r *vector.Rasterizer, m *affine) {
	for k := range s {
		x, y := m.of(s[k].at[0])
		switch s[k].kind {
		case sfnt.SegmentOpMoveTo:
			r.MoveTo(x, y)
		case sfnt.SegmentOpLineTo:
			r.LineTo(x, y)
		case sfnt.SegmentOpQuadTo:
			bx, by := m.of(s[k].at[1])
			r.QuadTo(x, y, bx, by)
		case sfnt.SegmentOpCubeTo:
			bx, by := m.of(s[k].at[1])
			cx, cy := m.of(s[k].at[2])
			r.CubeTo(x, y, bx, by, cx, cy)
		}
	}
	r.ClosePath()
}
