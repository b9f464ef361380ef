package formats

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/invoicelab/invoicelab/corpus"
)

// How well a field string was found among the words of a document.
type alignQuality int

const (
	alignedNot    alignQuality = iota
	alignedExact               // the same letters and digits, whole words
	alignedInside              // inside longer words, as in "DATE:1/2/2018"
	alignedNear                // a few characters differ
)

// fieldMatch is the place of a field: words start to end, end exclusive.
type fieldMatch struct {
	quality    alignQuality
	start, end int
	distance   int // characters that differ
	length     int // letters and digits of the field
}

// fieldAligner finds the strings of fields among the words of a document.
// It compares letters and digits only, in lower case, so that spaces, signs
// and the ends of words and lines do not matter.
type fieldAligner struct {
	tokens []corpus.Token
	lines  []sroieLine
	folded []rune       // letters and digits of all words
	owner  []int        // word of each of them
	first  []bool       // it is the first letter or digit of its word
	last   []bool       // it is the last of its word
	before []bool       // no letter or digit stands right before it in its word
	after  []bool       // none stands right after it
	taken  []bool       // words that a field has already
	ranks  []totalWords // key words of each line, see totalRank
}

// foldAlphanumeric keeps letters and digits, in lower case.
func foldAlphanumeric(s string) []rune {
	var folded []rune
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			folded = append(folded, unicode.ToLower(r))
		}
	}
	return folded
}

func hasAlphanumeric(s string) bool { return len(foldAlphanumeric(s)) > 0 }

// newFieldAligner prepares a document; Token.Line indexes lines.
func newFieldAligner(tokens []corpus.Token, lines []sroieLine) *fieldAligner {
	a := &fieldAligner{tokens: tokens, lines: lines, taken: make([]bool, len(tokens))}
	for _, l := range lines {
		a.ranks = append(a.ranks, totalWordsOf(l.text))
	}
	for i, t := range tokens {
		begin, joined := len(a.folded), false
		for _, r := range t.Text {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				joined = false
				continue
			}
			if joined {
				a.after[len(a.after)-1] = false
			}
			a.folded = append(a.folded, unicode.ToLower(r))
			a.owner = append(a.owner, i)
			a.first = append(a.first, len(a.folded)-1 == begin)
			a.last = append(a.last, false)
			a.before = append(a.before, !joined)
			a.after = append(a.after, true)
			joined = true
		}
		if len(a.folded) > begin {
			a.last[len(a.last)-1] = true
		}
	}
	return a
}

// words is the text of a match.
func (a *fieldAligner) words(m fieldMatch) string {
	var texts []string
	for _, t := range a.tokens[m.start:m.end] {
		texts = append(texts, t.Text)
	}
	return strings.Join(texts, " ")
}

// take reserves the words of a match.
func (a *fieldAligner) take(m fieldMatch) {
	for i := m.start; i < m.end; i++ {
		a.taken[i] = true
	}
}

// free says whether no field has words start to end.
func (a *fieldAligner) free(start, end int) bool { return !slices.Contains(a.taken[start:end], true) }

// fieldLimit is the longest field that is looked for, in letters and digits;
// the longest real one has 112. It bounds the time of the search.
const fieldLimit = 1000

// field finds a field by the way of its kind.
func (a *fieldAligner) field(name, value string) fieldMatch {
	field := foldAlphanumeric(value)
	if len(field) == 0 || len(field) > fieldLimit {
		return fieldMatch{}
	}
	switch name {
	case "date":
		return a.inside(field)
	case "total":
		return a.total(value)
	}
	return a.phrase(field)
}

// phrase finds a name or an address: bounded by the ends of words or by signs,
// else the place where the fewest characters differ, else anywhere.
func (a *fieldAligner) phrase(field []rune) fieldMatch {
	m := a.bounded(field)
	if m.quality == alignedNot {
		m = a.near(field)
	}
	if m.quality == alignedNot {
		m = a.exact(field, func(int, int) bool { return true })
	}
	return m
}

// inside finds a short field: bounded by the ends of words or by signs, else
// between other characters than digits ("1/2/2018T8:30"), else anywhere
// ("1/2/20188:30", where a space was lost).
func (a *fieldAligner) inside(field []rune) fieldMatch {
	m := a.bounded(field)
	if m.quality == alignedNot {
		m = a.exact(field, func(from, to int) bool {
			return (a.before[from] || !unicode.IsDigit(a.folded[from-1])) && (a.after[to-1] || !unicode.IsDigit(a.folded[to]))
		})
	}
	if m.quality == alignedNot {
		m = a.exact(field, func(int, int) bool { return true })
	}
	return m
}

// bounded finds the first place of a field as whole words, else as a part of
// words bounded by signs ("BHD(728384-M)", "DATE:1/2/2018").
func (a *fieldAligner) bounded(field []rune) fieldMatch {
	m := a.exact(field, func(from, to int) bool { return a.first[from] && a.last[to-1] })
	if m.quality == alignedNot {
		m = a.exact(field, func(from, to int) bool { return a.before[from] && a.after[to-1] })
	}
	return m
}

// exact is the first free place of the same letters and digits whose bounds
// in folded are accepted.
func (a *fieldAligner) exact(field []rune, accept func(from, to int) bool) fieldMatch {
	for from := 0; from+len(field) <= len(a.folded); from++ {
		to := from + len(field)
		if a.folded[from] != field[0] || !slices.Equal(a.folded[from:to], field) || !accept(from, to) {
			continue
		}
		start, end := a.owner[from], a.owner[to-1]+1
		if !a.free(start, end) {
			continue
		}
		m := fieldMatch{quality: alignedExact, start: start, end: end, length: len(field)}
		if !a.first[from] || !a.last[to-1] {
			m.quality = alignedInside
		}
		return m
	}
	return fieldMatch{}
}

// nearShare is the largest share of a field's characters that may differ from
// the words: OCR errors, not another name.
const nearShare = 0.15

// alignCells bounds field length times document length in near, and so its
// time. The longest real pair has a thirtieth of it.
const alignCells = 1 << 23

// near finds the run of whole free words with the smallest edit distance
// (Levenshtein, on letters and digits) from the field, the first of equals,
// if it is at most nearShare of the field. Sellers' algorithm: a column per
// character of the document, whose top is 0 where a match may start.
func (a *fieldAligner) near(field []rune) fieldMatch {
	limit := int(nearShare * float64(len(field)))
	if limit == 0 || len(field)*len(a.folded) > alignCells {
		return fieldMatch{}
	}
	const never = math.MaxInt32
	cost := make([]int, len(field)+1) // of the field's first i characters, up to the document's current one
	from := make([]int, len(field)+1) // where that match starts in folded
	for i := range cost {
		cost[i] = never
	}
	best, bestFrom, bestTo := limit+1, 0, 0
	for j, r := range a.folded {
		if a.taken[a.owner[j]] {
			for i := range cost {
				cost[i] = never
			}
			continue
		}
		if a.first[j] {
			// A match may start here: leaving out i characters costs i, unless
			// an earlier start is as good.
			for i := range cost {
				if i < cost[i] {
					cost[i], from[i] = i, j
				}
			}
		}
		diagonal, diagonalFrom := cost[0], from[0]
		cost[0] = min(cost[0]+1, never)
		for i := 1; i <= len(field); i++ {
			above, aboveFrom := cost[i], from[i]
			c, f := diagonal, diagonalFrom
			if field[i-1] != r {
				c++
			}
			if above+1 < c {
				c, f = above+1, aboveFrom
			}
			if cost[i-1]+1 < c {
				c, f = cost[i-1]+1, from[i-1]
			}
			cost[i], from[i] = min(c, never), f
			diagonal, diagonalFrom = above, aboveFrom
		}
		if a.last[j] && cost[len(field)] < best {
			best, bestFrom, bestTo = cost[len(field)], from[len(field)], j+1
		}
	}
	if best > limit {
		return fieldMatch{}
	}
	return fieldMatch{quality: alignedNear, start: a.owner[bestFrom], end: a.owner[bestTo-1] + 1, distance: best, length: len(field)}
}
