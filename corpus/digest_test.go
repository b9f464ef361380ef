package corpus

import (
	"strings"
	"testing"
)

// The expected digest comes from a Python program that follows the encoding
// in Digest's comment with struct and hashlib.
func TestDigestEncoding(t *testing.T) {
	ds := sampleDataset()
	if got, want := Digest(ds.Schema, ds.Docs), "ffd5dac83323a29efae0b26d7a3de7ab4104302f8726fdcf1720b9203416b52d"; got != want {
		t.Errorf("digest %s, expected %s", got, want)
	}
	if got, want := newCanonical().document(ds.Schema, &ds.Docs[Train][0]).check(), documentHash("3c4c06498585b4be"); got != want {
		t.Errorf("check of document 1 is %s, expected %s", got, want)
	}
}

// The same for a document that is longer than the buffer of canonical: a word
// of 40,000 letters between two short ones, in Python with sha256.
func TestDigestOfLongText(t *testing.T) {
	schema := &Schema{Entities: []Entity{{Name: "A"}}}
	d := Document{ID: "long", Tokens: []Token{{Text: "a"}, {Text: strings.Repeat("x", 40_000)}, {Text: "b"}}}
	if got, want := newCanonical().document(schema, &d).check(), documentHash("6f455553355e7486"); got != want {
		t.Errorf("check %s, expected %s", got, want)
	}
}

func TestDigestChanges(t *testing.T) {
	base := sampleDataset()
	want := Digest(base.Schema, base.Docs)
	for name, change := range map[string]func(*Dataset){
		"id":           func(ds *Dataset) { ds.Docs[Train][0].ID = "x" },
		"domain":       func(ds *Dataset) { ds.Docs[Train][0].Domain = "x" },
		"template":     func(ds *Dataset) { ds.Docs[Train][0].Template = "x" },
		"kind":         func(ds *Dataset) { ds.Docs[Train][0].Kind = "x" },
		"boxed":        func(ds *Dataset) { ds.Docs[Heldout][0].Boxed = true },
		"text":         func(ds *Dataset) { ds.Docs[Train][0].Tokens[0].Text = "x" },
		"box":          func(ds *Dataset) { ds.Docs[Train][0].Tokens[0].Box.Y1++ },
		"page":         func(ds *Dataset) { ds.Docs[Train][0].Tokens[0].Page++ },
		"line":         func(ds *Dataset) { ds.Docs[Train][0].Tokens[0].Line++ },
		"column":       func(ds *Dataset) { ds.Docs[Validation][0].Tokens[1].Columns[1] = "x" },
		"span end":     func(ds *Dataset) { ds.Docs[Train][0].Spans[1].End-- },
		"span entity":  func(ds *Dataset) { ds.Docs[Train][0].Spans[1].Entity = 2 },
		"span gone":    func(ds *Dataset) { ds.Docs[Train][1].Spans = nil },
		"entity name":  func(ds *Dataset) { ds.Schema.Entities[0].Name = "x" },
		"entity added": func(ds *Dataset) { ds.Schema.Entities = append(ds.Schema.Entities, Entity{Name: "x"}) },
		"order of documents": func(ds *Dataset) {
			d := ds.Docs[Train]
			d[0], d[1] = d[1], d[0]
		},
		"split": func(ds *Dataset) { ds.Docs[Test], ds.Docs[Heldout] = ds.Docs[Heldout], nil },
	} {
		ds := sampleDataset()
		change(ds)
		if Digest(ds.Schema, ds.Docs) == want {
			t.Errorf("%s: changed, the digest is the same", name)
		}
	}
	for name, change := range map[string]func(*Dataset){
		"groups":      func(ds *Dataset) { ds.Schema.Entities[0].Group = "" },
		"heads":       func(ds *Dataset) { ds.Schema.Entities[0].Head = "semantic" },
		"schema name": func(ds *Dataset) { ds.Schema.Name = "x" },
		"manifest":    func(ds *Dataset) { ds.Manifest = Manifest{} },
		"empty split": func(ds *Dataset) { ds.Docs[Test] = []Document{} },
	} {
		ds := sampleDataset()
		change(ds)
		if Digest(ds.Schema, ds.Docs) != want {
			t.Errorf("%s: does not belong to the data, yet the digest changed", name)
		}
	}
}
