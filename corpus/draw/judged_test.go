package draw_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
)

// Boxes stand round the lines of entities, in the group of their judgement;
// names are escaped.
func TestJudgedSVG(t *testing.T) {
	d := &corpus.Document{ID: "d", Boxed: true}
	for k := range 4 { // two lines of two words
		x, y := int16(100+200*(k%2)), int16(100+100*(k/2))
		d.Tokens = append(d.Tokens, corpus.Token{Text: "word", Line: k / 2, Box: corpus.Box{X0: x, Y0: y, X1: x + 100, Y1: y + 40}})
	}
	pages, _, err := draw.FromBoxes(d)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	err = draw.JudgedSVG(&b, d, pages, 0, []draw.Judged{
		{Entity: "A", Start: 0, End: 2, Judgement: draw.Right, Note: "confidence 0.9"},
		{Entity: "<script>", Start: 0, End: 4, Judgement: draw.Missed},
		{Entity: "C", Start: 3, End: 4, Judgement: draw.Wrong},
	})
	if err != nil {
		t.Fatal(err)
	}
	boxes, group, titles := map[string]int{}, "", ""
	for dec := xml.NewDecoder(&b); ; {
		token, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			for _, a := range x.Attr {
				if x.Name.Local == "g" && a.Name.Local == "class" {
					group = a.Value
				}
				// The first word begins at a tenth of 900 pixels, less 2 of room.
				if x.Name.Local == "rect" && group == "judged-right" && a.Name.Local == "x" && a.Value != "88.0" {
					t.Errorf("the box of A begins at %s", a.Value)
				}
			}
			if x.Name.Local == "rect" && strings.HasPrefix(group, "judged") {
				boxes[group]++
			}
			if x.Name.Local == "script" {
				t.Error("a name became an element")
			}
		case xml.CharData:
			titles += string(x) + "\n"
		}
	}
	if boxes["judged-right"] != 1 || boxes["judged-missed"] != 2 || boxes["judged-wrong"] != 1 {
		t.Errorf("boxes %v; want 1 right, 2 lines missed, 1 wrong", boxes)
	}
	if !strings.Contains(titles, "A: right, confidence 0.9") || !strings.Contains(titles, "<script>: missed") {
		t.Errorf("titles %q", titles)
	}
	for _, bad := range []struct {
		page       int
		start, end int
	}{{1, 0, 1}, {-1, 0, 1}, {0, 2, 2}, {0, 3, 5}, {0, -1, 1}} {
		if err := draw.JudgedSVG(io.Discard, d, pages, bad.page, []draw.Judged{{Entity: "A", Start: bad.start, End: bad.end, Judgement: draw.Right}}); err == nil {
			t.Errorf("page %d, tokens %d to %d: no error", bad.page, bad.start, bad.end)
		}
	}
}
