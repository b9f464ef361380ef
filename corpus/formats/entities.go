package formats

import (
	"fmt"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// entitySet gathers the entities found in the data, numbered as they come.
type entitySet struct {
	ids   map[string]corpus.EntityID
	names []string
}

func newEntitySet() *entitySet { return &entitySet{ids: map[string]corpus.EntityID{}} }

// number gives the number of an entity, which may be new.
func (set *entitySet) number(name string) (corpus.EntityID, error) {
	if id, ok := set.ids[name]; ok {
		return id, nil
	}
	if name == "" || strings.ContainsAny(name, " \t\r\n") { // as corpora have it
		return 0, fmt.Errorf("label %.40q is empty or has a space", name)
	}
	if len(set.names) >= corpus.MaxEntities {
		return 0, fmt.Errorf("label %.40q: more than %d entity types", name, corpus.MaxEntities)
	}
	id := corpus.EntityID(len(set.names))
	set.ids[name] = id
	set.names = append(set.names, name)
	return id, nil
}

// tag reads a label and numbers its entity.
func (set *entitySet) tag(label string) (tag, error) {
	kind, name, ok := parseTag(label)
	if !ok {
		return tag{}, fmt.Errorf("label %.40q is no tag: expected O, B-NAME or I-NAME, or E-NAME and S-NAME of BIOES", label)
	}
	if kind == 'O' {
		return tag{kind: 'O'}, nil
	}
	id, err := set.number(name)
	return tag{kind, id}, err
}

// schema sorts the entities by name; renumber maps the numbers so far.
func (set *entitySet) schema(name string) (*corpus.Schema, []corpus.EntityID) {
	sorted := slices.Sorted(slices.Values(set.names))
	schema := &corpus.Schema{Name: name}
	for _, entity := range sorted {
		schema.Entities = append(schema.Entities, corpus.Entity{Name: entity})
	}
	renumber := make([]corpus.EntityID, len(set.names))
	for i, entity := range set.names {
		id, _ := slices.BinarySearch(sorted, entity)
		renumber[i] = corpus.EntityID(id)
	}
	return schema, renumber
}

// dataset makes a sealed corpus of documents whose entities are numbered as
// they came; the spans are renumbered in place. There must be an entity, and
// training documents.
func (set *entitySet) dataset(source string, docs map[corpus.Split][]corpus.Document, notes []string) (*corpus.Dataset, error) {
	switch {
	case len(docs[corpus.Train]) == 0:
		return nil, fmt.Errorf("no training document")
	case len(set.names) == 0:
		return nil, fmt.Errorf("no word has a label")
	}
	schema, renumber := set.schema(source)
	for _, list := range docs {
		for i := range list {
			for k := range list[i].Spans {
				list[i].Spans[k].Entity = renumber[list[i].Spans[k].Entity]
			}
		}
	}
	ds := &corpus.Dataset{Manifest: corpus.Manifest{Source: source, Notes: notes}, Schema: schema, Docs: docs}
	ds.Seal()
	return ds, nil
}
