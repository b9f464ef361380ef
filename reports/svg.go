package reports

import (
	"bytes"
	"fmt"
	"html"
	"strconv"
	"strings"
)

// svgFamily lists fonts of the same widths as the one that texts are measured
// with, so that what fits here fits there.
const svgFamily = "Liberation Sans, Arial, Helvetica, sans-serif"

// svgSurface writes SVG in which text stays text. Every mark carries its
// colour as an attribute, which files show, and a class by role, with which a
// page's style sheet can replace it.
type svgSurface struct {
	buf bytes.Buffer
}

// num writes a coordinate with two decimals at most: 0.01 pt is far below a
// pixel, and the same number gives the same bytes everywhere.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

func hexColour(t tint) string {
	return fmt.Sprintf("#%02x%02x%02x", t.light.R, t.light.G, t.light.B)
}

func svgFill(t tint, alpha float64) string {
	s := ` class="f-` + t.name + `" fill="` + hexColour(t) + `"`
	if alpha > 0 && alpha < 1 {
		s += ` fill-opacity="` + num(alpha) + `"`
	}
	return s
}

func svgPoints(points []point) string {
	var b strings.Builder
	for i, p := range points {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(num(p.x))
		b.WriteByte(',')
		b.WriteString(num(p.y))
	}
	return b.String()
}

func (s *svgSurface) rect(x, y, w, h float64, t tint, alpha float64) {
	fmt.Fprintf(&s.buf, `<rect x="%s" y="%s" width="%s" height="%s"%s/>`+"\n", num(x), num(y), num(w), num(h), svgFill(t, alpha))
}

func (s *svgSurface) polygon(points []point, t tint, alpha float64) {
	fmt.Fprintf(&s.buf, `<polygon points="%s"%s/>`+"\n", svgPoints(points), svgFill(t, alpha))
}

func (s *svgSurface) polyline(points []point, k stroke) {
	if len(points) == 2 {
		fmt.Fprintf(&s.buf, `<line x1="%s" y1="%s" x2="%s" y2="%s"`, num(points[0].x), num(points[0].y), num(points[1].x), num(points[1].y))
	} else {
		fmt.Fprintf(&s.buf, `<polyline points="%s" fill="none"`, svgPoints(points))
	}
	fmt.Fprintf(&s.buf, ` class="s-%s" stroke="%s" stroke-width="%s"`, k.tint.name, hexColour(k.tint), num(k.width))
	if k.alpha > 0 && k.alpha < 1 {
		fmt.Fprintf(&s.buf, ` stroke-opacity="%s"`, num(k.alpha))
	}
	if len(k.dash) > 0 {
		parts := make([]string, len(k.dash))
		for i, d := range k.dash {
			parts[i] = num(d)
		}
		fmt.Fprintf(&s.buf, ` stroke-dasharray="%s"`, strings.Join(parts, " "))
	}
	s.buf.WriteString("/>\n")
}

func (s *svgSurface) circle(x, y, r float64, t tint, alpha float64) {
	fmt.Fprintf(&s.buf, `<circle cx="%s" cy="%s" r="%s"%s/>`+"\n", num(x), num(y), num(r), svgFill(t, alpha))
}

func (s *svgSurface) text(x, y float64, text string, l lettering) {
	if text == "" {
		return
	}
	fmt.Fprintf(&s.buf, `<text x="%s" y="%s" font-size="%s"`, num(x), num(y), num(l.size))
	if l.bold {
		s.buf.WriteString(` font-weight="bold"`)
	}
	switch l.at {
	case atMiddle:
		s.buf.WriteString(` text-anchor="middle"`)
	case atEnd:
		s.buf.WriteString(` text-anchor="end"`)
	}
	fmt.Fprintf(&s.buf, `%s>%s</text>`+"\n", svgFill(l.tint, 0), escapeXML(text))
}

func (s *svgSurface) open(note string) {
	s.buf.WriteString("<g>")
	if note != "" {
		s.buf.WriteString("<title>" + escapeXML(note) + "</title>")
	}
	s.buf.WriteByte('\n')
}

func (s *svgSurface) close() { s.buf.WriteString("</g>\n") }

// escapeXML escapes text for XML and for HTML, and takes out the control
// characters that XML 1.0 does not allow at all.
func escapeXML(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\uFFFE' || r == '\uFFFF' || r < 0x20 && r != '\t' && r != '\n' {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return html.EscapeString(s)
}

// document gives the whole SVG. label is what a screen reader says; inline
// leaves out what a page already has: the XML head and the paper's colour.
func (s *svgSurface) document(width, height float64, label string, inline bool) []byte {
	var b bytes.Buffer
	size := ""
	if !inline {
		b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
		size = fmt.Sprintf(` width="%spt" height="%spt"`, num(width), num(height))
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg"%s viewBox="0 0 %s %s" role="img" aria-label="%s" font-family="%s">`+"\n",
		size, num(width), num(height), escapeXML(label), svgFamily)
	if !inline {
		fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="%s"/>`+"\n", hexColour(inkPaper))
	}
	b.Write(s.buf.Bytes())
	b.WriteString("</svg>\n")
	return b.Bytes()
}
