package draw

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// Width of a page that is known by its boxes alone, in points, and the height
// that it has at least and at most.
const (
	boxedWidth  = 595.276
	leastHeight = 0.35 * boxedWidth
	mostHeight  = 8 * boxedWidth
)

// replacement stands for characters that no font has.
const replacement = '?'

// FromBoxes gives pages for a document that has boxes but no layout, such as
// an imported one: each token in Helvetica, level, as large as its box lets
// it be. The proportions of a page are those that give the type of most
// tokens its usual ones. Characters that no font has become question marks,
// whose number is replaced.
func FromBoxes(d *corpus.Document) (pages []typeset.Page, replaced int, err error) {
	if !d.Boxed {
		return nil, 0, fmt.Errorf("document %s: it has no boxes to draw", d.ID)
	}
	pages = make([]typeset.Page, pagesOf(d))
	for k := range pages {
		pages[k] = typeset.Page{Width: boxedWidth, Height: boxedHeight(d, k)}
	}
	for t := range d.Tokens {
		tok := &d.Tokens[t]
		page := &pages[tok.Page]
		text := strings.Map(func(ch rune) rune {
			if _, ok := typeset.Code(ch); ok {
				return ch
			}
			replaced++
			return replacement
		}, tok.Text)
		x0, y0, x1, y1 := inPage(tok.Box, page)
		size := min((y1-y0)/(typeset.Ascent+typeset.Descent), (x1-x0)/typeset.Sans.Width(text, 1))
		if size <= 0 || math.IsInf(size, 0) {
			size = 1 // a box without an inside; the token is there all the same
		}
		page.Marks = append(page.Marks, typeset.Mark{
			Kind: typeset.MarkWord, Token: t,
			Word: typeset.Word{Text: text, Size: size, At: typeset.Point{X: x0, Y: y0 + (y1-y0)/2 + (typeset.Ascent-typeset.Descent)/2*size}},
		})
	}
	return pages, replaced, nil
}

// pagesOf is the number of pages of a document with tokens.
func pagesOf(d *corpus.Document) int {
	last := -1
	for k := range d.Tokens {
		last = max(last, d.Tokens[k].Page)
	}
	return last + 1
}

// inPage gives a box in points.
func inPage(b corpus.Box, page *typeset.Page) (x0, y0, x1, y1 float64) {
	sx, sy := page.Width/1000, page.Height/1000
	return float64(b.X0) * sx, float64(b.Y0) * sy, float64(b.X1) * sx, float64(b.Y1) * sy
}

// boxedHeight is the height of a page on which the median token has the
// proportions of Helvetica.
func boxedHeight(d *corpus.Document, page int) float64 {
	var heights []float64
	for k := range d.Tokens {
		t := &d.Tokens[k]
		if h := float64(t.Box.Y1 - t.Box.Y0); t.Page == page && h > 0 && t.Box.X1 > t.Box.X0 {
			size := float64(t.Box.X1-t.Box.X0) * boxedWidth / 1000 / typeset.Sans.Estimate(t.Text, 1)
			heights = append(heights, 1000*size*(typeset.Ascent+typeset.Descent)/h)
		}
	}
	if len(heights) == 0 {
		return boxedWidth * math.Sqrt2
	}
	slices.Sort(heights)
	return min(max(heights[len(heights)/2], leastHeight), mostHeight)
}
