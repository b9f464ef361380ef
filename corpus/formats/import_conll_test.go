package formats

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/lines"
)

// texts gives the problems as strings.
func texts(problems []corpus.Problem) []string {
	var list []string
	for _, p := range problems {
		list = append(list, p.String())
	}
	return list
}

// expectError fails unless err holds every part of want.
func expectError(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, expected one with %q", want)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Fatalf("error %q lacks %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error of several lines: %q", err)
	}
}

// A byte order mark, CRLF, several blank lines, a missing last newline and
// bytes that are not UTF-8 are read; an empty split and a file of another
// name are reported.
func TestConllFolder(t *testing.T) {
	result, err := ImportPath("conll", filepath.Join("testdata", "conll", "good"), ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := &corpus.Dataset{
		Schema: &corpus.Schema{Name: "conll", Entities: []corpus.Entity{{Name: "person"}, {Name: "place"}}},
		Docs: map[corpus.Split][]corpus.Document{
			corpus.Train: {
				{ID: "train-1", Tokens: []corpus.Token{{Text: "The"}, {Text: "Oslo"}, {Text: "opera"}}, Spans: []corpus.Span{{Entity: 1, Start: 1, End: 3}}},
				{ID: "train-2", Tokens: []corpus.Token{{Text: "sings"}, {Text: "John"}}, Spans: []corpus.Span{{Entity: 0, Start: 1, End: 2}}},
			},
			corpus.Validation: {{ID: "validation-1", Tokens: []corpus.Token{{Text: "a"}, {Text: "b\ufffd"}}, Spans: []corpus.Span{{Entity: 0, Start: 1, End: 2}}}},
		},
	}
	problems := []string{
		"extra.conll: not read: it is not called train, dev, valid, validation or test",
		"valid.tsv:2: not UTF-8: bytes replaced by U+FFFD in 1 rows, first in this one",
		"test.txt: no sentence; the split is left out",
	}
	if got := texts(result.Problems); !reflect.DeepEqual(got, problems) {
		t.Errorf("problems %q, expected %q", got, problems)
	}
	want.Manifest = corpus.Manifest{Name: "good", Source: "conll", Notes: problems}
	want.Seal()
	if !reflect.DeepEqual(result.Dataset, want) {
		t.Errorf("imported\n%+v\nexpected\n%+v", result.Dataset, want)
	}
}

// One file becomes the training split, whatever its name. IOB1 turns into
// IOB2, further columns are kept, DOCSTART lines are skipped.
func TestConllFile(t *testing.T) {
	result, err := ImportPath("conll", filepath.Join("testdata", "conll", "iob1.conll"), ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	docs := result.Dataset.Docs[corpus.Train]
	if len(docs) != 2 || result.Dataset.Manifest.Name != "iob1.conll" {
		t.Fatalf("%d documents of %q", len(docs), result.Dataset.Manifest.Name)
	}
	want := []string{
		"B-ORG", "O", "B-MISC", "O", "O",
		"B-PER", "I-PER", "B-PER",
	}
	if got := labelNames(result.Dataset); !reflect.DeepEqual(got, want) {
		t.Errorf("labels %q, expected %q", got, want)
	}
	if got := docs[1].Tokens[1]; !reflect.DeepEqual(got, corpus.Token{Text: "Blackburn", Columns: []string{"NNP", "I-NP"}}) {
		t.Errorf("token %+v", got)
	}
	problems := []string{"iob1.conll:3: IOB1 to IOB2: 3 tags changed from I to B, in 2 of 2 sentences, first in this one"}
	if got := texts(result.Problems); !reflect.DeepEqual(got, problems) {
		t.Errorf("problems %q, expected %q", got, problems)
	}
}

func TestConllTells(t *testing.T) {
	for text, want := range map[string]string{
		"a B-X\nb E-X\n\nc S-X\n":          "train.conll:1: BIOES to IOB2: 2 tags changed (1 E to I, 1 S to B), in 2 of 2 sentences, first in this one",
		"a O\n\na B-X\n\nb I-Y\nc I-Y\n":   "train.conll:5: IOB2 with faults: 1 tags I without a B before changed to B, in 1 of 3 sentences, first in this one",
		"a S-X\nb I-X\n":                   "train.conll:1: BIOES to IOB2: 2 tags changed (0 E to I, 1 S to B, 1 I or E without a B before to B), in 1 of 1 sentences, first in this one",
		"a\u00a0b O\n\u200b B-X\nc\td I-X": "", // only the tab and the space separate columns
	} {
		result, err := importConll(fstest.MapFS{"train.conll": {Data: []byte(text)}}, nil, ImportOptions{})
		if want == "" {
			// Two tokens of odd white space, then a row of three columns.
			expectError(t, err, "train.conll:3: 3 columns, the first row has 2")
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := strings.Join(texts(result.Problems), "\n"); got != want {
			t.Errorf("%q: %q, expected %q", text, got, want)
		}
	}
}

func TestConllBadFiles(t *testing.T) {
	folder := filepath.Join("testdata", "conll", "bad")
	expected := map[string]string{
		"tag.conll":            `tag.conll:2: label "X-thing" is no tag: expected O, B-NAME or I-NAME, or E-NAME and S-NAME of BIOES`,
		"wider.conll":          "wider.conll:2: 3 columns, the first row has 2",
		"narrower.conll":       "narrower.conll:3: 2 columns, the first row has 3",
		"one_column.conll":     "one_column.conll:1: one column, expected a token and its label",
		"empty_token.conll":    "empty_token.conll:2: empty token",
		"no_label.conll":       "no_label.conll:2: 1 columns, the first row has 2",
		"all_outside.conll":    "all_outside.conll: every label is O",
		"no_sentence.conll":    "no_sentence.conll: no sentence",
		"space_in_label.conll": `space_in_label.conll:1: label "x y" is empty or has a space`,
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(expected) {
		t.Errorf("%d bad files, %d expected messages", len(files), len(expected))
	}
	for _, f := range files {
		_, err := ImportPath("conll", filepath.Join(folder, f.Name()), ImportOptions{})
		expectError(t, err, "importing conll from ", expected[f.Name()])
		if expected[f.Name()] == "" {
			t.Errorf("%s: no expected message", f.Name())
		}
	}
}

func TestConllFilesRefused(t *testing.T) {
	sentence := &fstest.MapFile{Data: []byte("a\tB-x\n")}
	for _, c := range []struct {
		files fstest.MapFS
		names []string
		want  string
	}{
		{fstest.MapFS{"dev.conll": sentence, "test.conll": sentence}, nil, "no training data: expected a file called train.conll"},
		{fstest.MapFS{"train.conll": sentence, "train.txt": sentence}, nil, "train.conll and train.txt are both the train split"},
		{fstest.MapFS{"valid.bio": sentence, "DEV.conll": sentence}, nil, "DEV.conll and valid.bio are both the validation split"},
		{fstest.MapFS{"notes.md": sentence}, nil, "no file called train, dev, valid, validation or test with the extension"},
		{fstest.MapFS{}, nil, "no file called train"},
		{fstest.MapFS{"train.conll": sentence, "more.conll": sentence}, []string{"train.conll", "more.conll"}, "more.conll: cannot tell its split"},
		{fstest.MapFS{"train.conll": sentence}, []string{"gone.conll"}, "gone.conll: file does not exist"},
		{fstest.MapFS{"train.conll": {Data: []byte("a\tO\n" + strings.Repeat("x", lines.Max+1))}}, nil, "train.conll:2: line longer than 16 MiB"},
	} {
		_, err := importConll(c.files, c.names, ImportOptions{})
		expectError(t, err, c.want)
	}
	result, err := importConll(fstest.MapFS{"test.x": sentence, "train.y": sentence}, []string{"test.x", "train.y"}, ImportOptions{})
	if err != nil || len(result.Dataset.Docs[corpus.Train]) != 1 || len(result.Dataset.Docs[corpus.Test]) != 1 {
		t.Errorf("named files with other extensions: %+v, %v", result.Dataset, err)
	}
}

func TestImportPathRefuses(t *testing.T) {
	_, err := ImportPath("conl", "testdata", ImportOptions{})
	expectError(t, err, `no importer is called "conl" (did you mean "conll"?)`, "sroie")
	_, err = ImportPath("conll", filepath.Join("testdata", "nowhere"), ImportOptions{})
	expectError(t, err, "importing conll", "nowhere", "no such file")
	_, err = ImportPath("sroie", filepath.Join("testdata", "conll", "iob1.conll"), ImportOptions{})
	expectError(t, err, "importing sroie", "iob1.conll: this importer reads a folder")
}

func labelNames(ds *corpus.Dataset) []string {
	var names []string
	for _, split := range corpus.Splits {
		for i := range ds.Docs[split] {
			for _, l := range ds.Docs[split][i].Labels() {
				names = append(names, ds.Schema.Label(int(l)))
			}
		}
	}
	return names
}
