package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/lines"
)

// importHF reads jsonl as the data sets of Hugging Face have it: each line an
// object with tokens, ner_tags (names or numbers of labels) and, if the data
// has them, bboxes from 0 to 1000. It takes id, domain, template, kind, pages
// and lines too, as the exporter writes them; other keys are not read, and
// counted. An id that another split has is preceded by the split. Names of numbers come from the options, or from a file beside the
// data (see labelFiles).
func importHF(fsys fs.FS, names []string, o ImportOptions) (ImportResult, error) {
	files, problems, err := splitFiles(fsys, names, ".jsonl")
	if err != nil {
		return ImportResult{}, err
	}
	imp := &hfImport{set: newEntitySet(), labels: o.Labels, left: map[string]int{}, ids: map[string]bool{}}
	if imp.labels == nil {
		if imp.labels, err = findLabels(fsys); err != nil {
			return ImportResult{}, err
		}
	}
	for _, label := range imp.labels { // those that do not occur too
		if _, err := imp.set.tag(label); err != nil {
			return ImportResult{}, fmt.Errorf("names of the labels: %w", err)
		}
	}
	docs := map[corpus.Split][]corpus.Document{}
	for _, f := range files {
		if docs[f.split], err = imp.read(fsys, f); err != nil {
			return ImportResult{}, err
		}
		if len(docs[f.split]) == 0 {
			delete(docs, f.split)
			problems = append(problems, corpus.Problem{File: f.name, What: "no document; the split is left out"})
		}
		problems = append(problems, imp.changes(f.name, len(docs[f.split]))...)
	}
	for _, key := range slices.Sorted(maps.Keys(imp.left)) {
		problems = append(problems, corpus.Problem{File: files[0].name, What: fmt.Sprintf("key %q is not read, in %d documents", key, imp.left[key])})
	}
	var notes []string
	for _, p := range problems {
		notes = append(notes, p.String())
	}
	ds, err := imp.set.dataset("hf", docs, notes)
	return ImportResult{Dataset: ds, Problems: problems}, err
}

// hfImport gathers labels and what was changed.
type hfImport struct {
	set    *entitySet
	labels []string // of the numbers
	ids    map[string]bool
	left   map[string]int // documents that have each key that is not read

	sum                  tagChanges // of one file
	changed, changedLine int
}

// changes tells and forgets what was changed in a file.
func (imp *hfImport) changes(file string, documents int) []corpus.Problem {
	sum, changed, line := imp.sum, imp.changed, imp.changedLine
	imp.sum, imp.changed, imp.changedLine = tagChanges{}, 0, 0
	if sum.total() == 0 {
		return nil
	}
	return []corpus.Problem{{File: file, Line: line, What: fmt.Sprintf("%s, in %d of %d documents, first in this one", sum, changed, documents)}}
}

// read reads one file.
func (imp *hfImport) read(fsys fs.FS, file namedFile) ([]corpus.Document, error) {
	f, err := fsys.Open(file.name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var docs []corpus.Document
	in := lines.New(f, file.name)
	for in.Next() {
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(in.Bytes(), &object); err != nil {
			return nil, in.Errorf("%w", plainly(err))
		}
		if object == nil {
			return nil, in.Errorf("null, expected an object")
		}
		d, err := imp.document(object, in.Number())
		if err != nil {
			return nil, in.Errorf("%w", err)
		}
		switch {
		case d.ID == "":
			d.ID = fmt.Sprintf("%s-%d", file.split, len(docs)+1)
		case imp.ids[d.ID]: // many sets count from 0 in every split
			d.ID = fmt.Sprintf("%s-%s", file.split, d.ID)
		}
		if imp.ids[d.ID] {
			return nil, in.Errorf("id %.40q is used before", d.ID)
		}
		imp.ids[d.ID] = true
		docs = append(docs, d)
	}
	return docs, in.Err()
}

// document makes the document of an object.
func (imp *hfImport) document(object map[string]json.RawMessage, line int) (corpus.Document, error) {
	var d corpus.Document
	var tokens []string
	var boxes [][]float64
	var pages, rows []int
	var tags []json.RawMessage
	for _, key := range []string{"tokens", "ner_tags"} {
		if _, ok := object[key]; !ok {
			return d, lacks(object, key)
		}
	}
	for _, k := range []struct {
		key  string
		into any
	}{
		{"tokens", &tokens}, {"ner_tags", &tags}, {"bboxes", &boxes}, {"pages", &pages}, {"lines", &rows},
		{"domain", &d.Domain}, {"template", &d.Template}, {"kind", &d.Kind},
	} {
		data, ok := object[k.key]
		if !ok {
			continue
		}
		if err := json.Unmarshal(data, k.into); err != nil {
			return d, fmt.Errorf("key %q: %w", k.key, plainly(err))
		}
		delete(object, k.key)
	}
	if id, ok := object["id"]; ok {
		if json.Unmarshal(id, &d.ID) != nil { // a number is an id as well
			var n json.Number
			if err := json.Unmarshal(id, &n); err != nil {
				return d, fmt.Errorf("key \"id\": %.40s, expected a string or a number", id)
			}
			d.ID = n.String()
		}
		delete(object, "id")
	}
	for key := range object {
		imp.left[key]++
	}
	n := len(tokens)
	for _, list := range []struct {
		key    string
		length int
		must   bool
	}{{"ner_tags", len(tags), true}, {"bboxes", len(boxes), boxes != nil}, {"pages", len(pages), pages != nil}, {"lines", len(rows), rows != nil}} {
		if list.must && list.length != n {
			return d, fmt.Errorf("%s has %d members for %d tokens", list.key, list.length, n)
		}
	}
	d.Boxed = boxes != nil
	sequence := make([]tag, n)
	for i := range n {
		t := corpus.Token{Text: tokens[i]}
		if t.Text == "" {
			return d, fmt.Errorf("token %d is empty", i)
		}
		var err error
		if d.Boxed {
			if t.Box, err = unitBox(boxes[i]); err != nil {
				return d, fmt.Errorf("bboxes[%d]: %w", i, err)
			}
		}
		if pages != nil {
			t.Page = pages[i]
		}
		if rows != nil {
			t.Line = rows[i]
		}
		if t.Page < 0 || t.Line < 0 {
			return d, fmt.Errorf("token %d: page %d, line %d", i, t.Page, t.Line)
		}
		if sequence[i], err = imp.tag(tags[i]); err != nil {
			return d, fmt.Errorf("ner_tags[%d]: %w", i, err)
		}
		d.Tokens = append(d.Tokens, t)
	}
	var changes tagChanges
	d.Spans, changes = spansOf(sequence)
	imp.sum.add(changes)
	if changes.total() > 0 {
		imp.changed++
		if imp.changedLine == 0 {
			imp.changedLine = line
		}
	}
	return d, nil
}

// tag reads a label, which is a name or the number of one.
func (imp *hfImport) tag(data json.RawMessage) (tag, error) {
	var name string
	if json.Unmarshal(data, &name) == nil && data[0] == '"' {
		return imp.set.tag(name)
	}
	n, err := strconv.Atoi(string(data))
	switch {
	case err != nil:
		return tag{}, fmt.Errorf("%.40s, expected the name or the number of a label", data)
	case imp.labels == nil:
		return tag{}, fmt.Errorf("%d is the number of a label, and their names are not known: expected a file of them (--labels), or beside the data one of %s", n, strings.Join(labelFiles(), ", "))
	case n < 0 || n >= len(imp.labels):
		return tag{}, fmt.Errorf("%d, there are labels 0 to %d", n, len(imp.labels)-1)
	}
	t, err := imp.set.tag(imp.labels[n])
	if err != nil {
		return tag{}, fmt.Errorf("%d: %w", n, err)
	}
	return t, nil
}

// unitBox reads a box in page units.
func unitBox(b []float64) (corpus.Box, error) {
	if len(b) != 4 {
		return corpus.Box{}, fmt.Errorf("%d numbers, expected 4", len(b))
	}
	for _, v := range b {
		if !(v >= 0 && v <= corpus.PageSize) {
			return corpus.Box{}, fmt.Errorf("%v leaves the page, 0 to %d; are these pixels?", b, corpus.PageSize)
		}
	}
	if b[0] > b[2] || b[1] > b[3] {
		return corpus.Box{}, fmt.Errorf("%v is turned inside out", b)
	}
	r := func(v float64) int16 { return int16(math.Round(v)) }
	return corpus.Box{X0: r(b[0]), Y0: r(b[1]), X1: r(b[2]), Y1: r(b[3])}, nil
}

// labelFiles lists the files beside the data that may name its labels.
func labelFiles() []string {
	return []string{"features.json", "dataset_info.json", "labels.json", "labels.txt"}
}

// findLabels reads the first of labelFiles that is there; nil for none.
func findLabels(fsys fs.FS) ([]string, error) {
	for _, name := range labelFiles() {
		labels, err := ReadLabels(fsys, name)
		if !errors.Is(err, fs.ErrNotExist) {
			return labels, err
		}
	}
	return nil, nil
}
