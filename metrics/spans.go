package metrics

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Mode says which label sequences make an entity.
type Mode int

// The two ways of reading BIO labels.
//
//	labels              Strict          Conll
//	O I-A I-A O         none            (A,1,2)
//	B-A I-B I-B         (A,0,0)         (A,0,0) (B,1,2)
//	I-A B-A I-A         (A,1,2)         (A,0,0) (A,1,2)
//	B-A I-A I-B I-A     (A,0,1)         (A,0,1) (B,2,2) (A,3,3)
//	B-A O I-A           (A,0,0)         (A,0,0) (A,2,2)
const (
	Strict Mode = iota // IOB2: an entity starts at B-X only
	Conll              // an I-X that continues no X starts an entity, as conlleval does
)

// modeNames is indexed by Mode.
var modeNames = [...]string{Strict: "strict", Conll: "conll"}

// String is the name that ParseMode reads.
func (m Mode) String() string {
	if m < 0 || int(m) >= len(modeNames) {
		return fmt.Sprintf("Mode(%d)", int(m))
	}
	return modeNames[m]
}

// ParseMode reads "strict" or "conll"; its error lists both.
func ParseMode(name string) (Mode, error) {
	for m, n := range modeNames {
		if n == name {
			return Mode(m), nil
		}
	}
	return 0, fmt.Errorf("mode %q: allowed are %s%s", name, strings.Join(modeNames[:], ", "), didYouMean(name, modeNames[:]))
}

// Span is one entity of a sequence of label ids: Type is the index of its
// entity type, tokens First to Last, both inclusive.
type Span struct {
	Type        int32
	First, Last int32
}

// Spans appends the entities of labels to dst and returns it. Label ids are
// O = 0, B-e = 1+2e, I-e = 2+2e. It panics on a negative id.
func Spans(dst []Span, labels []int32, mode Mode) []Span {
	open := false // the last of dst may be continued by the next label
	for t, l := range labels {
		if l < 0 {
			panic(fmt.Sprintf("metrics: Spans: label %d at token %d", l, t))
		}
		if l == 0 {
			open = false
			continue
		}
		dst, open = extend(dst, open, Span{Type: (l - 1) / 2, First: int32(t), Last: int32(t)}, l%2 == 1, mode)
	}
	return dst
}

// extend reads one label that is not O: it continues the open span, starts a
// new one, or is no entity.
func extend(dst []Span, open bool, here Span, begin bool, mode Mode) ([]Span, bool) {
	if !begin && open && dst[len(dst)-1].Type == here.Type {
		dst[len(dst)-1].Last = here.Last
		return dst, true
	}
	if begin || mode == Conll {
		return append(dst, here), true
	}
	return dst, false
}

// Entity is one entity of a sequence of tags, tokens First to Last, both
// inclusive.
type Entity struct {
	Type        string
	First, Last int
}

// Entities lists the entities of tags in order. It panics on a tag that
// ParseTag refuses: data are checked where they are read.
func Entities(tags []string, mode Mode) []Entity {
	vocabulary := newVocabulary()
	spans := Spans(nil, vocabulary.labels(tags), mode)
	entities := make([]Entity, len(spans))
	for i, s := range spans {
		entities[i] = Entity{Type: vocabulary.names[s.Type], First: int(s.First), Last: int(s.Last)}
	}
	return entities
}

// ParseTag splits a BIO tag: "O" has no type, "B-X" begins an X, "I-X" is
// inside one. The type is everything after the first hyphen and must not be
// empty, so "B-a-b" has type "a-b"; BIOES tags (E-X, S-X) are refused.
func ParseTag(tag string) (entityType string, begin bool, err error) {
	if tag == "O" {
		return "", false, nil
	}
	if len(tag) > 2 && (tag[0] == 'B' || tag[0] == 'I') && tag[1] == '-' && utf8.ValidString(tag) {
		return tag[2:], tag[0] == 'B', nil
	}
	return "", false, fmt.Errorf("%q is no BIO tag: expected O, B-TYPE or I-TYPE", tag)
}

// vocabulary numbers entity types in the order in which they are met.
type vocabulary struct {
	names []string
	ids   map[string]int32
}

func newVocabulary() *vocabulary { return &vocabulary{ids: map[string]int32{}} }

// labels turns tags into label ids, adding types that are new. It panics on a
// tag that ParseTag refuses.
func (v *vocabulary) labels(tags []string) []int32 {
	labels := make([]int32, len(tags))
	for t, tag := range tags {
		name, begin, err := ParseTag(tag)
		if err != nil {
			panic("metrics: labels: " + err.Error())
		}
		if name == "" {
			continue
		}
		id, known := v.ids[name]
		if !known {
			id = int32(len(v.names))
			v.ids[name] = id
			v.names = append(v.names, name)
		}
		labels[t] = 2 + 2*id
		if begin {
			labels[t] = 1 + 2*id
		}
	}
	return labels
}
