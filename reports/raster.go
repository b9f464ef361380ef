package reports

import (
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// pngDPI is dots per inch of PNG files: at the width of a page, twice the
// pixels of a plain screen.
const pngDPI = 144

// vgSurface draws on a canvas of gonum/plot, whose y runs upwards.
type vgSurface struct {
	out    vg.CanvasSizer
	height float64
	fonts  *fonts
}

func newPNG(width, height float64, f *fonts) (*vgSurface, *vgimg.Canvas) {
	img := vgimg.NewWith(
		vgimg.UseWH(vg.Points(width), vg.Points(height)),
		vgimg.UseDPI(pngDPI),
		vgimg.UseBackgroundColor(inkPaper.light),
	)
	return &vgSurface{out: img, height: height, fonts: f}, img
}

func writePNG(w io.Writer, img *vgimg.Canvas) error {
	_, err := vgimg.PngCanvas{Canvas: img}.WriteTo(w)
	return err
}

func (s *vgSurface) at(x, y float64) vg.Point {
	return vg.Point{X: vg.Points(x), Y: vg.Points(s.height - y)}
}

func (s *vgSurface) colour(t tint, alpha float64) {
	c := t.light
	if alpha > 0 && alpha < 1 {
		c.A = uint8(math.Round(alpha * 255))
	}
	s.out.SetColor(color.Color(c))
}

func (s *vgSurface) path(points []point, closed bool) vg.Path {
	var p vg.Path
	for i, q := range points {
		if i == 0 {
			p.Move(s.at(q.x, q.y))
		} else {
			p.Line(s.at(q.x, q.y))
		}
	}
	if closed {
		p.Close()
	}
	return p
}

func (s *vgSurface) rect(x, y, w, h float64, t tint, alpha float64) {
	s.polygon([]point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}, t, alpha)
}

func (s *vgSurface) polygon(points []point, t tint, alpha float64) {
	s.colour(t, alpha)
	s.out.Fill(s.path(points, true))
}

func (s *vgSurface) polyline(points []point, k stroke) {
	s.colour(k.tint, k.alpha)
	s.out.SetLineWidth(vg.Points(k.width))
	dash := make([]vg.Length, len(k.dash))
	for i, d := range k.dash {
		dash[i] = vg.Points(d)
	}
	s.out.SetLineDash(dash, 0)
	s.out.Stroke(s.path(points, false))
}

func (s *vgSurface) circle(x, y, r float64, t tint, alpha float64) {
	s.colour(t, alpha)
	var p vg.Path
	centre := s.at(x, y)
	p.Move(vg.Point{X: centre.X + vg.Points(r), Y: centre.Y})
	p.Arc(centre, vg.Points(r), 0, 2*math.Pi)
	p.Close()
	s.out.Fill(p)
}

func (s *vgSurface) text(x, y float64, text string, l lettering) {
	if text == "" {
		return
	}
	switch l.at {
	case atMiddle:
		x -= s.fonts.measure(text, l) / 2
	case atEnd:
		x -= s.fonts.measure(text, l)
	}
	s.colour(l.tint, 0)
	s.out.FillString(s.fonts.face(l), s.at(x, y), text)
}

func (s *vgSurface) open(string) {}
func (s *vgSurface) close()      {}
