package corpus_test

import (
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
)

func TestLineBoxes(t *testing.T) {
	token := func(page, line int, x0, y0, x1, y1 int16) corpus.Token {
		return corpus.Token{Text: "x", Page: page, Line: line, Box: corpus.Box{X0: x0, Y0: y0, X1: x1, Y1: y1}}
	}
	d := corpus.Document{Boxed: true, Tokens: []corpus.Token{
		token(0, 0, 10, 12, 20, 20), token(0, 0, 25, 10, 40, 22),
		token(0, 1, 10, 30, 15, 40),
		token(1, 2, 5, 5, 9, 9), token(1, 2, 3, 6, 4, 8), token(1, 2, 10, 6, 30, 7),
		token(1, 0, 1, 2, 3, 4),
	}}
	want := []corpus.LineBox{
		{Page: 0, Line: 0, Start: 0, End: 2, Box: corpus.Box{X0: 10, Y0: 10, X1: 40, Y1: 22}},
		{Page: 0, Line: 1, Start: 2, End: 3, Box: corpus.Box{X0: 10, Y0: 30, X1: 15, Y1: 40}},
		{Page: 1, Line: 2, Start: 3, End: 6, Box: corpus.Box{X0: 3, Y0: 5, X1: 30, Y1: 9}},
		{Page: 1, Line: 0, Start: 6, End: 7, Box: corpus.Box{X0: 1, Y0: 2, X1: 3, Y1: 4}},
	}
	if got := d.LineBoxes(); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got := (&corpus.Document{}).LineBoxes(); got != nil {
		t.Errorf("an empty document has lines %v", got)
	}
}
