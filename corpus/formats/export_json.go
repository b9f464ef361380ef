package formats

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// jsonDocument is a document as people read it.
type jsonDocument struct {
	ID       string       `json:"id"`
	Split    corpus.Split `json:"split"`
	Domain   string       `json:"domain,omitempty"`
	Template string       `json:"template,omitempty"`
	Kind     string       `json:"kind,omitempty"`
	Words    []jsonWord   `json:"words"`
	Entities []jsonEntity `json:"entities"`
}

// jsonWord is a token with its label.
type jsonWord struct {
	Text      string    `json:"text"`
	Box       *[4]int16 `json:"box,omitempty"` // left, top, right, bottom, 0 to 1000
	Page      int       `json:"page"`
	Line      int       `json:"line"`
	Label     string    `json:"label"`
	Structure []string  `json:"structure,omitempty"`
	Visual    []string  `json:"visual,omitempty"`
	Columns   []string  `json:"columns,omitempty"`
}

// jsonEntity is a span: words Start to End, End exclusive.
type jsonEntity struct {
	Entity string `json:"entity"`
	Text   string `json:"text"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
}

// jsonWriter writes SPLIT/ID.json for each document.
type jsonWriter struct{ x *export }

func beginJSON(x *export) (documentWriter, error) { return jsonWriter{x}, nil }

func (jsonWriter) end() error { return nil }

func (w jsonWriter) add(e corpus.Entry) error {
	d := e.Document
	doc := jsonDocument{ID: d.ID, Split: e.Split, Domain: d.Domain, Template: d.Template, Kind: d.Kind, Words: []jsonWord{}, Entities: []jsonEntity{}}
	for i, label := range d.Labels() {
		t := &d.Tokens[i]
		word := jsonWord{Text: t.Text, Page: t.Page, Line: t.Line, Label: w.x.schema.Label(int(label)), Columns: t.Columns}
		if d.Boxed {
			word.Box = &[4]int16{t.Box.X0, t.Box.Y0, t.Box.X1, t.Box.Y1}
		}
		if d.Structure != nil {
			word.Structure = typeNames(d.Structure[i], corpus.StructureTypes[:])
		}
		if d.Visual != nil {
			word.Visual = typeNames(d.Visual[i], corpus.VisualTypes[:])
		}
		doc.Words = append(doc.Words, word)
	}
	for _, s := range d.Spans {
		var text []string
		for _, t := range d.Tokens[s.Start:s.End] {
			text = append(text, t.Text)
		}
		doc.Entities = append(doc.Entities, jsonEntity{w.x.schema.Entities[s.Entity].Name, strings.Join(text, " "), s.Start, s.End})
	}
	if err := os.MkdirAll(filepath.Join(w.x.dir, string(e.Split)), 0o777); err != nil {
		return err
	}
	return w.x.file(filepath.Join(string(e.Split), fileName(d.ID)+".json"), func(out io.Writer) error {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		return enc.Encode(doc)
	})
}

// typeNames lists the types of a set.
func typeNames(set uint16, types []string) []string {
	var names []string
	for k, name := range types {
		if set>>k&1 == 1 {
			names = append(names, name)
		}
	}
	return names
}

// fileName makes a document's id the name of a file: an id that could not be
// one is escaped as in the path of a URL.
func fileName(id string) string {
	if fs.ValidPath(id) && id != "." && !strings.ContainsAny(id, "/\\%\x00") {
		return id
	}
	return "%" + url.PathEscape(id)
}
