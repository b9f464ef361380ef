package corpus

import "maps"

// Manifest describes a corpus. Digest covers the names of the entities and
// all documents (not groups, names of folders or times), so equal digests
// mean equal data.
type Manifest struct {
	Name   string          `json:"name"`
	Source string          `json:"source"` // "generated" or the importer's name
	Digest string          `json:"digest"` // sha256, hex
	Recipe *Recipe         `json:"recipe,omitempty"`
	Boxed  bool            `json:"boxed"` // every document has boxes
	Splits map[Split]Count `json:"splits"`
	Notes  []string        `json:"notes,omitempty"` // what an importer changed or could not align, summed up
}

// Count sums up one split.
type Count struct {
	Documents int            `json:"documents"`
	Tokens    int            `json:"tokens"`
	Entities  int            `json:"entities"`
	Domains   map[string]int `json:"domains,omitempty"`   // documents per domain
	Templates map[string]int `json:"templates,omitempty"` // documents per template family
	Labels    map[string]int `json:"labels"`              // entities per entity type that occurs
}

// newCount counts nothing so far.
func newCount() Count { return Count{Labels: map[string]int{}} }

// add counts a document. Empty domains and templates are not counted.
func (c *Count) add(schema *Schema, d *Document) {
	c.Documents++
	c.Tokens += len(d.Tokens)
	c.Entities += len(d.Spans)
	for _, s := range d.Spans {
		c.Labels[schema.Entities[s.Entity].Name]++
	}
	if d.Domain != "" {
		if c.Domains == nil {
			c.Domains = map[string]int{}
		}
		c.Domains[d.Domain]++
	}
	if d.Template != "" {
		if c.Templates == nil {
			c.Templates = map[string]int{}
		}
		c.Templates[d.Template]++
	}
}

// equal says whether two counts agree in every figure.
func (c Count) equal(o Count) bool {
	return c.Documents == o.Documents && c.Tokens == o.Tokens && c.Entities == o.Entities &&
		maps.Equal(c.Domains, o.Domains) && maps.Equal(c.Templates, o.Templates) && maps.Equal(c.Labels, o.Labels)
}
