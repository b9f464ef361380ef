package metrics

import (
	"fmt"
	"slices"
)

// AddDoc scores one document and appends its counts: a prediction counts as
// found only when type and both ends match. gold and pred are label ids of
// equal length under O = 0, B-e = 1+2e, I-e = 2+2e, with e an index into
// t.Labels; it panics on anything else.
func (t *Tally) AddDoc(doc, domain, template string, gold, pred []int32, mode Mode) {
	if len(gold) != len(pred) {
		panic(fmt.Sprintf("metrics: AddDoc: document %s: %d gold labels, %d predicted", doc, len(gold), len(pred)))
	}
	goldSpans, predSpans := Spans(nil, gold, mode), Spans(nil, pred, mode)
	counts := map[int32]*Count{}
	at := func(label int32) *Count {
		if int(label) >= len(t.Labels) {
			panic(fmt.Sprintf("metrics: AddDoc: document %s: entity type %d of %d", doc, label, len(t.Labels)))
		}
		c := counts[label]
		if c == nil {
			c = &Count{}
			counts[label] = c
		}
		return c
	}
	for _, s := range goldSpans {
		at(s.Type).Gold++
	}
	// Both lists are sorted by First and no two spans of one start together.
	g := 0
	for _, s := range predSpans {
		c := at(s.Type)
		c.Pred++
		for g < len(goldSpans) && goldSpans[g].First < s.First {
			g++
		}
		if g < len(goldSpans) && goldSpans[g] == s {
			c.TP++
		}
	}
	d := DocCount{Doc: doc, Domain: domain, Template: template, Labels: make([]LabelCount, 0, len(counts))}
	for label, c := range counts {
		d.Labels = append(d.Labels, LabelCount{Label: label, Count: *c})
	}
	slices.SortFunc(d.Labels, func(a, b LabelCount) int { return int(a.Label) - int(b.Label) })
	t.Docs = append(t.Docs, d)
}

// Totals sums the counts over documents, one Count per label of t.Labels.
func (t Tally) Totals() []Count {
	totals := make([]Count, len(t.Labels))
	for i := range t.Docs {
		for _, l := range t.Docs[i].Labels {
			c := &totals[l.Label]
			c.TP += l.TP
			c.Pred += l.Pred
			c.Gold += l.Gold
		}
	}
	return totals
}

// Holding counts, per label of t.Labels, the documents with a gold entity of it.
func (t Tally) Holding() []int {
	docs := make([]int, len(t.Labels))
	for i := range t.Docs {
		for _, l := range t.Docs[i].Labels {
			if l.Gold > 0 {
				docs[l.Label]++
			}
		}
	}
	return docs
}

// Right counts the documents in which every entity is found and nothing else.
func (t Tally) Right() int {
	right := 0
	for i := range t.Docs {
		if !slices.ContainsFunc(t.Docs[i].Labels, func(l LabelCount) bool { return l.TP != l.Pred || l.TP != l.Gold }) {
			right++
		}
	}
	return right
}

// Where is the part of t whose documents keep accepts; it shares their counts.
func (t Tally) Where(keep func(DocCount) bool) Tally {
	part := Tally{Labels: t.Labels}
	for _, d := range t.Docs {
		if keep(d) {
			part.Docs = append(part.Docs, d)
		}
	}
	return part
}

// Domains lists the domains of t's documents, sorted; documents without one
// are left out.
func (t Tally) Domains() []string {
	return distinct(t.Docs, func(d DocCount) string { return d.Domain })
}

// Templates lists the template families of t's documents, sorted; documents
// without one are left out.
func (t Tally) Templates() []string {
	return distinct(t.Docs, func(d DocCount) string { return d.Template })
}

func distinct(docs []DocCount, name func(DocCount) string) []string {
	var names []string
	for _, d := range docs {
		if n := name(d); n != "" {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// SameDocuments checks that two tallies score the same labels on the same
// gold documents in the same order; the error names the first that differs.
func SameDocuments(a, b Tally) error {
	if !slices.Equal(a.Labels, b.Labels) {
		return fmt.Errorf("the tallies have different labels (%d and %d)", len(a.Labels), len(b.Labels))
	}
	for i := range min(len(a.Docs), len(b.Docs)) {
		da, db := a.Docs[i], b.Docs[i]
		if da.Doc != db.Doc {
			return fmt.Errorf("document %d is %q in one and %q in the other", i+1, da.Doc, db.Doc)
		}
		if label, ga, gb, same := sameGold(da.Labels, db.Labels); !same {
			return fmt.Errorf("document %q has %d gold %s in one and %d in the other", da.Doc, ga, a.Labels[label], gb)
		}
	}
	if len(a.Docs) != len(b.Docs) {
		longer := a.Docs
		if len(b.Docs) > len(a.Docs) {
			longer = b.Docs
		}
		return fmt.Errorf("%d documents in one and %d in the other: %q is only in one", len(a.Docs), len(b.Docs), longer[min(len(a.Docs), len(b.Docs))].Doc)
	}
	return nil
}

// sameGold compares the gold counts of two sorted lists, in which labels
// without gold may be missing, and gives the first label that differs.
func sameGold(a, b []LabelCount) (label, goldA, goldB int32, same bool) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Label < b[0].Label:
			label, goldA, goldB = a[0].Label, a[0].Gold, 0
			a = a[1:]
		case len(a) == 0 || b[0].Label < a[0].Label:
			label, goldA, goldB = b[0].Label, 0, b[0].Gold
			b = b[1:]
		default:
			label, goldA, goldB = a[0].Label, a[0].Gold, b[0].Gold
			a, b = a[1:], b[1:]
		}
		if goldA != goldB {
			return label, goldA, goldB, false
		}
	}
	return 0, 0, 0, true
}
