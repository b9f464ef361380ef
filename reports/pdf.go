package reports

import (
	"bytes"
	"fmt"
	"math"
	"time"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-pdf/fpdf"
)

// pdfSurface draws a page of PDF. The letters that are used are embedded, and
// text stays text. The PDF canvas of gonum/plot is not used for its fonts,
// which have the letters of Windows-1252 only: no minus sign and no arrow.
type pdfSurface struct {
	doc   *fpdf.Fpdf
	fonts *fonts
}

// pdfFamily names the embedded font within a file.
const pdfFamily = "liberation"

// newPDF makes a page of that size in points.
func newPDF(width, height float64, title string, f *fonts) *pdfSurface {
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: width, Ht: height}})
	// The same figure gives the same bytes: no date, and a fixed order.
	doc.SetCatalogSort(true)
	epoch := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	doc.SetCreationDate(epoch)
	doc.SetModificationDate(epoch)
	doc.SetTitle(title, true)
	doc.SetCreator("invoicelab", true)
	doc.SetMargins(0, 0, 0)
	doc.SetAutoPageBreak(false, 0)
	doc.AddUTF8FontFromBytes(pdfFamily, "", liberationsansregular.TTF)
	doc.AddUTF8FontFromBytes(pdfFamily, "B", liberationsansbold.TTF)
	doc.AddPage()
	doc.SetLineJoinStyle("round")
	doc.SetLineCapStyle("butt")
	return &pdfSurface{doc: doc, fonts: f}
}

// document gives the whole file.
func (s *pdfSurface) document() ([]byte, error) {
	var b bytes.Buffer
	if err := s.doc.Output(&b); err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	return b.Bytes(), nil
}

func (s *pdfSurface) alpha(alpha float64) {
	if !(alpha > 0 && alpha < 1) {
		alpha = 1
	}
	if now, _ := s.doc.GetAlpha(); now != alpha {
		s.doc.SetAlpha(alpha, "Normal")
	}
}

func (s *pdfSurface) fill(t tint, alpha float64) {
	s.alpha(alpha)
	s.doc.SetFillColor(int(t.light.R), int(t.light.G), int(t.light.B))
}

func (s *pdfSurface) rect(x, y, w, h float64, t tint, alpha float64) {
	s.fill(t, alpha)
	s.doc.Rect(x, y, w, h, "F")
}

func (s *pdfSurface) polygon(points []point, t tint, alpha float64) {
	s.fill(t, alpha)
	all := make([]fpdf.PointType, len(points))
	for i, p := range points {
		all[i] = fpdf.PointType{X: p.x, Y: p.y}
	}
	s.doc.Polygon(all, "F")
}

func (s *pdfSurface) polyline(points []point, k stroke) {
	if len(points) == 0 {
		return
	}
	s.alpha(k.alpha)
	s.doc.SetDrawColor(int(k.tint.light.R), int(k.tint.light.G), int(k.tint.light.B))
	s.doc.SetLineWidth(k.width)
	s.doc.SetDashPattern(append([]float64{}, k.dash...), 0)
	s.doc.MoveTo(points[0].x, points[0].y)
	for _, p := range points[1:] {
		s.doc.LineTo(p.x, p.y)
	}
	s.doc.DrawPath("D")
}

// circle is drawn as four curves; kappa is the usual distance of their
// control points.
func (s *pdfSurface) circle(x, y, r float64, t tint, alpha float64) {
	s.fill(t, alpha)
	kappa := r * 4 * (math.Sqrt2 - 1) / 3
	s.doc.MoveTo(x+r, y)
	s.doc.CurveBezierCubicTo(x+r, y+kappa, x+kappa, y+r, x, y+r)
	s.doc.CurveBezierCubicTo(x-kappa, y+r, x-r, y+kappa, x-r, y)
	s.doc.CurveBezierCubicTo(x-r, y-kappa, x-kappa, y-r, x, y-r)
	s.doc.CurveBezierCubicTo(x+kappa, y-r, x+r, y-kappa, x+r, y)
	s.doc.DrawPath("F")
}

func (s *pdfSurface) text(x, y float64, text string, l lettering) {
	if text == "" {
		return
	}
	switch l.at {
	case atMiddle:
		x -= s.fonts.measure(text, l) / 2
	case atEnd:
		x -= s.fonts.measure(text, l)
	}
	style := ""
	if l.bold {
		style = "B"
	}
	s.alpha(1)
	s.doc.SetFont(pdfFamily, style, l.size)
	s.doc.SetTextColor(int(l.tint.light.R), int(l.tint.light.G), int(l.tint.light.B))
	s.doc.Text(x, y, text)
}

func (s *pdfSurface) open(string) {}
func (s *pdfSurface) close()      {}
