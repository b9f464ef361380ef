package corpus

import (
	"bytes"
	"strings"
	"testing"
)

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
