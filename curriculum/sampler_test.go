package curriculum

import (
	"reflect"
	"sort"
	"testing"
)

func TestUniformDrawsEveryDocumentOnce(t *testing.T) {
	docs := docsOf(nil, "a", "a", "a", "a", "a", "a", "a")
	p, err := New(Spec{Kind: "none", Sampler: "uniform", Batch: 3}, docs, 1, 4)
	if err != nil {
		t.Fatal(err)
	}
	var all []int
	for _, b := range p.Batches(5, 0) {
		all = append(all, b...)
	}
	first := append([]int(nil), all...)
	sort.Ints(all)
	if !reflect.DeepEqual(all, []int{0, 1, 2, 3, 4, 5, 6}) {
		t.Errorf("drew %v", all)
	}
	if reflect.DeepEqual(p.Batches(5, 0), p.Batches(5, 1)) {
		t.Error("two epochs have the same order")
	}
	if reflect.DeepEqual(p.Batches(5, 0), p.Batches(6, 0)) {
		t.Error("two seeds have the same order")
	}
	var again []int
	for _, b := range p.Batches(5, 0) {
		again = append(again, b...)
	}
	if !reflect.DeepEqual(first, again) {
		t.Error("the same seed and epoch have another order")
	}
}

// A skewed split: 180 documents of x, 16 of y, 4 of z; entity b is in 8 of them.
func skewed() []Doc {
	var docs []Doc
	for i := range 200 {
		d := Doc{Domain: "x", Entities: []int32{0}}
		if i >= 180 {
			d.Domain = "y"
		}
		if i >= 196 {
			d.Domain = "z"
		}
		if i%25 == 0 {
			d.Entities = append(d.Entities, 1)
		}
		docs = append(docs, d)
	}
	return docs
}

func TestBalancedSampler(t *testing.T) {
	docs := skewed()
	spec := Spec{Kind: "none", Sampler: "domain_balanced", Batch: 16, RareShare: 0.05, RarePerBatch: 4, EpochDocs: 320}
	p, err := New(spec, docs, 2, 4)
	if err != nil {
		t.Fatal(err)
	}
	batches := p.Batches(3, 1)
	if !reflect.DeepEqual(batches, p.Batches(3, 1)) {
		t.Error("the same seed and epoch draw other batches")
	}
	if reflect.DeepEqual(batches, p.Batches(3, 2)) {
		t.Error("two epochs draw the same batches")
	}
	total, perDomain, drawnRare := 0, map[string]int{}, map[int]bool{}
	for _, b := range batches {
		seen, rare := map[int]bool{}, 0
		for _, d := range b {
			if seen[d] {
				t.Errorf("document %d is twice in batch %v", d, b)
			}
			seen[d] = true
			if p.Rare()[d] {
				rare++
				drawnRare[d] = true
			}
			perDomain[docs[d].Domain]++
			total++
		}
		if rare < 4 {
			t.Errorf("batch %v has %d rare documents, want at least 4", b, rare)
		}
	}
	if total != 320 {
		t.Errorf("an epoch of %d documents, want 320", total)
	}
	if len(drawnRare) != 8 {
		t.Errorf("%d of 8 rare documents were drawn", len(drawnRare))
	}
	// z has 4 documents, so a batch can hold at most 4 of it: 20 batches, 80 documents.
	// x and y share the other 240.
	if perDomain["z"] != 80 || perDomain["x"] < 115 || perDomain["y"] < 115 {
		t.Errorf("documents per domain %v, want z 80, x and y about 120", perDomain)
	}
}

func TestBalancedSamplerEndsWhenABatchIsLargerThanTheData(t *testing.T) {
	docs := docsOf([]string{"x", "y", "y"}, "a", "a", "ab")
	p, err := New(Spec{Kind: "none", Sampler: "domain_balanced", Batch: 16, RareShare: 0.5, RarePerBatch: 1, EpochDocs: 7}, docs, 2, 4)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, b := range p.Batches(1, 0) {
		if len(b) > 3 {
			t.Errorf("batch %v repeats a document", b)
		}
		total += len(b)
	}
	if total != 7 {
		t.Errorf("drew %d documents, want 7", total)
	}
}
