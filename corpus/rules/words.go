package rules

import (
	"slices"
	"strings"
	"unicode"
)

// phrase is a sequence of words as words gives them.
type phrase []string

func phrases(list []string) []phrase {
	var out []phrase
	for _, s := range list {
		if p := phrase(words(s)); len(p) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// words divides text into the words that phrases are compared by: lower case,
// without accents and plural s. Single letters with a dot or slash between
// them are one word ("S/N" is "sn"), and so are letters with dots ("P.O.").
// A capital after a small letter, and a digit after a letter, begin a word
// where split says so; names of places are written that way ("topOfPage2").
func words(text string) []string { return divide(text, false) }

// nameWords is words for names such as topOfPage2.
func nameWords(text string) []string { return divide(text, true) }

func divide(text string, split bool) []string {
	var out []string
	var word strings.Builder
	chars := []rune(text)
	end := func() {
		if w := singular(word.String()); w != "" {
			out = append(out, w)
		}
		word.Reset()
	}
	letters := 0 // in a row up to here
	for k, ch := range chars {
		switch {
		case unicode.IsLetter(ch) || unicode.Is(unicode.Mn, ch):
			if split && k > 0 && unicode.IsUpper(ch) && unicode.IsLower(chars[k-1]) {
				end()
			}
			word.WriteString(plainLetter(ch))
			letters++
		case unicode.IsDigit(ch):
			if split && letters > 0 {
				end()
			}
			word.WriteRune(ch)
			letters = 0
		case (ch == '.' || ch == '/') && letters == 1 && joins(chars, k):
			letters = 0 // the abbreviation goes on
		case ch == '\'' || ch == '’':
			if k+1 < len(chars) && (chars[k+1] == 's' || chars[k+1] == 'S') {
				chars[k+1] = ' ' // customer's is customer
			}
			end()
			letters = 0
		default:
			end()
			letters = 0
		}
	}
	end()
	return out
}

// joins says whether the mark at k stands between two single letters.
func joins(chars []rune, k int) bool {
	if k+1 >= len(chars) || !unicode.IsLetter(chars[k+1]) {
		return false
	}
	return k+2 >= len(chars) || !unicode.IsLetter(chars[k+2])
}

// singular drops a plural s. Words that keep it are spelt the same on both
// sides of a comparison, so that a wrong guess does no harm.
func singular(w string) string {
	if len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is") {
		return w[:len(w)-1]
	}
	return w
}

// plainLetter is a letter in lower case without its accent.
func plainLetter(ch rune) string {
	switch ch = unicode.ToLower(ch); ch {
	case 'ä', 'à', 'á', 'â', 'ã', 'å':
		return "a"
	case 'ç':
		return "c"
	case 'è', 'é', 'ê', 'ë':
		return "e"
	case 'ì', 'í', 'î', 'ï':
		return "i"
	case 'ñ':
		return "n"
	case 'ö', 'ò', 'ó', 'ô', 'õ', 'ø':
		return "o"
	case 'ü', 'ù', 'ú', 'û':
		return "u"
	case 'ß':
		return "ss"
	}
	if unicode.Is(unicode.Mn, ch) {
		return ""
	}
	return string(ch)
}

// generic are words that say no more than "number": the key words Lot, Lot No
// and Lot Number are the same.
var generic = []string{"no", "number", "num", "nr", "nbr", "nummer", "numero", "n", "nro", "num", "id", "code", "ref", "reference", "of", "the", "your", "our"}

// bare drops generic words.
func bare(w []string) []string {
	return slices.DeleteFunc(slices.Clone(w), func(s string) bool { return slices.Contains(generic, s) })
}

// find gives the first place of p among w, -1 for none.
func find(w []string, p phrase) int {
	for k := 0; k+len(p) <= len(w); k++ {
		if slices.Equal(w[k:k+len(p)], p) {
			return k
		}
	}
	return -1
}

// anyOf gives the first of list that is found among w, nil for none.
func anyOf(w []string, list []phrase) phrase {
	for _, p := range list {
		if find(w, p) >= 0 {
			return p
		}
	}
	return nil
}

func (p phrase) String() string { return strings.Join(p, " ") }
