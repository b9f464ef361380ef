package rules

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Evidence is what is known of a value and of where it stands. Only Text is
// required; what is not known is left empty.
type Evidence struct {
	// Text is the value, with the words that announce it if there are any:
	// "Lot: LOT-2024", "Invoice # 17", "Deliver to ABC Corp, 7 Mill St".
	Text string `json:"text"`
	// DocumentType is the type of the document: "WAYBILL", "freight invoice".
	DocumentType string `json:"document_type,omitempty"`
	// Section is the part of the document: "supplier_info", "payment history".
	Section string `json:"section,omitempty"`
	// Position is where on the paper: "document_header", "top_of_page_2".
	Position string `json:"position,omitempty"`
	// Near are texts nearby, or the labels of values nearby.
	Near Texts `json:"near,omitempty"`
	// Domain is the business domain of the document: "logistics".
	Domain string `json:"domain,omitempty"`
	// PrimaryDocumentID says that the value is the document's own number, and
	// PageBoundary that it stands where a page ends or begins; both follow
	// from Section and Position, too.
	PrimaryDocumentID bool `json:"primary_document_id,omitempty"`
	PageBoundary      bool `json:"page_boundary,omitempty"`
}

// Texts is a list of texts; in JSON one text may stand without the brackets.
type Texts []string

// UnmarshalJSON reads a text or a list of texts.
func (t *Texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = Texts{one}
		return nil
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("near: %s: expected a text or a list of texts", data)
	}
	*t = list
	return nil
}

// reading is the evidence in the form that conditions are held against.
type reading struct {
	key    []string // words that announce the value
	value  string
	prefix []string   // letters that an identifier begins with: ACCT of ACCT-1
	beside []string   // words of the value itself
	near   [][]string // words of the texts nearby
	labels []string   // of values nearby, as given
	kinds  map[Kind]bool
	types  []string // of the document, the best match first
	places []string
	where  []string // words of section and position
	top    bool     // the evidence itself says that this is the document's number
	domain string
}

// read interprets the evidence with the words of the set.
func (s *Set) read(e *Evidence) *reading {
	key, value := s.parse(e.Text)
	r := &reading{key: words(key), value: value, beside: words(value), kinds: kindsOf(value)}
	r.domain = strings.ToLower(strings.TrimSpace(e.Domain))
	if m := letterPrefix.FindStringSubmatch(value); m != nil {
		r.prefix = words(m[1])
	}
	for _, n := range e.Near {
		r.labels = append(r.labels, strings.TrimSpace(n))
		r.near = append(r.near, nameWords(n))
	}
	r.types = s.documentTypes(e.DocumentType)
	r.places = s.placesOf(e)
	r.where = append(nameWords(e.Section), nameWords(e.Position)...)
	r.top = e.PrimaryDocumentID
	return r
}

// letterPrefix takes the letters that an identifier begins with.
var letterPrefix = regexp.MustCompile(`^(\pL{2,6})[-_/. ]?\d`)

// documentTypes gives the types that a text names. The longest phrase counts:
// a freight invoice is what its two words say, not what "invoice" says.
func (s *Set) documentTypes(text string) []string {
	w := nameWords(text)
	var types []string
	longest := 0
	for _, d := range s.compiled.documents {
		for _, p := range d.phrases {
			if find(w, p) < 0 || len(p) < longest {
				continue
			}
			if len(p) > longest {
				longest, types = len(p), nil
			}
			if len(types) == 0 || types[len(types)-1] != d.name {
				types = append(types, d.name)
			}
		}
	}
	return types
}

// pageNumber finds the number of a page in the name of a position.
var pageNumber = regexp.MustCompile(`^\d{1,4}$`)

// placesOf names the places that section and position speak of.
func (s *Set) placesOf(e *Evidence) []string {
	var list []string
	boundary, top := e.PageBoundary, e.PrimaryDocumentID
	for _, text := range []string{e.Section, e.Position} {
		w := nameWords(text)
		page := 0 // not given
		rest := w[:0:0]
		for _, word := range w {
			if pageNumber.MatchString(word) {
				page = 0
				for _, ch := range word {
					page = 10*page + int(ch-'0')
				}
				continue
			}
			rest = append(rest, word)
		}
		head := find(rest, phrase{"top"}) >= 0 || find(rest, phrase{"header"}) >= 0
		for _, p := range s.compiled.places {
			if anyOf(rest, p.phrases) == nil {
				continue
			}
			switch p.name {
			case DocumentTop: // the head of a later page is a boundary
				top = top || page <= 1
			case PageBoundary: // the head of the first page is none
				boundary = boundary || !(head && page == 1)
			default:
				list = append(list, p.name)
			}
		}
	}
	if top {
		list = append(list, DocumentTop)
	}
	if boundary {
		list = append(list, PageBoundary)
	}
	return list
}

// parse divides a text into the words that announce a value and the value.
// The words end at a colon, a number sign or an equals sign; without one, at
// the end of the longest beginning that the rules know, or before the first
// word of an identifier or amount. Words after an amount announce it, too.
func (s *Set) parse(text string) (key, value string) {
	text = strings.TrimSpace(text)
	if at := strings.IndexAny(text, ":#=\n\t|"); at > 0 && announces(text[:at]) {
		rest := strings.TrimLeft(text[at:], ":#=|. \t\n")
		if rest != "" {
			return text[:at], rest
		}
	}
	fields := strings.Fields(text)
	first := slices.IndexFunc(fields, func(f string) bool { return strings.ContainsFunc(f, unicode.IsDigit) })
	before, rest := "", ""
	if first > 0 {
		before, rest = strings.TrimRight(strings.Join(fields[:first], " "), "-–— "), strings.Join(fields[first:], " ")
	}
	number := kindsOf(rest)
	if n := s.knownStart(fields); n > 0 && n < len(fields) && !(first > n && number[Amount]) {
		return strings.Join(fields[:n], " "), strings.TrimLeft(strings.Join(fields[n:], " "), "-–— ")
	}
	if rest != "" && (number[Identifier] || number[Amount] || number[Period]) && !strings.Contains(before, ",") && s.knows(words(before)) {
		return before, rest
	}
	if first == 0 {
		for n := 1; n < len(fields); n++ {
			before, after := strings.Join(fields[:n], " "), strings.Join(fields[n:], " ")
			kinds := kindsOf(before)
			if (kinds[Amount] || kinds[Identifier]) && !strings.ContainsFunc(after, unicode.IsDigit) && !strings.Contains(after, ",") && s.knows(words(after)) {
				return strings.Trim(after, "()[] "), before
			}
		}
	}
	return "", text
}

// announces says whether the text before a colon can be the name of a value:
// words without digits and commas, not more than a line of a form has.
func announces(before string) bool {
	const most = 6 // words
	return !strings.ContainsFunc(before, unicode.IsDigit) && !strings.Contains(before, ",") &&
		strings.ContainsFunc(before, unicode.IsLetter) && len(strings.Fields(before)) <= most
}

// knownStart is the number of words at the beginning of a text that are a
// phrase of the rules, with generic words after it.
func (s *Set) knownStart(fields []string) int {
	best := 0
	for n := 1; n <= min(5, len(fields)); n++ { // no phrase is longer
		if strings.ContainsFunc(fields[n-1], unicode.IsDigit) {
			break
		}
		w := words(strings.Join(fields[:n], " "))
		if len(w) > 0 && s.isPhrase(w) {
			best = n
		}
	}
	return best
}

// isPhrase says whether w, less generic words, is a phrase of a rule, or has
// generic words only ("No", "Number").
func (s *Set) isPhrase(w []string) bool {
	if len(bare(w)) == 0 {
		return true
	}
	for k := range s.compiled.rules {
		for _, p := range s.compiled.rules[k].phrases() {
			if sameName(w, p) {
				return true
			}
		}
	}
	return false
}

// knows says whether a phrase of a rule is among w.
func (s *Set) knows(w []string) bool {
	for k := range s.compiled.rules {
		if anyOf(w, s.compiled.rules[k].phrases()) != nil {
			return true
		}
	}
	return false
}

// phrases lists all phrases that may announce a value of the rule.
func (r *compiledRule) phrases() []phrase {
	list := append([]phrase(nil), r.about...)
	for _, n := range r.names {
		list = append(list, n.phrases...)
	}
	for _, c := range r.when {
		list = append(append(list, c.called...), c.near...)
	}
	return list
}

// sameName compares words and a phrase without regard to generic words.
func sameName(w []string, p phrase) bool {
	a, b := bare(w), bare(p)
	if len(a) == 0 || len(b) == 0 {
		a, b = w, p
	}
	return len(a) == len(b) && find(a, b) == 0
}
