package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/audit"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/invoicelab/invoicelab/corpus/rules"
)

func shippedRules(t *testing.T) *rules.Set {
	t.Helper()
	set, err := config.LoadRules("resolution")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func generate(t *testing.T, recipe corpus.Recipe) *corpus.Dataset {
	t.Helper()
	schema, err := config.LoadSchema("full-197")
	if err != nil {
		t.Fatal(err)
	}
	ds, err := invoices.Generate(schema, recipe)
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

func run(t *testing.T, ds *corpus.Dataset) audit.Report {
	t.Helper()
	report, err := audit.Run(audit.InMemory(ds), audit.Options{Rules: shippedRules(t)})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// Good corpora, clean, noisy and hard, have no finding, and the checks were
// made.
func TestNothingInGoodCorpora(t *testing.T) {
	hard := corpus.Recipe{KeysMissing: 0.2, KeysShort: 0.2, KeysVague: 0.2, Distractors: 3, Ambiguous: 0.4, Wrapped: 0.3}
	noisy := hard
	noisy.Noise, noisy.Disorder, noisy.Overlap = 0.05, 0.2, 0.2
	for name, recipe := range map[string]corpus.Recipe{"clean": {}, "quick": {Noise: 0.02}, "hard": hard, "noisy": noisy} {
		seeds := uint64(3)
		if recipe.KeysMissing > 0 {
			seeds = 1
		}
		for seed := uint64(1); seed <= seeds; seed++ {
			recipe.Documents, recipe.Seed = 600, seed
			report := run(t, generate(t, recipe))
			for _, f := range report.Findings {
				t.Errorf("%s, seed %d: %s (%s)", name, seed, f, f.Kind)
			}
			if report.Documents != 600 {
				t.Errorf("%s: %d documents", name, report.Documents)
			}
			if name != "clean" {
				continue
			}
			for _, check := range []string{
				"labels that a kind of document must have", "labels against the rules", "forms of identifiers", "shares of domains", "frequencies of labels", "structure and visual types",
				"sums: lines make the subtotal", "sums: subtotal, discount and tax make the total", "sums: quantity times unit cost makes the line", "sums: the rate gives the tax",
				"sums: previous balance, payments and total make the balance", "sums: total less what is paid is the balance",
			} {
				if report.Checked[check] < 8 {
					t.Errorf("seed %d: %q was checked %d times", seed, check, report.Checked[check])
				}
			}
		}
	}
}

// at finds the first document of a split that has the label, and its span.
func at(t *testing.T, ds *corpus.Dataset, split corpus.Split, label string) (*corpus.Document, *corpus.Span) {
	t.Helper()
	for i := range ds.Docs[split] {
		d := &ds.Docs[split][i]
		if s := spanOf(ds, d, label); s != nil {
			return d, s
		}
	}
	t.Fatalf("no document of %s has %s", split, label)
	return nil, nil
}

func spanOf(ds *corpus.Dataset, d *corpus.Document, label string) *corpus.Span {
	for k := range d.Spans {
		if ds.Schema.Entities[d.Spans[k].Entity].Name == label {
			return &d.Spans[k]
		}
	}
	return nil
}

// put replaces the text of a span by words, as many as it has tokens.
func put(d *corpus.Document, s *corpus.Span, words ...string) {
	for k := s.Start; k < s.End; k++ {
		d.Tokens[k].Text = words[min(k-s.Start, len(words)-1)]
	}
}

// copyText gives span s of d the words of span o of e, which must have as many.
func copyText(t *testing.T, d *corpus.Document, s *corpus.Span, e *corpus.Document, o *corpus.Span) {
	t.Helper()
	if s.End-s.Start != o.End-o.Start {
		t.Fatalf("spans of %d and %d tokens", s.End-s.Start, o.End-o.Start)
	}
	for k := range s.End - s.Start {
		d.Tokens[s.Start+k].Text = e.Tokens[o.Start+k].Text
	}
}

// pairOf finds documents of two splits that have the label with equally many
// tokens.
func pairOf(t *testing.T, ds *corpus.Dataset, label string) (a *corpus.Document, s *corpus.Span, b *corpus.Document, o *corpus.Span) {
	t.Helper()
	for i := range ds.Docs[corpus.Train] {
		a = &ds.Docs[corpus.Train][i]
		if s = spanOf(ds, a, label); s == nil {
			continue
		}
		for k := range ds.Docs[corpus.Test] {
			b = &ds.Docs[corpus.Test][k]
			if o = spanOf(ds, b, label); o != nil && o.End-o.Start == s.End-s.Start {
				return a, s, b, o
			}
		}
	}
	t.Fatalf("no two documents with %s of one length", label)
	return nil, nil, nil, nil
}

func unlabel(ds *corpus.Dataset, d *corpus.Document, label string) {
	d.Spans = slices.DeleteFunc(d.Spans, func(s corpus.Span) bool { return ds.Schema.Entities[s.Entity].Name == label })
}

func relabel(t *testing.T, ds *corpus.Dataset, s *corpus.Span, label string) {
	t.Helper()
	id, ok := ds.Schema.Lookup(label)
	if !ok {
		t.Fatal(label)
	}
	s.Entity = id
}

// Each fault is planted alone in a good corpus and must be the only finding,
// at the document where it is.
func TestEachPlantedFault(t *testing.T) {
	good := generate(t, corpus.Recipe{Documents: 500, Seed: 5})
	for _, c := range []struct {
		name  string
		kind  audit.Kind
		want  string // in the message
		plant func(t *testing.T, ds *corpus.Dataset) (id string)
	}{
		{"id twice", audit.Identity, "its id is used before, in train.jsonl:1", func(t *testing.T, ds *corpus.Dataset) string {
			ds.Docs[corpus.Test][0].ID = ds.Docs[corpus.Train][0].ID
			return ds.Docs[corpus.Test][0].ID
		}},
		{"no id", audit.Identity, "without id", func(t *testing.T, ds *corpus.Dataset) string {
			ds.Docs[corpus.Train][5].ID = ""
			return ""
		}},
		{"empty token", audit.Text, "is empty", func(t *testing.T, ds *corpus.Dataset) string {
			ds.Docs[corpus.Train][2].Tokens[1].Text = ""
			return ds.Docs[corpus.Train][2].ID
		}},
		{"not UTF-8", audit.Text, "is not UTF-8", func(t *testing.T, ds *corpus.Dataset) string {
			d := &ds.Docs[corpus.Train][2]
			d.Tokens[len(d.Tokens)-1].Text += "\xc3"
			return d.ID
		}},
		{"no tokens", audit.Text, "no tokens", func(t *testing.T, ds *corpus.Dataset) string {
			d := &ds.Docs[corpus.Train][3]
			d.Tokens, d.Spans, d.Structure, d.Visual = nil, nil, nil, nil
			return d.ID
		}},
		{"box outside the page", audit.Box, "leaves the page", func(t *testing.T, ds *corpus.Dataset) string {
			ds.Docs[corpus.Train][2].Tokens[4].Box.X1 = 1003
			return ds.Docs[corpus.Train][2].ID
		}},
		{"box inside out", audit.Box, "inside out", func(t *testing.T, ds *corpus.Dataset) string {
			b := &ds.Docs[corpus.Heldout][2].Tokens[4].Box
			b.Y0, b.Y1 = b.Y1, b.Y0
			return ds.Docs[corpus.Heldout][2].ID
		}},
		{"pages out of order", audit.Box, "the one before it on page 2", func(t *testing.T, ds *corpus.Dataset) string {
			d := &ds.Docs[corpus.Train][2]
			d.Tokens[0].Page = 1
			return d.ID
		}},
		{"span beyond the end", audit.Span, "of", func(t *testing.T, ds *corpus.Dataset) string {
			d := &ds.Docs[corpus.Train][2]
			d.Spans[len(d.Spans)-1].End = len(d.Tokens) + 2
			return d.ID
		}},
		{"overlapping spans", audit.Span, "overlaps", func(t *testing.T, ds *corpus.Dataset) string {
			d := &ds.Docs[corpus.Train][2]
			d.Spans[0].End = d.Spans[1].Start + 1
			return d.ID
		}},
		{"visual type missing", audit.Marks, "its visual types lack it", func(t *testing.T, ds *corpus.Dataset) string {
			d, s := at(t, ds, corpus.Train, "SIGNATURE")
			d.Visual[s.Start] = 0
			return d.ID
		}},
		{"structure type missing", audit.Marks, "its structure types lack it", func(t *testing.T, ds *corpus.Dataset) string {
			d, s := at(t, ds, corpus.Train, "TABLE")
			d.Structure[s.Start] &^= 1
			return d.ID
		}},
		{"visual type without label", audit.Marks, "is of visual type WATERMARK, but labelled SUPPLIER_NAME", func(t *testing.T, ds *corpus.Dataset) string {
			d, s := at(t, ds, corpus.Train, "SUPPLIER_NAME")
			d.Visual[s.Start] |= 1 << 3
			return d.ID
		}},
		{"copied document", audit.Duplicate, "same text as in train.jsonl:8", func(t *testing.T, ds *corpus.Dataset) string {
			d := ds.Docs[corpus.Train][7]
			d.ID = "copy"
			ds.Docs[corpus.Train] = append(ds.Docs[corpus.Train], d)
			return d.ID
		}},
		{"two invoice numbers", audit.Required, "2 spans of INVOICE_NUMBER, at most one", func(t *testing.T, ds *corpus.Dataset) string {
			for i := range ds.Docs[corpus.Train] {
				d := &ds.Docs[corpus.Train][i]
				if s := spanOf(ds, d, "CURRENCY"); s != nil && spanOf(ds, d, "INVOICE_NUMBER") != nil && spanOf(ds, d, "ACCOUNT_NUMBER") == nil {
					relabel(t, ds, s, "INVOICE_NUMBER")
					return d.ID
				}
			}
			t.Fatal("no document")
			return ""
		}},
		{"waybill without origin", audit.Required, "kind WAYBILL without ORIGIN", func(t *testing.T, ds *corpus.Dataset) string {
			d, _ := at(t, ds, corpus.Train, "ORIGIN")
			unlabel(ds, d, "ORIGIN")
			return d.ID
		}},
		{"waybill without destination", audit.Required, "kind WAYBILL without DESTINATION", func(t *testing.T, ds *corpus.Dataset) string {
			d, _ := at(t, ds, corpus.Train, "DESTINATION")
			unlabel(ds, d, "DESTINATION")
			return d.ID
		}},
		{"invoice without buyer", audit.Required, "kind INVOICE without BUYER_ADDRESS", func(t *testing.T, ds *corpus.Dataset) string {
			d := ofTemplate(t, ds, "modern")
			unlabel(ds, d, "BUYER_ADDRESS")
			return d.ID
		}},
		{"address against the type", audit.Rule, "is labelled ORIGIN, but the rules say SUPPLIER_ADDRESS", func(t *testing.T, ds *corpus.Dataset) string {
			d := ofTemplate(t, ds, "receipt")
			relabel(t, ds, spanOf(ds, d, "SUPPLIER_ADDRESS"), "ORIGIN")
			return d.ID
		}},
		{"serial labelled lot", audit.Rule, "is labelled LOT_NUMBER, but the rules say SERIAL_NUMBER", func(t *testing.T, ds *corpus.Dataset) string {
			d, s := at(t, ds, corpus.Train, "SERIAL_NUMBER")
			relabel(t, ds, s, "LOT_NUMBER")
			return d.ID
		}},
		{"period against its key word", audit.Rule, "is labelled BILLING_PERIOD, but the rules say SERVICE_PERIOD", func(t *testing.T, ds *corpus.Dataset) string {
			d, s := at(t, ds, corpus.Train, "SERVICE_PERIOD")
			relabel(t, ds, s, "BILLING_PERIOD")
			return d.ID
		}},
		{"a total that is off by a cent", audit.Sum, "subtotal, discount and tax make the total", func(t *testing.T, ds *corpus.Dataset) string {
			d := ofTemplate(t, ds, "modern", "!AMOUNT_PAID", "!DISCOUNT", "TAX_AMOUNT")
			return offByACent(ds, d, "TOTAL_AMOUNT")
		}},
		{"a subtotal that is off by a cent", audit.Sum, "lines make the subtotal", func(t *testing.T, ds *corpus.Dataset) string {
			return offByACent(ds, ofTemplate(t, ds, "modern", "SUBTOTAL"), "SUBTOTAL")
		}},
		{"a unit cost that is off by a cent", audit.Sum, "quantity times unit cost makes the line", func(t *testing.T, ds *corpus.Dataset) string {
			return offByACent(ds, ofTemplate(t, ds, "classic", "ITEM_UNIT_COST", "ITEM_QTY"), "ITEM_UNIT_COST")
		}},
		{"a balance that is off by a cent", audit.Sum, "previous balance, payments and total make the balance", func(t *testing.T, ds *corpus.Dataset) string {
			return offByACent(ds, ofTemplate(t, ds, "mobile_bill", "PREVIOUS_BALANCE", "BALANCE_DUE"), "BALANCE_DUE")
		}},
		{"check digits of an IBAN", audit.Form, "is malformed", func(t *testing.T, ds *corpus.Dataset) string {
			d, s := at(t, ds, corpus.Train, "IBAN")
			last := &d.Tokens[s.End-1].Text
			digit := (*last)[len(*last)-1]
			next := byte('0')
			if digit >= '0' && digit < '9' {
				next = digit + 1
			}
			*last = (*last)[:len(*last)-1] + string(next)
			return d.ID
		}},
		{"held-out template", audit.Template, "held-out template", func(t *testing.T, ds *corpus.Dataset) string {
			d := &ds.Docs[corpus.Heldout][3]
			d.Template = "modern"
			return d.ID
		}},
		{"vendor in two splits", audit.Vendor, "of split train", func(t *testing.T, ds *corpus.Dataset) string {
			a, s, b, o := pairOf(t, ds, "SUPPLIER_NAME")
			copyText(t, b, o, a, s)
			return b.ID
		}},
		{"address in two splits", audit.Value, "SUPPLIER_ADDRESS", func(t *testing.T, ds *corpus.Dataset) string {
			a, s, b, o := pairOf(t, ds, "SUPPLIER_ADDRESS")
			copyText(t, b, o, a, s)
			return b.ID
		}},
		{"numbers of one document in another", audit.Value, "are those of train.jsonl", func(t *testing.T, ds *corpus.Dataset) string {
			for i := range ds.Docs[corpus.Train] {
				a := &ds.Docs[corpus.Train][i]
				s, o := spanOf(ds, a, "INVOICE_NUMBER"), spanOf(ds, a, "ACCOUNT_NUMBER")
				for k := range ds.Docs[corpus.Test] {
					b := &ds.Docs[corpus.Test][k]
					p, q := spanOf(ds, b, "INVOICE_NUMBER"), spanOf(ds, b, "ACCOUNT_NUMBER")
					if s != nil && o != nil && p != nil && q != nil && s.End-s.Start == p.End-p.Start && o.End-o.Start == q.End-q.Start {
						copyText(t, b, p, a, s)
						copyText(t, b, q, a, o)
						return b.ID
					}
				}
			}
			t.Fatal("no two documents")
			return ""
		}},
		{"long note in two splits", audit.Phrase, "words", func(t *testing.T, ds *corpus.Dataset) string {
			var last *corpus.Document
			for _, split := range []corpus.Split{corpus.Train, corpus.Test} {
				d, s := at(t, ds, split, "NOTE")
				longNote(d, s)
				last = d
			}
			return last.ID
		}},
		{"domain that is missing", audit.Domain, "domain utilities has 0.0% of the documents, expected 10%", func(t *testing.T, ds *corpus.Dataset) string {
			for split := range ds.Docs {
				for i := range ds.Docs[split] {
					if d := &ds.Docs[split][i]; d.Domain == "utilities" {
						d.Domain = ""
					}
				}
			}
			return ""
		}},
		{"label that is too frequent", audit.Frequency, "CAGE_CODE is on", func(t *testing.T, ds *corpus.Dataset) string {
			for i := range ds.Docs[corpus.Train] {
				if d := &ds.Docs[corpus.Train][i]; i%3 == 0 {
					if s := spanOf(ds, d, "DOC_TYPE"); s != nil && s.End-s.Start == 1 {
						relabel(t, ds, s, "CAGE_CODE")
						put(d, s, "1AB29")
					}
				}
			}
			return ""
		}},
		{"tail that is not reached", audit.Frequency, "the recipe sets 17", func(t *testing.T, ds *corpus.Dataset) string {
			recipe := *ds.Manifest.Recipe
			recipe.Tail = "COST_CENTER=17"
			ds.Manifest.Recipe = &recipe
			return ""
		}},
		{"schema", audit.Schema, "twice", func(t *testing.T, ds *corpus.Dataset) string {
			ds.Schema.Entities[4].Name = ds.Schema.Entities[3].Name
			return ""
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ds := clone(good)
			id := c.plant(t, ds)
			report := run(t, ds)
			var found []audit.Finding
			for _, f := range report.Findings {
				if c.name == "domain that is missing" && strings.Contains(f.What, `of domain ""`) {
					continue // where the documents are instead
				}
				found = append(found, f)
			}
			if len(found) != 1 {
				t.Fatalf("%d findings, expected one: %v", len(found), found)
			}
			f := found[0]
			if f.Kind != c.kind || f.Severity != audit.Fault || f.Document != id || !strings.Contains(f.What, c.want) {
				t.Errorf("found %+v; expected kind %s, document %q, %q", f, c.kind, id, c.want)
			}
			if id != "" && (f.Line == 0 || !strings.HasSuffix(f.File, ".jsonl")) {
				t.Errorf("no place: %+v", f)
			}
		})
	}
}

// clone copies a corpus, so that a fault in it stays there.
func clone(ds *corpus.Dataset) *corpus.Dataset {
	schema := *ds.Schema
	schema.Entities = slices.Clone(schema.Entities)
	out := &corpus.Dataset{Manifest: ds.Manifest, Schema: &schema, Docs: map[corpus.Split][]corpus.Document{}}
	for split, docs := range ds.Docs {
		for _, d := range docs {
			d.Tokens, d.Spans = slices.Clone(d.Tokens), slices.Clone(d.Spans)
			d.Structure, d.Visual = slices.Clone(d.Structure), slices.Clone(d.Visual)
			out.Docs[split] = append(out.Docs[split], d)
		}
	}
	return out
}

// ofTemplate finds a training document of a family with labels, or without
// those that begin with "!".
func ofTemplate(t *testing.T, ds *corpus.Dataset, template string, labels ...string) *corpus.Document {
	t.Helper()
	for i := range ds.Docs[corpus.Train] {
		d := &ds.Docs[corpus.Train][i]
		fits := d.Template == template
		for _, l := range labels {
			name, without := strings.CutPrefix(l, "!")
			fits = fits && (spanOf(ds, d, name) == nil) == without
		}
		if fits {
			return d
		}
	}
	t.Fatalf("no %s with %v", template, labels)
	return nil
}

// offByACent changes the last digit of an amount.
func offByACent(ds *corpus.Dataset, d *corpus.Document, label string) string {
	s := spanOf(ds, d, label)
	for k := s.End - 1; k >= s.Start; k-- {
		text := []byte(d.Tokens[k].Text)
		for i := len(text) - 1; i >= 0; i-- {
			if text[i] >= '0' && text[i] <= '9' {
				text[i] = '0' + (text[i]-'0'+1)%10
				d.Tokens[k].Text = string(text)
				return d.ID
			}
		}
	}
	panic("no digit in " + label)
}

// longNote makes a note of thirty words of the span, in the same place.
func longNote(d *corpus.Document, s *corpus.Span) {
	const words = 30
	grow := words - (s.End - s.Start)
	first := d.Tokens[s.Start]
	tokens := slices.Clone(d.Tokens[:s.Start])
	for k := range words {
		word := first
		word.Text = fmt.Sprintf("word%c", 'a'+rune(k%26))
		tokens = append(tokens, word)
	}
	insert := func(sets []uint16) []uint16 {
		out := slices.Clone(sets[:s.Start])
		for range words {
			out = append(out, sets[s.Start])
		}
		return append(out, sets[s.End:]...)
	}
	d.Structure, d.Visual = insert(d.Structure), insert(d.Visual)
	d.Tokens = append(tokens, d.Tokens[s.End:]...)
	start := s.Start
	for k := range d.Spans {
		if d.Spans[k].Start > start {
			d.Spans[k].Start += grow
			d.Spans[k].End += grow
		}
	}
	s.End = s.Start + words
}
