package metrics_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

func TestEntities(t *testing.T) {
	type e = metrics.Entity
	for _, test := range []struct {
		tags          string
		conll, strict []e
	}{
		// The table of the scoring rules.
		{"O I-A I-A O", []e{{"A", 1, 2}}, nil},
		{"B-A I-B I-B", []e{{"A", 0, 0}, {"B", 1, 2}}, []e{{"A", 0, 0}}},
		{"I-A B-A I-A", []e{{"A", 0, 0}, {"A", 1, 2}}, []e{{"A", 1, 2}}},
		{"B-A I-A I-B I-A", []e{{"A", 0, 1}, {"B", 2, 2}, {"A", 3, 3}}, []e{{"A", 0, 1}}},
		{"B-A O I-A", []e{{"A", 0, 0}, {"A", 2, 2}}, []e{{"A", 0, 0}}},
		// Neighbours, ends of the sequence, hyphens inside a type.
		{"", nil, nil},
		{"O O", nil, nil},
		{"B-A B-A", []e{{"A", 0, 0}, {"A", 1, 1}}, []e{{"A", 0, 0}, {"A", 1, 1}}},
		{"B-A I-A", []e{{"A", 0, 1}}, []e{{"A", 0, 1}}},
		{"I-A I-A B-B", []e{{"A", 0, 1}, {"B", 2, 2}}, []e{{"B", 2, 2}}},
		{"B-a-b I-a-b I-a", []e{{"a-b", 0, 1}, {"a", 2, 2}}, []e{{"a-b", 0, 1}}},
		{"B-B I-A I-B", []e{{"B", 0, 0}, {"A", 1, 1}, {"B", 2, 2}}, []e{{"B", 0, 0}}},
	} {
		tags := strings.Fields(test.tags)
		if got := metrics.Entities(tags, metrics.Conll); !slices.Equal(got, test.conll) {
			t.Errorf("%s: conll %v, want %v", test.tags, got, test.conll)
		}
		if got := metrics.Entities(tags, metrics.Strict); !slices.Equal(got, test.strict) {
			t.Errorf("%s: strict %v, want %v", test.tags, got, test.strict)
		}
	}
}

// Spans written as labels and read again are the same in both modes, whatever
// lies between them.
func TestSpansRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var labels []int32
		var want []metrics.Span
		for len(labels) < 30 {
			for range r.IntN(3) {
				labels = append(labels, 0)
			}
			s := metrics.Span{Type: int32(r.IntN(3)), First: int32(len(labels))}
			labels = append(labels, 1+2*s.Type)
			for range r.IntN(3) {
				labels = append(labels, 2+2*s.Type)
			}
			s.Last = int32(len(labels) - 1)
			want = append(want, s)
		}
		for _, mode := range []metrics.Mode{metrics.Strict, metrics.Conll} {
			if got := metrics.Spans(nil, labels, mode); !slices.Equal(got, want) {
				t.Fatalf("%v %v: %v, want %v", mode, labels, got, want)
			}
		}
		if n := metrics.Violations(labels); n != 0 {
			t.Fatalf("%v: %d violations", labels, n)
		}
	}
}

func TestSpansAppend(t *testing.T) {
	first := []metrics.Span{{Type: 0, First: 4, Last: 4}}
	// The I-A at the start must not lengthen the span that was there before.
	got := metrics.Spans(first, []int32{2, 0, 1}, metrics.Strict)
	want := []metrics.Span{{Type: 0, First: 4, Last: 4}, {Type: 0, First: 2, Last: 2}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestViolations(t *testing.T) {
	// O=0 B-A=1 I-A=2 B-B=3 I-B=4
	for _, test := range []struct {
		labels []int32
		want   int
	}{
		{nil, 0},
		{[]int32{1, 2, 2, 3, 4}, 0},
		{[]int32{2}, 1},       // I-A at the start
		{[]int32{0, 2, 2}, 1}, // the second continues the first
		{[]int32{1, 4, 4}, 1}, // B-A I-B I-B
		{[]int32{3, 2, 4}, 2}, // B-B I-A I-B
		{[]int32{1, 2, 0, 2}, 1},
		{[]int32{1, 3, 2}, 1},
	} {
		if got := metrics.Violations(test.labels); got != test.want {
			t.Errorf("%v: %d violations, want %d", test.labels, got, test.want)
		}
	}
}

func TestParseTag(t *testing.T) {
	for tag, want := range map[string]struct {
		entityType string
		begin      bool
	}{"O": {"", false}, "B-x": {"x", true}, "I-a-b": {"a-b", false}, "B--": {"-", true}} {
		entityType, begin, err := metrics.ParseTag(tag)
		if err != nil || entityType != want.entityType || begin != want.begin {
			t.Errorf("%s: %q %v %v", tag, entityType, begin, err)
		}
	}
	for _, tag := range []string{"", "o", "B", "I-", "B-", "S-X", "E-X", "b-X", "X", "0", "B_X", "B-\xff", "O "} {
		if _, _, err := metrics.ParseTag(tag); err == nil || !strings.Contains(err.Error(), "is no BIO tag: expected O, B-TYPE or I-TYPE") {
			t.Errorf("%q: error %v", tag, err)
		}
	}
}

func TestParseMode(t *testing.T) {
	for _, m := range []metrics.Mode{metrics.Strict, metrics.Conll} {
		if got, err := metrics.ParseMode(m.String()); err != nil || got != m {
			t.Errorf("%v: %v, %v", m, got, err)
		}
	}
	if _, err := metrics.ParseMode("conl"); err == nil || err.Error() != `mode "conl": allowed are strict, conll; did you mean "conll"?` {
		t.Errorf("error %v", err)
	}
}
