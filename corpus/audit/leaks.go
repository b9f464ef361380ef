package audit

import (
	"hash/fnv"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// A vendor's documents should be in one split, else a model may know it by
// name. The names, addresses and numbers below belong to one vendor each; the
// word lists that their parts come from may be shared.
var vendorBound = []string{"SUPPLIER_VAT", "IBAN", "SUPPLIER_ADDRESS"}

// documentBound are identifiers of one document. A short one may occur twice
// by chance; two of them in the same two documents may not.
var documentBound = []string{
	"INVOICE_NUMBER", "PURCHASE_ORDER_NUMBER", "SUBSCRIPTION_ID", "ACCOUNT_NUMBER", "WAYBILL_NUMBER", "TRACKING_NUMBER", "METER_NUMBER",
	"CREDIT_MEMO_NUMBER", "PATIENT_ID", "INSURANCE_CLAIM_NUMBER", "CONTRACT_NUMBER", "SERIAL_NUMBER",
}

// freeText are the labels of sentences.
var freeText = []string{"NOTE", "TERMS_AND_CONDITIONS", "HANDWRITTEN_NOTE"}

// longPhrase is the number of words from which a text that two splits share
// gives a document away. Shorter ones are stock phrases that documents of any
// origin have in common; the longest that the generator puts together from its
// own have 28 words.
const longPhrase = 30

// seen is where a value was met first, and in which splits it is.
type seen struct {
	first  place
	splits uint8 // bit k for corpus.Splits[k]
}

// leaks remembers what was met in which split.
type leaks struct {
	values    map[uint64]*seen
	templates map[string]*seen
	shares    map[string]*overlap // of each document-bound label
}

// overlap counts the distinct values of a label outside the training split.
type overlap struct{ values, shared int }

func newLeaks() *leaks {
	return &leaks{values: map[uint64]*seen{}, templates: map[string]*seen{}, shares: map[string]*overlap{}}
}

// meet notes a value of a kind. It gives where another split met it first,
// the first time that this split does.
func (l *leaks) meet(kind, value string, at place) (other place, leaked bool) {
	h := fnv.New64a()
	h.Write([]byte(kind))
	h.Write([]byte{0})
	h.Write([]byte(value))
	bit := uint8(1) << slices.Index(corpus.Splits, at.split)
	s := l.values[h.Sum64()]
	if s == nil {
		l.values[h.Sum64()] = &seen{at, bit}
		return place{}, false
	}
	fresh := s.splits&bit == 0
	s.splits |= bit
	return s.first, fresh
}

// severity of a leak: what a generator promises to keep apart is a fault,
// what other people's data share is worth knowing.
func (a *auditor) leakSeverity() Severity {
	if a.generated {
		return Fault
	}
	return Note
}

// chanceDocuments is the size from which chance alone makes shared addresses:
// of 250,000 documents 32 had one of a training document under another vendor, so of n
// about 5e-10 n^2; of 20,000 one corpus in five has one.
const chanceDocuments = 20_000

// unlessChance is the severity of a leak, or Note in a large corpus where chance
// makes such ones: streets and numbers that two vendors have, names that are
// misread as those of others.
func (a *auditor) unlessChance(possible bool) Severity {
	if possible && a.recipe.Documents > chanceDocuments {
		return Note
	}
	return a.leakSeverity()
}

// plain is a value without regard to case and spaces.
func plain(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// leak compares a document with those of other splits.
func (a *auditor) leak(at place, d *corpus.Document) {
	a.templateLeak(at, d)
	shared := map[place][]string{} // identifiers shared with a document
	var order []place
	for _, s := range d.Spans {
		name := a.schema.Entities[s.Entity].Name
		value := plain(text(d, s))
		switch {
		case name == "SUPPLIER_NAME":
			if other, leaked := a.leaks.meet(name, value, at); leaked {
				a.find(Vendor, a.unlessChance(a.recipe.Noise > 0), at, d.ID, "supplier %q is in %s too, of split %s", text(d, s), other, other.split)
			}
		case slices.Contains(vendorBound, name):
			if other, leaked := a.leaks.meet(name, value, at); leaked {
				a.find(Value, a.unlessChance(name == "SUPPLIER_ADDRESS"), at, d.ID, "%s %q is in %s too, of split %s", name, text(d, s), other, other.split)
			}
		case slices.Contains(freeText, name) && s.End-s.Start >= longPhrase:
			if other, leaked := a.leaks.meet(name, value, at); leaked {
				a.find(Phrase, a.leakSeverity(), at, d.ID, "the %s of %d words, %q, is in %s too, of split %s", name, s.End-s.Start, cut(text(d, s)), other, other.split)
			}
		case slices.Contains(documentBound, name):
			other, leaked := a.leaks.meet(name, value, at)
			a.leaks.count(name, at, leaked)
			if leaked {
				if shared[other] == nil {
					order = append(order, other)
				}
				if !slices.Contains(shared[other], name) {
					shared[other] = append(shared[other], name)
				}
			}
		}
	}
	for _, other := range order {
		if names := shared[other]; len(names) > 1 {
			a.find(Value, a.leakSeverity(), at, d.ID, "%s are those of %s, of split %s", strings.Join(names, " and "), other, other.split)
		}
	}
}

// templateLeak: no split shares a family with Heldout.
func (a *auditor) templateLeak(at place, d *corpus.Document) {
	if d.Template == "" {
		return
	}
	s := a.leaks.templates[d.Template]
	bit := uint8(1) << slices.Index(corpus.Splits, at.split)
	if s == nil {
		a.leaks.templates[d.Template] = &seen{at, bit}
		return
	}
	fresh := s.splits&bit == 0
	s.splits |= bit
	if at.split == corpus.Heldout && fresh {
		a.find(Template, Fault, at, d.ID, "held-out template %q is in %s too, of split %s", d.Template, s.first, s.first.split)
	}
}

// count notes a value of a label that documents outside the training split
// have.
func (l *leaks) count(label string, at place, leaked bool) {
	if at.split == corpus.Train {
		return
	}
	if l.shares[label] == nil {
		l.shares[label] = &overlap{}
	}
	l.shares[label].values++
	if leaked {
		l.shares[label].shared++
	}
}

// leakShares notes identifiers of which most are in two splits. By chance
// some short ones are, the more the larger the corpus.
func (a *auditor) leakShares() {
	const (
		many = 0.5
		few  = 5
	)
	for _, label := range documentBound {
		if o := a.leaks.shares[label]; o != nil && o.shared > few && float64(o.shared) > many*float64(o.values) {
			a.find(Value, Note, place{}, "", "%d of %d values of %s outside the training split are in another split too", o.shared, o.values, label)
		}
	}
}

// cut shortens a text for a message.
func cut(s string) string {
	const most = 60 // characters
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
