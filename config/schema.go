package config

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/invoicelab/invoicelab/corpus"
)

// entityHeads are the heads that an entity of a schema can name.
var entityHeads = []string{"semantic", "structure", "visual"}

// maxEntities keeps BIO labels (1 + 2 * entities) inside corpus.EntityID and
// the transition matrix of a CRF within memory.
const maxEntities = 4096

// LoadSchema reads a shipped schema by name, or a schema file by path:
//
//	name: receipts
//	entities:
//	  - {name: TOTAL, group: amounts, head: semantic}
//
// group may be absent from all entities, not from some; head is semantic when
// absent.
func LoadSchema(nameOrPath string) (*corpus.Schema, error) {
	src, err := open("schemas", nameOrPath)
	if err != nil {
		return nil, err
	}
	return decodeSchema(src)
}

func decodeSchema(src source) (*corpus.Schema, error) {
	d := &decoder{file: src.name}
	root := d.document(src.text)
	if root == nil {
		return nil, d.problems.err()
	}
	s := &corpus.Schema{}
	fields := d.fields(root, "", []string{"name", "entities"}, []string{"name", "entities"})
	if n := fields["name"]; n != nil {
		s.Name = d.name(n, "name")
	}
	list := fields["entities"]
	if list == nil || !d.isList(list, "entities") {
		return nil, d.problems.err()
	}
	if len(list.Content) == 0 || len(list.Content) > maxEntities {
		d.add(list, "entities", "%d entities; expected 1 to %d", len(list.Content), maxEntities)
	}
	lines := map[string]int{}
	var bare, grouped *yaml.Node
	for _, item := range list.Content {
		e := d.entity(item)
		if first, twice := lines[e.Name]; twice && e.Name != "" {
			d.add(item, "entities", "entity %s is given twice, first on line %d", e.Name, first)
		}
		lines[e.Name] = item.Line
		if e.Group == "" {
			bare = item
		} else {
			grouped = item
		}
		s.Entities = append(s.Entities, e)
	}
	if bare != nil && grouped != nil {
		d.add(bare, "entities", "an entity without a group, while others have one; give every entity a group, or none")
	}
	if err := d.problems.err(); err != nil {
		return nil, err
	}
	return s, nil
}

// entity decodes one item of a schema's list.
func (d *decoder) entity(item *yaml.Node) corpus.Entity {
	e := corpus.Entity{Head: "semantic"}
	fields := d.fields(item, "entities", []string{"name", "group", "head"}, []string{"name"})
	if n := fields["name"]; n != nil {
		e.Name = d.name(n, "entities.name")
	}
	if n := fields["group"]; n != nil {
		e.Group = d.name(n, "entities.group")
	}
	if n := fields["head"]; n != nil {
		if head, ok := d.text(n, "entities.head"); ok {
			if !slices.Contains(entityHeads, head) {
				d.add(n, "entities.head", "%s is not one of %s%s", quoted(head), strings.Join(entityHeads, ", "), didYouMean(head, entityHeads))
			}
			e.Head = head
		}
	}
	return e
}
