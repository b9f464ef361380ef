package corpus

import (
	"fmt"
	"strings"
	"testing"
)

func TestHoldOutValidation(t *testing.T) {
	make := func(n int) *Dataset {
		ds := &Dataset{Schema: &Schema{Name: "s", Entities: []Entity{{Name: "A"}}}, Docs: map[Split][]Document{}}
		for i := range n {
			ds.Docs[Train] = append(ds.Docs[Train], Document{ID: fmt.Sprint(i), Tokens: []Token{{Text: "x"}}})
		}
		ds.Seal()
		return ds
	}
	ds := make(2000)
	before := ds.Manifest.Digest
	if err := ds.HoldOutValidation(0.1); err != nil {
		t.Fatal(err)
	}
	train, validation := len(ds.Docs[Train]), len(ds.Docs[Validation])
	// Binomial(2000, 0.1) has a standard deviation of 13.4.
	if train+validation != 2000 || validation < 150 || validation > 250 {
		t.Errorf("%d for training, %d for validation, want about 1800 and 200", train, validation)
	}
	if ds.Manifest.Digest == before || ds.Manifest.Splits[Validation].Documents != validation {
		t.Error("the corpus was not sealed anew")
	}
	// The choice depends on the document alone: more documents move none.
	more := make(2500)
	if err := more.HoldOutValidation(0.1); err != nil {
		t.Fatal(err)
	}
	for i, d := range ds.Docs[Validation] {
		if more.Docs[Validation][i].ID != d.ID {
			t.Fatalf("document %s changed its split when others came", d.ID)
		}
	}
	for _, c := range []struct {
		share float64
		want  string
	}{{0, "expected more than 0"}, {1, "expected more than 0"}, {0.1, "validation documents of its own"}} {
		if err := ds.HoldOutValidation(c.share); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("share %v: %v", c.share, err)
		}
	}
	if err := make(1).HoldOutValidation(0.5); err == nil || !strings.Contains(err.Error(), "leaves") {
		t.Errorf("one document: %v", err)
	}
}
