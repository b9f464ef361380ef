package metrics_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/invoicelab/invoicelab/metrics"
)

// expectedScore is one mode of one case in testdata/scoring/expected.json.
type expectedScore struct {
	PerLabel               map[string]metrics.Score `json:"per_label"`
	Micro, Macro, Weighted metrics.FileAverage
}

// The cases' figures are met to the last bit, and so is their JSON.
func TestScoreCases(t *testing.T) {
	data, err := os.ReadFile("testdata/scoring/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases map[string]map[string]expectedScore
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		for _, mode := range []metrics.Mode{metrics.Strict, metrics.Conll} {
			want := cases[name][mode.String()]
			got, err := metrics.ScoreFile(filepath.Join("testdata/scoring", name+".tsv"), mode)
			if err != nil {
				t.Fatal(err)
			}
			written, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			var read struct {
				Micro, Macro, Weighted metrics.FileAverage
				Labels                 map[string]metrics.Score
			}
			strict := json.NewDecoder(bytes.NewReader(written))
			strict.DisallowUnknownFields()
			if err := strict.Decode(&read); err != nil {
				t.Fatalf("%s: %v", written, err)
			}
			if !reflect.DeepEqual(read.Labels, want.PerLabel) || read.Micro != want.Micro || read.Macro != want.Macro || read.Weighted != want.Weighted {
				t.Errorf("%s %v: %s, want %+v", name, mode, written, want)
			}
		}
	}
}

// rows is what ReadScored should give: documents of "token gold predicted".
func rows(docs []metrics.Scored) [][]string {
	var all [][]string
	for _, d := range docs {
		var doc []string
		for i := range d.Tokens {
			doc = append(doc, d.Tokens[i]+"|"+d.Gold[i]+"|"+d.Predicted[i])
		}
		all = append(all, doc)
	}
	return all
}

func TestReadScoredForms(t *testing.T) {
	want := [][]string{{"a|O|O", "b|B-X|B-Y"}, {"c|I-X|O"}}
	for name, text := range map[string]string{
		"plain":                "a\tO\tO\nb\tB-X\tB-Y\n\nc\tI-X\tO\n",
		"no final newline":     "a\tO\tO\nb\tB-X\tB-Y\n\nc\tI-X\tO",
		"CR LF":                "a\tO\tO\r\nb\tB-X\tB-Y\r\n\r\nc\tI-X\tO\r\n",
		"byte order mark":      "\ufeffa\tO\tO\nb\tB-X\tB-Y\n\nc\tI-X\tO\n",
		"mark and blank lines": "\ufeff\n\na\tO\tO\nb\tB-X\tB-Y\n\n\n \t\n\nc\tI-X\tO\n\n\n",
		"spaces":               "a O O\nb  B-X   B-Y\n\nc I-X O\n",
		"spaces and tabs":      "a\tO O\nb \t B-X\t B-Y \n\nc\tI-X O\t\n",
		"doc start":            "-DOCSTART- -X- O O\n\na\tO\tO\nb\tB-X\tB-Y\n-DOCSTART-\nc\tI-X\tO\n",
		"doc start with tabs":  "-DOCSTART-\tO\tO\na\tO\tO\nb\tB-X\tB-Y\n\n-DOCSTART-\t-X-\t-X-\tO\n\nc\tI-X\tO\n",
		"more columns":         "a\tNN\tO\tO\nb VB x B-X B-Y\n\nc\tNN\tI-X\tO\n",
	} {
		docs, err := metrics.ReadScored(strings.NewReader(text), "f")
		if err != nil || !reflect.DeepEqual(rows(docs), want) {
			t.Errorf("%s: %q, %v", name, rows(docs), err)
		}
	}
	// A token may hold spaces between tabs, and a no-break space anywhere.
	docs, err := metrics.ReadScored(strings.NewReader("New York\tB-X\tO\n1\u00a0000 O O\n \tO\tO\n"), "f")
	if want := [][]string{{"New York|B-X|O", "1\u00a0000|O|O", " |O|O"}}; err != nil || !reflect.DeepEqual(rows(docs), want) {
		t.Errorf("%q, %v, want %q", rows(docs), err, want)
	}
	for _, empty := range []string{"", "\n", "\ufeff", "-DOCSTART- -X- O O", " \r\n\t"} {
		if docs, err := metrics.ReadScored(strings.NewReader(empty), "f"); err != nil || len(docs) != 0 {
			t.Errorf("%q: %d documents, %v", empty, len(docs), err)
		}
	}
	docs, err = metrics.ReadScored(strings.NewReader("\n\na O O\n\nb O O\nc O O\n"), "f")
	if err != nil || len(docs) != 2 || docs[0].Line != 3 || docs[1].Line != 5 {
		t.Errorf("lines of documents: %v %v", docs, err)
	}
}

// An entity never reaches over the end of a document.
func TestReadScoredBoundary(t *testing.T) {
	for text, want := range map[string]int{
		"a B-X B-X\nb I-X I-X\n":             1,
		"a B-X B-X\n\nb I-X I-X\n":           2,
		"a B-X B-X\n-DOCSTART-\nb I-X I-X\n": 2,
	} {
		docs, err := metrics.ReadScored(strings.NewReader(text), "f")
		if err != nil {
			t.Fatal(err)
		}
		if got := metrics.ScoreDocs(docs, metrics.Conll).Micro.Support; got != want {
			t.Errorf("%q: %d entities, want %d", text, got, want)
		}
	}
}

func TestReadScoredErrors(t *testing.T) {
	for text, want := range map[string]string{
		"a O O\nb O\n":           "runs/f.tsv:2: 2 of 3 columns: expected token, gold tag and predicted tag",
		"a\tO\t\n":               "runs/f.tsv:1: 2 of 3 columns: expected token, gold tag and predicted tag",
		"a\n":                    "runs/f.tsv:1: 1 of 3 columns: expected token, gold tag and predicted tag",
		"\n\na\t\tO\n":           "runs/f.tsv:3: the column of the gold tag is empty: expected token, gold tag and predicted tag",
		"\tO\tO\n":               "runs/f.tsv:1: the column of the token is empty: expected token, gold tag and predicted tag",
		"a S-X O":                `runs/f.tsv:1: gold tag: "S-X" is no BIO tag: expected O, B-TYPE or I-TYPE`,
		"a O I-\n":               `runs/f.tsv:1: predicted tag: "I-" is no BIO tag: expected O, B-TYPE or I-TYPE`,
		"New York\tB-X\n":        `runs/f.tsv:1: gold tag: "York" is no BIO tag: expected O, B-TYPE or I-TYPE`,
		"a O O\r\n\r\nb o O\r\n": `runs/f.tsv:3: gold tag: "o" is no BIO tag: expected O, B-TYPE or I-TYPE`,
		"\xff\xfea\x00":          "runs/f.tsv:1: the file is UTF-16: expected UTF-8",
	} {
		if _, err := metrics.ReadScored(strings.NewReader(text), "runs/f.tsv"); err == nil || err.Error() != want {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
	broken := errors.New("disk on fire")
	if _, err := metrics.ReadScored(iotest.ErrReader(broken), "f"); !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "f:1: ") {
		t.Errorf("error %v", err)
	}
	if _, err := metrics.ScoreFile("testdata/none.tsv", metrics.Strict); err == nil || !strings.Contains(err.Error(), "testdata/none.tsv") {
		t.Errorf("error %v", err)
	}
}

func TestScoreDocsExtras(t *testing.T) {
	docs, err := metrics.ReadScored(strings.NewReader("a B-X B-X\nb I-X O\nc O I-Y\n\nd I-X I-X\ne O O\n\nf O O\n"), "f")
	if err != nil {
		t.Fatal(err)
	}
	s := metrics.ScoreDocs(docs, metrics.Strict)
	// Tags other than O in gold: a, b, d; a and d are right. Of the documents
	// the third holds nothing, and in the second an I-X without B-X is no
	// entity on either side.
	if s.Documents != 3 || s.Tokens != 6 || s.Tagged != 3 || s.TaggedRight != 2 || s.Right != 2 || s.GoldViolations != 1 || s.PredictedViolations != 2 {
		t.Errorf("%+v", s)
	}
	var out bytes.Buffer
	if err := s.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	want := `     label  precision  recall    F1  support  predicted  found
         X       0.00    0.00  0.00        1          1      0
     micro       0.00    0.00  0.00        1
     macro       0.00    0.00  0.00        1
  weighted       0.00    0.00  0.00        1
strict mode; macro over 1 labels with an entity in gold or prediction
2 of 3 documents wholly right; 6 tokens, 66.67 % of the 3 with a gold tag other than O right
I tags that continue nothing: 1 gold, 2 predicted
1 errors (1 entities not found, 1 wrong): boundary 1
`
	if out.String() != want {
		t.Errorf("text\n%q\nwant\n%q", out.String(), want)
	}
	empty, err := json.Marshal(metrics.ScoreDocs(nil, metrics.Strict))
	zero := `{"precision":0,"recall":0,"f1":0,"support":0}`
	if want := `{"micro":` + zero + `,"macro":` + zero + `,"weighted":` + zero + `,"labels":{}}`; err != nil || string(empty) != want {
		t.Errorf("nothing scored: %s, %v, want %s", empty, err, want)
	}
}

// Whatever is read can be scored, and written in its plainest form it is read
// as the same.
func FuzzReadScored(f *testing.F) {
	for _, seed := range []string{"a\tO\tB-X\n\nb I-X O", "\ufeff-DOCSTART- -X-\r\na\tb\tO\tO\r\n", "a O", "New York\tB-a-b\tI-a\n", "\xff\xfe", " \tO\tO\x0b\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, err := metrics.ReadScored(bytes.NewReader(data), "f")
		if err != nil {
			if docs != nil || !strings.HasPrefix(err.Error(), "f:") {
				t.Fatalf("%d documents and error %v", len(docs), err)
			}
			return
		}
		var plain strings.Builder
		tokens := 0
		for _, d := range docs {
			for i := range d.Tokens {
				plain.WriteString("w\t" + d.Gold[i] + "\t" + d.Predicted[i] + "\n")
				tokens++
			}
			plain.WriteString("\n")
		}
		again, err := metrics.ReadScored(strings.NewReader(plain.String()), "f")
		if err != nil {
			t.Fatalf("%v in %q", err, plain.String())
		}
		for _, mode := range []metrics.Mode{metrics.Strict, metrics.Conll} {
			one, other := metrics.ScoreDocs(docs, mode), metrics.ScoreDocs(again, mode)
			if !reflect.DeepEqual(one, other) || one.Tokens != tokens {
				t.Fatalf("%+v, written plainly %+v", one, other)
			}
			for name, l := range one.Labels {
				if l.TP > l.Support || l.TP > l.Predicted || !(l.F1 >= 0 && l.F1 <= 1) {
					t.Fatalf("%s: %+v", name, l)
				}
			}
		}
	})
}
