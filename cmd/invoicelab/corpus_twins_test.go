package main

import (
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
)

// Pairs of documents are written one after the other, in the same split.
func TestGeneratePairs(t *testing.T) {
	inFolder(t)
	must(t, "corpus", "generate", "--documents", "60", "--twin", "layout", "--out", "twins")
	must(t, "corpus", "generate", "--documents", "400", "--minimal-pairs", "2", "--out", "minimal")
	for folder, least := range map[string]int{"twins": 110, "minimal": 30} {
		ds, err := corpus.Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, split := range corpus.Splits {
			docs := ds.Docs[split]
			n += len(docs)
			if len(docs)%2 != 0 {
				t.Fatalf("%s: %d documents in %s", folder, len(docs), split)
			}
			for k := 0; k < len(docs); k += 2 {
				if a, b := docs[k].ID, docs[k+1].ID; a[:11] != b[:11] || a == b {
					t.Errorf("%s: %s is followed by %s", folder, a, b)
				}
			}
		}
		if n < least {
			t.Errorf("%s: %d documents", folder, n)
		}
	}
	for want, args := range map[string][]string{
		"give one of them":      {"--twin", "layout", "--minimal-pairs", "2"},
		"expected one of":       {"--twin", "colour"},
		`did you mean "IBAN"`:   {"--twin", "label:IBAM"},
		"expected 1 or more":    {"--minimal-pairs", "0"},
		"no document of the re": {"--noise", "0", "--twin", "noise"},
	} {
		r := invoke(append([]string{"corpus", "generate", "--documents", "40", "--out", "none"}, args...)...)
		if r.code == 0 || !strings.Contains(r.err, want) {
			t.Errorf("%v: exit %d, %s; want %q", args, r.code, r.err, want)
		}
	}
}
