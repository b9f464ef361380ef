package formats

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/invoicelab/invoicelab/corpus"
)

// Numbers of labels are named by the features beside the data; an I that
// opens an entity becomes a B, and is counted; ids that a split repeats are
// preceded by it; what is not read is told.
func TestHFNumbers(t *testing.T) {
	result, err := ImportPath("hf", filepath.Join("testdata", "hf", "ids"), ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"train 0: Ann@0,0,100,20/0/B-PER Lee@110,0,200,20/0/I-PER in@210,0,240,20/0/O Oslo@250,0,1000,20/0/B-LOC",
		"train 1: rain@0,0,10,10/0/O",
		"test test-0: Rome@5,5,6,6/0/B-LOC",
	}
	if got := summary(result.Dataset); !reflect.DeepEqual(got, want) {
		t.Errorf("%q, expected %q", got, want)
	}
	problems := []string{
		"test.jsonl:1: IOB1 to IOB2: 1 tags changed from I to B, in 1 of 1 documents, first in this one",
		`train.jsonl: key "image_path" is not read, in 1 documents`,
		`train.jsonl: key "pos_tags" is not read, in 2 documents`,
	}
	if got := texts(result.Problems); !reflect.DeepEqual(got, problems) {
		t.Errorf("problems %q, expected %q", got, problems)
	}
	checkImported(t, result.Dataset)
}

func TestHFNames(t *testing.T) {
	result, err := ImportPath("hf", filepath.Join("testdata", "hf", "names", "train.jsonl"), ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	docs := result.Dataset.Docs[corpus.Train]
	want := []corpus.Document{
		{ID: "train-1", Tokens: []corpus.Token{{Text: "Ann"}, {Text: "Lee"}}, Spans: []corpus.Span{{Entity: 1, Start: 0, End: 2}}},
		{ID: "7", Tokens: []corpus.Token{{Text: "Rome", Page: 2, Line: 5}}, Spans: []corpus.Span{{Entity: 0, Start: 0, End: 1}}},
	}
	if !reflect.DeepEqual(docs, want) {
		t.Errorf("%+v, expected %+v", docs, want)
	}
	if got := result.Problems[0].String(); got != "train.jsonl:3: BIOES to IOB2: 1 tags changed (0 E to I, 1 S to B), in 1 of 2 documents, first in this one" {
		t.Errorf("problem %q", got)
	}
}

func TestHFRefuses(t *testing.T) {
	for line, want := range map[string]string{
		``:                               "no training document",
		`[]`:                             "train.jsonl:1: array, expected an object",
		`null`:                           "train.jsonl:1: null, expected an object",
		`{`:                              "train.jsonl:1: unexpected end of JSON input",
		`{"token":["a"]}`:                `train.jsonl:1: no key "tokens" (did you mean "token"?); there are token`,
		`{"tokens":["a"]}`:               `train.jsonl:1: no key "ner_tags"`,
		`{"tokens":"a"}`:                 `train.jsonl:1: no key "ner_tags"`,
		`{"tokens":"a","ner_tags":[]}`:   `train.jsonl:1: key "tokens": string, expected a list`,
		`{"tokens":["a"],"ner_tags":[]}`: `train.jsonl:1: ner_tags has 0 members for 1 tokens`,
		`{"tokens":["a"],"ner_tags":["B-X"],"bboxes":[]}`:                    `train.jsonl:1: bboxes has 0 members for 1 tokens`,
		`{"tokens":["a"],"ner_tags":["B-X"],"bboxes":[[1,2,3]]}`:             `train.jsonl:1: bboxes[0]: 3 numbers, expected 4`,
		`{"tokens":["a"],"ner_tags":["B-X"],"bboxes":[[1,2,3,1200]]}`:        `train.jsonl:1: bboxes[0]: [1 2 3 1200] leaves the page, 0 to 1000; are these pixels?`,
		`{"tokens":["a"],"ner_tags":["B-X"],"bboxes":[[4,2,3,12]]}`:          `train.jsonl:1: bboxes[0]: [4 2 3 12] is turned inside out`,
		`{"tokens":["a",""],"ner_tags":["O","O"]}`:                           `train.jsonl:1: token 1 is empty`,
		`{"tokens":["a"],"ner_tags":["X"]}`:                                  `train.jsonl:1: ner_tags[0]: label "X" is no tag`,
		`{"tokens":["a"],"ner_tags":[null]}`:                                 `train.jsonl:1: ner_tags[0]: null, expected the name or the number of a label`,
		`{"tokens":["a"],"ner_tags":[1]}`:                                    `train.jsonl:1: ner_tags[0]: 1 is the number of a label, and their names are not known: expected a file of them (--labels), or beside the data one of features.json`,
		`{"tokens":["a"],"ner_tags":["B-X"],"pages":[-1]}`:                   `train.jsonl:1: token 0: page -1, line 0`,
		`{"tokens":["a"],"ner_tags":["B-X"],"id":[]}`:                        `train.jsonl:1: key "id": [], expected a string or a number`,
		`{"id":"x","tokens":["a"],"ner_tags":["O"]}`:                         "no word has a label",
		strings.Repeat(`{"id":"x","tokens":["a"],"ner_tags":["O"]}`+"\n", 3): `train.jsonl:3: id "train-x" is used before`,
	} {
		_, err := importHF(fstest.MapFS{"train.jsonl": {Data: []byte(line)}}, nil, ImportOptions{})
		expectError(t, err, want)
	}
	_, err := importHF(fstest.MapFS{"train.jsonl": {Data: []byte(`{"tokens":["a"],"ner_tags":[3]}`)}}, nil, ImportOptions{Labels: []string{"O", "B-X", "I-X"}})
	expectError(t, err, "train.jsonl:1: ner_tags[0]: 3, there are labels 0 to 2")
	_, err = ImportPath("conll", "testdata", ImportOptions{Labels: []string{"O"}})
	expectError(t, err, "importing conll: names of labels have no effect")
}

// Features have been stored in many ways.
func TestReadLabels(t *testing.T) {
	want := []string{"O", "B-X", "I-X"}
	for name, text := range map[string]string{
		"a.txt":  "O\nB-X\r\n\n I-X\n",
		"a.json": `["O","B-X","I-X"]`,
		"b.json": `{"ner_tags":{"feature":{"names":["O","B-X","I-X"],"_type":"ClassLabel"},"_type":"List"}}`,
		"c.json": `{"features":{"id":{},"ner_tags":{"feature":{"class_label":{"names":{"0":"O","2":"I-X","1":"B-X"}}}}}}`,
		"d.json": `{"ner_tags":{"sequence":{"class_label":{"names":["O","B-X","I-X"]}}}}`,
		"e.json": `{"ner_tags":{"names":["O","B-X","I-X"]}}`,
	} {
		got, err := ReadLabels(fstest.MapFS{name: {Data: []byte(text)}}, name)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		``:                            "f.json: empty file",
		`7`:                           "f.json: expected a list of names or an object with features",
		`[]`:                          "f.json: 0 names of labels",
		`["O","B-X Y"]`:               `f.json: name 1, "B-X Y", has a space`,
		`["O","X"]`:                   `f.json: name 1, "X", is no tag`,
		`{"features":{"ner_tag":{}}}`: `f.json: no key "ner_tags" (did you mean "ner_tag"?)`,
		`{"features":7}`:              "f.json: features: expected an object",
		`{"ner_tags":{"feature":{}}}`: "f.json: ner_tags names no labels",
		`{"ner_tags":{"names":{"0":"O","2":"I-X"}}}`: "f.json: ner_tags: names: no number 1 of 2",
		`{"ner_tags":{"names":7}}`:                   "f.json: ner_tags: names: expected a list",
	} {
		_, err := ReadLabels(fstest.MapFS{"f.json": {Data: []byte(text)}}, "f.json")
		expectError(t, err, want)
	}
	if _, err := ReadLabels(os.DirFS("testdata"), "nowhere.txt"); err == nil {
		t.Error("a file that is not there is read")
	}
}
