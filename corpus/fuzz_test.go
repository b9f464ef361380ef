package corpus

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

// checkImported fails when an importer let something pass that Write, Open
// or Validate would refuse.
func checkImported(t *testing.T, ds *Dataset) {
	t.Helper()
	if err := ds.check(); err != nil {
		t.Fatalf("imported, but cannot be stored: %v", err)
	}
	var stored bytes.Buffer
	for _, split := range Splits {
		stored.Reset()
		if err := writeDocuments(&stored, ds.Schema, ds.Docs[split]); err != nil {
			t.Fatal(err)
		}
		docs, err := readDocuments(&stored, "stored", ds.Schema)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(docs, ds.Docs[split]) {
			t.Fatalf("stored and read: %+v, was %+v", docs, ds.Docs[split])
		}
	}
}

func FuzzConll(f *testing.F) {
	f.Add([]byte("\xef\xbb\xbfa\tO\r\nb\tB-x\r\n\r\nc\tI-x"))
	f.Add([]byte("-DOCSTART- -X- O\n\na NN I-x\nb NN B-x\n"))
	f.Add([]byte("a S-x\nb E-x\n\xff\xfe I-y\n"))
	f.Add([]byte("a\tB-x\ry\n")) // found by fuzzing: a return inside a label
	f.Fuzz(func(t *testing.T, data []byte) {
		result, err := importConll(fstest.MapFS{"train.conll": {Data: data}}, nil)
		if err != nil {
			if !strings.Contains(err.Error(), "train.conll:") {
				t.Fatalf("error %q names no file", err)
			}
			return
		}
		checkImported(t, result.Dataset)
	})
}

func FuzzSroie(f *testing.F) {
	for _, id := range []string{"A1", "A2", "A3", "A4"} {
		files := sroieSample(f)
		f.Add([]byte("train\tR\t500\t1000\n"), files["box/"+id+".csv"].Data, files["key/"+id+".json"].Data)
	}
	f.Fuzz(func(t *testing.T, sizes, box, key []byte) {
		result, err := importSroie(fstest.MapFS{"sizes.tsv": {Data: sizes}, "box/R.csv": {Data: box}, "key/R.json": {Data: key}}, nil)
		if err != nil {
			return
		}
		checkImported(t, result.Dataset)
	})
}

func FuzzDocuments(f *testing.F) {
	ds := sampleDataset()
	for _, split := range Splits {
		var b bytes.Buffer
		if err := writeDocuments(&b, ds.Schema, ds.Docs[split]); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, err := readDocuments(bytes.NewReader(data), "docs.jsonl", ds.Schema)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "docs.jsonl:") {
				t.Fatalf("error %q names no line", err)
			}
			return
		}
		for i := range docs {
			docs[i].Labels() // panics when a span is out of range
		}
	})
}
