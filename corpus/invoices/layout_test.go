package invoices

import (
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// A paragraph breaks between words, loses none, and no line is wider than
// asked unless a single word is.
func TestParagraphs(t *testing.T) {
	body := text{size: 10, line: 12}
	pieces := []piece{{text: "Delivery was made to the rear"}, {text: "entrance of warehouse", field: fNote, id: 1}}
	b := body.paragraph(90, alignLeft, pieces...)
	words := 0
	for _, r := range b {
		for _, p := range r.segments[0].pieces {
			words++
			if p.text == "warehouse" && p.field != fNote {
				t.Error("a word lost its field")
			}
		}
		if w := body.width(r.segments[0].pieces); w > 90 {
			t.Errorf("a line of %v points in a width of 90", w)
		}
	}
	if words != 9 || len(b) < 3 || b.height() != 12*float64(len(b)) {
		t.Errorf("%d words on %d lines of %v points", words, len(b), b.height())
	}
}

// Segments of a row that would collide are set one after the other.
func TestSegmentsDoNotCollide(t *testing.T) {
	s := newSheet(paperA4, 50)
	s.put(row{height: 12, segments: []segment{
		{size: 10, pieces: []piece{plain("a long key word")}},
		{x: 20, size: 10, pieces: []piece{plain("value")}},
	}}, s.left)
	last, value := s.words[3], s.words[4]
	if value.Text != "value" || value.At.X < last.At.X+last.Font.Width(last.Text, 10)+typeset.Sans.Space(10)-1e-9 || value.line != last.line {
		t.Errorf("%q at %v after %q, which ends at %v", value.Text, value.At.X, last.Text, last.At.X)
	}
}

// A table that does not fit goes on on the next page, below its header and
// the sum of the rows before.
func TestTablesContinue(t *testing.T) {
	s := newSheet(paper{300, 120}, 10)
	tab := &table{text: text{size: 10, line: 12}, header: true, columns: []column{{title: []piece{plain("Goods")}, grow: true}, {title: []piece{plain("Amount")}, align: alignRight}}}
	tab.carry = func(sum cents, forward bool) tableRow {
		key := "brought"
		if forward {
			key = "carried"
		}
		return tableRow{alone: []piece{plain(key)}, right: []piece{{text: moneyForm{}.number(sum), field: fCarriedForward, id: 1}}}
	}
	for range 10 {
		tab.rows = append(tab.rows, tableRow{cells: [][]piece{{plain("box")}, {plain("1.00")}}, amount: 100})
	}
	tab.place(s)
	var got []string
	for _, w := range s.words {
		if w.page == 1 && len(got) < 6 {
			got = append(got, w.Text)
		}
	}
	// 100 points hold 8 lines: header, 6 rows, and the sum carried forward.
	want := []string{"Goods", "Amount", "brought", "6.00", "box", "1.00"}
	if !slices.Equal(got, want) || s.page != 1 {
		t.Errorf("the second of %d pages starts %q, want %q", s.page+1, got, want)
	}
	if end := s.words[15]; s.words[14].Text != "carried" || end.Text != "6.00" || end.page != 0 || end.field != fCarriedForward {
		t.Errorf("the first page ends with %+v", end)
	}
}
