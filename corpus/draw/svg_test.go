package draw_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/invoicelab/invoicelab/corpus/invoices"
)

// svgTexts decodes an SVG and gives its texts with the attributes of each.
func svgTexts(t *testing.T, data []byte) (texts []string, attrs []map[string]string) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return texts, attrs
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "text" {
			var s string
			if err := dec.DecodeElement(&s, &e); err != nil {
				t.Fatal(err)
			}
			a := map[string]string{}
			for _, x := range e.Attr {
				a[x.Name.Local] = x.Value
			}
			texts, attrs = append(texts, s), append(attrs, a)
		}
	}
}

func TestSVGDrawsEachTokenAtItsBox(t *testing.T) {
	schema := &corpus.Schema{Name: "two", Entities: []corpus.Entity{{Name: "TOTAL"}, {Name: "NOTE"}}}
	d := corpus.Document{
		ID: "d1", Boxed: true, Kind: "INVOICE",
		Tokens: []corpus.Token{
			{Text: "Total", Box: corpus.Box{X0: 100, Y0: 100, X1: 140, Y1: 112}},
			{Text: "<5&6>", Box: corpus.Box{X0: 150, Y0: 100, X1: 200, Y1: 112}},
			{Text: "next", Box: corpus.Box{X0: 100, Y0: 50, X1: 140, Y1: 62}, Page: 1, Line: 1},
		},
		Spans: []corpus.Span{{Entity: 0, Start: 1, End: 2}, {Entity: 1, Start: 2, End: 3}},
	}
	var b bytes.Buffer
	if err := draw.SVG(&b, &d, schema, 0); err != nil {
		t.Fatal(err)
	}
	texts, attrs := svgTexts(t, b.Bytes())
	k := slices.Index(texts, "<5&6>")
	if k < 0 || !slices.Contains(texts, "Total") || slices.Contains(texts, "next") {
		t.Fatalf("texts of page 1: %q", texts)
	}
	if !slices.Contains(texts, "TOTAL") || slices.Contains(texts, "NOTE") {
		t.Errorf("the legend does not list the entities of the page alone: %q", texts)
	}
	x, _ := strconv.ParseFloat(attrs[k]["x"], 64)
	length, _ := strconv.ParseFloat(attrs[k]["textLength"], 64)
	// 900 pixels a page and a margin of 14: 150 units are at 149, 50 units are 45 wide.
	if x != 149 || length != 45 {
		t.Errorf("<5&6> is at %v, %v wide; want 149 and 45", x, length)
	}
	if attrs[k]["fill"] == attrs[slices.Index(texts, "Total")]["fill"] {
		t.Error("a labelled token has the colour of an unlabelled one")
	}
	if err := draw.SVG(io.Discard, &d, schema, 2); err == nil || !strings.Contains(err.Error(), "page 3 of 2") {
		t.Errorf("page 3: %v", err)
	}
	d.Boxed = false
	if err := draw.SVG(io.Discard, &d, schema, 0); err == nil || !strings.Contains(err.Error(), "no boxes") {
		t.Errorf("without boxes: %v", err)
	}
}

// Every family can be drawn, and a drawing has every token of its page.
func TestSVGOfEveryFamily(t *testing.T) {
	schema, err := config.LoadSchema("full-197")
	if err != nil {
		t.Fatal(err)
	}
	ds, err := invoices.Generate(schema, corpus.Recipe{Documents: 1500, Seed: 11})
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[string]bool{}
	for _, d := range ds.All() {
		if drawn[d.Template] {
			continue
		}
		drawn[d.Template] = true
		var b bytes.Buffer
		if err := draw.SVG(&b, d, ds.Schema, 0); err != nil {
			t.Fatal(err)
		}
		_, attrs := svgTexts(t, b.Bytes())
		boxed, tokens := 0, 0
		for _, a := range attrs {
			if a["textLength"] != "" {
				boxed++
			}
		}
		for i := range d.Tokens {
			if d.Tokens[i].Page == 0 {
				tokens++
			}
		}
		if boxed != tokens {
			t.Errorf("%s: %d texts for %d tokens", d.Template, boxed, tokens)
		}
	}
}
