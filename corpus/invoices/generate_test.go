package invoices_test

import (
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/invoices"
)

func loadSchema(t testing.TB, name string) *corpus.Schema {
	t.Helper()
	s, err := config.LoadSchema(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// clean is a corpus of 5,000 documents without noise, made once for all tests
// of the content, which only read it.
var clean = sync.OnceValues(func() (*corpus.Dataset, error) {
	s, err := config.LoadSchema("full-197")
	if err != nil {
		return nil, err
	}
	return invoices.Generate(s, corpus.Recipe{Documents: 5000, Seed: 11, Languages: 0.4})
})

func cleanCorpus(t *testing.T) *corpus.Dataset {
	t.Helper()
	ds, err := clean()
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

// everyDocument calls f with each document of ds.
func everyDocument(ds *corpus.Dataset, f func(split corpus.Split, d *corpus.Document)) {
	for _, split := range corpus.Splits {
		for i := range ds.Docs[split] {
			f(split, &ds.Docs[split][i])
		}
	}
}

// spanText is the text of a span, words separated by spaces.
func spanText(d *corpus.Document, s corpus.Span) string {
	words := make([]string, 0, s.End-s.Start)
	for _, t := range d.Tokens[s.Start:s.End] {
		words = append(words, t.Text)
	}
	return strings.Join(words, " ")
}

// values lists the texts of a document's spans by entity name.
func values(ds *corpus.Dataset, d *corpus.Document) map[string][]string {
	v := map[string][]string{}
	for _, s := range d.Spans {
		name := ds.Schema.Entities[s.Entity].Name
		v[name] = append(v[name], spanText(d, s))
	}
	return v
}

func TestADocumentIsTheSameWhateverElseIsMade(t *testing.T) {
	schema := loadSchema(t, "full-197")
	few := corpus.Recipe{Documents: 60, Seed: 3, Noise: 0.05}
	many := few
	many.Documents = 300
	ds, err := invoices.Generate(schema, many)
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]*corpus.Document{}
	splits := map[string]corpus.Split{}
	everyDocument(ds, func(split corpus.Split, d *corpus.Document) { byID[d.ID], splits[d.ID] = d, split })
	for i := range few.Documents {
		d, split, err := invoices.GenerateDocument(schema, few, i)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(&d, byID[d.ID]) || split != splits[d.ID] {
			t.Fatalf("document %d alone (%s) is not that of the full run (%s)", i, split, splits[d.ID])
		}
	}
	other := few
	other.Seed = 4
	d3, _, _ := invoices.GenerateDocument(schema, few, 17)
	d4, _, _ := invoices.GenerateDocument(schema, other, 17)
	if reflect.DeepEqual(d3.Tokens, d4.Tokens) {
		t.Error("seeds 3 and 4 give the same document 17")
	}
}

func TestProcessorsDoNotChangeTheCorpus(t *testing.T) {
	schema := loadSchema(t, "full-197")
	recipe := corpus.Recipe{Documents: 200, Seed: 9, Noise: 0.02}
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	one, err := invoices.Generate(schema, recipe)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GOMAXPROCS(4)
	four, err := invoices.Generate(schema, recipe)
	if err != nil {
		t.Fatal(err)
	}
	if one.Manifest.Digest != four.Manifest.Digest || !reflect.DeepEqual(one.Docs, four.Docs) {
		t.Errorf("digest %s on one processor, %s on four", one.Manifest.Digest, four.Manifest.Digest)
	}
	if one.Manifest.Source != "generated" || !one.Manifest.Boxed || *one.Manifest.Recipe != recipe || len(one.Manifest.Digest) != 64 {
		t.Errorf("manifest %+v", one.Manifest)
	}
}

// The label ids of core-73 and enhanced-161 are prefixes of those of
// full-197, so the same document has the same spans but for the entities that
// the smaller schema lacks.
func TestASmallerSchemaLeavesTokensUnlabelled(t *testing.T) {
	full := loadSchema(t, "full-197")
	recipe := corpus.Recipe{Documents: 200, Seed: 5, Noise: 0.02}
	for _, name := range []string{"core-73", "enhanced-161"} {
		small := loadSchema(t, name)
		dropped := 0
		for i := range recipe.Documents {
			a, _, err := invoices.GenerateDocument(full, recipe, i)
			if err != nil {
				t.Fatal(err)
			}
			b, _, err := invoices.GenerateDocument(small, recipe, i)
			if err != nil {
				t.Fatal(err)
			}
			var want []corpus.Span
			for _, s := range a.Spans {
				if int(s.Entity) < len(small.Entities) {
					want = append(want, s)
				} else {
					dropped++
				}
			}
			if !reflect.DeepEqual(a.Tokens, b.Tokens) || !slices.Equal(want, b.Spans) {
				t.Fatalf("%s: document %d differs in more than the entities that the schema lacks", name, i)
			}
		}
		if dropped == 0 {
			t.Errorf("%s: no span was dropped; the test proves nothing", name)
		}
	}
}

func TestImpossibleRecipes(t *testing.T) {
	full := loadSchema(t, "full-197")
	alien := &corpus.Schema{Name: "birds", Entities: []corpus.Entity{{Name: "SPECIES"}}}
	for _, c := range []struct {
		schema *corpus.Schema
		recipe corpus.Recipe
		want   string
	}{
		{full, corpus.Recipe{Documents: 0, Seed: 1}, "documents: 0"},
		{full, corpus.Recipe{Documents: 20, Noise: 0.6}, "noise: 0.6"},
		{full, corpus.Recipe{Documents: 20, Noise: math.NaN()}, "noise: NaN"},
		{full, corpus.Recipe{Documents: 20, Noise: -0.1}, "noise: -0.1"},
		{alien, corpus.Recipe{Documents: 20}, `schema "birds" has none of the 98 entity types`},
	} {
		if _, err := invoices.Generate(c.schema, c.recipe); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want an error with %q", c.recipe, err, c.want)
		}
	}
	if _, _, err := invoices.GenerateDocument(full, corpus.Recipe{Documents: 20}, 20); err == nil || !strings.Contains(err.Error(), "documents 0 to 19") {
		t.Errorf("document 20 of 20: %v", err)
	}
}

// The published shares of the domains (domains.csv), within 4 standard
// deviations of a binomial share.
func TestSharesOfDomains(t *testing.T) {
	ds := cleanCorpus(t)
	want := map[string]float64{"general": 0.40, "saas": 0.12, "telecom": 0.12, "logistics": 0.10, "utilities": 0.10, "healthcare": 0.08, "government": 0.04, "retail_pos": 0.04}
	got, n := map[string]int{}, 0
	everyDocument(ds, func(_ corpus.Split, d *corpus.Document) { got[d.Domain]++; n++ })
	for domain, p := range want {
		share := float64(got[domain]) / float64(n)
		if math.Abs(share-p) > 4*math.Sqrt(p*(1-p)/float64(n)) {
			t.Errorf("%s: share %.3f, want %.2f", domain, share, p)
		}
	}
	if len(got) != len(want) {
		t.Errorf("domains %v", got)
	}
}

func TestSplits(t *testing.T) {
	ds := cleanCorpus(t)
	families := map[string]map[corpus.Split]int{}
	trained := map[string]int{} // trained families of a domain
	domains := map[string]string{}
	names := map[string]corpus.Split{}
	everyDocument(ds, func(split corpus.Split, d *corpus.Document) {
		if families[d.Template] == nil {
			families[d.Template] = map[corpus.Split]int{}
		}
		families[d.Template][split]++
		if split == corpus.Train && families[d.Template][split] == 1 {
			trained[d.Domain]++
		}
		domains[d.Template] = d.Domain
		v := values(ds, d)
		for _, entity := range []string{"SUPPLIER_NAME", "SHIPPER_NAME", "CONSIGNEE_NAME"} {
			for _, name := range v[entity] {
				if other, ok := names[name]; ok && other != split {
					t.Errorf("%s %q is in %s and in %s", entity, name, other, split)
				}
				names[name] = split
			}
		}
	})
	perDomain, homes := map[string]int{}, map[corpus.Split]map[string]int{corpus.Test: {}, corpus.Heldout: {}}
	mixed := map[corpus.Split]int{}
	n := 0
	for name, counts := range families {
		perDomain[domains[name]]++
		switch {
		case counts[corpus.Train] == 0 && counts[corpus.Validation] == 0 && len(counts) == 1:
			for split := range counts {
				homes[split][domains[name]]++
			}
		case counts[corpus.Heldout] > 0:
			t.Errorf("%s is held out and elsewhere: %v", name, counts)
		default:
			for split, k := range counts {
				mixed[split] += k
				n += k
			}
		}
	}
	if len(families) != 34 || len(names) == 0 {
		t.Errorf("%d families; want 34", len(families))
	}
	least := map[string]int{"general": 3, "saas": 3, "telecom": 3, "logistics": 3, "utilities": 3, "healthcare": 2, "government": 2, "retail_pos": 2}
	for domain, want := range least {
		if perDomain[domain] < want || trained[domain] == 0 {
			t.Errorf("%s: %d families, %d of them trained on", domain, perDomain[domain], trained[domain])
		}
		if perDomain[domain] >= 3 && homes[corpus.Heldout][domain] != 1 {
			t.Errorf("%s: %d families held out, want one", domain, homes[corpus.Heldout][domain])
		}
		if homes[corpus.Heldout][domain]+homes[corpus.Test][domain] == 0 {
			t.Errorf("%s: no family that is not trained on", domain)
		}
	}
	if len(homes[corpus.Test]) != 7 {
		t.Errorf("families of the test split alone, by domain: %v", homes[corpus.Test])
	}
	for split, p := range map[corpus.Split]float64{corpus.Train: 0.85, corpus.Validation: 0.10, corpus.Test: 0.05} {
		share := float64(mixed[split]) / float64(n)
		if math.Abs(share-p) > 4*math.Sqrt(p*(1-p)/float64(n)) {
			t.Errorf("%s: share %.3f of the documents of trained families, want %.2f", split, share, p)
		}
	}
}

// The published frequencies as shares of documents, of 5,000; the band allows
// for chance (4 standard deviations of 3 % are 1 %).
func TestFrequencies(t *testing.T) {
	ds := cleanCorpus(t)
	counts := map[string]int{}
	n := 0
	var lengths []int
	everyDocument(ds, func(_ corpus.Split, d *corpus.Document) {
		n++
		lengths = append(lengths, len(d.Tokens))
		for name := range values(ds, d) {
			counts[name]++
		}
	})
	for _, c := range []struct {
		low, high float64
		names     string
	}{
		{0.95, 1, "INVOICE_NUMBER INVOICE_DATE TOTAL_AMOUNT SUPPLIER_NAME"},
		{0.76, 0.84, "TAX_AMOUNT"},
		{0.66, 0.74, "SUBTOTAL"},
		{0.56, 0.64, "ITEM_SKU"},
		{0.05, 0.10, "SUBSCRIPTION_ID"},
		{0.025, 0.06, "WAYBILL_NUMBER METER_NUMBER ROAMING_CHARGE"},
		{0.045, 0.085, "LOT_NUMBER"},
		{0.015, 0.035, "PATIENT_ID"},
		{0.008, 0.025, "CAGE_CODE HANDWRITTEN_NOTE"},
	} {
		for name := range strings.FieldsSeq(c.names) {
			if share := float64(counts[name]) / float64(n); share < c.low || share > c.high {
				t.Errorf("%s is on %.1f %% of documents, want %.1f to %.1f %%", name, 100*share, 100*c.low, 100*c.high)
			}
		}
	}
	for _, e := range ds.Schema.Entities {
		if counts[e.Name] < n/200 {
			t.Errorf("%s is on %d of %d documents", e.Name, counts[e.Name], n)
		}
	}
	slices.Sort(lengths)
	if median := lengths[n/2]; median < 110 || median > 140 || lengths[n/20] < 60 || lengths[n*19/20] > 220 {
		t.Errorf("tokens of a document: 5 %% have less than %d, median %d, 5 %% have more than %d", lengths[n/20], median, lengths[n*19/20])
	}
}
