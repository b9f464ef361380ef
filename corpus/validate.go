package corpus

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// PageSize is the extent of a page on both axes, in the units of a Box.
const PageSize = 1000

// Validate lists what is wrong with a corpus, in the order of its splits and
// documents; Problem.Line is the document's place in its split. It finds
// spans out of range, out of order, overlapping or of no entity; boxes
// outside the page or turned inside out; text that is not UTF-8; empty tokens
// and documents; ids used twice; documents of equal text, within and across
// splits; template families of the heldout split that another split has;
// and, in a generated corpus, documents that break the checks on entities
// that a kind of document must have or has once.
func Validate(ds *Dataset) []Problem {
	v := validator{ds: ds, ids: map[string]place{}, texts: map[[sha256.Size]byte]place{}, templates: map[string]Split{}}
	if err := checkSchema(ds.Schema); err != nil {
		v.problems = append(v.problems, Problem{File: schemaName, What: err.Error()})
		return v.problems
	}
	for _, split := range Splits {
		if split == Heldout {
			continue
		}
		for i := range ds.Docs[split] {
			if t := ds.Docs[split][i].Template; t != "" {
				if _, ok := v.templates[t]; !ok {
					v.templates[t] = split
				}
			}
		}
	}
	for _, split := range Splits {
		for i := range ds.Docs[split] {
			v.document(place{split, i + 1}, &ds.Docs[split][i])
		}
	}
	return v.problems
}

// place is where a document stands: its split and 1-based line.
type place struct {
	split Split
	line  int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", splitFile(p.split), p.line) }

// validator gathers problems and what was seen in earlier documents.
type validator struct {
	ds        *Dataset
	ids       map[string]place
	texts     map[[sha256.Size]byte]place
	templates map[string]Split // families of all splits but heldout
	problems  []Problem
}

func (v *validator) report(at place, format string, args ...any) {
	v.problems = append(v.problems, Problem{File: splitFile(at.split), Line: at.line, What: fmt.Sprintf(format, args...)})
}

// document checks one document, alone and against those before it.
func (v *validator) document(at place, d *Document) {
	faults := documentFaults(v.ds.Schema, d)
	for _, fault := range faults {
		v.report(at, "document %q: %s", d.ID, fault)
	}
	if d.ID == "" {
		v.report(at, "document without id")
	} else if first, ok := v.ids[d.ID]; ok {
		v.report(at, "document %q: its id is used before, in %s", d.ID, first)
	} else {
		v.ids[d.ID] = at
	}
	if at.split == Heldout && d.Template != "" {
		if other, ok := v.templates[d.Template]; ok {
			v.report(at, "document %q: held-out template %q is in the %s split too", d.ID, d.Template, other)
		}
	}
	if len(d.Tokens) == 0 {
		v.report(at, "document %q: no tokens", d.ID)
		return
	}
	text := textSum(d)
	if first, ok := v.texts[text]; ok {
		v.report(at, "document %q: same text as in %s", d.ID, first)
	} else {
		v.texts[text] = at
	}
	if len(faults) == 0 && v.ds.Manifest.Source == sourceGenerated {
		v.rules(at, d)
	}
}

// sourceGenerated is Manifest.Source of generated corpora.
const sourceGenerated = "generated"

// rules checks which entities a generated document must have, by its kind.
// Entities that the schema lacks are not asked for.
func (v *validator) rules(at place, d *Document) {
	count := make([]int, len(v.ds.Schema.Entities))
	for _, s := range d.Spans {
		count[s.Entity]++
	}
	if id, ok := v.ds.Schema.Lookup("INVOICE_NUMBER"); ok && count[id] > 1 {
		v.report(at, "document %q: %d spans of INVOICE_NUMBER, at most one", d.ID, count[id])
	}
	for _, rule := range []struct {
		kind string
		must []string
	}{
		{"WAYBILL", []string{"ORIGIN", "DESTINATION"}},
		{"INVOICE", []string{"SUPPLIER_ADDRESS", "BUYER_ADDRESS"}},
	} {
		if d.Kind != rule.kind {
			continue
		}
		for _, name := range rule.must {
			if id, ok := v.ds.Schema.Lookup(name); ok && count[id] == 0 {
				v.report(at, "document %q: kind %s without %s", d.ID, d.Kind, name)
			}
		}
	}
}

// textSum identifies the text of a document, whatever its labels and layout.
func textSum(d *Document) [sha256.Size]byte {
	c := newCanonical()
	for i := range d.Tokens {
		c.text(d.Tokens[i].Text)
	}
	return c.sum()
}

// MaxEntities is the largest schema: an EntityID has 16 bits.
const MaxEntities = 1 << 16

// checkSchema says whether a schema can be stored and looked up by name.
func checkSchema(s *Schema) error {
	if len(s.Entities) == 0 {
		return errors.New("no entity")
	}
	if len(s.Entities) > MaxEntities {
		return fmt.Errorf("%d entities, at most %d", len(s.Entities), MaxEntities)
	}
	seen := map[string]bool{}
	for i, e := range s.Entities {
		if e.Name == "" || strings.ContainsAny(e.Name, " \t\r\n") {
			return fmt.Errorf("entity %d: name %q is empty or has a space", i+1, e.Name)
		}
		if seen[e.Name] {
			return fmt.Errorf("entity %q twice", e.Name)
		}
		seen[e.Name] = true
	}
	return nil
}

// checkDocument gives the first fault of a document as an error.
func checkDocument(schema *Schema, d *Document) error {
	if faults := documentFaults(schema, d); len(faults) > 0 {
		return fmt.Errorf("document %q: %w", d.ID, errors.New(faults[0]))
	}
	return nil
}

// documentFaults lists what would break a reader of one document: text,
// boxes and spans that do not hold what Document promises.
func documentFaults(schema *Schema, d *Document) []string {
	var faults []string
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for _, s := range []string{d.ID, d.Domain, d.Template, d.Kind} {
		if !utf8.ValidString(s) {
			add("%q is not UTF-8", s)
		}
	}
	for i := range d.Tokens {
		t := &d.Tokens[i]
		if t.Text == "" {
			add("token %d is empty", i)
		}
		if !utf8.ValidString(t.Text) {
			add("token %d, %q, is not UTF-8", i, t.Text)
		}
		for _, column := range t.Columns {
			if !utf8.ValidString(column) {
				add("token %d: column %q is not UTF-8", i, column)
			}
		}
		if t.Page < 0 || t.Line < 0 {
			add("token %d: page %d, line %d", i, t.Page, t.Line)
		}
		b := t.Box
		switch {
		case !d.Boxed && b != Box{}:
			add("token %d has a box, the document says it has none", i)
		case b.X0 < 0 || b.Y0 < 0 || b.X1 > PageSize || b.Y1 > PageSize:
			add("token %d: box %v leaves the page, 0 to %d", i, b, PageSize)
		case b.X0 > b.X1 || b.Y0 > b.Y1:
			add("token %d: box %v is turned inside out", i, b)
		}
	}
	for _, marks := range []struct {
		name  string
		sets  []uint16
		types int
	}{{"structure", d.Structure, len(StructureTypes)}, {"visual", d.Visual, len(VisualTypes)}} {
		if marks.sets != nil && len(marks.sets) != len(d.Tokens) {
			add("%s has %d members for %d tokens", marks.name, len(marks.sets), len(d.Tokens))
		}
		for i, set := range marks.sets {
			if set>>marks.types != 0 {
				add("token %d: %s %d has more than %d types", i, marks.name, set, marks.types)
			}
		}
	}
	end := 0
	for _, s := range d.Spans {
		switch {
		case int(s.Entity) >= len(schema.Entities):
			add("span %d to %d: entity %d of %d", s.Start, s.End, s.Entity, len(schema.Entities))
			continue
		case s.Start < 0 || s.Start >= s.End || s.End > len(d.Tokens):
			add("span %s %d to %d of %d tokens", schema.Entities[s.Entity].Name, s.Start, s.End, len(d.Tokens))
			continue
		case s.Start < end:
			add("span %s %d to %d overlaps or precedes the one before it", schema.Entities[s.Entity].Name, s.Start, s.End)
		}
		end = max(end, s.End)
	}
	return faults
}
