// Package corpus holds what is labelled and with what: schemas, documents,
// the invoice generator, importers of other people's data, and the files of
// a corpus on disk. It knows nothing of tensors, YAML or SQL.
package corpus

import "fmt"

// EntityID is the index of an entity in its schema.
type EntityID uint16

// Entity is one entity type of a schema.
type Entity struct {
	Name  string `yaml:"name" json:"name"`
	Group string `yaml:"group" json:"group,omitempty"` // empty when the schema has no groups
	Head  string `yaml:"head" json:"head,omitempty"`   // "semantic", "structure" or "visual"; empty is semantic
}

// Schema is an ordered set of entity types. Its BIO labels are numbered
//
//	O = 0, B-e = 1+2e, I-e = 2+2e   (e = EntityID)
//
// so a schema whose entities are a prefix of another's keeps its label ids.
type Schema struct {
	Name     string   `json:"name"`
	Entities []Entity `json:"entities"`
}

// NumLabels is the number of BIO labels, 1 + 2*len(Entities).
func (s *Schema) NumLabels() int { return 1 + 2*len(s.Entities) }

// Label names BIO label id. It panics when id is out of range.
func (s *Schema) Label(id int) string {
	if id == 0 {
		return "O"
	}
	if id < 0 || id >= s.NumLabels() {
		panic(fmt.Sprintf("corpus: Label: id %d of %d", id, s.NumLabels()))
	}
	if id%2 == 1 {
		return "B-" + s.Entities[(id-1)/2].Name
	}
	return "I-" + s.Entities[(id-1)/2].Name
}

// Lookup finds an entity by name.
func (s *Schema) Lookup(name string) (EntityID, bool) {
	for i := range s.Entities {
		if s.Entities[i].Name == name {
			return EntityID(i), true
		}
	}
	return 0, false
}

// Groups lists the groups that have a member, in order of first appearance.
// It is empty when no entity has a group.
func (s *Schema) Groups() []string {
	var groups []string
	seen := map[string]bool{}
	for _, e := range s.Entities {
		if e.Group != "" && !seen[e.Group] {
			seen[e.Group] = true
			groups = append(groups, e.Group)
		}
	}
	return groups
}
