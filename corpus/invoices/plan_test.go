package invoices_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/invoices"
)

// holders counts the documents of a split that hold each label.
func holders(ds *corpus.Dataset, split corpus.Split) map[string]int {
	counts := map[string]int{}
	for _, e := range ds.Schema.Entities {
		counts[e.Name] = 0
	}
	for i := range ds.Docs[split] {
		for name := range values(ds, &ds.Docs[split][i]) {
			counts[name]++
		}
	}
	return counts
}

func generate(t *testing.T, recipe corpus.Recipe) *corpus.Dataset {
	t.Helper()
	ds, err := invoices.Generate(loadSchema(t, "full-197"), recipe)
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

// A tail sets the number of training documents exactly, and takes nothing
// from the other labels, but for what stands only on a second page, for runs
// of words of a table, and for what goes with it, such as the subtotal before
// a discount.
func TestTailIsExact(t *testing.T) {
	base := corpus.Recipe{Documents: 900, Seed: 4, Noise: 0.05, KeysMissing: 0.1, Disorder: 0.2, Overlap: 0.3, Languages: 0.3}
	tailed := base
	want := map[string]int{
		"CAGE_CODE": 0, "LOT_NUMBER": 1, "PROJECT_CODE": 5, "TRACKING_NUMBER": 20, "PRORATION": 3, "DISCOUNT": 7, "ITEM_DISCOUNT": 4,
		"WATERMARK": 2, "STAMP_TEXT": 3, "INVOICE_DATE": 20, "METER_READING_CURRENT": 5, "PAGE_NUMBER": 3, "ITEM_PACK_SIZE": 1, "WAYBILL_NUMBER": 5,
	}
	for name, n := range want {
		tailed.Tail += " " + name + "=" + string(rune('0'+n/10)) + string(rune('0'+n%10))
	}
	a, b := generate(t, base), generate(t, tailed)
	before, after := holders(a, corpus.Train), holders(b, corpus.Train)
	for name, n := range want {
		if after[name] != n {
			t.Errorf("%s is on %d training documents, want %d", name, after[name], n)
		}
	}
	for name, n := range before {
		if _, set := want[name]; set {
			continue
		}
		if moved := after[name] - n; moved < -3-n/20 || moved > 3+n/20 {
			t.Errorf("%s is on %d training documents, was on %d", name, after[name], n)
		}
	}
	for _, split := range []corpus.Split{corpus.Validation, corpus.Test, corpus.Heldout} {
		if x, y := corpus.Digest(a.Schema, map[corpus.Split][]corpus.Document{split: a.Docs[split]}), corpus.Digest(b.Schema, map[corpus.Split][]corpus.Document{split: b.Docs[split]}); x != y {
			t.Errorf("the tail changed documents of the %s split", split)
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if again := generate(t, tailed); again.Manifest.Digest != b.Manifest.Digest {
		t.Error("the number of processors changes the corpus")
	}
}

// Every label that no kind of document must have can be taken from all
// training documents, one by one and all together.
func TestEveryLabelCanBeLeftOut(t *testing.T) {
	schema := loadSchema(t, "full-197")
	var tail []string
	for _, e := range schema.Entities {
		switch e.Name {
		case "SUPPLIER_ADDRESS", "BUYER_ADDRESS", "ORIGIN", "DESTINATION", "TABLE":
		default:
			tail = append(tail, e.Name+"=0")
		}
	}
	ds := generate(t, corpus.Recipe{Documents: 500, Seed: 12, Tail: strings.Join(tail, " ")})
	for name, n := range holders(ds, corpus.Train) {
		if strings.Contains(strings.Join(tail, " "), name+"=0") != (n == 0) {
			t.Errorf("%s is on %d training documents", name, n)
		}
	}
}

func TestTailsThatCannotBe(t *testing.T) {
	schema := loadSchema(t, "full-197")
	for tail, want := range map[string]string{
		"CAGE_CODE=400":           "tail: CAGE_CODE=400: only ",
		"SUPPLIER_ADDRESS=5":      "tail: SUPPLIER_ADDRESS=5: every INVOICE must have it",
		"CAGE_COD=5":              `no label "CAGE_COD" that the generator makes (did you mean "CAGE_CODE"?)`,
		"CAGE_CODE":               `tail: "CAGE_CODE"; expected LABEL=N`,
		"CAGE_CODE=-1":            `tail: "CAGE_CODE=-1"; expected LABEL=N`,
		"CAGE_CODE=1,CAGE_CODE=2": "CAGE_CODE is given twice",
	} {
		_, err := invoices.New(schema, corpus.Recipe{Documents: 300, Seed: 4, Tail: tail})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", tail, err, want)
		}
	}
}

// The least number of test documents is reached for every label, by documents
// that are added and change no other.
func TestTestSplitHoldsEveryLabel(t *testing.T) {
	base := corpus.Recipe{Documents: 300, Seed: 6}
	more := base
	more.TestLeast = 8
	a, b := generate(t, base), generate(t, more)
	for name, n := range holders(b, corpus.Test) {
		if n < more.TestLeast {
			t.Errorf("%s is on %d test documents", name, n)
		}
	}
	ids := map[string]bool{}
	everyDocument(b, func(_ corpus.Split, d *corpus.Document) { ids[d.ID] = true })
	everyDocument(a, func(split corpus.Split, d *corpus.Document) {
		if !ids[d.ID] {
			t.Errorf("%s of the %s split is gone", d.ID, split)
		}
	})
	if x, y := len(b.Docs[corpus.Train]), len(a.Docs[corpus.Train]); x != y {
		t.Errorf("%d training documents, were %d", x, y)
	}
	for k := range b.Docs[corpus.Train] {
		if b.Docs[corpus.Train][k].ID != a.Docs[corpus.Train][k].ID {
			t.Fatal("the training split changed")
		}
	}
}

// Skew makes rare families rarer and leaves the published shares at 0.
func TestSkew(t *testing.T) {
	flat, skewed := generate(t, corpus.Recipe{Documents: 2000, Seed: 3}), generate(t, corpus.Recipe{Documents: 2000, Seed: 3, Skew: 1})
	share := func(ds *corpus.Dataset, domain string) (n int) {
		everyDocument(ds, func(_ corpus.Split, d *corpus.Document) {
			if d.Domain == domain {
				n++
			}
		})
		return n
	}
	if a, b := share(flat, "government"), share(skewed, "government"); 3*b > 2*a {
		t.Errorf("government has %d documents of 2000, and %d with skew 1", a, b)
	}
	if a, b := share(flat, "general"), share(skewed, "general"); b < a {
		t.Errorf("general has %d documents of 2000, and %d with skew 1", a, b)
	}
}
