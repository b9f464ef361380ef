package reports

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// errorPageWidth is that of a page on an error page, in the drawing's points.
const errorPageWidth = 560.0

// drawPages draws the pages of a document on which an entity is marked, gold
// and predicted; a document without any has its first page drawn. pages are those
// that FromBoxes gives, or the layout that the boxes come from. id is unique
// among the drawings of a file.
func drawPages(d *corpus.Document, pages []typeset.Page, gold, said []marked, id string) []pagePair {
	shown := make([]bool, len(pages))
	any := false
	for _, side := range [][]marked{gold, said} {
		for _, m := range side {
			shown[d.Tokens[m.start].Page], any = true, true
		}
	}
	if !any && len(pages) > 0 {
		shown[0] = true
	}
	var out []pagePair
	for k := range pages {
		if !shown[k] {
			continue
		}
		name := fmt.Sprintf("p-%s-%d", id, k)
		out = append(out, pagePair{
			Number: k + 1,
			Gold:   drawPage(d, &pages[k], k, gold, name, true, fmt.Sprintf("%s, page %d, as labelled", d.ID, k+1)),
			Said:   drawPage(d, &pages[k], k, said, name, false, fmt.Sprintf("%s, page %d, as predicted", d.ID, k+1)),
		})
	}
	return out
}

// drawPage draws one page with marks. The words are written into the first of
// two drawings and used again by the second.
func drawPage(d *corpus.Document, page *typeset.Page, number int, marks []marked, id string, first bool, label string) template.HTML {
	s := &svgSurface{}
	scale := errorPageWidth / page.Width
	height := page.Height * scale
	if first {
		fmt.Fprintf(&s.buf, `<g id="%s">`+"\n", id)
		for i := range page.Marks {
			s.pageMark(&page.Marks[i], scale)
		}
		s.buf.WriteString("</g>\n")
	} else {
		fmt.Fprintf(&s.buf, `<use href="#%s"/>`+"\n", id)
	}
	sx, sy := errorPageWidth/1000, height/1000
	type frame struct {
		m     marked
		box   corpus.Box // in points of the drawing
		named bool
	}
	var frames []frame
	inPoints := func(b corpus.Box) corpus.Box {
		return corpus.Box{X0: int16(float64(b.X0) * sx), Y0: int16(float64(b.Y0) * sy), X1: int16(math.Ceil(float64(b.X1) * sx)), Y1: int16(math.Ceil(float64(b.Y1) * sy))}
	}
	var taken []corpus.Box // no name stands over a word, a frame or another name
	for i := range d.Tokens {
		if d.Tokens[i].Page == number {
			taken = append(taken, inPoints(d.Tokens[i].Box))
		}
	}
	for _, m := range marks {
		for start := m.start; start < m.end; {
			end := start + 1
			box := d.Tokens[start].Box
			for end < m.end && d.Tokens[end].Line == d.Tokens[start].Line && d.Tokens[end].Page == d.Tokens[start].Page {
				b := d.Tokens[end].Box
				box = corpus.Box{X0: min(box.X0, b.X0), Y0: min(box.Y0, b.Y0), X1: max(box.X1, b.X1), Y1: max(box.Y1, b.Y1)}
				end++
			}
			if d.Tokens[start].Page == number {
				box = inPoints(box)
				frames, taken = append(frames, frame{m, box, start == m.start}), append(taken, box)
			}
			start = end
		}
	}
	for _, f := range frames {
		s.errorMark(f.m, f.box, f.named, &taken)
	}
	return template.HTML(s.document(errorPageWidth, height, label, true)) // every text in it is escaped
}

// pageMark draws a word, an area or a line of a page. Colours of the page are
// told by how dark they are: the drawing has those of the reader's scheme.
func (s *svgSurface) pageMark(m *typeset.Mark, scale float64) {
	if m.Kind == typeset.MarkWord {
		w := &m.Word
		fmt.Fprintf(&s.buf, `<text x="%s" y="%s" font-size="%s" textLength="%s" lengthAdjust="spacingAndGlyphs" class="f-ink"`,
			num(w.At.X*scale), num(w.At.Y*scale), num(w.Size*scale), num(w.Font.Width(w.Text, w.Size)*scale))
		if w.Font == w.Font.Bold() {
			s.buf.WriteString(` font-weight="bold"`)
		}
		if w.Angle != 0 {
			fmt.Fprintf(&s.buf, ` transform="rotate(%s %s %s)"`, num(-w.Angle), num(w.At.X*scale), num(w.At.Y*scale))
		}
		fmt.Fprintf(&s.buf, ">%s</text>\n", escapeXML(w.Text))
		return
	}
	s.buf.WriteString(`<path d="`)
	for k, p := range m.Path {
		fmt.Fprintf(&s.buf, "%c%s %s", "ML"[min(k, 1)], num(p.X*scale), num(p.Y*scale))
	}
	dark := 1 - float64(m.Colour.Luminance())/255
	if m.Kind == typeset.MarkArea {
		fmt.Fprintf(&s.buf, `Z" class="f-ink" fill-opacity="%s"/>`+"\n", num(areaInk*dark))
		return
	}
	fmt.Fprintf(&s.buf, `" fill="none" class="s-ink" stroke-opacity="%s" stroke-width="%s"/>`+"\n", num(dark), num(m.Width*scale))
}

// areaInk is how much of the ink a black area has: words must be read on it.
const areaInk = 0.25

// errorMark frames an entity: full and green where it is right, dashed and
// vermilion where it is not, with its type above it unless that place is taken.
// All is in points of the drawing.
func (s *svgSurface) errorMark(m marked, box corpus.Box, named bool, taken *[]corpus.Box) {
	x0, y0, x1, y1 := float64(box.X0)-1, float64(box.Y0)-1, float64(box.X1)+1, float64(box.Y1)+1
	k := stroke{tint: variantTints[2], width: 1.2}
	if !m.right {
		k = stroke{tint: variantTints[1], width: 1.6, dash: []float64{4, 2}}
	}
	s.open(m.note())
	s.rect(x0, y0, x1-x0, y1-y0, k.tint, 0.12)
	s.polyline([]point{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}, k)
	if named && !m.right {
		l := lettering{size: 6.5, bold: true, tint: k.tint}
		if x0 > errorPageWidth*0.7 {
			x0, l.at = x1, atEnd
		}
		// A letter is at most 0.75 of the size wide.
		y, width := max(y0-1.5, 6.5), 0.75*l.size*float64(len(m.name))
		place := corpus.Box{X0: int16(x0), X1: int16(x0 + width), Y0: int16(y - l.size), Y1: int16(y)}
		if l.at == atEnd {
			place.X0, place.X1 = int16(x0-width), int16(x0)
		}
		if !slices.ContainsFunc(*taken, func(o corpus.Box) bool {
			return o.X0 < place.X1 && place.X0 < o.X1 && o.Y0 < place.Y1 && place.Y0 < o.Y1
		}) {
			*taken = append(*taken, place)
			s.text(x0, y, m.name, l)
		}
	}
	s.close()
}

func (m *marked) note() string {
	state := "found"
	switch {
	case !m.right && m.sure < 0:
		state = "missed"
	case !m.right:
		state = "wrong"
	}
	if m.sure >= 0 {
		return fmt.Sprintf("%s, %s, confidence %.2f", m.name, state, m.sure)
	}
	return m.name + ", " + state
}

// plainText writes a document without boxes line by line, its entities marked.
func plainText(d *corpus.Document, marks []marked) template.HTML {
	var b strings.Builder
	b.WriteString(`<p class="plain">`)
	next := 0
	for t := range d.Tokens {
		if t > 0 {
			if d.Tokens[t].Line != d.Tokens[t-1].Line {
				b.WriteString("<br>")
			} else {
				b.WriteByte(' ')
			}
		}
		if next < len(marks) && marks[next].start == t {
			class := "right"
			if !marks[next].right {
				class = "wrong"
			}
			fmt.Fprintf(&b, `<mark class="%s" title="%s">`, class, escapeXML(marks[next].note()))
		}
		b.WriteString(escapeXML(d.Tokens[t].Text))
		if next < len(marks) && marks[next].end == t+1 {
			fmt.Fprintf(&b, ` <b>%s</b></mark>`, escapeXML(marks[next].name))
			next++
		}
	}
	b.WriteString("</p>")
	return template.HTML(b.String()) // every text in it is escaped
}
