package nn_test

import (
	"math"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/nn"
)

// The scores of an extended entity are the means of its group: entities 0 and 2 are of
// one group, so 2 takes those of 0; transitions that break BIO stay forbidden, and all that
// is about other labels stays.
func TestExtendTransitions(t *testing.T) {
	be := open(t, "go", 1)
	spec, labels, in := tiny("hybrid", "ce", "crf/bio")
	m := build(t, be, spec, labels, in, 1)
	scramble(be, m, 4)
	before := map[string][]float32{}
	for _, p := range m.Params() {
		before[p.Name] = values(be, p.Value)
	}
	batch := tinyBatch()
	batch.Labels = []int32{1, 2, 0, 0, 5, 6, 0, 5, 6, 0}
	if err := m.Extend(batch, labels, 2, false); err != nil {
		t.Fatal(err)
	}
	after := map[string][]float32{}
	for _, p := range m.Params() {
		after[p.Name] = values(be, p.Value)
	}
	// Labels 5 and 6 are the entity's; 1 and 2 those of its only peer.
	as := []int{0, 1, 2, 3, 4, 1, 2}
	const c = 7
	for i := range c {
		for j := range c {
			want := before["crf.transitions"][as[i]*c+as[j]]
			peer := func(l int) bool { return l == 1 || l == 2 }
			switch own := func(l int) bool { return l > 4 }; {
			case !nn.LegalBIO(int32(i), int32(j)):
				want = -1e4
			case own(i) && peer(j), peer(i) && own(j):
				want = 0 // no two entities of the group that differ are left to take a mean of
			}
			if got := after["crf.transitions"][i*c+j]; got != want {
				t.Errorf("transition %d to %d is %v, want %v", i, j, got, want)
			}
		}
		if s, e := after["crf.start"][i], after["crf.end"][i]; s != before["crf.start"][as[i]] || e != before["crf.end"][as[i]] {
			t.Errorf("start %v and end %v of label %d", s, e, i)
		}
	}
	dim := spec.Head.Dim
	for i, v := range after["head.prototypes"][:5*dim] {
		if v != before["head.prototypes"][i] {
			t.Fatal("the prototype of another label has changed")
		}
	}
	for l := 5; l < 7; l++ { // the mean of rows of norm 1 is no longer than 1
		square := 0.0
		for _, v := range after["head.prototypes"][l*dim : (l+1)*dim] {
			square += float64(v) * float64(v)
		}
		if n := math.Sqrt(square); n < 0.1 || n > 1+1e-6 {
			t.Errorf("prototype %d has norm %v", l, n)
		}
	}
	// Of one example the prototype is that example: its cosine is 1, so centred on
	// itself it would be nothing.
	batch.Labels = []int32{5, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	if err := m.Extend(batch, labels, 2, false); err != nil {
		t.Fatal(err)
	}
	table, _ := m.Prototypes()
	for k := range dim {
		if table[5*dim+k] != -table[6*dim+k] {
			t.Fatal("without an example of I, its prototype does not point away")
		}
	}
	batch.Labels[0] = 0
	if err := m.Extend(batch, labels, 2, false); err == nil || !strings.Contains(err.Error(), "no token is labelled B-2") {
		t.Errorf("without examples: %v", err)
	}
	spec, labels, in = tiny("linear", "ce", "crf")
	if err := build(t, be, spec, labels, in, 1).Extend(batch, labels, 2, false); err == nil || !strings.Contains(err.Error(), "model.head.kind") {
		t.Errorf("without prototypes: %v", err)
	}
}
