package invoices

import (
	"math"
	"unicode/utf8"

	"github.com/invoicelab/invoicelab/corpus"
)

// confusions are what an OCR takes a character for.
var confusions = map[rune][]string{
	'0': {"O", "o", "8"}, '1': {"l", "I", "7"}, '2': {"Z", "z"}, '3': {"8", "B"}, '4': {"A", "9"}, '5': {"S", "s", "6"},
	'6': {"b", "G"}, '7': {"1", "T"}, '8': {"B", "3", "6"}, '9': {"g", "q"},
	'A': {"4", "R"}, 'B': {"8", "R"}, 'C': {"G", "("}, 'D': {"O", "0"}, 'E': {"F", "L"}, 'F': {"P", "E"}, 'G': {"6", "C"},
	'H': {"N", "II"}, 'I': {"l", "1", "|"}, 'J': {"I", "]"}, 'K': {"X", "k"}, 'L': {"I", "E"}, 'M': {"N", "rn"}, 'N': {"H", "M"},
	'O': {"0", "Q", "D"}, 'P': {"F", "R"}, 'Q': {"O", "0"}, 'R': {"P", "B"}, 'S': {"5", "s"}, 'T': {"7", "I"}, 'U': {"V", "LI"},
	'V': {"U", "Y"}, 'W': {"VV", "w"}, 'X': {"K", "x"}, 'Y': {"V", "y"}, 'Z': {"2", "z"},
	'a': {"o", "e"}, 'b': {"h", "6"}, 'c': {"e", "o"}, 'd': {"cl", "a"}, 'e': {"c", "o"}, 'f': {"t", "l"}, 'g': {"q", "9"},
	'h': {"b", "n"}, 'i': {"l", "j", "1"}, 'j': {"i", ";"}, 'k': {"lc", "h"}, 'l': {"1", "I", "i"}, 'm': {"rn", "n"}, 'n': {"ri", "h"},
	'o': {"0", "c", "a"}, 'p': {"q", "n"}, 'q': {"g", "9"}, 'r': {"n", "i"}, 's': {"5", "S"}, 't': {"f", "l"}, 'u': {"v", "ii"},
	'v': {"u", "y"}, 'w': {"vv", "W"}, 'x': {"X", "k"}, 'y': {"v", "g"}, 'z': {"2", "Z"},
	'.': {",", ":"}, ',': {".", ";"}, ':': {";", "."}, '-': {"~", "_"}, '/': {"l", "1"}, '$': {"S", "5"}, '#': {"H", "4"}, '&': {"8", "6"},
	'(': {"C", "["}, ')': {"]", "J"}, '|': {"I", "l"}, '%': {"96", "X"}, '€': {"C", "E"}, '£': {"E", "L"}, '@': {"a", "Q"}, '*': {"x", "+"},
	'ä': {"a"}, 'ö': {"o"}, 'ü': {"u"}, 'é': {"e"}, 'ß': {"B"}, '\'': {"`"}, '=': {"-"},
}

// deletion is the share of errors that drop a character; the others put a
// wrong one.
const deletion = 0.25

// addNoise gives each token an OCR error with probability rate, and moves the
// edges of all boxes by up to ceil(50*rate) units, at most 4, as far as the
// order of the tokens on a line allows. Texts stay non-empty and without
// spaces.
func addNoise(tokens []corpus.Token, r draws, rate float64) {
	for k := range tokens {
		if r.chance(rate) {
			tokens[k].Text = misread(r, tokens[k].Text)
		}
	}
	reach := min(4, int(math.Ceil(50*rate)))
	shift := func(v int16, lo, hi int16) int16 {
		return max(lo, min(hi, v+int16(r.IntN(2*reach+1)-reach)))
	}
	for k := range tokens {
		b := &tokens[k].Box
		left, right := int16(0), int16(1000)
		if k > 0 && tokens[k-1].Line == tokens[k].Line {
			left = tokens[k-1].Box.X1
		}
		if k+1 < len(tokens) && tokens[k+1].Line == tokens[k].Line {
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
	if len(chars) == 1 || !r.chance(deletion) {
		wrong = "." // what is left of an unusual character
		if list := confusions[chars[at]]; list != nil {
			wrong = pick(r, list)
		}
	}
	return s[:start] + wrong + s[end:]
}
