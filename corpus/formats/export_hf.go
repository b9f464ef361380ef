package formats

import (
	"encoding/json"
	"io"

	"github.com/invoicelab/invoicelab/corpus"
)

// hfLine is one document. Members that a document lacks are left out.
type hfLine struct {
	ID       string     `json:"id"`
	Domain   string     `json:"domain,omitempty"`
	Template string     `json:"template,omitempty"`
	Kind     string     `json:"kind,omitempty"`
	Tokens   []string   `json:"tokens"`
	Tags     any        `json:"ner_tags"` // []string, or []int32 with features.json
	Boxes    [][4]int16 `json:"bboxes,omitempty"`
	Pages    []int      `json:"pages,omitempty"`
	Lines    []int      `json:"lines,omitempty"`
}

// hfWriter writes a hfLine for each document.
type hfWriter struct {
	splitWriter
}

func beginHF(x *export) (documentWriter, error) {
	if x.options.Numbers {
		if err := x.file("features.json", x.features); err != nil {
			return nil, err
		}
	}
	return &hfWriter{splitWriter{x: x, extension: ".jsonl"}}, x.writeGroups()
}

func (w *hfWriter) add(e corpus.Entry) error {
	out, err := w.to(e.Split)
	if err != nil {
		return err
	}
	d := e.Document
	w.x.leaves(d, false, true, true)
	line := hfLine{ID: d.ID, Domain: d.Domain, Template: d.Template, Kind: d.Kind, Tokens: []string{}}
	pages, lines := make([]int, len(d.Tokens)), make([]int, len(d.Tokens))
	paged, lined := d.Boxed, d.Boxed
	for i := range d.Tokens {
		t := &d.Tokens[i]
		line.Tokens = append(line.Tokens, t.Text)
		if d.Boxed {
			line.Boxes = append(line.Boxes, [4]int16{t.Box.X0, t.Box.Y0, t.Box.X1, t.Box.Y1})
		}
		pages[i], lines[i] = t.Page, t.Line
		paged, lined = paged || t.Page != 0, lined || t.Line != 0
	}
	if paged {
		line.Pages = pages
	}
	if lined {
		line.Lines = lines
	}
	labels := d.Labels()
	if w.x.options.Numbers {
		line.Tags = labels
	} else {
		names := make([]string, len(labels))
		for i, label := range labels {
			names[i] = w.x.schema.Label(int(label))
		}
		line.Tags = names
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(line)
}

// hfFeature is the type of a column, as package datasets stores it.
type hfFeature struct {
	Feature *hfFeature `json:"feature,omitempty"`
	Names   []string   `json:"names,omitempty"`
	DType   string     `json:"dtype,omitempty"`
	Type    string     `json:"_type"`
}

// features writes the types of the columns, in which ner_tags names the
// labels by their numbers.
func (x *export) features(w io.Writer) error {
	value := func(dtype string) hfFeature { return hfFeature{DType: dtype, Type: "Value"} }
	list := func(of hfFeature) hfFeature { return hfFeature{Feature: &of, Type: "Sequence"} }
	labels := hfFeature{Type: "ClassLabel"}
	for i := range x.schema.NumLabels() {
		labels.Names = append(labels.Names, x.schema.Label(i))
	}
	columns := map[string]hfFeature{"id": value("string"), "tokens": list(value("string")), "ner_tags": list(labels)}
	for _, c := range x.manifest.Splits {
		if len(c.Domains) > 0 {
			columns["domain"] = value("string")
		}
		if len(c.Templates) > 0 {
			columns["template"] = value("string")
		}
	}
	if x.manifest.Boxed {
		columns["bboxes"] = list(list(value("int64")))
		columns["pages"], columns["lines"] = list(value("int64")), list(value("int64"))
		columns["kind"] = value("string")
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(columns)
}
