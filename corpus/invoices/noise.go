package invoices

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"unicode/utf8"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/stream"
)

// The model of the OCR. Each word of a clean document is read wrong with
// probability Recipe.Noise. A word that is read wrong is
//
//	run together with the next word   with probability mergeShare
//	divided in two                    with probability splitShare
//	misread in one character          else, and in one more with probability moreErrors, and so on
//
// Where a word cannot be run together or divided it is misread. A misread
// character is lost with probability lostShare, else taken for another one of
// confusions. Two words are run together only if they stand on one line and
// belong to one entity or none, so that labels stay exact.
const (
	mergeShare = 0.12
	splitShare = 0.12
	moreErrors = 0.25
	lostShare  = 0.25
)

// wordNoise gives each word a stream of its own, by its text and by how often
// the text stood before in the document: a twin in which other words change
// has the same errors in the words that do not.
type wordNoise struct {
	seed uint64
	seen map[string]uint64
}

func newWordNoise(seed uint64, name string) *wordNoise {
	return &wordNoise{seed: stream.Seed(seed, name), seen: map[string]uint64{}}
}

func (n *wordNoise) word(text string) draws {
	h := fnv.New64a()
	h.Write([]byte(text))
	at := n.seen[text]
	n.seen[text] = at + 1
	return draws{rand.New(rand.NewPCG(n.seed^at*0x9e3779b97f4a7c15, h.Sum64()))}
}

// addNoise reads a document with errors at a rate for each word, and moves the
// edges of all boxes by up to ceil(50*rate) units, at most 4, as far as the
// order of the tokens on a line allows. Texts stay non-empty and without
// spaces; spans, structure and visual types follow their words.
func addNoise(d *corpus.Document, noise *wordNoise, rate float64) {
	owner := spanOwners(d)
	var out corpus.Document
	out.Tokens = make([]corpus.Token, 0, len(d.Tokens)+4)
	first := make([]int, len(d.Tokens)+1) // of the new tokens of each old one
	emit := func(k int, t corpus.Token) {
		out.Tokens = append(out.Tokens, t)
		if d.Structure != nil {
			out.Structure = append(out.Structure, d.Structure[k])
		}
		if d.Visual != nil {
			out.Visual = append(out.Visual, d.Visual[k])
		}
	}
	for k := 0; k < len(d.Tokens); k++ {
		t := d.Tokens[k]
		r := noise.word(t.Text)
		first[k] = len(out.Tokens)
		wrong, kind := r.chance(rate), r.Float64()
		switch {
		case !wrong:
			emit(k, t)
		case kind < mergeShare && k+1 < len(d.Tokens) && mergeable(d, owner, k):
			next := d.Tokens[k+1]
			noise.word(next.Text)
			t.Text += next.Text
			t.Box = corpus.Box{X0: t.Box.X0, Y0: min(t.Box.Y0, next.Box.Y0), X1: max(t.Box.X1, next.Box.X1), Y1: max(t.Box.Y1, next.Box.Y1)}
			emit(k, t)
			k++
			first[k] = len(out.Tokens) - 1
		case kind >= mergeShare && kind < mergeShare+splitShare && utf8.RuneCountInString(t.Text) > 3 && t.Box.X1-t.Box.X0 >= 4:
			a, b := divided(r, t)
			emit(k, a)
			emit(k, b)
		default:
			t.Text = misread(r, t.Text)
			for r.chance(moreErrors) {
				t.Text = misread(r, t.Text)
			}
			emit(k, t)
		}
	}
	first[len(d.Tokens)] = len(out.Tokens)
	for k, s := range d.Spans {
		// The token after a span may begin where the span's last one began
		// only if both were run together, which mergeable excludes.
		d.Spans[k].Start, d.Spans[k].End = first[s.Start], first[s.End]
	}
	d.Tokens, d.Structure, d.Visual = out.Tokens, out.Structure, out.Visual
	jitter(d.Tokens, noise.word("\x00boxes"), rate)
}

// spanOwners gives for each token the index of its span, -1 for none.
func spanOwners(d *corpus.Document) []int {
	owner := make([]int, len(d.Tokens))
	for k := range owner {
		owner[k] = -1
	}
	for n, s := range d.Spans {
		for k := s.Start; k < s.End; k++ {
			owner[k] = n
		}
	}
	return owner
}

// mergeable says whether words k and k+1 may be run together.
func mergeable(d *corpus.Document, owner []int, k int) bool {
	a, b := &d.Tokens[k], &d.Tokens[k+1]
	return a.Line == b.Line && a.Page == b.Page && owner[k] == owner[k+1] &&
		(d.Structure == nil || d.Structure[k] == d.Structure[k+1]) && (d.Visual == nil || d.Visual[k] == d.Visual[k+1])
}

// divided reads one word as two; the gap falls after any character but the
// last.
func divided(r draws, t corpus.Token) (a, b corpus.Token) {
	chars := []rune(t.Text)
	at := r.between(1, len(chars)-1)
	a, b = t, t
	a.Text, b.Text = string(chars[:at]), string(chars[at:])
	width := int(t.Box.X1 - t.Box.X0)
	cut := t.Box.X0 + int16(max(1, min(width-1, width*at/len(chars))))
	a.Box.X1, b.Box.X0 = cut, cut
	return a, b
}

// jitter moves the edges of boxes.
func jitter(tokens []corpus.Token, r draws, rate float64) {
	reach := min(4, int(math.Ceil(50*rate)))
	shift := func(v int16, lo, hi int16) int16 {
		return max(lo, min(hi, v+int16(r.IntN(2*reach+1)-reach)))
	}
	for k := range tokens {
		b := &tokens[k].Box
		left, right := int16(0), int16(1000)
		if k > 0 && tokens[k-1].Line == tokens[k].Line && tokens[k-1].Box.X1 <= b.X0 {
			left = tokens[k-1].Box.X1
		}
		if k+1 < len(tokens) && tokens[k+1].Line == tokens[k].Line && tokens[k+1].Box.X0 >= b.X1 {
			right = tokens[k+1].Box.X0
		}
		b.X0 = shift(b.X0, left, b.X1-1)
		b.X1 = shift(b.X1, b.X0+1, right)
		b.Y0 = shift(b.Y0, 0, b.Y1-1)
		b.Y1 = shift(b.Y1, b.Y0+1, 1000)
	}
}

// misread changes one character of s.
func misread(r draws, s string) string {
	chars := []rune(s)
	at := r.IntN(len(chars))
	start := len(string(chars[:at]))
	end := start + utf8.RuneLen(chars[at])
	wrong := ""
	if len(chars) == 1 || !r.chance(lostShare) {
		wrong = "." // what is left of an unusual character
		if list := confusions[chars[at]]; list != nil {
			wrong = pick(r, list)
		}
	}
	return s[:start] + wrong + s[end:]
}
