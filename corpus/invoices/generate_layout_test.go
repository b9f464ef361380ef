package invoices_test

import (
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
)

// checkOrder checks that boxes are inside the page and in reading order: by
// page, then line, from left to right within a line; the next line is below,
// or starts a column further right.
func checkOrder(t *testing.T, d *corpus.Document) {
	t.Helper()
	for k := range d.Tokens {
		tok := &d.Tokens[k]
		b := tok.Box
		if b.X0 < 0 || b.Y0 < 0 || b.X1 > 1000 || b.Y1 > 1000 || b.X0 >= b.X1 || b.Y0 >= b.Y1 {
			t.Fatalf("%s (%s): token %d %q: box %v", d.ID, d.Template, k, tok.Text, b)
		}
		if tok.Text == "" || strings.ContainsAny(tok.Text, " \t\n\x00") {
			t.Fatalf("%s (%s): token %d: text %q", d.ID, d.Template, k, tok.Text)
		}
		if k == 0 {
			if tok.Page != 0 || tok.Line != 0 {
				t.Fatalf("%s: the first token is on page %d, line %d", d.ID, tok.Page, tok.Line)
			}
			continue
		}
		last := &d.Tokens[k-1]
		switch {
		case tok.Line == last.Line:
			if tok.Page != last.Page || b.X0 < last.Box.X1 {
				t.Fatalf("%s (%s): line %d: %q %v overlaps %q %v", d.ID, d.Template, tok.Line, tok.Text, b, last.Text, last.Box)
			}
		case tok.Line != last.Line+1 || tok.Page < last.Page || tok.Page > last.Page+1:
			t.Fatalf("%s: line %d of page %d follows line %d of page %d", d.ID, tok.Line, tok.Page, last.Line, last.Page)
		}
	}
}

func TestBoxesAreInReadingOrder(t *testing.T) {
	ds := cleanCorpus(t)
	pages := map[int]int{}
	everyDocument(ds, func(_ corpus.Split, d *corpus.Document) {
		checkOrder(t, d)
		pages[d.Tokens[len(d.Tokens)-1].Page+1]++
		for k := 1; k < len(d.Tokens); k++ {
			a, b := &d.Tokens[k-1], &d.Tokens[k]
			if a.Page == b.Page && a.Line != b.Line && b.Box.Y0 <= a.Box.Y0 {
				if first := lineStart(d, k-1); b.Box.X0 <= d.Tokens[first].Box.X0 {
					t.Fatalf("%s (%s): line %d %v is neither below nor right of line %d %v", d.ID, d.Template, b.Line, b.Box, a.Line, d.Tokens[first].Box)
				}
			}
		}
	})
	if pages[2] < 50 {
		t.Errorf("documents by number of pages: %v; want some with two", pages)
	}
	if len(pages) > 4 {
		t.Errorf("documents by number of pages: %v", pages)
	}
}

// lineStart is the first token of the line of token k.
func lineStart(d *corpus.Document, k int) int {
	for k > 0 && d.Tokens[k-1].Line == d.Tokens[k].Line {
		k--
	}
	return k
}

// No two words of a page overlap by more than the rounding of their boxes,
// but the lines of one stamp, whose upright boxes do.
func TestWordsDoNotOverlap(t *testing.T) {
	ds := cleanCorpus(t)
	everyDocument(ds, func(_ corpus.Split, d *corpus.Document) {
		for i := range d.Tokens {
			a := &d.Tokens[i]
			for j := i + 1; j < len(d.Tokens); j++ {
				b := &d.Tokens[j]
				if d.Visual[i]&d.Visual[j] != 0 {
					continue
				}
				if a.Page == b.Page && min(a.Box.X1, b.Box.X1)-max(a.Box.X0, b.Box.X0) > 1 && min(a.Box.Y1, b.Box.Y1)-max(a.Box.Y0, b.Box.Y0) > 1 {
					t.Fatalf("%s (%s): page %d: %q %v overlaps %q %v", d.ID, d.Template, a.Page+1, a.Text, a.Box, b.Text, b.Box)
				}
			}
		}
	})
}

func TestSpansAreSortedAndApart(t *testing.T) {
	ds := cleanCorpus(t)
	table, _ := ds.Schema.Lookup("TABLE")
	everyDocument(ds, func(_ corpus.Split, d *corpus.Document) {
		end := 0
		for _, s := range d.Spans {
			if s.Start < end || s.End <= s.Start || s.End > len(d.Tokens) || int(s.Entity) >= len(ds.Schema.Entities) {
				t.Fatalf("%s: span %v after token %d of %d", d.ID, s, end, len(d.Tokens))
			}
			if d.Tokens[s.Start].Page != d.Tokens[s.End-1].Page {
				t.Fatalf("%s: span %v %q crosses a page", d.ID, s, spanText(d, s))
			}
			if s.Entity == table && d.Tokens[s.Start].Line != d.Tokens[s.End-1].Line {
				t.Fatalf("%s: TABLE span %v is on two lines", d.ID, s)
			}
			end = s.End
		}
	})
}
