// Package draw makes pictures of documents: PNG, PDF, SVG and a page for a
// browser, all from the display lists of package typeset. A document without
// a layout, such as an imported one, is drawn from its boxes; see FromBoxes.
package draw

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// Sizes of SVG pictures in pixels.
const (
	svgWidth  = 900.0 // of a page
	svgLegend = 250.0 // width of the legend beside the page
	svgMargin = 14.0
)

// SVG draws one page of a document, 0-based, with a coloured box round each
// line of a span and beside the page a legend of the entities on it. It is an
// error if there is no such page, or if schema lacks an entity of the spans.
func SVG(w io.Writer, d *corpus.Document, schema *corpus.Schema, pages []typeset.Page, page int) error {
	if page < 0 || page >= len(pages) {
		return fmt.Errorf("document %s: page %d of %d", d.ID, page+1, len(pages))
	}
	kinds, err := labelsOf(d, schema)
	if err != nil {
		return err
	}
	entities := &kinds[0]
	height := svgWidth * pages[page].Height / pages[page].Width
	seen := entities.on(page)
	whole := max(height, 110+18*float64(len(seen)))
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f">`+"\n", svgWidth+svgLegend+3*svgMargin, whole+2*svgMargin)
	b.WriteString(`<rect width="100%" height="100%" fill="#e8e8e8"/>` + "\n")
	fmt.Fprintf(&b, `<g transform="translate(%g %g)">`+"\n", svgMargin, svgMargin)
	svgPage(&b, &pages[page], svgWidth)
	entities.draw(&b, page, svgWidth, height)
	b.WriteString("</g>\n")
	fmt.Fprintf(&b, `<g font-family="%s">`+"\n", svgFamilies[0])
	x, y := svgWidth+2*svgMargin, svgMargin+16
	line := func(x, y, size float64, colour, text string) {
		fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="%g" fill="%s">`, x, y, size, colour)
		xml.EscapeText(&b, []byte(text)) // a bytes.Buffer takes everything
		b.WriteString("</text>\n")
	}
	for _, about := range []string{d.ID, d.Domain + " / " + d.Template, d.Kind, fmt.Sprintf("page %d of %d", page+1, len(pages))} {
		line(x, y, 14, "#222222", about)
		y += 19
	}
	y += 6
	for _, e := range seen {
		colour := labelColour(e)
		fmt.Fprintf(&b, `<rect x="%g" y="%g" width="12" height="12" fill="%s" fill-opacity="0.25" stroke="%s"/>`, x, y-11, colour, colour)
		line(x+19, y, 13, colour, entities.names[e])
		y += 18
	}
	b.WriteString("</g>\n</svg>\n")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("document %s: %w", d.ID, err)
	}
	return nil
}

// svgFamilies are the font families of typeset's for SVG.
var svgFamilies = [3]string{"Liberation Sans, Helvetica, Arial, sans-serif", "Liberation Serif, Times New Roman, Times, serif", "Liberation Mono, Courier New, Courier, monospace"}

// svgPage draws a page with a width in pixels as a group. Each word is fitted
// to its width, whatever font the viewer has.
func svgPage(b *bytes.Buffer, page *typeset.Page, width float64) {
	scale := width / page.Width
	fmt.Fprintf(b, `<rect width="%.1f" height="%.1f" fill="#ffffff"/><g class="page" stroke-linecap="round" stroke-linejoin="round">`+"\n", width, page.Height*scale)
	for k := range page.Marks {
		m := &page.Marks[k]
		ink := fmt.Sprintf("#%02x%02x%02x", m.Colour.R, m.Colour.G, m.Colour.B)
		switch m.Kind {
		case typeset.MarkWord:
			svgWord(b, &m.Word, ink, scale)
		case typeset.MarkArea, typeset.MarkLine:
			b.WriteString(`<path d="`)
			for j, p := range m.Path {
				fmt.Fprintf(b, "%c%.1f %.1f", "ML"[min(j, 1)], p.X*scale, p.Y*scale)
			}
			if m.Kind == typeset.MarkArea {
				fmt.Fprintf(b, `Z" fill="%s"/>`+"\n", ink)
			} else {
				fmt.Fprintf(b, `" fill="none" stroke="%s" stroke-width="%.2f"/>`+"\n", ink, m.Width*scale)
			}
		}
	}
	b.WriteString("</g>\n")
}

func svgWord(b *bytes.Buffer, w *typeset.Word, ink string, scale float64) {
	x, y := w.At.X*scale, w.At.Y*scale
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" font-family="%s" font-size="%.2f" textLength="%.2f" lengthAdjust="spacingAndGlyphs" fill="%s"`,
		x, y, svgFamilies[w.Font/4], w.Size*scale, w.Font.Width(w.Text, w.Size)*scale, ink)
	if w.Font == w.Font.Bold() {
		b.WriteString(` font-weight="bold"`)
	}
	if w.Font == w.Font.Italic() {
		b.WriteString(` font-style="italic"`)
	}
	if w.Angle != 0 {
		fmt.Fprintf(b, ` transform="rotate(%.2f %.1f %.1f)"`, -w.Angle, x, y)
	}
	b.WriteByte('>')
	xml.EscapeText(b, []byte(w.Text)) // a bytes.Buffer takes everything
	b.WriteString("</text>\n")
}
