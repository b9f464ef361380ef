package audit

import (
	"strings"
	"unicode"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/rules"
)

// names finds the labels that the audit asks for.
type names struct{ generic corpus.EntityID }

// noEntity is the id of an entity that the schema lacks.
const noEntity = corpus.EntityID(1<<16 - 1)

func newNames(s *corpus.Schema) *names {
	n := &names{generic: noEntity}
	if id, ok := s.Lookup("GENERIC_LABEL"); ok {
		n.generic = id
	}
	return n
}

// Ambiguity is a value of a document whose label a rule decides.
type Ambiguity struct {
	Span       corpus.Span
	Label      string   // that it has
	Candidates []string // labels of the rule that the schema has, two or more
	// Evidence is what the page says. Where it leaves open which words
	// announce the value, there are several.
	Evidence []rules.Evidence
}

// Ambiguities lists the values of a document that the rules are about. A
// value of whose labels the schema has one only is left out.
func Ambiguities(d *corpus.Document, schema *corpus.Schema, set *rules.Set) []Ambiguity {
	e := evidenceOf{d: d, owner: make([]int, len(d.Tokens)), generic: newNames(schema).generic}
	for i := range e.owner {
		e.owner[i] = -1
	}
	for i, s := range d.Spans {
		for t := s.Start; t < s.End; t++ {
			e.owner[t] = i
		}
	}
	var all []Ambiguity
	for i, s := range d.Spans {
		label := schema.Entities[s.Entity].Name
		rule, ok := set.Rule(label)
		if !ok {
			continue
		}
		var known []string
		for _, l := range rule.Labels {
			if _, ok := schema.Lookup(l); ok {
				known = append(known, l)
			}
		}
		if len(known) > 1 {
			all = append(all, Ambiguity{Span: s, Label: label, Candidates: known, Evidence: e.of(i)})
		}
	}
	return all
}

// rules checks that the label of each ambiguous value is what the rules make
// of its evidence. Where nothing but frequency decides, any label will do.
func (a *auditor) rules(at place, d *corpus.Document) {
	for _, value := range Ambiguities(d, a.schema, a.options.Rules) {
		a.report.Checked["labels against the rules"]++
		var against *rules.Decision
		for _, evidence := range value.Evidence {
			found, err := a.options.Rules.Resolve(evidence, value.Candidates...)
			if err != nil {
				panic("audit: rules: " + err.Error()) // the labels are those of a rule
			}
			if found.Level == rules.Common || found.Label == value.Label || !a.ordered() && found.Level != rules.Document {
				against = nil
				break
			}
			against = &found
		}
		if against != nil {
			a.find(Rule, Fault, at, d.ID, "%q is labelled %s, but the rules say %s: %s", text(d, value.Span), value.Label, against.Label, against.Reason)
		}
	}
}

// evidenceOf takes the evidence of values from the tokens around them.
type evidenceOf struct {
	d       *corpus.Document
	owner   []int // span of each token, -1 for none
	generic corpus.EntityID
}

// of gives what speaks for a label of span i: the type of the document, the
// words that announce the value, and whether it stands at the boundary of two
// pages. Sections and neighbours are left out: a page shows them by its
// layout only. Where the page leaves open which words announce the value,
// there are several.
func (e *evidenceOf) of(i int) []rules.Evidence {
	s := e.d.Spans[i]
	plain := rules.Evidence{Text: text(e.d, s), DocumentType: e.d.Kind, Domain: e.d.Domain, PageBoundary: e.boundary(s)}
	var list []rules.Evidence
	for _, key := range e.keys(s) {
		evidence := plain
		evidence.Text = key + ": " + plain.Text
		list = append(list, evidence)
	}
	if list == nil {
		list = append(list, plain)
	}
	return list
}

// keys gives the words that may announce a span: those before it on its line,
// or else those above it and, as lines break between words, those at the end
// of the line before.
func (e *evidenceOf) keys(s corpus.Span) []string {
	if key := e.left(s.Start); key != "" {
		return []string{key}
	}
	var list []string
	if e.d.Boxed {
		if key := e.above(s); key != "" {
			list = append(list, key)
		}
	}
	if first := e.runStart(s.Start); first < s.Start && e.breaks(first, s.Start) {
		if key := e.join(first, s.Start); key != "" {
			list = append(list, key)
		}
	}
	return list
}

// free says whether a token may be part of an announcement: it is a key word
// or a heading, not a value.
func (e *evidenceOf) free(t int) bool {
	if k := e.owner[t]; k >= 0 && e.d.Spans[k].Entity != e.generic {
		return false
	}
	return !strings.ContainsFunc(e.d.Tokens[t].Text, unicode.IsDigit)
}

// breaks says whether a line of running text may break between tokens first
// to end-1 and token end: that is on another line of the same page, and they
// stand above nothing of that line, as the title of a column would.
func (e *evidenceOf) breaks(first, end int) bool {
	last, next := &e.d.Tokens[end-1], &e.d.Tokens[end]
	if last.Line == next.Line || last.Page != next.Page {
		return false
	}
	left, right := e.d.Tokens[first].Box.X0, last.Box.X1
	for u := end; e.d.Boxed && u < len(e.d.Tokens) && e.d.Tokens[u].Line == next.Line; u++ {
		if below := &e.d.Tokens[u].Box; below.X0 < right && below.X1 > left {
			return false
		}
	}
	return true
}

// left is the announcement before token end on its line.
func (e *evidenceOf) left(end int) string {
	if end == 0 || !e.follows(end-1, end, false) || !e.free(end-1) {
		return ""
	}
	return e.join(e.runStart(end), end)
}

// runStart is the first of the free tokens that end before token end, as far
// as no more than the space between words parts them; end when there is none.
func (e *evidenceOf) runStart(end int) int {
	first := end
	for first > 0 && e.free(first-1) && (first == end || e.follows(first-1, first, true)) {
		first--
	}
	return first
}

// follows says whether token u comes after t on the same line; near asks for
// a gap of no more than the space between words.
func (e *evidenceOf) follows(t, u int, near bool) bool {
	a, b := &e.d.Tokens[t], &e.d.Tokens[u]
	if a.Page != b.Page || a.Line != b.Line {
		return false
	}
	return !near || !e.d.Boxed || float64(b.Box.X0-a.Box.X1) <= wordGap*letter(a)
}

// wordGap is the widest space between words of one text, in mean letters of
// the word before it: a space is half a letter wide, boxes are rounded.
const wordGap = 1.6

// letter is the mean width of a letter of a token, in units of the page.
func letter(t *corpus.Token) float64 {
	n := 0
	for range t.Text {
		n++
	}
	return float64(t.Box.X1-t.Box.X0) / float64(max(1, n))
}

// above is the announcement in the line above a span.
func (e *evidenceOf) above(s corpus.Span) string {
	value := &e.d.Tokens[s.Start]
	height := value.Box.Y1 - value.Box.Y0
	at := -1
	for t := range e.d.Tokens {
		o := &e.d.Tokens[t]
		if o.Page != value.Page || o.Box.Y1 > value.Box.Y0+height/2 || o.Box.Y0 >= value.Box.Y0 {
			continue
		}
		if value.Box.Y0-o.Box.Y1 > height || o.Box.X0 > value.Box.X1 || o.Box.X1 < value.Box.X0 {
			continue
		}
		if at < 0 || o.Box.Y1 > e.d.Tokens[at].Box.Y1 {
			at = t
		}
	}
	if at < 0 || !e.free(at) {
		return ""
	}
	first, end := at, at+1
	for first > 0 && e.follows(first-1, first, true) && e.free(first-1) {
		first--
	}
	for end < len(e.d.Tokens) && e.follows(end-1, end, true) && e.free(end) {
		end++
	}
	if end < len(e.d.Tokens) && e.follows(end-1, end, false) && !e.free(end) {
		return "" // it announces the value beside it
	}
	return e.join(first, end)
}

// longestKey is the number of words from which a text is a sentence that
// happens to stand before a value.
const longestKey = 5

// join gives tokens first to end-1 as one text, without the marks at its end;
// nothing when they are too many for the name of a value.
func (e *evidenceOf) join(first, end int) string {
	if end-first > longestKey {
		return ""
	}
	words := make([]string, 0, end-first)
	for _, t := range e.d.Tokens[first:end] {
		words = append(words, t.Text)
	}
	return strings.TrimRight(strings.Join(words, " "), " :.#|=")
}

// boundary says whether a span is a row of a table among the last lines of a
// page that another follows, or among the first of a page that follows
// another. Where the data does not say what a table is, nothing is.
func (e *evidenceOf) boundary(s corpus.Span) bool {
	const table = 0 // bit of TABLE in corpus.StructureTypes
	if e.d.Structure == nil || e.d.Structure[s.Start]>>table&1 == 0 {
		return false
	}
	const lines = 4 // a title of columns may repeat above, a foot may stand below
	page, line := e.d.Tokens[s.Start].Page, e.d.Tokens[s.Start].Line
	for t := s.Start - 1; t >= 0 && line-e.d.Tokens[t].Line <= lines; t-- {
		if e.d.Tokens[t].Page != page {
			return true
		}
	}
	for t := s.End; t < len(e.d.Tokens) && e.d.Tokens[t].Line-line <= lines; t++ {
		if e.d.Tokens[t].Page != page {
			return true
		}
	}
	return false
}
