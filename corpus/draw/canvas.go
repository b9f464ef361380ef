package draw

import (
	"image"
	"math"

	"golang.org/x/image/vector"

	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// canvas is a picture that is painted on: rows of pixels of one byte of grey
// or three of red, green and blue, from the upper left corner.
type canvas struct {
	width, height int
	depth         int // bytes of a pixel
	pix           []uint8
	fill          vector.Rasterizer
	alpha         image.Alpha
}

// reset makes the canvas white and of a size.
func (c *canvas) reset(width, height, depth int) {
	n := width * height * depth
	if cap(c.pix) < n {
		c.pix = make([]uint8, n)
	}
	c.width, c.height, c.depth, c.pix = width, height, depth, c.pix[:n]
	c.pix[0] = 255
	for done := 1; done < n; done *= 2 { // copying is faster than setting
		copy(c.pix[done:], c.pix[:done])
	}
}

// mask is how much of each pixel of a rectangle is covered, 255 for all; x
// and y are of its upper left corner from where it is put.
type mask struct {
	x, y, width, height int
	cover               []uint8
}

// put paints a mask at a place in a colour; what lies outside is cut off.
func (c *canvas) put(m *mask, x, y int, ink typeset.Colour) {
	x, y = x+m.x, y+m.y
	left, right := max(0, -x), min(m.width, c.width-x)
	if left >= right {
		return
	}
	grey := ink.Luminance()
	for row := max(0, -y); row < min(m.height, c.height-y); row++ {
		cover := m.cover[row*m.width+left : row*m.width+right]
		at := ((y+row)*c.width + x + left) * c.depth
		if c.depth == 1 {
			dst := c.pix[at : at+len(cover)]
			for k, a := range cover {
				if a != 0 {
					dst[k] = over(dst[k], grey, a)
				}
			}
			continue
		}
		dst := c.pix[at : at+3*len(cover)]
		for k, a := range cover {
			if a != 0 {
				dst[3*k] = over(dst[3*k], ink.R, a)
				dst[3*k+1] = over(dst[3*k+1], ink.G, a)
				dst[3*k+2] = over(dst[3*k+2], ink.B, a)
			}
		}
	}
}

// over is below covered by ink in the share a of 255, rounded.
func over(below, ink, a uint8) uint8 {
	v := uint32(below)*(255-uint32(a)) + uint32(ink)*uint32(a)
	return uint8((v + 127) / 255)
}

// shape paints what path adds to the rasterizer, within a rectangle in
// pixels; path gets the corner that it must subtract.
func (c *canvas) shape(x0, y0, x1, y1 float64, ink typeset.Colour, path func(r *vector.Rasterizer, x, y float32)) {
	m := c.render(max(-1, x0), max(-1, y0), min(float64(c.width)+1, x1), min(float64(c.height)+1, y1), path)
	if m != nil {
		c.put(m, 0, 0, ink)
	}
}

// render gives the mask of what path adds, which is good until the next call;
// nil for an empty rectangle.
func (c *canvas) render(x0, y0, x1, y1 float64, path func(r *vector.Rasterizer, x, y float32)) *mask {
	left, top := int(math.Floor(x0)), int(math.Floor(y0))
	width, height := int(math.Ceil(x1))-left, int(math.Ceil(y1))-top
	if width <= 0 || height <= 0 {
		return nil
	}
	c.fill.Reset(width, height)
	path(&c.fill, float32(left), float32(top))
	n := width * height
	if cap(c.alpha.Pix) < n {
		c.alpha.Pix = make([]uint8, n)
	}
	c.alpha.Pix, c.alpha.Stride, c.alpha.Rect = c.alpha.Pix[:n], width, image.Rect(0, 0, width, height)
	clear(c.alpha.Pix)
	c.fill.Draw(&c.alpha, c.alpha.Rect, image.Opaque, image.Point{})
	return &mask{x: left, y: top, width: width, height: height, cover: c.alpha.Pix}
}

// rect paints an upright rectangle in pixels; pixels that it covers in part
// take their share.
func (c *canvas) rect(x0, y0, x1, y1 float64, ink typeset.Colour) {
	x0, y0 = max(0, x0), max(0, y0)
	x1, y1 = min(float64(c.width), x1), min(float64(c.height), y1)
	if x0 >= x1 || y0 >= y1 {
		return
	}
	left, right := int(x0), int(math.Ceil(x1))
	m := mask{x: left, width: right - left, height: 1, cover: make([]uint8, right-left)}
	for row := int(y0); row < int(math.Ceil(y1)); row++ {
		down := min(y1, float64(row+1)) - max(y0, float64(row))
		for k := range m.cover {
			across := min(x1, float64(left+k+1)) - max(x0, float64(left+k))
			m.cover[k] = uint8(255*down*across + 0.5)
		}
		c.put(&m, 0, row, ink)
	}
}

// polygon paints the inside of a closed path in pixels, by the nonzero rule.
func (c *canvas) polygon(path []typeset.Point, ink typeset.Colour) {
	x0, y0, x1, y1 := bounds(path)
	c.shape(x0, y0, x1, y1, ink, func(r *vector.Rasterizer, x, y float32) { addPolygon(r, path, x, y) })
}

// line paints a line along a path in pixels, with round joints and ends.
func (c *canvas) line(path []typeset.Point, width float64, ink typeset.Colour) {
	if len(path) < 2 {
		panic("draw: line: a path of less than 2 points")
	}
	half := width / 2
	x0, y0, x1, y1 := bounds(path)
	c.shape(x0-half-1, y0-half-1, x1+half+1, y1+half+1, ink, func(r *vector.Rasterizer, x, y float32) {
		var quad [4]typeset.Point
		var joint [8]typeset.Point
		for k, p := range path {
			for j := range joint { // clockwise, as the sides are
				sin, cos := math.Sincos(2 * math.Pi * float64(j) / float64(len(joint)))
				joint[j] = typeset.Point{X: p.X + half*cos, Y: p.Y + half*sin}
			}
			addPolygon(r, joint[:], x, y)
			if k == 0 {
				continue
			}
			q := path[k-1]
			dx, dy := p.X-q.X, p.Y-q.Y
			length := math.Hypot(dx, dy)
			if length == 0 {
				continue
			}
			nx, ny := -dy/length*half, dx/length*half
			quad = [4]typeset.Point{{X: q.X - nx, Y: q.Y - ny}, {X: p.X - nx, Y: p.Y - ny}, {X: p.X + nx, Y: p.Y + ny}, {X: q.X + nx, Y: q.Y + ny}}
			addPolygon(r, quad[:], x, y)
		}
	})
}

// bounds is the rectangle round a path.
func bounds(path []typeset.Point) (x0, y0, x1, y1 float64) {
	x0, y0 = math.Inf(1), math.Inf(1)
	x1, y1 = math.Inf(-1), math.Inf(-1)
	for _, p := range path {
		x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
	}
	return x0, y0, x1, y1
}

func addPolygon(r *vector.Rasterizer, path []typeset.Point, x, y float32) {
	for k, p := range path {
		if k == 0 {
			r.MoveTo(float32(p.X)-x, float32(p.Y)-y)
		} else {
			r.LineTo(float32(p.X)-x, float32(p.Y)-y)
		}
	}
	r.ClosePath()
}
