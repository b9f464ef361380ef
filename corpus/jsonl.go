package corpus

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

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

func (sum documentSum) check() documentHash { return documentHash(hex.EncodeToString(sum[:8])) }

// lineParser reads stored lines under a schema.
type lineParser struct {
	schema   *Schema
	entities map[string]EntityID
}

func newLineParser(schema *Schema) *lineParser {
	p := &lineParser{schema: schema, entities: map[string]EntityID{}}
	for i, e := range schema.Entities {
		p.entities[e.Name] = EntityID(i)
	}
	return p
}

// parse reads one line, strictly: unknown keys, lists of unequal length,
// spans out of order and documents that do not match their check are errors.
// It may run in several goroutines, each with a canonical of its own.
func (p *lineParser) parse(data []byte, c *canonical) (Document, documentSum, error) {
	var line documentLine
	if !utf8.Valid(data) {
		return Document{}, documentSum{}, errors.New("not UTF-8")
	}
	if err := decodeStrict(data, &line); err != nil {
		return Document{}, documentSum{}, err
	}
	d, err := p.fromLine(&line)
	if err != nil {
		return Document{}, documentSum{}, err
	}
	if err := checkDocument(p.schema, &d); err != nil {
		return Document{}, documentSum{}, err
	}
	sum := c.document(p.schema, &d)
	if got := sum.check(); got != line.Check {
		return Document{}, documentSum{}, fmt.Errorf("document %q was changed: its check is %s, the line says %q", d.ID, got, line.Check)
	}
	return d, sum, nil
}

// fromLine gives the document of a stored line.
func (p *lineParser) fromLine(line *documentLine) (Document, error) {
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
		id, ok := p.entities[s.Entity]
		if !ok {
			return Document{}, fmt.Errorf("span [%s, %d, %d]: entity is not in the schema%s", strconv.Quote(s.Entity), s.Start, s.End, nearest.Hint(s.Entity, p.schema.Names()))
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
