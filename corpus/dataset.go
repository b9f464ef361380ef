package corpus

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/invoicelab/invoicelab/nearest"
)

// Split names a part of a corpus.
type Split string

// The splits of a corpus. Heldout holds whole template families that no other
// split has; imported data may lack Validation and Heldout.
const (
	Train      Split = "train"
	Validation Split = "validation"
	Test       Split = "test"
	Heldout    Split = "heldout"
)

// Splits lists all splits in the order in which files and tables show them.
var Splits = []Split{Train, Validation, Test, Heldout}

// Dataset is a corpus in memory.
type Dataset struct {
	Manifest Manifest
	Schema   *Schema
	Docs     map[Split][]Document
}

// All gives every document with its split, in the order of Splits.
func (ds *Dataset) All() iter.Seq2[Split, *Document] {
	return func(yield func(Split, *Document) bool) {
		for _, split := range Splits {
			for i := range ds.Docs[split] {
				if !yield(split, &ds.Docs[split][i]) {
					return
				}
			}
		}
	}
}

// Seal counts every split that has documents into Manifest.Splits and sets
// Manifest.Boxed (every document has boxes) and Manifest.Digest. It neither
// sorts nor changes a document.
func (ds *Dataset) Seal() {
	ds.Manifest.Splits = map[Split]Count{}
	ds.Manifest.Boxed = true
	for _, split := range Splits {
		docs := ds.Docs[split]
		if len(docs) == 0 {
			continue
		}
		count := newCount()
		for i := range docs {
			count.add(ds.Schema, &docs[i])
			ds.Manifest.Boxed = ds.Manifest.Boxed && docs[i].Boxed
		}
		ds.Manifest.Splits[split] = count
	}
	ds.Manifest.Boxed = ds.Manifest.Boxed && len(ds.Manifest.Splits) > 0
	ds.Manifest.Digest = Digest(ds.Schema, ds.Docs)
}

// WithSchema replaces the schema by one with the same entity names, which may
// have groups and stand in another order; the spans are renumbered in place.
// The digest stays, for it covers names only. An error names the entity that
// is missing or unknown, and leaves ds as it was.
func (ds *Dataset) WithSchema(s *Schema) error {
	if err := checkSchema(s); err != nil {
		return fmt.Errorf("schema %s: %w", s.Name, err)
	}
	renumber := make([]EntityID, len(ds.Schema.Entities))
	same := len(s.Entities) == len(ds.Schema.Entities)
	for i, e := range ds.Schema.Entities {
		id, ok := s.Lookup(e.Name)
		if !ok {
			return fmt.Errorf("schema %s lacks entity %q of the corpus%s", s.Name, e.Name, nearest.Hint(e.Name, missingFrom(s, ds.Schema)))
		}
		renumber[i] = id
		same = same && int(id) == i
	}
	for _, e := range s.Entities {
		if _, ok := ds.Schema.Lookup(e.Name); !ok {
			return fmt.Errorf("schema %s has entity %q, which the corpus does not have%s", s.Name, e.Name, nearest.Hint(e.Name, missingFrom(ds.Schema, s)))
		}
	}
	if !same {
		for _, split := range Splits {
			for i := range ds.Docs[split] {
				for k := range ds.Docs[split][i].Spans {
					span := &ds.Docs[split][i].Spans[k]
					span.Entity = renumber[span.Entity]
				}
			}
		}
	}
	ds.Schema = s
	return nil
}

// missingFrom lists the entities of a that b lacks: what a misspelt name of
// b may have meant. When there is none, all names of a.
func missingFrom(a, b *Schema) []string {
	var only, all []string
	for _, e := range a.Entities {
		all = append(all, e.Name)
		if _, ok := b.Lookup(e.Name); !ok {
			only = append(only, e.Name)
		}
	}
	if len(only) > 0 {
		return only
	}
	return all
}

// WithGroups gives every entity of the schema its group, by name. An error
// names the entity that has none, or that the corpus does not have, and
// leaves ds as it was. The digest stays.
func (ds *Dataset) WithGroups(groups map[string]string) error {
	schema := *ds.Schema
	schema.Entities = append([]Entity(nil), ds.Schema.Entities...)
	for i := range schema.Entities {
		e := &schema.Entities[i]
		group := groups[e.Name]
		if group == "" {
			return fmt.Errorf("groups: entity %q has none%s", e.Name, nearest.Hint(e.Name, slices.Sorted(maps.Keys(groups))))
		}
		e.Group = group
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		if _, ok := schema.Lookup(name); !ok {
			return fmt.Errorf("groups: the corpus has no entity %q%s", name, nearest.Hint(name, schema.Names()))
		}
	}
	ds.Schema = &schema
	return nil
}
