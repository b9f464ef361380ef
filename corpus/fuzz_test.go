package corpus

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

// MarshalJSON makes encoding/json the second writer of stored lines.
func (s namedSpan) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{s.Entity, s.Start, s.End})
}

// byEncodingJSON gives the stored line as encoding/json writes it.
func byEncodingJSON(t *testing.T, schema *Schema, d *Document) string {
	t.Helper()
	line := documentLine{
		ID: d.ID, Domain: d.Domain, Template: d.Template, Kind: d.Kind, Tokens: []string{}, Spans: []namedSpan{},
		Boxed: d.Boxed && len(d.Tokens) == 0, Structure: d.Structure, Visual: d.Visual, Check: newCanonical().document(schema, d).check(),
	}
	var pages, lines, columns bool
	for _, token := range d.Tokens {
		line.Tokens = append(line.Tokens, token.Text)
		if d.Boxed {
			line.Boxes = append(line.Boxes, []int16{token.Box.X0, token.Box.Y0, token.Box.X1, token.Box.Y1})
		}
		line.Pages, pages = append(line.Pages, token.Page), pages || token.Page != 0
		line.Lines, lines = append(line.Lines, token.Line), lines || token.Line != 0
		line.Columns, columns = append(line.Columns, token.Columns), columns || len(token.Columns) > 0
	}
	if !pages {
		line.Pages = nil
	}
	if !lines {
		line.Lines = nil
	}
	if !columns {
		line.Columns = nil
	}
	for _, s := range d.Spans {
		line.Spans = append(line.Spans, namedSpan{schema.Entities[s.Entity].Name, s.Start, s.End})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(line); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// checkLine fails unless the line of d is as encoding/json writes it and
// reads back as d.
func checkLine(t *testing.T, schema *Schema, d *Document) {
	t.Helper()
	sum := newCanonical().document(schema, d)
	line := appendDocument(nil, schema, d, sum.check())
	if want := byEncodingJSON(t, schema, d); string(line) != want {
		t.Fatalf("stored\n%s\nencoding/json writes\n%s", line, want)
	}
	back, again, err := newLineParser(schema).parse(bytes.TrimSuffix(line, []byte("\n")), newCanonical())
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if !reflect.DeepEqual(&back, d) || again != sum {
		t.Fatalf("read\n%+v\nexpected\n%+v", &back, d)
	}
}

func TestLinesAreAsEncodingJSONWritesThem(t *testing.T) {
	ds := sampleDataset()
	for e := range ds.Entries() {
		checkLine(t, ds.Schema, e.Document)
	}
	checkLine(t, ds.Schema, &Document{ID: "none", Boxed: true})
	// Every way to escape is among the first 0x3000 characters.
	for r := rune(0); r < 0x3000; r += 64 {
		d := Document{ID: "x" + string(r)}
		for k := range rune(64) {
			d.Tokens = append(d.Tokens, Token{Text: string(r+k) + "y", Line: int(r), Page: 7})
		}
		checkLine(t, ds.Schema, &d)
	}
}

// FuzzDocuments reads any bytes as a stored line: it is refused, or stored
// again as encoding/json writes it.
func FuzzDocuments(f *testing.F) {
	ds := sampleDataset()
	for e := range ds.Entries() {
		line := appendDocument(nil, ds.Schema, e.Document, newCanonical().document(ds.Schema, e.Document).check())
		f.Add(bytes.TrimSuffix(line, []byte("\n")))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, _, err := newLineParser(ds.Schema).parse(data, newCanonical())
		if err != nil {
			return
		}
		d.Labels() // panics when a span is out of range
		again := appendDocument(nil, ds.Schema, &d, newCanonical().document(ds.Schema, &d).check())
		if want := byEncodingJSON(t, ds.Schema, &d); string(again) != want {
			t.Fatalf("stored\n%s\nencoding/json writes\n%s", again, want)
		}
	})
}

// FuzzText stores a document of any text.
func FuzzText(f *testing.F) {
	f.Add("a\"\\\b\f\n\r\t\x00\x1f\x7f", "<&>\u2028\u2029\ufeff\ufffd")
	f.Fuzz(func(t *testing.T, id, text string) {
		if !utf8.ValidString(id) || !utf8.ValidString(text) || text == "" {
			return
		}
		ds := sampleDataset()
		checkLine(t, ds.Schema, &Document{ID: id, Domain: text, Tokens: []Token{{Text: text, Columns: []string{id, text}}}})
	})
}
