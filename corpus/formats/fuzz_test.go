package formats

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/invoicelab/invoicelab/corpus"
)

// checkImported fails when an importer let something pass that Write or Open
// would refuse or change.
func checkImported(t *testing.T, ds *corpus.Dataset) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "imported")
	if err := ds.Write(dir); err != nil {
		t.Fatalf("imported, but cannot be stored: %v", err)
	}
	back, err := corpus.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back.Docs, ds.Docs) {
		t.Fatalf("stored and read: %+v, was %+v", back.Docs, ds.Docs)
	}
}

func FuzzConll(f *testing.F) {
	f.Add([]byte("\xef\xbb\xbfa\tO\r\nb\tB-x\r\n\r\nc\tI-x"))
	f.Add([]byte("-DOCSTART- -X- O\n\na NN I-x\nb NN B-x\n"))
	f.Add([]byte("a S-x\nb E-x\n\xff\xfe I-y\n"))
	f.Add([]byte("a\tB-x\ry\n")) // found by fuzzing: a return inside a label
	f.Fuzz(func(t *testing.T, data []byte) {
		result, err := importConll(fstest.MapFS{"train.conll": {Data: data}}, nil, ImportOptions{})
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
		result, err := importSroie(fstest.MapFS{"sizes.tsv": {Data: sizes}, "box/R.csv": {Data: box}, "key/R.json": {Data: key}}, nil, ImportOptions{})
		if err != nil {
			return
		}
		checkImported(t, result.Dataset)
	})
}
