package reports

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/invoicelab/invoicelab/corpus/typeset"
	"github.com/invoicelab/invoicelab/experiments"
)

var (
	//go:embed errors.gohtml
	errorsTemplate string
	//go:embed errors.css
	errorsStyle string
)

// worstDocuments is how many documents an error page shows of an entity type.
const worstDocuments = 3

// NoDocuments is the error of error pages whose documents are not at hand;
// Reason says why.
type NoDocuments struct{ Reason string }

func (e *NoDocuments) Error() string { return "reports: error pages draw the documents: " + e.Reason }

// typeErrors is an entity type with what went wrong with it.
type typeErrors struct {
	Name, File     string
	Missed, Wrong  string // a run
	Documents      int    // with an error, over the runs
	F1             string
	Worst          []worstDocument
	label          int
	missed, wrong  int
	byDocument     []documentErrors
	Title, Summary string
}

// documentErrors counts the errors with a type in a document, by run.
type documentErrors struct {
	doc   int
	total int
	run   int // that has most of them
	most  int
}

// worstDocument is a document as an error page shows it.
type worstDocument struct {
	ID, About string
	Run       string
	Errors    []string
	Pages     []pagePair
	Gold      template.HTML // of a document without boxes: its text
	Said      template.HTML
	Plain     bool
}

// pagePair is a page with gold and predicted entities.
type pagePair struct {
	Number     int
	Gold, Said template.HTML
}

// ErrorPages writes into dir, which it makes, the worst documents of every
// entity type that the candidate of the report errs on: gold and predicted
// entities side by side, in an index and a page for each type, which need
// nothing else. It gives the paths written, the index first. It is a
// *NoDocuments when the documents are not at hand.
func (r *Report) ErrorPages(dir string) ([]string, error) {
	files, err := r.errorFiles()
	if err != nil {
		return nil, err
	}
	return writeAll(dir, files)
}

func (r *Report) errorFiles() ([]file, error) {
	ds := r.data.Documents
	if ds == nil {
		return nil, &NoDocuments{"they are not at hand"}
	}
	if got, want := ds.Manifest.Digest, r.candidate.runs[0].CorpusDigest; got != want {
		return nil, &NoDocuments{fmt.Sprintf("those at hand have digest %s, the runs were scored on %s", short(got), short(want))}
	}
	if r.data.Predictions == nil {
		return nil, errors.New("reports: error pages: what the runs said of each document was not read")
	}
	e := errorPages{r: r, docs: ds.Docs[corpus.Test], schema: ds.Schema, byID: map[string]int{}}
	for i := range e.docs {
		e.byID[e.docs[i].ID] = i
	}
	if m := ds.Manifest; m.Source == "generated" && m.Recipe != nil {
		var err error
		if e.made, err = invoices.New(ds.Schema, *m.Recipe); err != nil {
			return nil, fmt.Errorf("reports: error pages: %w", err)
		}
	}
	for _, o := range r.candidate.runs {
		said, err := r.data.Predictions(o.Key)
		if err != nil {
			return nil, fmt.Errorf("reports: error pages: %w", err)
		}
		byDoc := map[string][]experiments.PredictedSpan{}
		for _, p := range said {
			byDoc[p.Doc] = p.Entities
		}
		e.said = append(e.said, byDoc)
	}
	types, err := e.types()
	if err != nil {
		return nil, err
	}
	policy := fmt.Sprintf("default-src 'none'; style-src '%s'; base-uri 'none'; form-action 'none'", hashOf(e.style()))
	t, err := template.New("errors").Parse(errorsTemplate)
	if err != nil {
		panic("reports: errors.gohtml: " + err.Error()) // it is part of the program
	}
	write := func(name string, data any) (file, error) {
		var b bytes.Buffer
		if err := t.ExecuteTemplate(&b, name, data); err != nil {
			return file{}, fmt.Errorf("reports: error pages: %w", err)
		}
		return file{data: b.Bytes()}, nil
	}
	type head struct {
		Policy         string
		Style          template.CSS
		Sweep, Variant string
		Caption        string
		Types          []typeErrors
		Type           *typeErrors
		Before, After  *typeErrors
	}
	h := head{Policy: policy, Style: template.CSS(e.style()), Sweep: r.data.Sweep.Name, Variant: r.candidate.name, Types: types,
		Caption: fmt.Sprintf("Errors of %s on %s, means over its runs (%s). %s", r.candidate.name, plural(len(r.candidate.runs[0].Test.Docs), "test document", "test documents"), r.candidate.runIDs(), r.provenance(r.candidate))}
	index, err := write("index", h)
	if err != nil {
		return nil, err
	}
	index.name = "index.html"
	files := []file{index}
	for i := range types {
		h.Type, h.Before, h.After = &types[i], nil, nil
		if i > 0 {
			h.Before = &types[i-1]
		}
		if i+1 < len(types) {
			h.After = &types[i+1]
		}
		page, err := write("type", h)
		if err != nil {
			return nil, err
		}
		page.name = types[i].File
		files = append(files, page)
	}
	return files, nil
}

// errorPages is the making of the pages.
type errorPages struct {
	r      *Report
	docs   []corpus.Document
	schema *corpus.Schema
	made   *invoices.Generator // of generated documents, else nil
	byID   map[string]int
	said   []map[string][]experiments.PredictedSpan // by run and document
}

func (e *errorPages) style() string { return styleOf(pageStyle + "\n" + errorsStyle) }

// types lists the entity types with errors, those with most first.
func (e *errorPages) types() ([]typeErrors, error) {
	runs := e.r.candidate.runs
	first := &runs[0].Test
	all := make([]typeErrors, len(first.Labels))
	totals := first.Totals()
	for l, name := range first.Labels {
		all[l] = typeErrors{Name: name, label: l}
	}
	for d := range first.Docs {
		doc, known := e.byID[first.Docs[d].Doc]
		if !known {
			return nil, &NoDocuments{fmt.Sprintf("document %s is not among those at hand", first.Docs[d].Doc)}
		}
		counts := map[int]*documentErrors{}
		for k, o := range runs {
			for _, l := range o.Test.Docs[d].Labels {
				n := int(l.Gold + l.Pred - 2*l.TP)
				if n == 0 {
					continue
				}
				all[l.Label].missed += int(l.Gold - l.TP)
				all[l.Label].wrong += int(l.Pred - l.TP)
				c := counts[int(l.Label)]
				if c == nil {
					c = &documentErrors{doc: doc}
					counts[int(l.Label)] = c
				}
				c.total += n
				if n > c.most {
					c.most, c.run = n, k
				}
			}
		}
		for l, c := range counts {
			all[l].byDocument = append(all[l].byDocument, *c)
		}
	}
	all = slices.DeleteFunc(all, func(t typeErrors) bool { return t.missed+t.wrong == 0 })
	slices.SortStableFunc(all, func(a, b typeErrors) int { return (b.missed + b.wrong) - (a.missed + a.wrong) })
	for i := range all {
		t := &all[i]
		t.File = fmt.Sprintf("%03d-%s.html", i+1, fileName(t.Name))
		t.Missed, t.Wrong, t.Documents = meanCount(t.missed, len(runs)), meanCount(t.wrong, len(runs)), len(t.byDocument)
		t.F1 = "–"
		if totals[t.label].Gold > 0 {
			t.F1 = score(totals[t.label].Score().F1)
		}
		t.Title = fmt.Sprintf("%s: %s missed and %s wrongly predicted a run", t.Name, t.Missed, t.Wrong)
		slices.SortStableFunc(t.byDocument, func(a, b documentErrors) int { return cmp.Or(b.total-a.total, a.doc-b.doc) })
		for _, d := range t.byDocument[:min(len(t.byDocument), worstDocuments)] {
			w, err := e.worst(t.Name, d)
			if err != nil {
				return nil, err
			}
			t.Worst = append(t.Worst, w)
		}
	}
	return all, nil
}

// fileName keeps letters and digits of a name.
func fileName(name string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			return unicode.ToLower(r)
		default:
			return '-'
		}
	}, name)
	const most = 40 // letters
	return plain[:min(len(plain), most)]
}

// marked is an entity as a page shows it.
type marked struct {
	name       string
	start, end int
	right      bool
	sure       float64 // confidence; below 0 for gold
}

// worst draws a document for a type: its entities of the type, and all others
// that were missed or wrongly predicted.
func (e *errorPages) worst(name string, d documentErrors) (worstDocument, error) {
	doc := &e.docs[d.doc]
	said := e.said[d.run][doc.ID]
	run := e.r.candidate.runs[d.run]
	w := worstDocument{ID: doc.ID, Run: run.Run, Plain: !doc.Boxed}
	var about []string
	for _, s := range []string{doc.Domain, doc.Template, doc.Kind} {
		if s != "" {
			about = append(about, s)
		}
	}
	w.About = strings.Join(append(about, plural(len(doc.Tokens), "token", "tokens")), " · ")
	found := map[marked]bool{}
	var gold, predicted []marked
	for _, s := range said {
		if s.Start < 0 || s.End > len(doc.Tokens) || s.Start >= s.End {
			return w, fmt.Errorf("reports: run %s, document %s: an entity of tokens %d to %d, the document has %d", run.Run, doc.ID, s.Start, s.End, len(doc.Tokens))
		}
		if s.Correct {
			found[marked{name: s.Type, start: s.Start, end: s.End}] = true
		}
		if !s.Correct || s.Type == name {
			predicted = append(predicted, marked{s.Type, s.Start, s.End, s.Correct, s.Confidence})
		}
	}
	for _, s := range doc.Spans {
		m := marked{name: e.schema.Entities[s.Entity].Name, start: s.Start, end: s.End}
		right := found[m]
		if !right || m.name == name {
			gold = append(gold, marked{m.name, m.start, m.end, right, -1})
		}
	}
	for _, m := range gold {
		if !m.right && m.name == name {
			w.Errors = append(w.Errors, fmt.Sprintf("missed “%s”%s", words(doc, m), sameTokens(predicted, m, ", taken for ")))
		}
	}
	for _, m := range predicted {
		if !m.right && m.name == name {
			w.Errors = append(w.Errors, fmt.Sprintf("wrongly “%s”, confidence %.2f%s", words(doc, m), m.sure, sameTokens(gold, m, ", which is ")))
		}
	}
	if !doc.Boxed {
		w.Gold, w.Said = plainText(doc, gold), plainText(doc, predicted)
		return w, nil
	}
	pages, err := e.layout(doc)
	if err != nil {
		return w, fmt.Errorf("reports: error pages: %w", err)
	}
	w.Pages = drawPages(doc, pages, gold, predicted, fmt.Sprintf("%s-%d", fileName(name), d.doc))
	return w, nil
}

// layout gives the pages of a document: those that a generated one was laid out
// on, or pages drawn from its boxes.
func (e *errorPages) layout(doc *corpus.Document) ([]typeset.Page, error) {
	if e.made != nil {
		if k, ok := e.made.Find(doc.ID); ok {
			_, pages := e.made.Draw(k)
			return pages, nil
		}
	}
	pages, _, err := draw.FromBoxes(doc)
	return pages, err
}

// sameTokens names the entities of the other side that overlap m.
func sameTokens(others []marked, m marked, before string) string {
	var names []string
	for _, o := range others {
		if o.start < m.end && m.start < o.end && !o.right {
			text := o.name
			if o.name == m.name {
				text += " with other ends"
			}
			names = append(names, text)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return before + strings.Join(names, " and ")
}

// words gives the tokens of an entity, at most so many letters of them.
func words(d *corpus.Document, m marked) string {
	const most = 60
	var all []string
	for _, t := range d.Tokens[m.start:m.end] {
		all = append(all, t.Text)
	}
	text := []rune(strings.Join(all, " "))
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

// writeAll makes dir and writes files into it: first into a folder inside it,
// renamed when all are safe on disk.
func writeAll(dir string, files []file) (paths []string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	temp, err := os.MkdirTemp(dir, ".report-*")
	if err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	defer os.RemoveAll(temp)
	if err := writeTogether(temp, files); err != nil {
		return nil, err
	}
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := os.Rename(filepath.Join(temp, f.name), path); err != nil {
			return nil, fmt.Errorf("reports: %w", err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}
