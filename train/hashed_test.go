package train

import (
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/nn"
)

func words(texts ...string) *corpus.Document {
	d := &corpus.Document{}
	for _, text := range texts {
		d.Tokens = append(d.Tokens, corpus.Token{Text: text})
	}
	return d
}

// Each template has rows of its own in the embedding table, after those of the words; a token
// without the feature has none. Wide templates share theirs.
func TestHashedFeatures(t *testing.T) {
	spec := nn.EncoderSpec{Buckets: 64, Templates: []string{"lower[-1]|lower[0]", "shape[1]"}, TemplateBuckets: 100, Wide: []string{"suffix4[0]", "digits[0..1]"}, WideBuckets: 70}
	f, err := newFeaturizer(spec, false)
	if err != nil {
		t.Fatal(err)
	}
	d := words("Pay", "May", "pay", "May")
	ids, err := f.features(d)
	if err != nil {
		t.Fatal(err)
	}
	plain := &featurizer{buckets: 64}
	without, _ := plain.features(d)
	per := plain.perToken()
	if f.perToken() != per+4 || f.rows() != plain.rows()+400 { // the last two slots say begin and end
		t.Fatalf("%d features of %d rows beside %d of %d", f.perToken(), f.rows(), per, plain.rows())
	}
	more := func(token, slot int) int32 { return ids[token*(per+4)+per+slot] }
	for token := range 4 {
		if !slices.Equal(ids[token*(per+4):token*(per+4)+per], without[token*per:(token+1)*per]) {
			t.Errorf("token %d: the features of its word are others", token)
		}
		for slot := range 4 {
			absent := slot == 0 && token == 0 || slot == 1 && token == 3 || slot == 2 && token != 0 || slot == 3 && token != 3
			id, first := int(more(token, slot)), plain.rows()+100*slot
			if absent != (id == -1) || !absent && (id < first || id >= first+100) {
				t.Errorf("token %d slot %d: row %d; absent %v, else from row %d", token, slot, id, absent, first)
			}
		}
	}
	if more(1, 0) != more(3, 0) || more(1, 0) == more(2, 0) {
		t.Errorf("pay May is row %d and %d, May pay %d", more(1, 0), more(3, 0), more(2, 0))
	}
	wide, err := f.wideFeatures(d)
	if err != nil {
		t.Fatal(err)
	}
	if f.wideSlots() != 5 || f.wideRows() != 70 || len(wide) != 20 {
		t.Fatalf("%d wide ids, %d a token, of %d rows", len(wide), f.wideSlots(), f.wideRows())
	}
	if wide[0] != -1 || wide[1] < 0 || wide[2] < 0 || wide[3*5+2] != -1 || slices.Max(wide) >= 70 {
		t.Errorf("wide rows %v", wide) // no word has 4 letters, none stands after the last
	}
	n := len(textSpaces)
	if !slices.Equal(f.exact, []int{0, 1, n}) || !slices.Equal(f.exactWide, []int{1}) {
		t.Errorf("features that name the word: %v and %v", f.exact, f.exactWide)
	}
}

// Feature dropout takes about its share of all ids; word dropout takes every feature with the
// word in it. What is left is as it was, and the rows are those of what is left.
func TestFeatureDropout(t *testing.T) {
	spec := nn.EncoderSpec{Buckets: 64, Templates: []string{"lower[-1]|lower[0]"}, TemplateBuckets: 64, Wide: []string{"lower[-1]", "lower[0]"}, WideBuckets: 64}
	f, err := newFeaturizer(spec, false)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for i := range 400 {
		texts = append(texts, string(rune('a'+i%26))+string(rune('a'+i/26)))
	}
	docs, err := encode("", []corpus.Document{*words(texts...)}, f, 1, true)
	if err != nil {
		t.Fatal(err)
	}
	b := newBatcher(f, 3)
	whole := b.pack(docs, []int{0}, 1).Clone()
	b.features = 0.3
	some := b.pack(docs, []int{0}, 1).Clone()
	lost, all := 0, 0
	for _, pair := range [][2][]int32{{whole.Features, some.Features}, {whole.Wide, some.Wide}} {
		for i, id := range pair[0] {
			switch {
			case id < 0:
			case pair[1][i] == -1:
				lost++
				fallthrough
			default:
				all++
			}
			if pair[1][i] != -1 && pair[1][i] != id {
				t.Fatalf("id %d became %d", id, pair[1][i])
			}
		}
	}
	if share := float64(lost) / float64(all); share < 0.27 || share > 0.33 {
		t.Errorf("%.3f of the features are dropped, want 0.3", share)
	}
	if again := b.pack(docs, []int{0}, 1).Clone(); !slices.Equal(again.Wide, some.Wide) {
		t.Error("the same seed drops others")
	}
	if other := b.pack(docs, []int{0}, 2); slices.Equal(other.Wide, some.Wide) {
		t.Error("another seed drops the same")
	}
	for _, id := range some.WideRows {
		if !slices.Contains(some.Wide, id) {
			t.Errorf("row %d is in no token", id)
		}
	}
	b.features, b.dropout = 0, 0.5
	part := b.pack(docs, []int{0}, 1)
	per := f.perToken()
	for token := range texts {
		pairAt := token*per + len(textSpaces)
		gone := part.Features[token*per] == -1
		if gone != (part.Wide[token*4+1] == -1) || token > 0 && gone != (part.Features[pairAt] == -1) {
			t.Fatalf("token %d: its word is in some features", token)
		}
		if token > 0 && part.Wide[token*4] == -1 {
			t.Fatalf("token %d: the word before it is dropped", token)
		}
	}
}
