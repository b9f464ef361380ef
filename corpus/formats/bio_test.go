package formats

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
)

// tagsOf reads "B-A I-A O"; entities are numbered by letter.
func tagsOf(t *testing.T, text string) []tag {
	t.Helper()
	var tags []tag
	for _, label := range strings.Fields(text) {
		kind, name, ok := parseTag(label)
		if !ok {
			t.Fatalf("%q is no tag", label)
		}
		if kind == 'O' {
			tags = append(tags, tag{kind: 'O'})
			continue
		}
		tags = append(tags, tag{kind, corpus.EntityID(name[0] - 'A')})
	}
	return tags
}

func TestSpansOf(t *testing.T) {
	const A, B = 0, 1
	for _, c := range []struct {
		tags    string
		spans   []corpus.Span
		changed int
		scheme  string
	}{
		{"O O", nil, 0, "IOB2"},
		{"B-A I-A O B-A B-A I-A", []corpus.Span{{Entity: A, Start: 0, End: 2}, {Entity: A, Start: 3, End: 4}, {Entity: A, Start: 4, End: 6}}, 0, "IOB2"},
		// IOB1: B only between two entities of a type.
		{"I-A I-A O I-A B-A I-A I-B", []corpus.Span{{Entity: A, Start: 0, End: 2}, {Entity: A, Start: 3, End: 4}, {Entity: A, Start: 4, End: 6}, {Entity: B, Start: 6, End: 7}}, 3, "IOB1"},
		// The rows of the scoring table in conll mode.
		{"O I-A I-A O", []corpus.Span{{Entity: A, Start: 1, End: 3}}, 1, "IOB1"},
		{"B-A I-B I-B", []corpus.Span{{Entity: A, Start: 0, End: 1}, {Entity: B, Start: 1, End: 3}}, 1, "IOB2"},
		{"I-A B-A I-A", []corpus.Span{{Entity: A, Start: 0, End: 1}, {Entity: A, Start: 1, End: 3}}, 1, "IOB1"},
		{"B-A I-A I-B I-A", []corpus.Span{{Entity: A, Start: 0, End: 2}, {Entity: B, Start: 2, End: 3}, {Entity: A, Start: 3, End: 4}}, 2, "IOB2"},
		{"B-A O I-A", []corpus.Span{{Entity: A, Start: 0, End: 1}, {Entity: A, Start: 2, End: 3}}, 1, "IOB2"},
		// BIOES: E and S close.
		{"B-A I-A E-A S-A S-B O B-B E-B", []corpus.Span{{Entity: A, Start: 0, End: 3}, {Entity: A, Start: 3, End: 4}, {Entity: B, Start: 4, End: 5}, {Entity: B, Start: 6, End: 8}}, 4, "BIOES"},
		{"S-A I-A", []corpus.Span{{Entity: A, Start: 0, End: 1}, {Entity: A, Start: 1, End: 2}}, 2, "BIOES"},
		{"B-A E-A I-A", []corpus.Span{{Entity: A, Start: 0, End: 2}, {Entity: A, Start: 2, End: 3}}, 2, "BIOES"},
		{"E-A O", []corpus.Span{{Entity: A, Start: 0, End: 1}}, 1, "IOB1"}, // nothing tells that it is BIOES
		{"B-A E-B", []corpus.Span{{Entity: A, Start: 0, End: 1}, {Entity: B, Start: 1, End: 2}}, 1, "IOB2"},
	} {
		spans, changes := spansOf(tagsOf(t, c.tags))
		if !reflect.DeepEqual(spans, c.spans) || changes.total() != c.changed || changes.scheme() != c.scheme {
			t.Errorf("%s: %v, %d changed, %s; expected %v, %d, %s", c.tags, spans, changes.total(), changes.scheme(), c.spans, c.changed, c.scheme)
		}
	}
}

func TestParseTag(t *testing.T) {
	for label, want := range map[string]string{"B-PER": "B PER", "I-a-b": "I a-b", "E-X": "E X", "S-X": "S X", "O": "O "} {
		kind, name, ok := parseTag(label)
		if got := string(kind) + " " + name; !ok || got != want {
			t.Errorf("%s: %q, %v, expected %q", label, got, ok, want)
		}
	}
	for _, label := range []string{"", "B", "B-", "BPER", "L-PER", "U-PER", "b-PER", "o", "_", "0", "-X-", "é-X"} {
		if _, _, ok := parseTag(label); ok {
			t.Errorf("%q is taken for a tag", label)
		}
	}
}

// Random entities, written in each scheme by its definition, come back the
// same, with as many changes as tags that IOB2 writes otherwise.
func TestSchemesAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n := 1 + rng.IntN(12)
		var want []corpus.Span
		for at := 0; at < n; {
			length := 1 + rng.IntN(3)
			if rng.IntN(2) == 0 && at+length <= n {
				want = append(want, corpus.Span{Entity: corpus.EntityID(rng.IntN(2)), Start: at, End: at + length})
			}
			at += length
		}
		schemes := map[string][]tag{"IOB1": make([]tag, n), "IOB2": make([]tag, n), "BIOES": make([]tag, n)}
		for _, tags := range schemes {
			for i := range tags {
				tags[i].kind = 'O'
			}
		}
		for k, s := range want {
			for i := s.Start; i < s.End; i++ {
				begins, ends := i == s.Start, i == s.End-1
				joined := k > 0 && want[k-1].End == s.Start && want[k-1].Entity == s.Entity
				kinds := map[string]byte{"IOB1": 'I', "IOB2": 'I', "BIOES": 'I'}
				if begins {
					kinds["IOB2"], kinds["BIOES"] = 'B', 'B'
					if joined {
						kinds["IOB1"] = 'B'
					}
				}
				switch {
				case begins && ends:
					kinds["BIOES"] = 'S'
				case ends:
					kinds["BIOES"] = 'E'
				}
				for scheme, kind := range kinds {
					schemes[scheme][i] = tag{kind, s.Entity}
				}
			}
		}
		for scheme, tags := range schemes {
			got, changes := spansOf(tags)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s %v: %v, expected %v", scheme, tags, got, want)
			}
			differ := 0
			for i := range tags {
				if tags[i] != schemes["IOB2"][i] {
					differ++
				}
			}
			if changes.total() != differ {
				t.Fatalf("%s %v: %d changes, expected %d", scheme, tags, changes.total(), differ)
			}
		}
	}
}
