package invoices

import (
	"math"

	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// logo is the mark of a company beside its name: shapes without text.
type logo uint8

const (
	logoNone logo = iota
	logoDisc
	logoBars
	logoHexagon
	logoLeaf
	logoPeaks
	logoBlocks
	logoRing
	logoArrow
)

// regular is a regular polygon round a point with its first corner above it.
func regular(n int, x, y, radius float64) []typeset.Point {
	path := make([]typeset.Point, n)
	for k := range path {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(n))
		path[k] = typeset.Point{X: x + radius*sin, Y: y - radius*cos}
	}
	return path
}

// shapes draws a logo in a square of a size with its upper left corner at x
// and y.
func (g logo) shapes(x, y, size float64, ink typeset.Colour) []shape {
	at := func(u, v float64) typeset.Point { return typeset.Point{X: x + u*size, Y: y + v*size} }
	fill := func(ink typeset.Colour, corners ...typeset.Point) shape { return shape{path: corners, ink: ink} }
	box := func(u0, v0, u1, v1 float64, ink typeset.Colour) shape {
		return area(x+u0*size, y+v0*size, x+u1*size, y+v1*size, ink)
	}
	mid := at(0.5, 0.5)
	white, half := typeset.Grey(255), tint(ink, 0.45)
	switch g {
	case logoDisc:
		return []shape{disc(mid.X, mid.Y, 0.5*size, ink), fill(white, at(0.2, 0.62), at(0.5, 0.24), at(0.8, 0.62), at(0.64, 0.62), at(0.5, 0.45), at(0.36, 0.62))}
	case logoBars:
		return []shape{box(0, 0.55, 0.22, 1, half), box(0.28, 0.3, 0.5, 1, ink), box(0.56, 0.42, 0.78, 1, half), box(0.82, 0, 1, 1, ink)}
	case logoHexagon:
		return []shape{{path: regular(6, mid.X, mid.Y, 0.5*size), ink: ink}, {path: regular(6, mid.X, mid.Y, 0.24*size), ink: white}}
	case logoLeaf:
		leaf := []typeset.Point{}
		for k := range 25 { // two arcs between the lower left and the upper right corner
			t := float64(k) / 24
			leaf = append(leaf, at(t-0.35*math.Sin(math.Pi*t)*0.7, 1-t-0.35*math.Sin(math.Pi*t)))
		}
		for k := range 25 {
			t := 1 - float64(k)/24
			leaf = append(leaf, at(t+0.35*math.Sin(math.Pi*t), 1-t+0.35*math.Sin(math.Pi*t)*0.7))
		}
		vein := rule(x, y+size, x+0.8*size, y+0.2*size, 0.05*size, white)
		return []shape{{path: leaf, ink: ink}, vein}
	case logoPeaks:
		return []shape{fill(half, at(0.35, 1), at(0.7, 0.2), at(1, 1)), fill(ink, at(0, 1), at(0.4, 0), at(0.75, 1))}
	case logoBlocks:
		return []shape{box(0, 0, 0.47, 0.47, ink), box(0.53, 0, 1, 0.47, half), box(0, 0.53, 0.47, 1, half), box(0.53, 0.53, 1, 1, ink)}
	case logoRing:
		return []shape{disc(mid.X, mid.Y, 0.5*size, ink), disc(mid.X+0.1*size, mid.Y-0.1*size, 0.32*size, white)}
	case logoArrow:
		return []shape{fill(ink, at(0, 0.15), at(0.5, 0.5), at(0, 0.85)), fill(half, at(0.42, 0), at(1, 0.5), at(0.42, 1), at(0.42, 0.7), at(0.7, 0.5), at(0.42, 0.3))}
	}
	return nil
}

// withLogo sets the logo of a document beside the block that fill makes, or
// above it where the block is not at the left. Fill gets the width that is
// left.
func (c *composer) withLogo(width float64, a align, fill func(width float64) block) block {
	l := &c.style.look
	size := 2.6 * c.style.body.line
	if l.logo == logoNone {
		return fill(width)
	}
	if a == alignLeft && width > 6*size {
		gap := 0.35 * size
		return fill(width - size - gap).moved(size + gap).drawn(l.logo.shapes(0, 0.1*size, size, l.accent)...)
	}
	x := 0.0
	switch a {
	case alignRight:
		x = width - size
	case alignCentre:
		x = (width - size) / 2
	}
	head := block{{height: 1.15 * size, shapes: l.logo.shapes(x, 0, size, l.accent)}}
	return append(head, fill(width)...)
}
