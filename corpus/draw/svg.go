// Package draw makes pictures of documents.
package draw

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// Size of a drawn page in pixels: a page of 1000 by 1000 units takes the
// proportions of A4, receipts those that their type asks for.
const (
	svgWidth  = 900.0
	svgHeight = svgWidth * 297 / 210
	svgLegend = 250.0 // width of the legend beside the page
	svgMargin = 14.0
)

// svgColours are told apart on white, and dark enough for text; entities take
// them in the order of the schema.
var svgColours = []string{
	"#1f5fa8", "#b3400e", "#2e7d32", "#8e24aa", "#00797d", "#a1172d", "#5d4a00", "#3949ab",
	"#c2185b", "#33691e", "#6d4c41", "#00619a", "#7b1fa2", "#a15c00", "#455a64", "#00695c",
}

// SVG draws one page of a document: each token at its box, fitted to the
// box's width, a coloured box round each line of a span, and beside the page
// a legend of the entities on it. It is an error if the document has no
// boxes or no such page, or if schema lacks an entity of its spans.
func SVG(w io.Writer, d *corpus.Document, schema *corpus.Schema, page int) error {
	if !d.Boxed {
		return fmt.Errorf("document %s: it has no boxes to draw", d.ID)
	}
	last := -1
	for i := range d.Tokens {
		last = max(last, d.Tokens[i].Page)
	}
	if page < 0 || page > last {
		return fmt.Errorf("document %s: page %d of %d", d.ID, page+1, last+1)
	}
	for _, s := range d.Spans {
		if int(s.Entity) >= len(schema.Entities) {
			return fmt.Errorf("document %s: entity %d is not in schema %s", d.ID, s.Entity, schema.Name)
		}
	}
	var b bytes.Buffer
	height := svgHeightOf(d, page)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" font-family="Liberation Sans, Helvetica, Arial, sans-serif">`+"\n",
		svgWidth+svgLegend+3*svgMargin, height+2*svgMargin)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#e8e8e8"/><rect x="%g" y="%g" width="%g" height="%.1f" fill="#ffffff"/>`+"\n", svgMargin, svgMargin, svgWidth, height)
	scale := func(box corpus.Box) (x, y, w, h float64) {
		sx, sy := svgWidth/1000, height/1000
		return svgMargin + float64(box.X0)*sx, svgMargin + float64(box.Y0)*sy, float64(box.X1-box.X0) * sx, float64(box.Y1-box.Y0) * sy
	}
	colours := make([]string, len(d.Tokens))
	var seen []corpus.EntityID
	for _, s := range d.Spans {
		for start := s.Start; start < s.End; {
			end := start + 1
			box := d.Tokens[start].Box
			for end < s.End && d.Tokens[end].Line == d.Tokens[start].Line {
				box = union(box, d.Tokens[end].Box)
				end++
			}
			if d.Tokens[start].Page == page {
				colour := svgColours[int(s.Entity)%len(svgColours)]
				x, y, w, h := scale(box)
				fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s" fill-opacity="0.12" stroke="%s" stroke-width="1"><title>%s</title></rect>`+"\n",
					x-1.5, y-1, w+3, h+2, colour, colour, schema.Entities[s.Entity].Name)
				for t := start; t < end; t++ {
					colours[t] = colour
				}
				if !slices.Contains(seen, s.Entity) {
					seen = append(seen, s.Entity)
				}
			}
			start = end
		}
	}
	for t := range d.Tokens {
		if d.Tokens[t].Page != page {
			continue
		}
		colour := colours[t]
		if colour == "" {
			colour = "#222222"
		}
		x, y, w, h := scale(d.Tokens[t].Box)
		size := svgSize(d.Tokens, t, scale)
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" font-size="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" fill="%s">`, x, y+h-typeset.Descent*h/(typeset.Ascent+typeset.Descent), size, w, colour)
		if err := xml.EscapeText(&b, []byte(d.Tokens[t].Text)); err != nil {
			return fmt.Errorf("document %s: token %d: %w", d.ID, t, err)
		}
		b.WriteString("</text>\n")
	}
	svgLegendOf(&b, d, schema, page, seen)
	b.WriteString("</svg>\n")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("document %s: %w", d.ID, err)
	}
	return nil
}

// svgSize is the type size of token t: the median over its line of the sizes
// that fill width and height of the boxes, so that a line of unevenly read
// boxes still looks like one; but no text is a fifth wider than its box.
func svgSize(tokens []corpus.Token, t int, scale func(corpus.Box) (x, y, w, h float64)) float64 {
	fit := func(tok *corpus.Token) float64 {
		_, _, w, h := scale(tok.Box)
		return min(h/(typeset.Ascent+typeset.Descent), w/typeset.Sans.Estimate(tok.Text, 1))
	}
	first, end := t, t+1
	for first > 0 && tokens[first-1].Line == tokens[t].Line {
		first--
	}
	for end < len(tokens) && tokens[end].Line == tokens[t].Line {
		end++
	}
	sizes := make([]float64, 0, end-first)
	for k := first; k < end; k++ {
		sizes = append(sizes, fit(&tokens[k]))
	}
	slices.Sort(sizes)
	_, _, w, _ := scale(tokens[t].Box)
	return min(sizes[len(sizes)/2], 1.2*w/typeset.Sans.Estimate(tokens[t].Text, 1))
}

// svgLegendOf lists the document and the entities of the page.
func svgLegendOf(b *bytes.Buffer, d *corpus.Document, schema *corpus.Schema, page int, seen []corpus.EntityID) {
	slices.Sort(seen)
	x, y := svgWidth+2*svgMargin, svgMargin+16
	about := []string{d.ID, d.Domain + " / " + d.Template, d.Kind, fmt.Sprintf("page %d", page+1)}
	for _, line := range about {
		fmt.Fprintf(b, `<text x="%g" y="%g" font-size="14" fill="#222222">`, x, y)
		xml.EscapeText(b, []byte(line)) // a bytes.Buffer takes everything
		b.WriteString("</text>\n")
		y += 19
	}
	y += 6
	for _, e := range seen {
		colour := svgColours[int(e)%len(svgColours)]
		fmt.Fprintf(b, `<rect x="%g" y="%g" width="12" height="12" fill="%s" fill-opacity="0.25" stroke="%s"/><text x="%g" y="%g" font-size="13" fill="%s">`,
			x, y-11, colour, colour, x+19, y, colour)
		xml.EscapeText(b, []byte(schema.Entities[e].Name))
		b.WriteString("</text>\n")
		y += 18
	}
}

// svgHeightOf is the height of the page that gives its type the usual
// proportions: the median token's advance by the metrics of Helvetica over the
// width and height of its box.
func svgHeightOf(d *corpus.Document, page int) float64 {
	var ratios []float64
	for i := range d.Tokens {
		t := &d.Tokens[i]
		if h := float64(t.Box.Y1 - t.Box.Y0); t.Page == page && h > 0 && t.Box.X1 > t.Box.X0 {
			size := float64(t.Box.X1-t.Box.X0) * svgWidth / 1000 / typeset.Sans.Estimate(t.Text, 1)
			ratios = append(ratios, size*(typeset.Ascent+typeset.Descent)/h)
		}
	}
	if len(ratios) == 0 {
		return svgHeight
	}
	slices.Sort(ratios)
	height := 1000 * ratios[len(ratios)/2]
	return math.Min(math.Max(height, 0.25*svgHeight), 6*svgHeight)
}

// union is the smallest box that holds both.
func union(a, b corpus.Box) corpus.Box {
	return corpus.Box{X0: min(a.X0, b.X0), Y0: min(a.Y0, b.Y0), X1: max(a.X1, b.X1), Y1: max(a.Y1, b.Y1)}
}
