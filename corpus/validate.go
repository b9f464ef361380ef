package corpus

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// PageSize is the extent of a page on both axes, in the units of a Box.
const PageSize = 1000

// FaultKind says what part of a document a Fault is about.
type FaultKind string

// The kinds of faults of one document.
const (
	FaultFile  FaultKind = "file"  // a line that cannot be read, or does not match its check
	FaultText  FaultKind = "text"  // empty or not UTF-8
	FaultBox   FaultKind = "box"   // outside the page or turned inside out
	FaultSpan  FaultKind = "span"  // out of range, out of order, overlapping, of no entity
	FaultMarks FaultKind = "marks" // structure and visual sets that do not fit the tokens
)

// Fault is one thing in a document that does not hold what Document promises.
type Fault struct {
	Kind FaultKind
	What string
}

// Faults lists what in d does not hold what Document promises: text, boxes,
// spans and sets of types.
func Faults(schema *Schema, d *Document) []Fault { return documentFaults(schema, d) }

// Check says whether a schema can be stored and looked up by name.
func (s *Schema) Check() error { return checkSchema(s) }

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
		return fmt.Errorf("document %q: %w", d.ID, errors.New(faults[0].What))
	}
	return nil
}

// documentFaults is Faults.
func documentFaults(schema *Schema, d *Document) []Fault {
	var faults []Fault
	kind := FaultText
	add := func(format string, args ...any) { faults = append(faults, Fault{kind, fmt.Sprintf(format, args...)}) }
	for _, s := range []string{d.ID, d.Domain, d.Template, d.Kind} {
		if !utf8.ValidString(s) {
			add("%q is not UTF-8", s)
		}
	}
	for i := range d.Tokens {
		t := &d.Tokens[i]
		kind = FaultText
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
		kind = FaultBox
		switch {
		case !d.Boxed && b != Box{}:
			add("token %d has a box, the document says it has none", i)
		case b.X0 < 0 || b.Y0 < 0 || b.X1 > PageSize || b.Y1 > PageSize:
			add("token %d: box %v leaves the page, 0 to %d", i, b, PageSize)
		case b.X0 > b.X1 || b.Y0 > b.Y1:
			add("token %d: box %v is turned inside out", i, b)
		}
	}
	kind = FaultMarks
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
	kind = FaultSpan
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
