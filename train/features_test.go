package train

import (
	"reflect"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
)

func TestTextFeatures(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{shape("Abc-12/x", false), "Xxx-00/x"},
		{shape("Abc-12/x", true), "Xx-0/x"},
		{shape("É9", false), "X0"},
		{prefix("Straße", 3), "str"},
		{prefix("ab", 2), "ab"},
		{prefix("ab", 3), "ab$"},
		{suffix("Größe", 3), "öße"},
		{suffix("ab", 3), "^ab"},
		{zeroDigits("INV-2024"), "INV-0000"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// Every space has rows of its own, and unknown rows are absent.
func TestFeatureRows(t *testing.T) {
	d := &corpus.Document{Boxed: true, Tokens: []corpus.Token{
		{Text: "Total", Box: corpus.Box{X0: 10, Y0: 10, X1: 60, Y1: 20}},
		{Text: "9.00", Box: corpus.Box{X0: 990, Y0: 999, X1: 1000, Y1: 1000}, Page: 7},
	}}
	f := &featurizer{buckets: 64, boxed: true}
	ids, err := f.features(d)
	if err != nil {
		t.Fatal(err)
	}
	if len(ids) != 2*f.perToken() || f.perToken() != len(textSpaces)+len(boxSpaces) {
		t.Fatalf("%d ids for 2 tokens of %d features", len(ids), f.perToken())
	}
	for tok := range 2 {
		base := 0
		for s := range f.perToken() {
			size := 0
			if s < len(textSpaces) {
				size = f.size(textSpaces[s])
			} else {
				size = boxSpaces[s-len(textSpaces)].rows
			}
			if id := int(ids[tok*f.perToken()+s]); id < base || id >= base+size {
				t.Errorf("token %d feature %d: row %d outside [%d, %d)", tok, s, id, base, base+size)
			}
			base += size
		}
		if base != f.rows() {
			t.Errorf("spaces end at row %d of %d", base, f.rows())
		}
	}
	f.learn(ids[:f.perToken()])
	known := f.known(append([]int32(nil), ids...))
	if !reflect.DeepEqual(known[:f.perToken()], ids[:f.perToken()]) {
		t.Error("a row that training used was left out")
	}
	if known[f.perToken()] != -1 {
		t.Error("the row of a word that training never saw is kept")
	}
}

func TestNeighbours(t *testing.T) {
	// Two lines: "No: 17" above "Date 2024", the columns 0..100 and 200..300.
	box := func(x, y int16) corpus.Box { return corpus.Box{X0: x, Y0: y, X1: x + 100, Y1: y + 10} }
	d := &corpus.Document{Boxed: true, Tokens: []corpus.Token{
		{Text: "No:", Box: box(0, 0), Line: 0}, {Text: "17", Box: box(200, 0), Line: 0},
		{Text: "Date", Box: box(0, 50), Line: 1}, {Text: "2024", Box: box(200, 50), Line: 1},
		{Text: "next", Box: box(200, 60), Page: 1, Line: 2},
	}}
	want := []int32{ // self, -1, +1, above, below, line start
		0, -1, 1, -1, 2, -1,
		1, 0, 2, -1, 3, 0,
		2, 1, 3, 0, -1, -1,
		3, 2, 4, 1, -1, 2,
		4, 3, -1, -1, -1, -1,
	}
	if got := neighbours(d, 1, true); !reflect.DeepEqual(got, want) {
		t.Errorf("neighbours\n got %v\nwant %v", got, want)
	}
	d.Boxed = false
	flat := []int32{0, -1, 1, -1, 2, 1, 0, 2, -1, 3, 2, 1, 3, 0, 4, 3, 2, 4, 1, -1, 4, 3, -1, 2, -1}
	if got := neighbours(d, 2, false); !reflect.DeepEqual(got, flat) {
		t.Errorf("without boxes\n got %v\nwant %v", got, flat)
	}
}
