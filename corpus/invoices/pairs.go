package invoices

import (
	"fmt"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// MinimalPair is two labels that a resolution rule tells apart. Its documents
// differ in the deciding evidence and in nothing else that tells the labels
// apart: the words before the value, the form of the value, or the type of the
// document.
type MinimalPair struct {
	A, B     string // labels
	Evidence string // "key word", "form" or "document type"

	from, to []field // as many of each
}

// MinimalPairs lists a pair for each rule of the resolution rules.
func MinimalPairs() []MinimalPair {
	pairs := []MinimalPair{
		{Evidence: "document type", from: []field{fSupplierAddress, fBuyerAddress}, to: []field{fOrigin, fDestination}},
		{Evidence: "document type", from: []field{fBuyerAddress, fSupplierAddress}, to: []field{fDestination, fOrigin}},
		{Evidence: "key word", from: []field{fServicePeriod}, to: []field{fBillingPeriod}},
		{Evidence: "form", from: []field{fLotNumber}, to: []field{fBatchNumber}},
		{Evidence: "form", from: []field{fLotNumber}, to: []field{fSerialNumber}},
		{Evidence: "form", from: []field{fBatchNumber}, to: []field{fSerialNumber}},
		{Evidence: "key word", from: []field{fTrackingNumber}, to: []field{fWaybillNumber}},
		{Evidence: "key word", from: []field{fPreviousBalance}, to: []field{fCarriedForward}},
		{Evidence: "key word", from: []field{fAccountNumber}, to: []field{fInvoiceNumber}},
		{Evidence: "key word", from: []field{fContractNumber}, to: []field{fProjectCode}},
	}
	for k := range pairs {
		pairs[k].A, pairs[k].B = fieldNames[pairs[k].from[0]], fieldNames[pairs[k].to[0]]
	}
	return pairs
}

// exchange is what a member of a minimal pair has otherwise.
type exchange struct {
	pair   *MinimalPair // nil for an ordinary document
	second bool         // has the second label
}

// field is the field that a value gets in place of f.
func (x exchange) field(f field) field {
	if x.pair == nil || !x.second {
		return f
	}
	for k, from := range x.pair.from {
		if f == from {
			return x.pair.to[k]
		}
	}
	return f
}

// concerns says whether the pair is about a field.
func (x exchange) concerns(f field) bool {
	if x.pair == nil {
		return false
	}
	for k := range x.pair.from {
		if f == x.pair.from[k] || f == x.pair.to[k] {
			return true
		}
	}
	return false
}

// waybill says whether a document is a waybill in place of an invoice.
func (x exchange) waybill() bool {
	return x.pair != nil && x.second && x.pair.Evidence == "document type"
}

// MinimalPair makes document k in both versions of a pair. ok is false when
// the document cannot show it: it lacks the first label or its evidence, or it
// has the second label of its own.
func (g *Generator) MinimalPair(k int, p MinimalPair) (a, b corpus.Document, ok bool) {
	o := g.order(k)
	from := g.draw(o)
	if p.Evidence == "document type" && from.family.kind != kindInvoice {
		return a, b, false
	}
	o.exchange = exchange{pair: &p}
	_, clean, _ := g.clean(o)
	has := fieldSet{}
	for _, s := range clean.Spans {
		has.add(field(s.Entity))
	}
	if !has.has(p.from[0]) || has.has(p.to[0]) || g.ids[p.from[0]] < 0 || g.ids[p.to[0]] < 0 {
		return a, b, false
	}
	a, _ = g.make(o)
	o.exchange.second = true
	b, _ = g.make(o)
	if sameReading(&a, &b) { // no key word of the label's own announces the value
		return a, b, false
	}
	a.ID += fmt.Sprintf("-%s-not-%s", p.A, p.B)
	b.ID += fmt.Sprintf("-%s-not-%s", p.B, p.A)
	return a, b, true
}

// pairSource gives documents two by two.
func (g *Generator) pairSource(name string, numbers []int, make func(k int) (a, b corpus.Document)) corpus.Source {
	m := g.Manifest()
	m.Name += "-" + name
	m.Recipe, m.Source = nil, m.Source+"-pairs" // the recipe makes other documents
	m.Notes = append(m.Notes, fmt.Sprintf("%d pairs of documents, one after the other: %s", len(numbers), name))
	return corpus.Source{
		Manifest:  m,
		Schema:    g.schema,
		Documents: 2 * len(numbers),
		Document: func(i int) (corpus.Document, corpus.Split) {
			a, b := make(i / 2)
			split := g.draw(g.order(numbers[i/2])).split
			if i%2 == 0 {
				return a, split
			}
			return b, split
		},
	}
}

// TwinSource gives each document that has a twin of the kind, followed by the
// twin. It is an error if no document has one.
func (g *Generator) TwinSource(t Twin) (corpus.Source, error) {
	differs := make([]bool, g.Len())
	each(g.Len(), func(k int) { _, differs[k] = g.Twin(k, t) })
	var numbers []int
	for k, d := range differs {
		if d {
			numbers = append(numbers, k)
		}
	}
	if len(numbers) == 0 {
		return corpus.Source{}, fmt.Errorf("twin %s: no document of the recipe has one", t)
	}
	return g.pairSource("twins-"+strings.ReplaceAll(t.String(), ":", "-"), numbers, func(i int) (a, b corpus.Document) {
		a, _ = g.Document(numbers[i])
		b, _ = g.Twin(numbers[i], t)
		return a, b
	}), nil
}

// MinimalPairSource gives the first documents that can show each minimal pair,
// at most n for each, in both versions. It is an error if a pair whose labels
// the schema has is shown by none.
func (g *Generator) MinimalPairSource(n int) (corpus.Source, error) {
	var numbers []int
	var of []MinimalPair
	for _, p := range MinimalPairs() {
		found := 0
		for k := 0; k < g.Len() && found < n; k++ {
			if _, _, ok := g.MinimalPair(k, p); ok {
				numbers, of = append(numbers, k), append(of, p)
				found++
			}
		}
		if found == 0 && g.ids[p.from[0]] >= 0 && g.ids[p.to[0]] >= 0 {
			return corpus.Source{}, fmt.Errorf("minimal pairs: none of %d documents can show %s and %s", g.Len(), p.A, p.B)
		}
	}
	return g.pairSource("minimal-pairs", numbers, func(i int) (a, b corpus.Document) {
		a, b, _ = g.MinimalPair(numbers[i], of[i])
		return a, b
	}), nil
}

// decidingForm is a lot, batch or serial number of the form by which the rules
// know it.
func decidingForm(r draws, f field) string {
	switch f {
	case fLotNumber:
		return "LOT-" + r.digits(6)
	case fBatchNumber:
		return "BATCH-" + r.digits(6)
	case fSerialNumber:
		return r.chars(2, upperLetters) + r.digits(10)
	}
	panic("invoices: decidingForm: no rule knows " + fieldNames[f] + " by its form")
}
