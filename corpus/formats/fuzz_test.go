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

func FuzzFunsd(f *testing.F) {
	files := changed(f, "funsd", "", "", "")
	for name, file := range files {
		if strings.HasSuffix(name, ".json") {
			f.Add(file.Data, files["training_data/images/f1.png"].Data[:30])
		}
	}
	f.Add([]byte(`{"form":[{"label":"x","words":[{"text":"\ud800 a","box":[1e300,0,-5,0]}]}]}`), []byte("\x89PNG"))
	f.Fuzz(func(t *testing.T, form, image []byte) {
		const name = "training_data/annotations/f1.json"
		fsys := fstest.MapFS{name: {Data: form}}
		if len(image) > 0 {
			fsys["training_data/images/f1.png"] = &fstest.MapFile{Data: image}
		}
		result, err := importFunsd(fsys, nil, ImportOptions{})
		if err != nil {
			expectFile(t, err, name, "training_data/images/f1.png", "no word has a label")
			return
		}
		checkImported(t, result.Dataset)
	})
}

func FuzzCord(f *testing.F) {
	for _, file := range changed(f, "cord", "", "", "") {
		f.Add(file.Data)
	}
	f.Add([]byte(`{"valid_line":[{"words":[{"quad":{"x1":1,"y1":2,"x2":3,"y2":4,"x3":5,"y3":6,"x4":-7,"y4":8e9},"row_id":[],"text":"a"}],"category":"c"}],"meta":{"image_size":{"width":1,"height":1}}}`))
	f.Fuzz(func(t *testing.T, receipt []byte) {
		result, err := importCord(fstest.MapFS{"train/json/r.json": {Data: receipt}}, nil, ImportOptions{})
		if err != nil {
			expectFile(t, err, "train/json/r.json", "no word has a label")
			return
		}
		checkImported(t, result.Dataset)
	})
}

func FuzzWildreceipt(f *testing.F) {
	files := changed(f, "wildreceipt", "", "", "")
	f.Add(files["train.txt"].Data, files["class_list.txt"].Data)
	f.Add(files["test.txt"].Data, []byte("3 x\n0 y"))
	f.Fuzz(func(t *testing.T, pages, classes []byte) {
		result, err := importWildreceipt(fstest.MapFS{"train.txt": {Data: pages}, "class_list.txt": {Data: classes}}, nil, ImportOptions{})
		if err != nil {
			expectFile(t, err, "train.txt:", "class_list.txt:", "no word has a label", "no training document")
			return
		}
		checkImported(t, result.Dataset)
	})
}

func FuzzHF(f *testing.F) {
	ids := changed(f, "hf/ids", "", "", "")
	f.Add(ids["train.jsonl"].Data, ids["dataset_info.json"].Data)
	f.Add(ids["test.jsonl"].Data, []byte(`["O","B-x","I-x"]`))
	f.Add(changed(f, "hf/names", "", "", "")["train.jsonl"].Data, []byte(`{"ner_tags":{"names":{"0":"O"}}}`))
	f.Add([]byte(`{"tokens":["a","b"],"ner_tags":["E-x",null],"bboxes":[[0,1.5,2,3],[]],"lines":[1,2],"id":1e5}`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, data, features []byte) {
		result, err := importHF(fstest.MapFS{"train.jsonl": {Data: data}, "features.json": {Data: features}}, nil, ImportOptions{})
		if err != nil {
			expectFile(t, err, "train.jsonl:", "features.json:", "names of the labels:", "no word has a label", "no training document")
			return
		}
		checkImported(t, result.Dataset)
	})
}

// expectFile fails unless err names one of the files, or is one of the errors
// about the whole.
func expectFile(t *testing.T, err error, names ...string) {
	t.Helper()
	for _, name := range names {
		if strings.Contains(err.Error(), name) {
			return
		}
	}
	t.Fatalf("error %q names no file", err)
}
