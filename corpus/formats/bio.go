package formats

import (
	"fmt"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// tag is one label of a sequence before its scheme is known: O, or one of
// B, I, E and S with an entity.
type tag struct {
	kind   byte // 'O', 'B', 'I', 'E' or 'S'
	entity corpus.EntityID
}

// parseTag splits a label such as B-PER into its kind and the entity's name.
// Entity names may hold hyphens. ok is false when it is no tag of BIO, IOB1
// or BIOES.
func parseTag(label string) (kind byte, entity string, ok bool) {
	if label == "O" {
		return 'O', "", true
	}
	if len(label) < 3 || label[1] != '-' || !strings.ContainsRune("BIES", rune(label[0])) {
		return 0, "", false
	}
	return label[0], label[2:], true
}

// tagChanges counts the tags that had to change on the way to IOB2, where an
// entity is one B followed by I.
type tagChanges struct {
	Starts  int // I or E that opens an entity, without a B: now B
	Ends    int // E that closes an entity: now I
	Singles int // S: now B
	joined  int // B after a tag of the same entity: what tells IOB1 apart
	begins  int // all B
}

func (c *tagChanges) add(o tagChanges) {
	c.Starts += o.Starts
	c.Ends += o.Ends
	c.Singles += o.Singles
	c.joined += o.joined
	c.begins += o.begins
}

// total is the number of changed tags.
func (c tagChanges) total() int { return c.Starts + c.Ends + c.Singles }

// scheme names what the tags were written in, as far as they show it. Data
// without E and S in which a B stands only where it parts two entities of the
// same type is IOB1; any other B makes it IOB2, with faults if tags changed.
func (c tagChanges) scheme() string {
	switch {
	case c.Ends+c.Singles > 0:
		return "BIOES"
	case c.Starts > 0 && c.begins == c.joined:
		return "IOB1"
	}
	return "IOB2"
}

// String says what was changed and why; it is empty when nothing was.
func (c tagChanges) String() string {
	switch {
	case c.total() == 0:
		return ""
	case c.scheme() == "BIOES":
		s := fmt.Sprintf("BIOES to IOB2: %d tags changed (%d E to I, %d S to B", c.total(), c.Ends, c.Singles)
		if c.Starts > 0 {
			s += fmt.Sprintf(", %d I or E without a B before to B", c.Starts)
		}
		return s + ")"
	case c.scheme() == "IOB1":
		return fmt.Sprintf("IOB1 to IOB2: %d tags changed from I to B", c.total())
	}
	return fmt.Sprintf("IOB2 with faults: %d tags I without a B before changed to B", c.total())
}

// spansOf gives the entities of a tag sequence in any of the three schemes,
// sorted and without overlap, and counts the tags that IOB2 writes otherwise.
// A tag continues the entity before it when that is of the same type, is not
// closed by E or S, and the tag is I or E.
func spansOf(tags []tag) ([]corpus.Span, tagChanges) {
	var spans []corpus.Span
	var changes tagChanges
	open := false // the last span may be continued
	for i, t := range tags {
		if t.kind == 'O' {
			open = false
			continue
		}
		continues := open && (t.kind == 'I' || t.kind == 'E') && spans[len(spans)-1].Entity == t.entity
		if continues {
			spans[len(spans)-1].End = i + 1
		} else {
			spans = append(spans, corpus.Span{Entity: t.entity, Start: i, End: i + 1})
		}
		switch t.kind {
		case 'B':
			changes.begins++
			if i > 0 && tags[i-1].kind != 'O' && tags[i-1].entity == t.entity {
				changes.joined++
			}
		case 'I':
			if !continues {
				changes.Starts++
			}
		case 'E':
			if continues {
				changes.Ends++
			} else {
				changes.Starts++
			}
		case 'S':
			changes.Singles++
		}
		open = t.kind == 'B' || t.kind == 'I'
	}
	return spans, changes
}
