package train

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/nearest"
)

// standardTemplates are the templates of the sparse encoder when none are
// given: words and shapes in a window, affixes, and pairs of words.
var standardTemplates = []string{
	"lower[-2..2]", "short_shape[-2..2]", "digits[-1..1]", "word[0]", "shape[0]",
	"prefix1[0]", "prefix2[0]", "prefix3[0]", "prefix4[0]", "suffix1[0]", "suffix2[0]", "suffix3[0]", "suffix4[0]",
	"lower[-1]|lower[0]", "lower[0]|lower[1]", "lower[-1]|lower[1]", "length[0]",
}

// boxTemplates are added to the standard ones where tokens have boxes: where
// the token stands, and the words above, below and at the start of its line.
var boxTemplates = []string{
	"x0[0]", "x1[0]", "y0[0]", "height[0]", "in_line[0]", "page[0]",
	"lower[above]", "lower[below]", "lower[line]", "short_shape[above]", "short_shape[below]", "lower[line]|in_line[0]",
}

// standard, in a list of templates, stands for the standard ones.
const standard = "standard"

// expand puts the standard templates where a list says so.
func expand(texts []string, boxed bool) []string {
	var all []string
	for _, text := range texts {
		if text != standard {
			all = append(all, text)
			continue
		}
		all = append(all, standardTemplates...)
		if boxed {
			all = append(all, boxTemplates...)
		}
	}
	return all
}

// template is one feature template: the values of its atoms, joined, are an
// attribute of a token. A token at which an atom leaves the document has none.
type template struct {
	text  string
	atoms []atom
}

// atom is a field of a token near the one at hand.
type atom struct {
	field string
	at    int // offset in reading order, or one of the places below
}

// Places that are no offset.
const (
	placeAbove = 1000 + iota // nearest token above on the page
	placeBelow               // nearest token below
	placeLine                // first token of the line, unless it is the token itself
)

var placeNames = map[string]int{"above": placeAbove, "below": placeBelow, "line": placeLine}

// textFields are the fields that depend on the token's text alone.
var textFields = []struct {
	name  string
	value func(word string) string
}{
	{"word", func(w string) string { return w }},
	{"lower", strings.ToLower},
	{"digits", zeroDigits},
	{"shape", func(w string) string { return shape(w, false) }},
	{"short_shape", func(w string) string { return shape(w, true) }},
	{"prefix1", func(w string) string { return affix(w, 1, false) }},
	{"prefix2", func(w string) string { return affix(w, 2, false) }},
	{"prefix3", func(w string) string { return affix(w, 3, false) }},
	{"prefix4", func(w string) string { return affix(w, 4, false) }},
	{"suffix1", func(w string) string { return affix(w, 1, true) }},
	{"suffix2", func(w string) string { return affix(w, 2, true) }},
	{"suffix3", func(w string) string { return affix(w, 3, true) }},
	{"suffix4", func(w string) string { return affix(w, 4, true) }},
	{"length", func(w string) string { return strconv.Itoa(min(len([]rune(w)), longest)) }},
}

// longest is the length from which on words count as equally long.
const longest = 10

// affix is the first or last n characters, "" where the word has fewer.
func affix(w string, n int, end bool) string {
	r := []rune(w)
	switch {
	case len(r) < n:
		return ""
	case end:
		return string(r[len(r)-n:])
	default:
		return string(r[:n])
	}
}

// columnField is the start of the names of the further columns of a conll
// file: column2 is the one after the token.
const columnField = "column"

// parseTemplates reads templates such as lower[-1]|lower[0], column2[-2..2]
// (one for each offset) and lower[above].
func parseTemplates(texts []string) ([]template, error) {
	var all []template
	for _, text := range texts {
		parts := strings.Split(text, "|")
		if len(parts) == 1 {
			field, first, last, err := parseAtom(text, true)
			if err != nil {
				return nil, err
			}
			for at := first; at <= last; at++ {
				all = append(all, template{atomText(field, at), []atom{{field, at}}})
			}
			continue
		}
		t := template{text: text}
		for _, part := range parts {
			field, at, _, err := parseAtom(part, false)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", text, err)
			}
			t.atoms = append(t.atoms, atom{field, at})
		}
		all = append(all, t)
	}
	return all, nil
}

// CheckTemplates says what is wrong with the templates of a spec.
func CheckTemplates(texts []string) error {
	templates, err := parseTemplates(expand(texts, false))
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, t := range templates {
		if seen[t.text] {
			return fmt.Errorf("template %q stands twice", t.text)
		}
		seen[t.text] = true
	}
	return nil
}

func atomText(field string, at int) string {
	for name, place := range placeNames {
		if place == at {
			return field + "[" + name + "]"
		}
	}
	return fmt.Sprintf("%s[%d]", field, at)
}

// farthest is the greatest offset of a template.
const farthest = 20

// parseAtom reads field[offset], field[place] and, where ranged, field[from..to].
func parseAtom(text string, ranged bool) (field string, first, last int, err error) {
	fail := func(format string, args ...any) (string, int, int, error) {
		return "", 0, 0, fmt.Errorf("template %q: "+format, append([]any{text}, args...)...)
	}
	field, rest, ok := strings.Cut(text, "[")
	inside, closed := strings.CutSuffix(rest, "]")
	if !ok || !closed {
		return fail("expected field[offset], such as lower[-1]")
	}
	if !knownField(field) {
		return fail("no field is called %q%s; there are %s and column2, column3, ...", field, nearest.Hint(field, fieldNames()), strings.Join(fieldNames(), ", "))
	}
	if place, ok := placeNames[inside]; ok {
		return field, place, place, nil
	}
	from, to, isRange := strings.Cut(inside, "..")
	if !isRange {
		to = from
	} else if !ranged {
		return fail("a range cannot be joined with other fields")
	}
	first, err1 := strconv.Atoi(from)
	last, err2 := strconv.Atoi(to)
	if err1 != nil || err2 != nil {
		return fail("%q is no offset; expected a whole number, from..to, above, below or line", inside)
	}
	if first > last || first < -farthest || last > farthest {
		return fail("offsets %d to %d; expected rising ones from %d to %d", first, last, -farthest, farthest)
	}
	return field, first, last, nil
}

// fieldNames lists the fields that every corpus has.
func fieldNames() []string {
	var names []string
	for _, f := range textFields {
		names = append(names, f.name)
	}
	for _, s := range boxSpaces {
		names = append(names, s.name)
	}
	return names
}

func knownField(name string) bool {
	for _, known := range fieldNames() {
		if known == name {
			return true
		}
	}
	_, ok := columnNumber(name)
	return ok
}

// columnNumber is the index in Token.Columns of a field such as column2.
func columnNumber(field string) (int, bool) {
	digits, ok := strings.CutPrefix(field, columnField)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n - 2, err == nil && n >= 2
}
