package train

import (
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/hidden"
	"github.com/invoicelab/invoicelab/nn"
)

// textSpace is one kind of text feature: its value is hashed into a range of
// rows of its own in the embedding table.
type textSpace struct {
	name  string
	part  int  // the space has 1/part of the setting's buckets
	exact bool // names the very word, so word dropout drops it
	value func(word string) string
}

// textSpaces are the text features of every token.
var textSpaces = []textSpace{
	{"word", 1, true, strings.ToLower},
	{"digits", 1, true, zeroDigits},
	{"shape", 4, false, func(w string) string { return shape(w, false) }},
	{"short_shape", 16, false, func(w string) string { return shape(w, true) }},
	{"prefix1", 32, false, func(w string) string { return prefix(w, 1) }},
	{"prefix2", 8, false, func(w string) string { return prefix(w, 2) }},
	{"prefix3", 2, false, func(w string) string { return prefix(w, 3) }},
	{"prefix4", 1, false, func(w string) string { return prefix(w, 4) }},
	{"suffix1", 32, false, func(w string) string { return suffix(w, 1) }},
	{"suffix2", 8, false, func(w string) string { return suffix(w, 2) }},
	{"suffix3", 2, false, func(w string) string { return suffix(w, 3) }},
	{"suffix4", 1, false, func(w string) string { return suffix(w, 4) }},
}

// boxSpace is one kind of position feature, with its own rows.
type boxSpace struct {
	name string
	rows int
	bin  func(t *corpus.Token, inLine int) int // clamped to 0..rows-1
}

// boxSpaces are the position features of tokens that have boxes; bins are in
// page units of 0..1000.
var boxSpaces = []boxSpace{
	{"x0", 50, func(t *corpus.Token, _ int) int { return int(t.Box.X0) / 20 }},
	{"x1", 50, func(t *corpus.Token, _ int) int { return int(t.Box.X1) / 20 }},
	{"y0", 50, func(t *corpus.Token, _ int) int { return int(t.Box.Y0) / 20 }},
	{"width", 32, func(t *corpus.Token, _ int) int { return int(t.Box.X1-t.Box.X0) / 8 }},
	{"height", 32, func(t *corpus.Token, _ int) int { return int(t.Box.Y1-t.Box.Y0) / 2 }},
	{"page", 4, func(t *corpus.Token, _ int) int { return t.Page }},
	{"in_line", 16, func(_ *corpus.Token, inLine int) int { return inLine }},
}

// featurizer turns the tokens of a document into rows of the embedding table.
type featurizer struct {
	buckets int
	boxed   bool
	seen    []bool // rows of the training split; other rows are absent when predicting

	more, wide       *hashed // of templates; nil without
	exact, exactWide []int   // places of features that name the very word

	given  bool         // there are hidden states in place of rows
	hidden *hidden.File // nil as long as nobody said where they are
}

// newFeaturizer makes the featurizer of an encoder.
func newFeaturizer(spec nn.EncoderSpec, boxed bool) (*featurizer, error) {
	if spec.Given() {
		return &featurizer{given: true}, nil
	}
	f := &featurizer{buckets: spec.Buckets, boxed: boxed}
	for i, s := range textSpaces {
		if s.exact {
			f.exact = append(f.exact, i)
		}
	}
	if len(spec.Templates) > 0 {
		a, err := newAttributer("model.encoder.templates", spec.Templates, boxed)
		if err != nil {
			return nil, err
		}
		base := f.perToken()
		for _, k := range a.exact() {
			f.exact = append(f.exact, base+k)
		}
		f.more = &hashed{a, spec.TemplateBuckets, false}
	}
	if len(spec.Wide) > 0 {
		a, err := newAttributer("model.encoder.wide", spec.Wide, boxed)
		if err != nil {
			return nil, err
		}
		f.exactWide = a.exact()
		f.wide = &hashed{a, spec.WideBuckets, true}
	}
	return f, nil
}

// perToken is the number F of features of a token.
func (f *featurizer) perToken() int {
	if f.given {
		return 0
	}
	n := len(textSpaces) + f.more.slots()
	if f.boxed {
		n += len(boxSpaces)
	}
	return n
}

// wideSlots is the number W of wide features of a token, wideRows that of their rows.
func (f *featurizer) wideSlots() int { return f.wide.slots() }

func (f *featurizer) wideRows() int { return f.wide.rows() }

// inputs describes the features to nn.
func (f *featurizer) inputs(window int) nn.Inputs {
	if f.given {
		return nn.Inputs{}
	}
	return nn.Inputs{Features: f.perToken(), TableRows: f.rows(), Neighbours: neighbourCount(window, f.boxed),
		Wide: f.wideSlots(), WideRows: f.wideRows()}
}

// size is the number of rows of a text space.
func (f *featurizer) size(s textSpace) int { return max(f.buckets/s.part, 1) }

// rows is the number V of rows of the embedding table.
func (f *featurizer) rows() int {
	if f.given {
		return 0
	}
	n := f.more.rows()
	for _, s := range textSpaces {
		n += f.size(s)
	}
	if f.boxed {
		for _, s := range boxSpaces {
			n += s.rows
		}
	}
	return n
}

// features are the rows of every token of d, [T*F].
func (f *featurizer) features(d *corpus.Document) ([]int32, error) {
	ids := make([]int32, 0, len(d.Tokens)*f.perToken())
	more, err := f.more.of(d)
	if err != nil {
		return nil, err
	}
	slots, first := f.more.slots(), int32(f.rows()-f.more.rows())
	line, inLine := -1, 0
	for t := range d.Tokens {
		tok := &d.Tokens[t]
		base := 0
		for _, s := range textSpaces {
			h := fnv.New64a()
			h.Write([]byte(s.value(tok.Text)))
			ids = append(ids, int32(base)+int32(h.Sum64()%uint64(f.size(s))))
			base += f.size(s)
		}
		if f.boxed {
			if tok.Line != line {
				line, inLine = tok.Line, 0
			}
			for _, s := range boxSpaces {
				ids = append(ids, int32(base+min(max(s.bin(tok, inLine), 0), s.rows-1)))
				base += s.rows
			}
			inLine++
		}
		for _, id := range more[t*slots : (t+1)*slots] {
			if id >= 0 {
				id += first
			}
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// wideFeatures are the rows of every token of d in the wide table, [T*W].
func (f *featurizer) wideFeatures(d *corpus.Document) ([]int32, error) { return f.wide.of(d) }

// learn notes the rows that the training split uses.
func (f *featurizer) learn(ids []int32) {
	if f.seen == nil {
		f.seen = make([]bool, f.rows())
	}
	for _, id := range ids {
		if id >= 0 {
			f.seen[id] = true
		}
	}
}

// known replaces rows that training never touched by -1: their embeddings are
// noise.
func (f *featurizer) known(ids []int32) []int32 {
	for i, id := range ids {
		if id >= 0 && !f.seen[id] {
			ids[i] = -1
		}
	}
	return ids
}

func zeroDigits(w string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '0'
		}
		return r
	}, w)
}

// shape maps upper case to X, lower case to x, digits to 0 and keeps the rest;
// short joins repeats.
func shape(w string, short bool) string {
	var b strings.Builder
	last := rune(-1)
	for _, r := range w {
		switch {
		case unicode.IsUpper(r):
			r = 'X'
		case unicode.IsLetter(r):
			r = 'x'
		case unicode.IsDigit(r):
			r = '0'
		}
		if short && r == last {
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// prefix is the first n characters in lower case; a shorter word is marked, so
// that it differs from a longer one that begins like it.
func prefix(w string, n int) string {
	at := 0
	for range n {
		if at == len(w) {
			return strings.ToLower(w) + "$"
		}
		_, size := utf8.DecodeRuneInString(w[at:])
		at += size
	}
	return strings.ToLower(w[:at])
}

// suffix is the last n characters in lower case, marked like prefix.
func suffix(w string, n int) string {
	at := len(w)
	for range n {
		if at == 0 {
			return "^" + strings.ToLower(w)
		}
		_, size := utf8.DecodeLastRuneInString(w[:at])
		at -= size
	}
	return strings.ToLower(w[at:])
}
