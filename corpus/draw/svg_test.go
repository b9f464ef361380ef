package draw_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
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

func TestSVGFromBoxes(t *testing.T) {
	schema := &corpus.Schema{Name: "two", Entities: []corpus.Entity{{Name: "TOTAL"}, {Name: "NOTE"}}}
	d := corpus.Document{
		ID: "d1", Boxed: true, Kind: "INVOICE",
		Tokens: []corpus.Token{
			{Text: "Total", Box: corpus.Box{X0: 100, Y0: 100, X1: 140, Y1: 112}},
			{Text: "<5&6>", Box: corpus.Box{X0: 150, Y0: 100, X1: 200, Y1: 112}},
			{Text: "nḗxt", Box: corpus.Box{X0: 100, Y0: 50, X1: 140, Y1: 62}, Page: 1, Line: 1},
		},
		Spans: []corpus.Span{{Entity: 0, Start: 1, End: 2}, {Entity: 1, Start: 2, End: 3}},
	}
	pages, replaced, err := draw.FromBoxes(&d)
	if err != nil || replaced != 1 || len(pages) != 2 {
		t.Fatalf("%d pages, %d characters replaced, %v", len(pages), replaced, err)
	}
	var b bytes.Buffer
	if err := draw.SVG(&b, &d, schema, pages, 0); err != nil {
		t.Fatal(err)
	}
	texts, attrs := svgTexts(t, b.Bytes())
	k := slices.Index(texts, "<5&6>")
	if k < 0 || !slices.Contains(texts, "Total") || slices.Contains(texts, "n?xt") {
		t.Fatalf("texts of page 1: %q", texts)
	}
	if !slices.Contains(texts, "TOTAL") || slices.Contains(texts, "NOTE") {
		t.Errorf("the legend does not list the entities of the page alone: %q", texts)
	}
	x, _ := strconv.ParseFloat(attrs[k]["x"], 64)
	length, _ := strconv.ParseFloat(attrs[k]["textLength"], 64)
	// 900 pixels a page: 150 units are at 135, 50 units are 45 wide, which the
	// text may not exceed.
	if x != 135 || length > 45 || length < 20 {
		t.Errorf("<5&6> is at %v, %v wide; want 135 and up to 45", x, length)
	}
	if err := draw.SVG(io.Discard, &d, schema, pages, 2); err == nil || !strings.Contains(err.Error(), "page 3 of 2") {
		t.Errorf("page 3: %v", err)
	}
	d.Spans[0].Entity = 7
	if err := draw.SVG(io.Discard, &d, schema, pages, 0); err == nil || !strings.Contains(err.Error(), "entity 7 is not in schema two") {
		t.Errorf("an entity that the schema lacks: %v", err)
	}
	d.Boxed = false
	if _, _, err := draw.FromBoxes(&d); err == nil || !strings.Contains(err.Error(), "no boxes") {
		t.Errorf("without boxes: %v", err)
	}
}

// Words drawn from their boxes lie inside them.
func TestFromBoxesStaysInTheBoxes(t *testing.T) {
	for _, d := range everyFamily(t, cleanRecipe, 1, 300) {
		pages, _, err := draw.FromBoxes(&d.Document)
		if err != nil {
			t.Fatal(err)
		}
		for k := range pages {
			// Known proportions are found again, within what bold type and
			// other fonts move the median.
			if got, want := pages[k].Height/pages[k].Width, d.pages[k].Height/d.pages[k].Width; got < 0.7*want || got > 1.4*want {
				t.Errorf("%s (%s): page %d has proportions %.2f, laid out as %.2f", d.ID, d.Template, k, got, want)
			}
			for _, m := range pages[k].Marks {
				x0, y0, x1, y1 := m.Word.Bounds()
				box := d.Tokens[m.Token].Box
				sx, sy := 1000/pages[k].Width, 1000/pages[k].Height
				if x0*sx < float64(box.X0)-0.01 || x1*sx > float64(box.X1)+0.01 || y0*sy < float64(box.Y0)-0.01 || y1*sy > float64(box.Y1)+0.01 {
					t.Fatalf("%s: %q is drawn outside its box", d.ID, m.Word.Text)
				}
			}
		}
	}
}

// The page for a browser has every word of every page once as drawn and once
// as read, a box for each region, and switches for all kinds of labels.
func TestHTMLShowsAllKindsOfLabels(t *testing.T) {
	schema, err := config.LoadSchema("full-197")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range everyFamily(t, cleanRecipe, 1, 300) {
		var b bytes.Buffer
		if err := draw.HTML(&b, &d.Document, corpus.Train, schema, d.pages); err != nil {
			t.Fatal(err)
		}
		page := b.String()
		if n := strings.Count(page, "textLength"); n != len(d.Tokens) {
			t.Errorf("%s: %d words are drawn of %d", d.ID, n, len(d.Tokens))
		}
		if n := strings.Count(page, "<title>token "); n != len(d.Tokens) {
			t.Errorf("%s: %d words are read of %d", d.ID, n, len(d.Tokens))
		}
		for _, s := range d.Spans {
			if !strings.Contains(page, fmt.Sprintf(`class="entity-%d"`, s.Entity)) || !strings.Contains(page, fmt.Sprintf(`data-label="entity-%d"`, s.Entity)) {
				t.Fatalf("%s: %s has no box or no line in the legend", d.ID, schema.Entities[s.Entity].Name)
			}
		}
		for k, set := range d.Structure {
			for bit := range corpus.StructureTypes {
				if set>>bit&1 == 1 && !strings.Contains(page, fmt.Sprintf(`class="structure-%d"`, bit)) {
					t.Fatalf("%s: token %d: %s has no box", d.ID, k, corpus.StructureTypes[bit])
				}
			}
		}
		for _, kind := range []string{"entity", "structure", "visual", "reading"} {
			if !strings.Contains(page, `data-shows="`+kind+`"`) || !strings.Contains(page, `class="`+kind+`"`) {
				t.Errorf("%s: nothing switches %s", d.ID, kind)
			}
		}
		if strings.Contains(page, "http") && strings.Count(page, "http") != strings.Count(page, "http://www.w3.org/2000/svg") {
			t.Errorf("%s: the page needs other files", d.ID)
		}
	}
}
