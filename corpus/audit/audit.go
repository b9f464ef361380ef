// Package audit says what is wrong with a corpus: documents that do not hold
// together, leaks between its splits, amounts that do not add up, labels that
// contradict the rules, and shares that are not those of its recipe.
package audit

import (
	"fmt"
	"iter"
	"slices"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/rules"
)

// Severity says how bad a finding is.
type Severity string

// The severities.
const (
	Fault Severity = "fault" // the corpus should not be used as it is
	Note  Severity = "note"  // worth knowing when results are read
)

// Kind names what a finding is about.
type Kind string

// The kinds of findings.
const (
	File      Kind = "file"      // a line that cannot be read or was changed; counts and digest that do not fit
	Schema    Kind = "schema"    // the schema itself
	Identity  Kind = "id"        // no id, or one that is used before
	Text      Kind = "text"      // tokens that are empty or not UTF-8, documents without tokens
	Box       Kind = "box"       // boxes outside the page, turned inside out, or on pages out of order
	Span      Kind = "span"      // spans out of range, out of order, overlapping, of no entity
	Marks     Kind = "marks"     // structure and visual types that do not fit the labels
	Duplicate Kind = "duplicate" // documents of equal text
	Required  Kind = "required"  // labels that a kind of document must have, or may have once
	Rule      Kind = "rule"      // labels that contradict the rules
	Sum       Kind = "sum"       // amounts that do not add up
	Form      Kind = "form"      // identifiers that are malformed
	Template  Kind = "template"  // template families on both sides of a split
	Vendor    Kind = "vendor"    // suppliers on both sides of a split
	Value     Kind = "value"     // addresses and identifiers on both sides of a split
	Phrase    Kind = "phrase"    // long texts on both sides of a split
	Domain    Kind = "domain"    // shares of the domains
	Frequency Kind = "frequency" // how often labels occur
)

// Kinds lists all kinds in the order in which reports show them.
var Kinds = []Kind{File, Schema, Identity, Text, Box, Span, Marks, Duplicate, Required, Rule, Sum, Form, Template, Vendor, Value, Phrase, Domain, Frequency}

// Finding is one thing that an audit found.
type Finding struct {
	Kind     Kind     `json:"kind"`
	Severity Severity `json:"severity"`
	File     string   `json:"file,omitempty"` // inside the folder of the corpus; empty when it is about the whole
	Line     int      `json:"line,omitempty"` // 1-based; 0 when it is about the whole file
	Document string   `json:"document,omitempty"`
	What     string   `json:"what"`
}

// String gives "file:line: document: what (kind)".
func (f Finding) String() string {
	s := f.What
	if f.Document != "" {
		s = fmt.Sprintf("document %q: %s", f.Document, s)
	}
	if f.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", f.File, f.Line, s)
	}
	if f.File != "" {
		return f.File + ": " + s
	}
	return s
}

// Report is the result of an audit.
type Report struct {
	Documents int            `json:"documents"`
	Faults    int            `json:"faults"`
	Notes     int            `json:"notes"`
	Counts    map[Kind]int   `json:"counts"` // of findings, those included that Findings leaves out
	Findings  []Finding      `json:"findings"`
	Unchecked []string       `json:"unchecked,omitempty"` // what could not be checked, and why
	Checked   map[string]int `json:"checked"`             // how often each check was made
}

// Options are the settings of an audit.
type Options struct {
	Rules *rules.Set // that the labels of generated documents must agree with; nil to leave that out
	Most  int        // findings of one kind that are kept; 0 for all
}

// Corpus is what an audit looks at: a corpus.Folder or a corpus.Dataset.
type Corpus struct {
	Manifest  corpus.Manifest
	Schema    *corpus.Schema
	Documents iter.Seq2[corpus.Inspection, error]
}

// InMemory gives a dataset to Run.
func InMemory(ds *corpus.Dataset) Corpus { return Corpus{ds.Manifest, ds.Schema, ds.Inspect()} }

// OnDisk gives a folder to Run.
func OnDisk(f *corpus.Folder) Corpus { return Corpus{f.Manifest, f.Schema, f.Inspect()} }

// sourceGenerated is Manifest.Source of corpora that the generator made.
const sourceGenerated = "generated"

// Run audits a corpus in one pass. Its memory grows with the number of
// distinct values, not with the documents. Checks of the rules, of amounts,
// forms, shares and frequencies are for generated corpora; the others are for
// all. The error is one of reading.
func Run(c Corpus, o Options) (Report, error) {
	a := &auditor{
		schema: c.Schema, options: o, generated: c.Manifest.Source == sourceGenerated,
		report:  Report{Counts: map[Kind]int{}, Checked: map[string]int{}, Findings: []Finding{}},
		ids:     map[uint64]place{},
		texts:   map[uint64]place{},
		leaks:   newLeaks(),
		counted: newCounter(c.Schema),
	}
	if c.Manifest.Recipe != nil {
		a.recipe = *c.Manifest.Recipe
	}
	if err := c.Schema.Check(); err != nil {
		a.find(Schema, Fault, place{file: "schema.json"}, "", "%v", err)
		return a.report, nil
	}
	a.names = newNames(c.Schema)
	for in, err := range c.Documents {
		if err != nil {
			return a.report, err
		}
		a.inspect(&in)
	}
	if a.generated {
		a.frequencies()
		a.unchecked()
	}
	a.leakShares()
	return a.report, nil
}

// auditor is an audit at work.
type auditor struct {
	schema    *corpus.Schema
	names     *names
	recipe    corpus.Recipe
	generated bool
	options   Options
	report    Report

	ids, texts map[uint64]place
	leaks      *leaks
	counted    *counter
}

// place is where a document stands.
type place struct {
	split corpus.Split
	file  string
	line  int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// find reports a finding.
func (a *auditor) find(k Kind, s Severity, at place, document, format string, args ...any) {
	a.report.Counts[k]++
	if s == Fault {
		a.report.Faults++
	} else {
		a.report.Notes++
	}
	if a.options.Most == 0 || a.report.Counts[k] <= a.options.Most {
		a.report.Findings = append(a.report.Findings, Finding{k, s, at.file, at.line, document, fmt.Sprintf(format, args...)})
	}
}

// clean says whether the documents show their content as it was composed: no
// misread characters, no text read out of order.
func (a *auditor) clean() bool { return a.recipe.Noise == 0 && a.ordered() }

// ordered says whether the words before a value are those that announce it.
func (a *auditor) ordered() bool { return a.recipe.Disorder == 0 && a.recipe.Overlap == 0 }

// unchecked says what the levels of a recipe hide from the audit.
func (a *auditor) unchecked() {
	add := func(what string) { a.report.Unchecked = append(a.report.Unchecked, what) }
	if !a.clean() {
		add("sums and forms of identifiers, for the recipe has noise, disorder or overlap: what is read need not be what was written")
	}
	if !a.ordered() {
		add("labels against the words before them, for the recipe has disorder or overlap; against the type of the document they are")
	}
	if a.options.Rules == nil {
		add("labels against the rules, for none were given")
	}
}

// kindOf gives the kind of a fault of one document.
func kindOf(f corpus.FaultKind) Kind {
	switch f {
	case corpus.FaultFile:
		return File
	case corpus.FaultText:
		return Text
	case corpus.FaultBox:
		return Box
	case corpus.FaultSpan:
		return Span
	case corpus.FaultMarks:
		return Marks
	}
	panic("audit: kindOf: unknown kind " + string(f))
}

// inspect audits one document, alone and against those before it.
func (a *auditor) inspect(in *corpus.Inspection) {
	d := in.Document
	at := place{in.Split, in.File, in.Line}
	id := ""
	if d != nil {
		id = d.ID
	}
	for _, f := range in.Faults {
		a.find(kindOf(f.Kind), Fault, at, id, "%s", f.What)
	}
	if d == nil {
		return
	}
	a.report.Documents++
	a.identity(at, d)
	if len(d.Tokens) == 0 {
		a.find(Text, Fault, at, id, "no tokens")
		return
	}
	if slices.ContainsFunc(in.Faults, func(f corpus.Fault) bool { return f.Kind == corpus.FaultSpan || f.Kind == corpus.FaultMarks }) {
		return // what follows relies on spans
	}
	a.pages(at, d)
	a.marks(at, d)
	a.counted.add(in.Split, d)
	a.leak(at, d)
	if !a.generated {
		return
	}
	a.required(at, d)
	if a.options.Rules != nil {
		a.rules(at, d)
	}
	if a.clean() {
		a.sums(at, d)
		a.forms(at, d)
	}
}
