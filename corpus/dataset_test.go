package corpus

import (
	"reflect"
	"testing"

	"github.com/invoicelab/invoicelab/nearest"
)

func TestSealCounts(t *testing.T) {
	ds := sampleDataset()
	ds.Docs[Test] = []Document{}
	ds.Seal()
	want := map[Split]Count{
		Train: {Documents: 2, Tokens: 7, Entities: 3,
			Domains:   map[string]int{"general": 1, "telecom": 1},
			Templates: map[string]int{"modern": 1, "bill": 1},
			Labels:    map[string]int{"INVOICE_NUMBER": 1, "TOTAL_AMOUNT": 1, "TAX_AMOUNT": 1}},
		Validation: {Documents: 1, Tokens: 2, Entities: 2, Labels: map[string]int{"TOTAL_AMOUNT": 2}},
		Heldout:    {Documents: 1, Tokens: 1, Templates: map[string]int{"classic": 1}, Labels: map[string]int{}},
	}
	if !reflect.DeepEqual(ds.Manifest.Splits, want) {
		t.Errorf("splits\n%+v, expected\n%+v", ds.Manifest.Splits, want)
	}
	if ds.Manifest.Boxed {
		t.Error("boxed, though two documents have no boxes")
	}
	ds.Docs = map[Split][]Document{Train: ds.Docs[Train]}
	ds.Seal()
	if !ds.Manifest.Boxed {
		t.Error("not boxed, though every document has boxes")
	}
}

func TestWithSchema(t *testing.T) {
	ds := sampleDataset()
	ds.Seal()
	before := labelNames(ds)
	// The reverse order, and other groups.
	other := &Schema{Name: "grouped", Entities: []Entity{
		{Name: "TAX_AMOUNT", Group: "b"}, {Name: "TOTAL_AMOUNT", Group: "a"}, {Name: "INVOICE_NUMBER", Group: "a"},
	}}
	if err := ds.WithSchema(other); err != nil {
		t.Fatal(err)
	}
	if ds.Schema != other {
		t.Error("the schema is not the new one")
	}
	if got := ds.Docs[Train][1].Spans[0].Entity; got != 0 {
		t.Errorf("TAX_AMOUNT has id %d, expected 0", got)
	}
	if after := labelNames(ds); !reflect.DeepEqual(after, before) {
		t.Errorf("labels are now\n%v, were\n%v", after, before)
	}
	if got := Digest(ds.Schema, ds.Docs); got != ds.Manifest.Digest {
		t.Errorf("digest became %s, was %s", got, ds.Manifest.Digest)
	}
}

// labelNames lists the names of all labels of all documents.
func labelNames(ds *Dataset) []string {
	var names []string
	for _, split := range Splits {
		for i := range ds.Docs[split] {
			for _, l := range ds.Docs[split][i].Labels() {
				names = append(names, ds.Schema.Label(int(l)))
			}
		}
	}
	return names
}

func TestWithSchemaRefuses(t *testing.T) {
	entities := func(names ...string) *Schema {
		s := &Schema{Name: "given"}
		for _, n := range names {
			s.Entities = append(s.Entities, Entity{Name: n})
		}
		return s
	}
	for _, c := range []struct {
		schema *Schema
		want   []string
	}{
		{entities("INVOICE_NUMBER", "TOTAL_AMOUNT"), []string{`schema given lacks entity "TAX_AMOUNT"`}},
		{entities("INVOICE_NUMBER", "TOTAL_AMOUNT", "TAX_AMONT"), []string{`lacks entity "TAX_AMOUNT"`, `did you mean "TAX_AMONT"?`}},
		{entities("INVOICE_NUMBER", "TOTAL_AMOUNT", "TAX_AMOUNT", "WEIGHT"), []string{`has entity "WEIGHT", which the corpus does not have`}},
		{entities("INVOICE_NUMBER", "TOTAL_AMOUNT", "TAX_AMOUNT", "TAX_AMOUNT"), []string{`entity "TAX_AMOUNT" twice`}},
		{entities(), []string{"no entity"}},
	} {
		ds := sampleDataset()
		before := ds.Schema
		expectError(t, ds.WithSchema(c.schema), c.want...)
		if ds.Schema != before || !reflect.DeepEqual(ds.Docs, sampleDataset().Docs) {
			t.Errorf("%v: a refused schema changed the corpus", c.want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	names := []string{"TOTAL_AMOUNT", "TAX_AMOUNT", "WEIGHT"}
	for name, want := range map[string]string{
		"TOTAL_AMUONT": ` (did you mean "TOTAL_AMOUNT"?)`, // a swap
		"WIGHT":        ` (did you mean "WEIGHT"?)`,
		"ORIGIN":       "", // nothing within a third of its letters
	} {
		if got := nearest.Hint(name, names); got != want {
			t.Errorf("%s: %q, expected %q", name, got, want)
		}
	}
}

func TestCorpusFiles(t *testing.T) {
	for _, name := range []string{"manifest.json", "schema.json", "heldout.jsonl", "train-00000.jsonl", "test-123456.jsonl.zst", "validation.jsonl.gz"} {
		if !isCorpusFile(name) {
			t.Errorf("%s is no file of a corpus", name)
		}
	}
	for _, name := range []string{"dev.jsonl", "train-1.jsonl", "train.jsonl.part", "train.json", "ledger.json", "xtrain.jsonl"} {
		if isCorpusFile(name) {
			t.Errorf("%s is a file of a corpus", name)
		}
	}
}

func TestWithGroups(t *testing.T) {
	ds := sampleDataset()
	ds.Seal()
	digest := ds.Manifest.Digest
	if err := ds.WithGroups(map[string]string{"INVOICE_NUMBER": "a", "TOTAL_AMOUNT": "b", "TAX_AMOUNT": "a"}); err != nil {
		t.Fatal(err)
	}
	if got := ds.Schema.Groups(); !reflect.DeepEqual(got, []string{"a", "b"}) || ds.Schema.Entities[2].Group != "a" {
		t.Errorf("schema %+v", ds.Schema)
	}
	if got := Digest(ds.Schema, ds.Docs); got != digest {
		t.Errorf("digest %s, was %s", got, digest)
	}
	before := ds.Schema
	expectError(t, ds.WithGroups(map[string]string{"INVOICE_NUMBER": "a", "TOTAL_AMOUNTS": "b", "TAX_AMOUNT": "a"}), `entity "TOTAL_AMOUNT" has none (did you mean "TOTAL_AMOUNTS"?)`)
	expectError(t, ds.WithGroups(map[string]string{"INVOICE_NUMBER": "a", "TOTAL_AMOUNT": "b", "TAX_AMOUNT": "a", "FEE": "c"}), `the corpus has no entity "FEE"`)
	if ds.Schema != before {
		t.Error("refused groups changed the schema")
	}
}
