package invoices

import (
	"fmt"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/nearest"
)

// TwinPart is what a twin has otherwise than its document.
type TwinPart string

// The parts of a document that a twin can change.
const (
	TwinLayout TwinPart = "layout" // type, gaps, arrangement, paper: other boxes, the same values
	TwinLocale TwinPart = "locale" // country and its conventions: other names, addresses and forms of numbers, the same dates, amounts of lines, and labels
	TwinNoise  TwinPart = "noise"  // other errors of the OCR and of the reading order
	TwinLabel  TwinPart = "label"  // another key word before the values of one label, nothing else
)

// Twin says how a twin differs from its document. The zero Twin is the
// document itself.
type Twin struct {
	Part  TwinPart
	Label string // of TwinLabel

	field field
}

// ParseTwin reads "layout", "locale", "noise" or "label:NAME".
func ParseTwin(text string) (Twin, error) {
	part, label, labelled := strings.Cut(text, ":")
	known := []string{string(TwinLayout), string(TwinLocale), string(TwinNoise), string(TwinLabel) + ":NAME"}
	switch TwinPart(part) {
	case TwinLayout, TwinLocale, TwinNoise:
		if labelled {
			break
		}
		return Twin{Part: TwinPart(part)}, nil
	case TwinLabel:
		if label == "" {
			break
		}
		for f, name := range fieldNames {
			if name == label {
				return Twin{Part: TwinLabel, Label: label, field: field(f)}, nil
			}
		}
		return Twin{}, fmt.Errorf("twin: no label is called %q%s", label, nearest.Hint(label, fieldNames[1:]))
	}
	return Twin{}, fmt.Errorf("twin: %q; expected one of %s", text, strings.Join(known, ", "))
}

func (t Twin) String() string {
	if t.Part == TwinLabel {
		return string(t.Part) + ":" + t.Label
	}
	return string(t.Part)
}

// Twin makes the twin of document k, whose id is that of the document with
// "-" and the twin's name. Both have the same family, split and content
// stream. Differs is false when the twin is no other than the document: it has
// no value of the label that a key word announces, or no error of the OCR.
func (g *Generator) Twin(k int, t Twin) (twin corpus.Document, differs bool) {
	o := g.order(k)
	d, _ := g.make(o)
	o.twin = t
	twin, _ = g.make(o)
	differs = !sameReading(&d, &twin)
	twin.ID += "-" + strings.ReplaceAll(t.String(), ":", "-")
	return twin, differs
}

// sameReading says whether two documents have the same words in the same
// places.
func sameReading(a, b *corpus.Document) bool {
	if len(a.Tokens) != len(b.Tokens) {
		return false
	}
	for k := range a.Tokens {
		if a.Tokens[k].Text != b.Tokens[k].Text || a.Tokens[k].Box != b.Tokens[k].Box {
			return false
		}
	}
	return true
}

// suffix is the name of a stream, another one in a twin of the part.
func (t Twin) suffix(part TwinPart, name string) string {
	if t.Part == part {
		return name + "/twin"
	}
	return name
}
