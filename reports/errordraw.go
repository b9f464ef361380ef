package reports

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// errorPageWidth is that of a page on an error page, in the drawing's points.
const errorPageWidth = 560.0

// drawPages draws the pages of a document on which an entity is marked, gold
// and predicted; a document without any has its first page drawn. id is unique
// among the drawings of a file.
func drawPages(d *corpus.Document, gold, said []marked, id string) ([]pagePair, error) {
	pages, _, err := draw.FromBoxes(d)
	if err != nil {
		return nil, fmt.Errorf("reports: error pages: %w", err)
	}
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
	return out, nil
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
			w := &page.Marks[i].Word
			if page.Marks[i].Kind != typeset.MarkWord {
				continue
			}
			fmt.Fprintf(&s.buf, `<text x="%s" y="%s" font-size="%s" textLength="%s" lengthAdjust="spacingAndGlyphs" class="f-ink">%s</text>`+"\n",
				num(w.At.X*scale), num(w.At.Y*scale), num(w.Size*scale), num(w.Font.Width(w.Text, w.Size)*scale), escapeXML(w.Text))
		}
		s.buf.WriteString("</g>\n")
	} else {
		fmt.Fprintf(&s.buf, `<use href="#%s"/>`+"\n", id)
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
				s.errorMark(m, box, errorPageWidth/1000, height/1000, start == m.start)
			}
			start = end
		}
	}
	return template.HTML(s.document(errorPageWidth, height, label, true)) // every text in it is escaped
}

// errorMark frames an entity: full and green where it is right, dashed and
// vermilion where it is not, with its type above it.
func (s *svgSurface) errorMark(m marked, box corpus.Box, sx, sy float64, named bool) {
	x0, y0, x1, y1 := float64(box.X0)*sx-1, float64(box.Y0)*sy-1, float64(box.X1)*sx+1, float64(box.Y1)*sy+1
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
		s.text(x0, max(y0-1.5, 6.5), m.name, l)
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
