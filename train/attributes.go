package train

import (
	"fmt"
	"strconv"

	"github.com/invoicelab/invoicelab/corpus"
)

// attributer turns the tokens of a document into attributes.
type attributer struct {
	templates []template
	boxed     bool
	fields    []string // that the templates use
	slot      map[string]int
	seeds     []uint64 // hash of each template's text
}

// newAttributer gives the attributes of the templates in texts, the value of the
// setting key; of the standard ones when there are none.
func newAttributer(key string, texts []string, boxed bool) (*attributer, error) {
	if len(texts) == 0 {
		texts = []string{standard}
	}
	texts = expand(texts, boxed)
	if err := CheckTemplates(texts); err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	templates, err := parseTemplates(texts)
	if err != nil {
		return nil, err
	}
	a := &attributer{templates: templates, boxed: boxed, slot: map[string]int{}}
	for _, t := range templates {
		a.seeds = append(a.seeds, hashText(hashStart, t.text))
		for _, atom := range t.atoms {
			if !boxed && (atom.at >= placeAbove || isBoxField(atom.field)) {
				return nil, fmt.Errorf("%s: %q needs boxes, which the corpus does not have", key, t.text)
			}
			if _, ok := a.slot[atom.field]; !ok {
				a.slot[atom.field] = len(a.fields)
				a.fields = append(a.fields, atom.field)
			}
		}
	}
	return a, nil
}

// exact lists the templates that name the very word.
func (a *attributer) exact() []int {
	var list []int
	for k, t := range a.templates {
		for _, atom := range t.atoms {
			if atom.at == 0 && (atom.field == "word" || atom.field == "lower" || atom.field == "digits") {
				list = append(list, k)
				break
			}
		}
	}
	return list
}

func isBoxField(name string) bool {
	for _, s := range boxSpaces {
		if s.name == name {
			return true
		}
	}
	return false
}

// Values of FNV-1a with 64 bits.
const (
	hashStart = 14695981039346656037
	hashPrime = 1099511628211
)

func hashText(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * hashPrime
	}
	return h
}

// hashValue adds the hash of a value to h.
func hashValue(h, value uint64) uint64 {
	h = (h ^ value) * hashPrime
	return h ^ h>>29 // spread the high bits, which FNV mixes least into the low ones
}

// noValue says that a field of a token is empty: no attribute uses it.
const noValue = 0

// attributes appends the attributes of each token of d to list, and the ends
// of their ranges to ends.
func (a *attributer) attributes(d *corpus.Document, list []uint64, ends []int64) ([]uint64, []int64, error) {
	err := a.each(d, func(_ int, h uint64) { list = append(list, h) }, func() { ends = append(ends, int64(len(list))) })
	return list, ends, err
}

// slots is the number of attributes that a token can have: one for each template, and
// that it begins or ends the document.
func (a *attributer) slots() int { return len(a.templates) + 2 }

// table gives the attributes of each token of d, [T*slots], noValue where a token lacks one.
func (a *attributer) table(d *corpus.Document) ([]uint64, error) {
	all := make([]uint64, len(d.Tokens)*a.slots())
	row := all
	err := a.each(d, func(slot int, h uint64) { row[slot] = h }, func() { row = row[a.slots():] })
	return all, err
}

// each gives the attributes of d, with the slot of each, token by token.
func (a *attributer) each(d *corpus.Document, add func(slot int, h uint64), next func()) error {
	n, width := len(d.Tokens), len(a.fields)
	values := make([]uint64, n*width)
	for f, field := range a.fields {
		if err := a.fill(d, field, values[f:], width); err != nil {
			return err
		}
	}
	first, last := hashText(hashStart, "begin"), hashText(hashStart, "end")
	lineStart := 0
	for t := range n {
		if d.Tokens[t].Line != d.Tokens[lineStart].Line {
			lineStart = t
		}
		above, below := int32(-1), int32(-1)
		if a.boxed {
			above, below = vertical(d.Tokens, t)
		}
	templates:
		for k := range a.templates {
			h := a.seeds[k]
			for _, atom := range a.templates[k].atoms {
				at := t + atom.at
				switch atom.at {
				case placeAbove:
					at = int(above)
				case placeBelow:
					at = int(below)
				case placeLine:
					if at = lineStart; at == t {
						at = -1
					}
				}
				if at < 0 || at >= n || values[at*width+a.slot[atom.field]] == noValue {
					continue templates
				}
				h = hashValue(h, values[at*width+a.slot[atom.field]])
			}
			add(k, h)
		}
		if t == 0 {
			add(len(a.templates), first)
		}
		if t == n-1 {
			add(len(a.templates)+1, last)
		}
		next()
	}
	return nil
}

// fill puts the hashes of a field of each token into every width-th place of
// values.
func (a *attributer) fill(d *corpus.Document, field string, values []uint64, width int) error {
	put := func(t int, text string) {
		if text != "" {
			values[t*width] = max(hashText(hashStart, text), 1)
		}
	}
	for _, f := range textFields {
		if f.name == field {
			for t := range d.Tokens {
				put(t, f.value(d.Tokens[t].Text))
			}
			return nil
		}
	}
	for _, s := range boxSpaces {
		if s.name != field {
			continue
		}
		line, inLine := -1, 0
		for t := range d.Tokens {
			tok := &d.Tokens[t]
			if tok.Line != line {
				line, inLine = tok.Line, 0
			}
			put(t, strconv.Itoa(min(max(s.bin(tok, inLine), 0), s.rows-1)))
			inLine++
		}
		return nil
	}
	column, _ := columnNumber(field)
	for t := range d.Tokens {
		if column >= len(d.Tokens[t].Columns) {
			return fmt.Errorf("model.encoder.templates: %s: token %d of document %s has %d columns besides its label", field, t, d.ID, 1+len(d.Tokens[t].Columns))
		}
		put(t, d.Tokens[t].Columns[column])
	}
	return nil
}
