package invoices

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// Draw makes document i of a recipe as Generator.Draw does. Errors are those
// of GenerateDocument. To draw several, use New.
func Draw(schema *corpus.Schema, recipe corpus.Recipe, i int) (corpus.Document, []typeset.Page, error) {
	g, err := New(schema, recipe)
	if err != nil {
		return corpus.Document{}, nil, err
	}
	if i < 0 || i >= g.Len() {
		return corpus.Document{}, nil, fmt.Errorf("draw: document %d: the recipe has documents 0 to %d", i, g.Len()-1)
	}
	d, pages := g.Draw(i)
	return d, pages, nil
}

// Draw makes document k as it was laid out, and the display lists of its
// pages: token t of the document is the word of the mark whose Token is t.
// Where the recipe has no noise and no disorder, it is what Document gives;
// else it is what that one was read from.
func (g *Generator) Draw(k int) (corpus.Document, []typeset.Page) {
	s, d, _ := g.clean(g.order(k))
	g.label(&d)
	return d, s.pages()
}

// pages gives the display lists of the pages of a sheet whose document is
// made: what is under everything, then shapes, then text, then what was put
// over it. Token k of the document is word k of the sheet.
func (s *sheet) pages() []typeset.Page {
	n := s.page + 1
	pages := make([]typeset.Page, n)
	for k := range pages {
		pages[k] = typeset.Page{Width: s.width, Height: s.height, Marks: make([]typeset.Mark, 0, (len(s.words)+len(s.shapes))/n+16)}
	}
	words := func(l layer) {
		for k := range s.words {
			if w := &s.words[k]; w.layer == l {
				p := &pages[w.page]
				p.Marks = append(p.Marks, typeset.Mark{Kind: typeset.MarkWord, Colour: w.ink, Token: k, Word: w.Word})
			}
		}
	}
	shapes := func(l layer) {
		for k := range s.shapes {
			d := &s.shapes[k]
			if d.layer != l {
				continue
			}
			kind := typeset.MarkArea
			if d.width > 0 {
				kind = typeset.MarkLine
			}
			p := &pages[d.page]
			p.Marks = append(p.Marks, typeset.Mark{Kind: kind, Colour: d.ink, Path: d.path, Width: d.width})
		}
	}
	for _, l := range []layer{layerUnder, layerPage, layerOver} {
		shapes(l)
		words(l)
	}
	return pages
}

// Find gives the number of the document with an id.
func (g *Generator) Find(id string) (k int, ok bool) {
	digits, ok := strings.CutPrefix(id, "doc-")
	number, err := strconv.Atoi(digits)
	if !ok || err != nil || number < 0 {
		return 0, false
	}
	k = number
	if n := g.recipe.Documents; number >= n {
		at, found := slices.BinarySearch(g.plan.added, number) // they rise
		if !found {
			return 0, false
		}
		k = n + at
	}
	return k, true
}
