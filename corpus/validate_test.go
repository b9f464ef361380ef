package corpus

import (
	"reflect"
	"testing"
)

// generatedSample looks like a generated corpus: kinds that demand entities,
// families held out.
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

func TestValidateFindsNothingInGoodData(t *testing.T) {
	for _, ds := range []*Dataset{generatedSample(), sampleDataset()} {
		if problems := Validate(ds); problems != nil {
			t.Errorf("%v", problems)
		}
	}
}

// Each fault is planted alone and must be the only finding.
func TestValidateFindsEachFault(t *testing.T) {
	for _, c := range []struct {
		name  string
		plant func(*Dataset)
		want  string
	}{
		{"span beyond the end", func(ds *Dataset) { ds.Docs[Train][1].Spans[1].End = 5 }, `train.jsonl:2: document "2": span DESTINATION 1 to 5 of 4 tokens`},
		{"span before the start", func(ds *Dataset) { ds.Docs[Train][1].Spans[0].Start = -1 }, `train.jsonl:2: document "2": span ORIGIN -1 to 1 of 4 tokens`},
		{"empty span", func(ds *Dataset) { ds.Docs[Train][1].Spans[1] = Span{4, 2, 2} }, `train.jsonl:2: document "2": span DESTINATION 2 to 2 of 4 tokens`},
		{"overlap", func(ds *Dataset) { ds.Docs[Train][1].Spans[0].End = 2 }, `train.jsonl:2: document "2": span DESTINATION 1 to 3 overlaps or precedes the one before it`},
		{"order", func(ds *Dataset) {
			s := ds.Docs[Train][1].Spans
			s[0], s[1] = s[1], s[0]
		}, `train.jsonl:2: document "2": span ORIGIN 0 to 1 overlaps or precedes the one before it`},
		{"entity", func(ds *Dataset) { ds.Docs[Train][1].Spans[1].Entity = 5 }, `train.jsonl:2: document "2": span 1 to 3: entity 5 of 5`},
		{"box above", func(ds *Dataset) { ds.Docs[Test][0].Tokens[3].Box.Y0 = -1 }, `test.jsonl:1: document "4": token 3: box {0 -1 1000 1000} leaves the page, 0 to 1000`},
		{"box right", func(ds *Dataset) { ds.Docs[Test][0].Tokens[3].Box.X1 = 1001 }, `test.jsonl:1: document "4": token 3: box {0 0 1001 1000} leaves the page, 0 to 1000`},
		{"box in x", func(ds *Dataset) { ds.Docs[Test][0].Tokens[0].Box = Box{5, 0, 4, 9} }, `test.jsonl:1: document "4": token 0: box {5 0 4 9} is turned inside out`},
		{"box in y", func(ds *Dataset) { ds.Docs[Test][0].Tokens[0].Box = Box{0, 9, 4, 8} }, `test.jsonl:1: document "4": token 0: box {0 9 4 8} is turned inside out`},
		{"box without boxes", func(ds *Dataset) {
			ds.Docs[Test][0].Boxed = false
			ds.Docs[Test][0].Tokens = ds.Docs[Test][0].Tokens[:3]
		},
			`test.jsonl:1: document "4": token 0 has a box, the document says it has none`},
		{"negative page", func(ds *Dataset) { ds.Docs[Test][0].Tokens[0].Page = -1 }, `test.jsonl:1: document "4": token 0: page -1, line 0`},
		{"empty token", func(ds *Dataset) { ds.Docs[Test][0].Tokens[1].Text = "" }, `test.jsonl:1: document "4": token 1 is empty`},
		{"text", func(ds *Dataset) { ds.Docs[Test][0].Tokens[1].Text = "\xc3" }, `test.jsonl:1: document "4": token 1, "\xc3", is not UTF-8`},
		{"id twice", func(ds *Dataset) { ds.Docs[Test][0].ID = "1" }, `test.jsonl:1: document "1": its id is used before, in train.jsonl:1`},
		{"no id", func(ds *Dataset) { ds.Docs[Test][0].ID = "" }, `test.jsonl:1: document without id`},
		{"no tokens", func(ds *Dataset) { ds.Docs[Train][2].Tokens = nil }, `train.jsonl:3: document "3": no tokens`},
		{"duplicate within a split", func(ds *Dataset) { ds.Docs[Train][2].Tokens[0].Text = "1" }, `train.jsonl:3: document "3": same text as in train.jsonl:1`},
		{"duplicate across splits", func(ds *Dataset) { ds.Docs[Test][0].Tokens[0].Text = "2" }, `test.jsonl:1: document "4": same text as in train.jsonl:2`},
		{"held-out template", func(ds *Dataset) { ds.Docs[Heldout][0].Template = "waybill" }, `heldout.jsonl:1: document "5": held-out template "waybill" is in the train split too`},
		{"two invoice numbers", func(ds *Dataset) { ds.Docs[Train][0].Spans = append(ds.Docs[Train][0].Spans, Span{0, 3, 4}) },
			`train.jsonl:1: document "1": 2 spans of INVOICE_NUMBER, at most one`},
		{"waybill without origin", func(ds *Dataset) { ds.Docs[Train][1].Spans = ds.Docs[Train][1].Spans[1:] }, `train.jsonl:2: document "2": kind WAYBILL without ORIGIN`},
		{"waybill without destination", func(ds *Dataset) { ds.Docs[Train][1].Spans = ds.Docs[Train][1].Spans[:1] }, `train.jsonl:2: document "2": kind WAYBILL without DESTINATION`},
		{"invoice without supplier", func(ds *Dataset) { ds.Docs[Heldout][0].Spans = ds.Docs[Heldout][0].Spans[1:] }, `heldout.jsonl:1: document "5": kind INVOICE without SUPPLIER_ADDRESS`},
		{"invoice without buyer", func(ds *Dataset) { ds.Docs[Heldout][0].Spans = ds.Docs[Heldout][0].Spans[:1] }, `heldout.jsonl:1: document "5": kind INVOICE without BUYER_ADDRESS`},
		{"schema", func(ds *Dataset) { ds.Schema.Entities[4].Name = "ORIGIN" }, `schema.json: entity "ORIGIN" twice`},
	} {
		ds := generatedSample()
		c.plant(ds)
		got := texts(Validate(ds))
		if c.name == "box without boxes" && len(got) == 3 {
			got = got[:1] // one finding per token
		}
		if !reflect.DeepEqual(got, []string{c.want}) {
			t.Errorf("%s: found %q, expected %q", c.name, got, c.want)
		}
	}
}

// Imported data and smaller schemas are not asked for entities by kind.
func TestValidateAsksForEntitiesOfGeneratedDataOnly(t *testing.T) {
	ds := generatedSample()
	ds.Docs[Train][0].Spans = nil
	ds.Manifest.Source = "conll"
	if problems := Validate(ds); problems != nil {
		t.Errorf("imported: %v", problems)
	}
	ds = generatedSample()
	ds.Schema.Entities = ds.Schema.Entities[:3] // without ORIGIN and DESTINATION, as in core-73
	ds.Docs[Train][1].Spans = nil
	if problems := Validate(ds); problems != nil {
		t.Errorf("smaller schema: %v", problems)
	}
}

// texts gives the problems as strings.
func texts(problems []Problem) []string {
	var list []string
	for _, p := range problems {
		list = append(list, p.String())
	}
	return list
}
