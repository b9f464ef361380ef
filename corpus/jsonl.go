package corpus

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/invoicelab/invoicelab/lines"
	"github.com/invoicelab/invoicelab/nearest"
)

// A corpus stores one document a line:
//
//	{"id":"7","domain":"telecom","template":"mobile_bill","kind":"INVOICE",
//	 "tokens":["Total","9.00"],"boxes":[[80,10,120,22],[130,10,160,22]],
//	 "lines":[0,0],"spans":[["TOTAL_AMOUNT",1,2]],"check":"1f0c..."}
//
// The lists run parallel to tokens. boxes stands where the document has
// boxes; pages, lines and columns may be left out when all are 0 or empty.
// structure and visual are sets of types as numbers, bit k for type k.
// A span is entity, first token, token after the last. check is the start of
// the document's sha256, so that a changed document is found by its line.
type documentLine struct {
	ID       string      `json:"id"`
	Domain   string      `json:"domain,omitempty"`
	Template string      `json:"template,omitempty"`
	Kind     string      `json:"kind,omitempty"`
	Tokens   []string    `json:"tokens"`
	Boxes    [][]int16   `json:"boxes,omitempty"`
	Boxed    bool        `json:"boxed,omitempty"` // only where boxes cannot show it: no tokens
	Pages    []int       `json:"pages,omitempty"`
	Lines    []int       `json:"lines,omitempty"`
	Columns  [][]string  `json:"columns,omitempty"`
	Spans    []namedSpan `json:"spans"`

	Structure []uint16 `json:"structure,omitempty"`
	Visual    []uint16 `json:"visual,omitempty"`

	Check documentHash `json:"check"`
}

// namedSpan is a Span as the list [entity, start, end].
type namedSpan struct {
	Entity     string
	Start, End int
}

// MarshalJSON writes the list.
func (s namedSpan) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{s.Entity, s.Start, s.End})
}

// UnmarshalJSON reads the list.
func (s *namedSpan) UnmarshalJSON(data []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil || len(parts) != 3 {
		return fmt.Errorf("span %s: expected [entity, start, end]", data)
	}
	if json.Unmarshal(parts[0], &s.Entity) != nil || json.Unmarshal(parts[1], &s.Start) != nil || json.Unmarshal(parts[2], &s.End) != nil {
		return fmt.Errorf("span %s: expected [entity, start, end]", data)
	}
	return nil
}

// documentHash is the first 8 bytes of a documentSum, in hex.
type documentHash string

func hashOf(schema *Schema, d *Document) documentHash {
	sum := documentSum(schema, d)
	return documentHash(hex.EncodeToString(sum[:8]))
}

// writeDocuments writes one line per document.
func writeDocuments(w io.Writer, schema *Schema, docs []Document) error {
	out := bufio.NewWriterSize(w, 1<<16)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for i := range docs {
		if err := enc.Encode(toLine(schema, &docs[i])); err != nil {
			return err
		}
	}
	return out.Flush()
}

// toLine gives the stored form of a document.
func toLine(schema *Schema, d *Document) documentLine {
	line := documentLine{
		ID: d.ID, Domain: d.Domain, Template: d.Template, Kind: d.Kind,
		Tokens: make([]string, len(d.Tokens)), Spans: make([]namedSpan, len(d.Spans)),
		Boxed: d.Boxed && len(d.Tokens) == 0, Check: hashOf(schema, d),
		Structure: d.Structure, Visual: d.Visual,
	}
	pages, lines, columns := false, false, false
	for i := range d.Tokens {
		t := &d.Tokens[i]
		line.Tokens[i] = t.Text
		pages = pages || t.Page != 0
		lines = lines || t.Line != 0
		columns = columns || len(t.Columns) > 0
	}
	for i := range d.Tokens {
		t := &d.Tokens[i]
		if d.Boxed {
			line.Boxes = append(line.Boxes, []int16{t.Box.X0, t.Box.Y0, t.Box.X1, t.Box.Y1})
		}
		if pages {
			line.Pages = append(line.Pages, t.Page)
		}
		if lines {
			line.Lines = append(line.Lines, t.Line)
		}
		if columns {
			line.Columns = append(line.Columns, t.Columns)
		}
	}
	for i, s := range d.Spans {
		line.Spans[i] = namedSpan{schema.Entities[s.Entity].Name, s.Start, s.End}
	}
	return line
}

// readDocuments reads what writeDocuments wrote, strictly: unknown keys,
// lists of unequal length, spans out of order and documents that do not match
// their check are errors with file and line.
func readDocuments(r io.Reader, name string, schema *Schema) ([]Document, error) {
	var docs []Document
	entities := map[string]EntityID{}
	for i, e := range schema.Entities {
		entities[e.Name] = EntityID(i)
	}
	in := lines.New(r, name)
	for in.Next() {
		d, err := parseDocument(in.Bytes(), schema, entities)
		if err != nil {
			return nil, in.Errorf("%w", err)
		}
		docs = append(docs, d)
	}
	return docs, in.Err()
}

// parseDocument reads one line.
func parseDocument(data []byte, schema *Schema, entities map[string]EntityID) (Document, error) {
	var line documentLine
	if !utf8.Valid(data) {
		return Document{}, errors.New("not UTF-8")
	}
	if err := decodeStrict(data, &line); err != nil {
		return Document{}, err
	}
	d, err := fromLine(&line, schema, entities)
	if err != nil {
		return Document{}, err
	}
	if err := checkDocument(schema, &d); err != nil {
		return Document{}, err
	}
	if got := hashOf(schema, &d); got != line.Check {
		return Document{}, fmt.Errorf("document %q was changed: its check is %s, the line says %q", d.ID, got, line.Check)
	}
	return d, nil
}

// fromLine gives the document of a stored line.
func fromLine(line *documentLine, schema *Schema, entities map[string]EntityID) (Document, error) {
	n := len(line.Tokens)
	for _, list := range []struct {
		key    string
		length int
	}{{"boxes", len(line.Boxes)}, {"pages", len(line.Pages)}, {"lines", len(line.Lines)}, {"columns", len(line.Columns)}, {"structure", len(line.Structure)}, {"visual", len(line.Visual)}} {
		if list.length != 0 && list.length != n {
			return Document{}, fmt.Errorf("%s has %d members for %d tokens", list.key, list.length, n)
		}
	}
	if line.Boxed && n > 0 && len(line.Boxes) == 0 {
		return Document{}, errors.New("boxed, but it has no boxes")
	}
	d := Document{
		ID: line.ID, Domain: line.Domain, Template: line.Template, Kind: line.Kind,
		Boxed: line.Boxed || len(line.Boxes) > 0, Structure: line.Structure, Visual: line.Visual,
	}
	if n > 0 {
		d.Tokens = make([]Token, n)
	}
	for i := range d.Tokens {
		t := &d.Tokens[i]
		t.Text = line.Tokens[i]
		if len(line.Boxes) > 0 {
			b := line.Boxes[i]
			if len(b) != 4 {
				return Document{}, fmt.Errorf("box %d has %d numbers, expected 4", i, len(b))
			}
			t.Box = Box{b[0], b[1], b[2], b[3]}
		}
		if len(line.Pages) > 0 {
			t.Page = line.Pages[i]
		}
		if len(line.Lines) > 0 {
			t.Line = line.Lines[i]
		}
		if len(line.Columns) > 0 && len(line.Columns[i]) > 0 {
			t.Columns = line.Columns[i]
		}
	}
	if len(line.Spans) > 0 {
		d.Spans = make([]Span, len(line.Spans))
	}
	for i, s := range line.Spans {
		id, ok := entities[s.Entity]
		if !ok {
			return Document{}, fmt.Errorf("span [%s, %d, %d]: entity is not in the schema%s", strconv.Quote(s.Entity), s.Start, s.End, nearest.Hint(s.Entity, schema.Names()))
		}
		d.Spans[i] = Span{Entity: id, Start: s.Start, End: s.End}
	}
	return d, nil
}

// decodeStrict decodes one JSON value and refuses unknown keys and anything
// after it.
func decodeStrict(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errTruncated
		}
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}

// errTruncated says that a JSON value is not complete.
var errTruncated = errors.New("the JSON ends too early")
