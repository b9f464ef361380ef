package invoices_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/invoicelab/invoicelab/corpus/rules"
)

func generator(t *testing.T, recipe corpus.Recipe) *invoices.Generator {
	t.Helper()
	g, err := invoices.New(loadSchema(t, "full-197"), recipe)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func twinOf(t *testing.T, text string) invoices.Twin {
	t.Helper()
	twin, err := invoices.ParseTwin(text)
	if err != nil {
		t.Fatal(err)
	}
	return twin
}

// A twin of another layout has the same words under every label, at other
// places.
func TestLayoutTwin(t *testing.T) {
	g := generator(t, corpus.Recipe{Documents: 200, Seed: 5, KeysVague: 0.2, Ambiguous: 0.5, Languages: 0.3, Distractors: 2})
	for k := range 200 {
		d, _ := g.Document(k)
		twin, differs := g.Twin(k, twinOf(t, "layout"))
		if !differs || twin.ID != d.ID+"-layout" || twin.Template != d.Template || twin.Kind != d.Kind {
			t.Fatalf("document %d: twin %s of %s", k, twin.ID, twin.Template)
		}
		a, b := labelWords(g.Schema(), &d), labelWords(g.Schema(), &twin)
		delete(a, "GENERIC_LABEL") // headings follow the style
		delete(b, "GENERIC_LABEL")
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("%s (%s):\n%v\n%v", d.ID, d.Template, a, b)
		}
		same := 0
		for i := range min(len(d.Tokens), len(twin.Tokens)) {
			if d.Tokens[i].Box == twin.Tokens[i].Box {
				same++
			}
		}
		if same > len(d.Tokens)/4 {
			t.Errorf("%s: %d of %d boxes did not move", d.ID, same, len(d.Tokens))
		}
	}
}

// A twin of another country has the same template, the same labels but those
// that only some countries' papers have, and the same quantities.
func TestLocaleTwin(t *testing.T) {
	g := generator(t, corpus.Recipe{Documents: 200, Seed: 5, Languages: 0.3})
	differing := 0
	for k := range 200 {
		d, _ := g.Document(k)
		twin, differs := g.Twin(k, twinOf(t, "locale"))
		if !differs {
			continue
		}
		differing++
		a, b := labelWords(g.Schema(), &d), labelWords(g.Schema(), &twin)
		for _, local := range []string{"CURRENCY", "IBAN", "BANK_ACCOUNT", "GENERIC_LABEL"} {
			delete(a, local)
			delete(b, local)
		}
		if d.Kind == "RECEIPT" { // prices contain the tax, or do not: other totals
			for _, name := range []string{"SUBTOTAL", "TAX_RATE", "STAMP_TEXT", "HANDWRITTEN_NOTE"} {
				delete(a, name)
				delete(b, name)
			}
		}
		for name := range a {
			if len(b[name]) == 0 {
				t.Errorf("%s (%s): the twin lacks %s", d.ID, d.Template, name)
			}
		}
		for name := range b {
			if len(a[name]) == 0 {
				t.Errorf("%s (%s): only the twin has %s", d.ID, d.Template, name)
			}
		}
		for _, name := range []string{"INVOICE_NUMBER", "LOT_NUMBER", "SUBSCRIPTION_ID", "METER_NUMBER", "PURCHASE_ORDER_NUMBER", "CONTRACT_NUMBER"} {
			if !slices.Equal(a[name], b[name]) {
				t.Errorf("%s (%s): %s %v, the twin's %v", d.ID, d.Template, name, a[name], b[name])
			}
		}
		if slices.Equal(a["SUPPLIER_ADDRESS"], b["SUPPLIER_ADDRESS"]) && a["SUPPLIER_ADDRESS"] != nil {
			t.Errorf("%s: both have the address %v", d.ID, a["SUPPLIER_ADDRESS"])
		}
	}
	if differing < 190 {
		t.Errorf("%d of 200 documents have a twin in another country", differing)
	}
}

// A noise twin has the same clean document, a label twin the same words but
// for the key words of one label.
func TestNoiseAndLabelTwins(t *testing.T) {
	quiet := generator(t, corpus.Recipe{Documents: 150, Seed: 5})
	noisy := generator(t, corpus.Recipe{Documents: 150, Seed: 5, Noise: 0.1})
	different := 0
	for k := range 150 {
		clean, _ := quiet.Document(k)
		d, _ := noisy.Document(k)
		twin, differs := noisy.Twin(k, twinOf(t, "noise"))
		a, b := compareReading(clean.Tokens, d.Tokens), compareReading(clean.Tokens, twin.Tokens)
		if b.errors() > len(clean.Tokens)/2 || len(twin.Spans) != len(d.Spans) {
			t.Fatalf("%s: the twin is of another document: %+v, %+v", d.ID, a, b)
		}
		if differs {
			different++
		}
	}
	if different < 145 {
		t.Errorf("%d of 150 noise twins differ", different)
	}
	found := 0
	for k := range 150 {
		d, _ := quiet.Document(k)
		twin, differs := quiet.Twin(k, twinOf(t, "label:DUE_DATE"))
		if !differs {
			if !reflect.DeepEqual(d.Tokens, twin.Tokens) {
				t.Fatal("a twin that does not differ has other tokens")
			}
			continue
		}
		found++
		if a, b := labelWords(quiet.Schema(), &d), labelWords(quiet.Schema(), &twin); !reflect.DeepEqual(a, b) {
			t.Fatalf("%s: other values:\n%v\n%v", d.ID, a, b)
		}
		if n := differentWords(&d, &twin); n == 0 || n > 8 {
			t.Errorf("%s: %d words differ; a key word has at most 4", d.ID, n)
		}
	}
	if found < 30 {
		t.Errorf("%d of 150 documents have a twin in the evidence of DUE_DATE", found)
	}
}

// differentWords counts the words that only one of two documents has.
func differentWords(a, b *corpus.Document) int {
	count := map[string]int{}
	for _, t := range a.Tokens {
		count[t.Text]++
	}
	for _, t := range b.Tokens {
		count[t.Text]--
	}
	sum := 0
	for _, n := range count {
		sum += max(n, -n)
	}
	return sum
}

func TestTwinsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"size":           "expected one of layout, locale, noise, label:NAME",
		"layout:x":       "expected one of",
		"label":          "expected one of",
		"label:DUE_DATA": `did you mean "DUE_DATE"?`,
	} {
		if _, err := invoices.ParseTwin(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", text, err, want)
		}
	}
	g := generator(t, corpus.Recipe{Documents: 20, Seed: 5})
	if _, err := g.TwinSource(twinOf(t, "noise")); err == nil || !strings.Contains(err.Error(), "no document") {
		t.Errorf("noise twins of a clean recipe: %v", err)
	}
	src, err := g.TwinSource(twinOf(t, "layout"))
	if err != nil || src.Documents != 40 {
		t.Fatalf("%d documents, %v", src.Documents, err)
	}
	a, splitA := src.Document(6)
	b, splitB := src.Document(7)
	if b.ID != a.ID+"-layout" || splitA != splitB {
		t.Errorf("%s in %s is followed by %s in %s", a.ID, splitA, b.ID, splitB)
	}
}

// The documents of a minimal pair have the same words but for the deciding
// evidence, and each has its own label where the other has the other.
func TestMinimalPairs(t *testing.T) {
	g := generator(t, corpus.Recipe{Documents: 600, Seed: 9, Languages: 0.2})
	for _, p := range invoices.MinimalPairs() {
		found := 0
		for k := 0; k < 600 && found < 5; k++ {
			a, b, ok := g.MinimalPair(k, p)
			if !ok {
				continue
			}
			found++
			ds := &corpus.Dataset{Schema: g.Schema()}
			wordsA, wordsB := values(ds, &a), values(ds, &b)
			if len(wordsA[p.A]) == 0 || len(wordsA[p.B]) != 0 || len(wordsB[p.A]) != 0 || len(wordsB[p.B]) == 0 {
				t.Errorf("%s, %s: labels %v and %v", a.ID, b.ID, wordsA, wordsB)
			}
			if p.Evidence != "form" && !slices.Equal(wordsA[p.A], wordsB[p.B]) {
				t.Errorf("%s: %s %v, %s %v", a.ID, p.A, wordsA[p.A], p.B, wordsB[p.B])
			}
			values := len(wordsA[p.A])
			if n := differentWords(&a, &b); n == 0 || n > 10+4*values {
				t.Errorf("%s and %s: %d words differ", a.ID, b.ID, n)
			}
			if p.Evidence == "document type" && (a.Kind != "INVOICE" || b.Kind != "WAYBILL") {
				t.Errorf("%s is of kind %s, %s of kind %s", a.ID, a.Kind, b.ID, b.Kind)
			}
		}
		if found == 0 {
			t.Errorf("no document shows %s and %s", p.A, p.B)
		}
	}
}

// The rule engine gives each member of a minimal pair its own label from the
// words before the value, the value and the type of the document.
func TestRulesDecideMinimalPairs(t *testing.T) {
	set, err := config.LoadRules(config.RulesNames()[0])
	if err != nil {
		t.Fatal(err)
	}
	g := generator(t, corpus.Recipe{Documents: 2000, Seed: 9})
	for _, p := range invoices.MinimalPairs() {
		decided := 0
		for k := 0; k < 2000 && decided < 6; k++ {
			a, b, ok := g.MinimalPair(k, p)
			if !ok {
				continue
			}
			for _, member := range []struct {
				d     *corpus.Document
				label string
			}{{&a, p.A}, {&b, p.B}} {
				text, announced := announcedValue(g.Schema(), member.d, member.label)
				if p.Evidence == "key word" && !announced {
					continue // its key word stands above it
				}
				got, err := set.Resolve(rules.Evidence{Text: text, DocumentType: member.d.Kind}, p.A, p.B)
				if err != nil || got.Label != member.label {
					t.Errorf("%s: %q of a %s resolves to %s (%v), is %s", member.d.ID, text, member.d.Kind, got.Label, err, member.label)
				}
				decided++
			}
		}
		if decided == 0 {
			t.Errorf("%s and %s: nothing was decided", p.A, p.B)
		}
	}
}

// announcedValue is the first value of a label with the words without a label
// before it on its line, if there are any.
func announcedValue(schema *corpus.Schema, d *corpus.Document, label string) (text string, announced bool) {
	inside := make([]bool, len(d.Tokens))
	for _, s := range d.Spans {
		for k := s.Start; k < s.End; k++ {
			inside[k] = true
		}
	}
	for _, s := range d.Spans {
		if schema.Entities[s.Entity].Name != label {
			continue
		}
		start := s.Start
		for start > 0 && !inside[start-1] && d.Tokens[start-1].Line == d.Tokens[s.Start].Line {
			start--
		}
		return spanText(d, corpus.Span{Start: start, End: s.End}), start < s.Start
	}
	return "", false
}
