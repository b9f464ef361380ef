package corpus

import (
	"reflect"
	"strings"
	"testing"
)

// generatedSample is a small corpus of three splits.
func generatedSample() *Dataset {
	schema := &Schema{Name: "sample"}
	for _, name := range []string{"INVOICE_NUMBER", "SUPPLIER_ADDRESS", "BUYER_ADDRESS", "ORIGIN", "DESTINATION"} {
		schema.Entities = append(schema.Entities, Entity{Name: name})
	}
	doc := func(id, template, kind string, spans ...Span) Document {
		d := Document{ID: id, Template: template, Kind: kind, Boxed: true, Spans: spans}
		for _, text := range []string{id, "a", "b", "c"} {
			d.Tokens = append(d.Tokens, Token{Text: text, Box: Box{0, 0, 1000, 1000}})
		}
		return d
	}
	return &Dataset{
		Manifest: Manifest{Source: "generated"},
		Schema:   schema,
		Docs: map[Split][]Document{
			Train: {
				doc("1", "modern", "INVOICE", Span{0, 0, 1}, Span{1, 1, 2}, Span{2, 2, 3}),
				doc("2", "waybill", "WAYBILL", Span{3, 0, 1}, Span{4, 1, 3}),
				doc("3", "receipt", "RECEIPT"),
			},
			Test:    {doc("4", "modern", "INVOICE", Span{1, 1, 2}, Span{2, 2, 3})},
			Heldout: {doc("5", "classic", "INVOICE", Span{1, 0, 1}, Span{2, 3, 4})},
		},
	}
}

func TestFaultsFindsNothingInGoodData(t *testing.T) {
	for _, ds := range []*Dataset{generatedSample(), sampleDataset()} {
		if faults := faultsOf(ds); faults != nil {
			t.Errorf("%v", faults)
		}
	}
}

// faultsOf lists the faults of all documents.
func faultsOf(ds *Dataset) []string {
	var list []string
	for in := range ds.Inspect() {
		for _, f := range in.Faults {
			list = append(list, f.What)
		}
	}
	return list
}

// Each fault is planted alone and must be the only finding.
func TestFaultsFindsEach(t *testing.T) {
	for _, c := range []struct {
		name  string
		plant func(*Dataset)
		want  string
	}{
		{"span beyond the end", func(ds *Dataset) { ds.Docs[Train][1].Spans[1].End = 5 }, `span DESTINATION 1 to 5 of 4 tokens`},
		{"span before the start", func(ds *Dataset) { ds.Docs[Train][1].Spans[0].Start = -1 }, `span ORIGIN -1 to 1 of 4 tokens`},
		{"empty span", func(ds *Dataset) { ds.Docs[Train][1].Spans[1] = Span{4, 2, 2} }, `span DESTINATION 2 to 2 of 4 tokens`},
		{"overlap", func(ds *Dataset) { ds.Docs[Train][1].Spans[0].End = 2 }, `span DESTINATION 1 to 3 overlaps or precedes the one before it`},
		{"order", func(ds *Dataset) {
			s := ds.Docs[Train][1].Spans
			s[0], s[1] = s[1], s[0]
		}, `span ORIGIN 0 to 1 overlaps or precedes the one before it`},
		{"entity", func(ds *Dataset) { ds.Docs[Train][1].Spans[1].Entity = 5 }, `span 1 to 3: entity 5 of 5`},
		{"box above", func(ds *Dataset) { ds.Docs[Test][0].Tokens[3].Box.Y0 = -1 }, `token 3: box {0 -1 1000 1000} leaves the page, 0 to 1000`},
		{"box right", func(ds *Dataset) { ds.Docs[Test][0].Tokens[3].Box.X1 = 1001 }, `token 3: box {0 0 1001 1000} leaves the page, 0 to 1000`},
		{"box in x", func(ds *Dataset) { ds.Docs[Test][0].Tokens[0].Box = Box{5, 0, 4, 9} }, `token 0: box {5 0 4 9} is turned inside out`},
		{"box in y", func(ds *Dataset) { ds.Docs[Test][0].Tokens[0].Box = Box{0, 9, 4, 8} }, `token 0: box {0 9 4 8} is turned inside out`},
		{"box without boxes", func(ds *Dataset) {
			ds.Docs[Test][0].Boxed = false
			ds.Docs[Test][0].Tokens = ds.Docs[Test][0].Tokens[:3]
		},
			`token 0 has a box, the document says it has none`},
		{"negative page", func(ds *Dataset) { ds.Docs[Test][0].Tokens[0].Page = -1 }, `token 0: page -1, line 0`},
		{"empty token", func(ds *Dataset) { ds.Docs[Test][0].Tokens[1].Text = "" }, `token 1 is empty`},
		{"text", func(ds *Dataset) { ds.Docs[Test][0].Tokens[1].Text = "\xc3" }, `token 1, "\xc3", is not UTF-8`},
	} {
		ds := generatedSample()
		c.plant(ds)
		got := faultsOf(ds)
		if c.name == "box without boxes" && len(got) == 3 {
			got = got[:1] // one finding per token
		}
		if !reflect.DeepEqual(got, []string{c.want}) {
			t.Errorf("%s: found %q, expected %q", c.name, got, c.want)
		}
	}
}

// What a reader that goes on finds in files that were changed by hand.
func TestInspectGoesOnAfterFaults(t *testing.T) {
	dir := written(t)
	inspect := func() (found []string, documents int) {
		f, err := OpenFolder(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for in, err := range f.Inspect() {
			if err != nil {
				t.Fatal(err)
			}
			if in.Document != nil {
				documents++
			}
			for _, fault := range in.Faults {
				found = append(found, string(fault.Kind)+" "+Problem{in.File, in.Line, fault.What}.String())
			}
		}
		return found, documents
	}
	if found, documents := inspect(); found != nil || documents != 4 {
		t.Errorf("a good corpus: %d documents, %v", documents, found)
	}
	edit(t, dir+"/train.jsonl", `["TOTAL_AMOUNT",3,5]`, `["TOTAL_AMOUNT",3,9]`)
	edit(t, dir+"/validation.jsonl", `{"id"`, `{"di"`)
	found, documents := inspect()
	want := []string{
		"span train.jsonl:1: span TOTAL_AMOUNT 3 to 9 of 5 tokens",
		"file train.jsonl:1: the document was changed: its check is",
		`file validation.jsonl:1: json: unknown field "di"`,
	}
	if documents != 3 || len(found) != len(want) {
		t.Fatalf("%d documents, found %q", documents, found)
	}
	for k := range want {
		if !strings.HasPrefix(found[k], want[k]) {
			t.Errorf("found %q, expected %q", found[k], want[k])
		}
	}
}
