package audit

import (
	"hash/fnv"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// identity checks that a document's id and text are its own.
func (a *auditor) identity(at place, d *corpus.Document) {
	id := hashOf(d.ID)
	switch first, used := a.ids[id]; {
	case d.ID == "":
		a.find(Identity, Fault, at, "", "a document without id")
	case used:
		a.find(Identity, Fault, at, d.ID, "its id is used before, in %s", first)
	default:
		a.ids[id] = at
	}
	if len(d.Tokens) == 0 {
		return
	}
	h := fnv.New64a()
	for i := range d.Tokens {
		h.Write([]byte(d.Tokens[i].Text))
		h.Write([]byte{0})
	}
	text := h.Sum64()
	if first, used := a.texts[text]; used {
		a.find(Duplicate, Fault, at, d.ID, "same text as in %s", first)
	} else {
		a.texts[text] = at
	}
}

func hashOf(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// pages checks that pages follow each other.
func (a *auditor) pages(at place, d *corpus.Document) {
	for i := 1; i < len(d.Tokens); i++ {
		if d.Tokens[i].Page < d.Tokens[i-1].Page {
			a.find(Box, Fault, at, d.ID, "token %d is on page %d, the one before it on page %d", i, d.Tokens[i].Page+1, d.Tokens[i-1].Page+1)
			return
		}
	}
}

// marks checks that the types of the structure and visual heads fit the
// labels of the same name: a labelled token is of its type, and a token of a
// visual type, or of a structure type that covers its label alone, has no
// label but that.
func (a *auditor) marks(at place, d *corpus.Document) {
	for _, head := range []struct {
		name  string
		sets  []uint16
		types []string
	}{{"structure", d.Structure, corpus.StructureTypes[:]}, {"visual", d.Visual, corpus.VisualTypes[:]}} {
		if head.sets == nil {
			continue
		}
		a.report.Checked["structure and visual types"]++
		for bit, name := range head.types {
			id, ok := a.schema.Lookup(name)
			if !ok {
				continue
			}
			for _, s := range d.Spans {
				for t := s.Start; t < s.End; t++ {
					marked := head.sets[t]>>bit&1 == 1
					if s.Entity == id && !marked {
						a.find(Marks, Fault, at, d.ID, "token %d, %q, is labelled %s, but its %s types lack it", t, d.Tokens[t].Text, name, head.name)
						break
					}
				}
			}
			if head.name != "visual" && name != "PAGE_NUMBER" {
				continue // rows have key words beside the value, and tables other labels
			}
			labels := a.labelOf(d)
			for t, set := range head.sets {
				if set>>bit&1 == 1 && labels[t] != name {
					a.find(Marks, Fault, at, d.ID, "token %d, %q, is of %s type %s, but labelled %s", t, d.Tokens[t].Text, head.name, name, orOutside(labels[t]))
					break
				}
			}
		}
	}
}

func orOutside(label string) string {
	if label == "" {
		return "nothing"
	}
	return label
}

// labelOf gives the entity of each token, empty for none.
func (a *auditor) labelOf(d *corpus.Document) []string {
	labels := make([]string, len(d.Tokens))
	for _, s := range d.Spans {
		for t := s.Start; t < s.End; t++ {
			labels[t] = a.schema.Entities[s.Entity].Name
		}
	}
	return labels
}

// required checks which labels a document must have, by its kind. Labels that
// the schema lacks are not asked for.
func (a *auditor) required(at place, d *corpus.Document) {
	count := map[string]int{}
	for _, s := range d.Spans {
		count[a.schema.Entities[s.Entity].Name]++
	}
	a.report.Checked["labels that a kind of document must have"]++
	if n := count["INVOICE_NUMBER"]; n > 1 {
		a.find(Required, Fault, at, d.ID, "%d spans of INVOICE_NUMBER, at most one", n)
	}
	for _, must := range []struct {
		kind   string
		labels []string
	}{{"WAYBILL", []string{"ORIGIN", "DESTINATION"}}, {"INVOICE", []string{"SUPPLIER_ADDRESS", "BUYER_ADDRESS"}}} {
		if d.Kind != must.kind {
			continue
		}
		for _, name := range must.labels {
			if _, ok := a.schema.Lookup(name); ok && count[name] == 0 {
				a.find(Required, Fault, at, d.ID, "kind %s without %s", d.Kind, name)
			}
		}
	}
}

// withheld says whether the recipe takes a label out of documents.
func (a *auditor) withheld(name string) bool {
	for _, part := range strings.Fields(strings.ReplaceAll(a.recipe.Tail, ",", " ")) {
		if label, _, ok := strings.Cut(part, "="); ok && label == name {
			return true
		}
	}
	return false
}

// text is the text of a span, words separated by spaces.
func text(d *corpus.Document, s corpus.Span) string {
	words := make([]string, 0, s.End-s.Start)
	for _, t := range d.Tokens[s.Start:s.End] {
		words = append(words, t.Text)
	}
	return strings.Join(words, " ")
}
