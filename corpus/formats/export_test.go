package formats

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
)

// exporterCalled finds an exporter.
func exporterCalled(t *testing.T, name string) Exporter {
	t.Helper()
	for _, e := range Exporters() {
		if e.Name == name {
			return e
		}
	}
	t.Fatalf("no exporter is called %s", name)
	return Exporter{}
}

// stored writes ds and opens its folder.
func stored(t *testing.T, ds *corpus.Dataset) *corpus.Folder {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "stored")
	if err := ds.Write(dir); err != nil {
		t.Fatal(err)
	}
	f, err := corpus.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// boxed is a corpus with everything that Hugging Face style jsonl holds: an
// entity that does not occur, awkward text, pages and lines.
func boxed() *corpus.Dataset {
	return &corpus.Dataset{
		Manifest: corpus.Manifest{Name: "boxed", Source: "test"},
		Schema:   &corpus.Schema{Name: "hf", Entities: []corpus.Entity{{Name: "A", Group: "x,y"}, {Name: "B-b", Group: "z"}, {Name: "UNSEEN", Group: "z"}}},
		Docs: map[corpus.Split][]corpus.Document{
			corpus.Train: {
				{ID: "a/1", Domain: "telecom", Template: "bill", Kind: "INVOICE", Boxed: true, Tokens: []corpus.Token{
					{Text: "<é\u2028>", Box: corpus.Box{X0: 1, Y0: 2, X1: 3, Y1: 4}}, {Text: "b c", Box: corpus.Box{X0: 5, Y0: 6, X1: 1000, Y1: 1000}, Page: 1, Line: 2}, {Text: "d", Page: 1, Line: 2},
				}, Spans: []corpus.Span{{Entity: 0, Start: 0, End: 1}, {Entity: 0, Start: 1, End: 3}}},
				{ID: "2", Boxed: true, Tokens: []corpus.Token{{Text: "\"\\"}}},
			},
			corpus.Heldout: {{ID: "3", Boxed: true, Tokens: []corpus.Token{{Text: "x"}, {Text: "y"}}, Spans: []corpus.Span{{Entity: 1, Start: 0, End: 2}}}},
		},
	}
}

// tokensAndLabels are what every format holds.
func tokensAndLabels(ds *corpus.Dataset) map[corpus.Split][][]string {
	all := map[corpus.Split][][]string{}
	for split, d := range ds.All() {
		var words []string
		for i, label := range d.Labels() {
			words = append(words, d.Tokens[i].Text+"\t"+ds.Schema.Label(int(label)))
		}
		all[split] = append(all[split], words)
	}
	return all
}

// With numbers and their names everything comes back; with names all but the
// entities that do not occur.
func TestExportHF(t *testing.T) {
	for _, numbers := range []bool{true, false} {
		ds := boxed()
		out := filepath.Join(t.TempDir(), "deep", "out")
		notes, err := Export(stored(t, ds), exporterCalled(t, "hf"), ExportOptions{Numbers: numbers}, out)
		if err != nil || notes != nil {
			t.Fatalf("%q, %v", notes, err)
		}
		result, err := ImportPath("hf", out, ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		back := result.Dataset
		if !reflect.DeepEqual(back.Docs, ds.Docs) || result.Problems != nil {
			t.Errorf("numbers %v: read %+v, %q, expected %+v", numbers, back.Docs, texts(result.Problems), ds.Docs)
		}
		if want := map[bool]int{true: 3, false: 2}[numbers]; len(back.Schema.Entities) != want {
			t.Errorf("numbers %v: %d entities, expected %d", numbers, len(back.Schema.Entities), want)
		}
		if numbers && corpus.Digest(back.Schema, back.Docs) != corpus.Digest(ds.Schema, ds.Docs) {
			t.Error("another digest")
		}
		groups, err := os.ReadFile(filepath.Join(out, "groups.csv"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(string(groups))).ReadAll()
		if want := [][]string{{"label", "group"}, {"A", "x,y"}, {"B-b", "z"}, {"UNSEEN", "z"}}; err != nil || !reflect.DeepEqual(rows, want) {
			t.Errorf("groups %q, %v", rows, err)
		}
		line, err := os.ReadFile(filepath.Join(out, "heldout.jsonl"))
		want := map[bool]string{
			true:  `{"id":"3","tokens":["x","y"],"ner_tags":[3,4],"bboxes":[[0,0,0,0],[0,0,0,0]],"pages":[0,0],"lines":[0,0]}` + "\n",
			false: `{"id":"3","tokens":["x","y"],"ner_tags":["B-B-b","I-B-b"],"bboxes":[[0,0,0,0],[0,0,0,0]],"pages":[0,0],"lines":[0,0]}` + "\n",
		}[numbers]
		if err != nil || string(line) != want {
			t.Errorf("wrote %s, %v, expected %s", line, err, want)
		}
	}
}

func TestExportConll(t *testing.T) {
	for _, from := range []string{filepath.Join("conll", "iob1.conll"), filepath.Join("hf", "ids")} {
		importer := map[bool]string{true: "conll", false: "hf"}[strings.HasPrefix(from, "conll")]
		first, err := ImportPath(importer, filepath.Join("testdata", from), ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), "out")
		notes, err := Export(stored(t, first.Dataset), exporterCalled(t, "conll"), ExportOptions{}, out)
		if err != nil {
			t.Fatal(err)
		}
		if boxed := strings.Join(notes, ""); (boxed == "boxes, pages and lines of 3 documents are no part of the format and are left out") != (importer == "hf") {
			t.Errorf("notes %q", notes)
		}
		back, err := ImportPath("conll", out, ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if back.Problems != nil || !reflect.DeepEqual(tokensAndLabels(back.Dataset), tokensAndLabels(first.Dataset)) {
			t.Errorf("read %q, expected %q", tokensAndLabels(back.Dataset), tokensAndLabels(first.Dataset))
		}
		if importer == "conll" && !reflect.DeepEqual(back.Dataset.Docs, first.Dataset.Docs) {
			t.Errorf("read %+v, expected %+v", back.Dataset.Docs, first.Dataset.Docs)
		}
	}
}

func TestExportJSON(t *testing.T) {
	ds := boxed()
	ds.Docs[corpus.Train][1].Structure, ds.Docs[corpus.Train][1].Visual = []uint16{1 | 1<<9}, []uint16{2}
	out := filepath.Join(t.TempDir(), "out")
	if _, err := Export(stored(t, ds), exporterCalled(t, "json"), ExportOptions{}, out); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"train/%a%2F1.json": `{"id":"a/1","split":"train","domain":"telecom","template":"bill","kind":"INVOICE","words":[` +
			`{"text":"<é\u2028>","box":[1,2,3,4],"page":0,"line":0,"label":"B-A"},{"text":"b c","box":[5,6,1000,1000],"page":1,"line":2,"label":"B-A"},{"text":"d","box":[0,0,0,0],"page":1,"line":2,"label":"I-A"}],` +
			`"entities":[{"entity":"A","text":"<é\u2028>","start":0,"end":1},{"entity":"A","text":"b c d","start":1,"end":3}]}`,
		"train/2.json":   `{"id":"2","split":"train","words":[{"text":"\"\\","box":[0,0,0,0],"page":0,"line":0,"label":"O","structure":["TABLE","TOTALS_SECTION"],"visual":["STAMP_TEXT"]}],"entities":[]}`,
		"heldout/3.json": `{"id":"3","split":"heldout","words":[{"text":"x","box":[0,0,0,0],"page":0,"line":0,"label":"B-B-b"},{"text":"y","box":[0,0,0,0],"page":0,"line":0,"label":"I-B-b"}],"entities":[{"entity":"B-b","text":"x y","start":0,"end":2}]}`,
	} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		var got, expected any
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(want), &expected); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, expected) {
			t.Errorf("%s: wrote %s, expected %s", name, data, want)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	parent := t.TempDir()
	full := filepath.Join(parent, "full")
	if err := os.MkdirAll(filepath.Join(full, "work"), 0o777); err != nil {
		t.Fatal(err)
	}
	conll, hf := exporterCalled(t, "conll"), exporterCalled(t, "hf")
	_, err := Export(stored(t, boxed()), hf, ExportOptions{}, full)
	expectError(t, err, "exporting hf to "+full, "the folder is not empty; nothing was written")
	_, err = Export(stored(t, boxed()), conll, ExportOptions{Numbers: true}, filepath.Join(parent, "x"))
	expectError(t, err, "exporting conll: numbers have no effect")
	for _, c := range []struct {
		tokens []corpus.Token
		want   string
	}{
		{nil, `train.jsonl:1: document "a/1": no token`},
		{[]corpus.Token{{Text: "a\tb"}}, `train.jsonl:1: document "a/1": token 0: "a\tb" has a tab or an end of line`},
		{[]corpus.Token{{Text: "-DOCSTART-"}}, `token 0, "-DOCSTART-", means something else in the format`},
		{[]corpus.Token{{Text: "a"}, {Text: "b", Columns: []string{"NN"}}}, "token 1 has 1 further columns, those before have 0"},
	} {
		ds := boxed()
		ds.Docs[corpus.Train][0].Tokens, ds.Docs[corpus.Train][0].Spans = c.tokens, nil
		_, err := Export(stored(t, ds), conll, ExportOptions{}, filepath.Join(parent, "x"))
		expectError(t, err, c.want)
	}
	entries, err := os.ReadDir(parent)
	if err != nil || len(entries) != 1 {
		t.Errorf("refused exports left %v, %v", entries, err)
	}
	// An empty folder is taken.
	empty := t.TempDir()
	if _, err := Export(stored(t, boxed()), hf, ExportOptions{}, empty); err != nil {
		t.Error(err)
	}
}
