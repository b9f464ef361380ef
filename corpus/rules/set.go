package rules

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Level is a kind of evidence.
type Level string

// The kinds of evidence. Priority orders all but Common, which is always last.
const (
	Document Level = "document" // the type of the document
	Key      Level = "key"      // words that announce the value
	Place    Level = "place"    // section, position, neighbours
	Domain   Level = "domain"   // the business domain of the document
	Format   Level = "format"   // the form of the value
	Common   Level = "common"   // the label most common in the domain
)

// Levels lists the kinds of evidence that a priority orders.
var Levels = []Level{Document, Key, Place, Domain, Format}

// Kind is what a value looks like, whatever its label.
type Kind string

// The kinds of values.
const (
	Address    Kind = "address"
	Period     Kind = "period"
	Amount     Kind = "amount"
	Identifier Kind = "identifier"
)

// Kinds lists the kinds of values.
var Kinds = []Kind{Address, Period, Amount, Identifier}

// Names of the two places that depend on the number of a page.
const (
	// DocumentTop is where the number of a document itself stands: the head
	// of its first page.
	DocumentTop = "document_top"
	// PageBoundary is where one page ends or the next one begins.
	PageBoundary = "page_boundary"
)

// Vocabulary names something by phrases. Phrases are compared word by word:
// case, accents, a plural s, and dots and slashes between single letters
// ("S/N", "P.O.") make no difference.
type Vocabulary struct {
	Name    string
	Phrases []string
}

// Condition holds when everything that it names holds. At least one of its
// fields beside Use is set.
type Condition struct {
	Documents  []string // the document is of one of these types
	Called     []string // one of these phrases is in the words that announce the value
	NearText   []string // one of these phrases is in those words, or in the text nearby
	NearLabels []string // a value with one of these labels is nearby, or its name is
	Place      string   // the value stands in this place
	Top        bool     // the value is the number of the document itself
	Boundary   bool     // the value stands where one page ends or the next begins
	Format     string   // this regular expression is found inside the value
	Domains    []string // the document is of one of these domains
	Use        string   // the label that the condition speaks for
}

// Rule decides between two or more labels.
type Rule struct {
	Labels []string
	Value  Kind
	About  []string // phrases that point to the rule, but to none of its labels
	When   []Condition
	// Common is the label of values without evidence, by domain; the one of
	// the domain "" serves the domains that are not named.
	Common map[string]string
}

// Name gives the labels with slashes between them.
func (r *Rule) Name() string { return strings.Join(r.Labels, "/") }

// Set is a set of rules with the words that they are written in.
type Set struct {
	Name      string
	Priority  []Level      // a permutation of Levels, highest first
	Documents []Vocabulary // types of documents; the name of a type need not be among its phrases
	Places    []Vocabulary // sections and positions
	Names     []Vocabulary // further names of labels; the label itself, read as words, is always one
	Rules     []Rule

	compiled *compiled
}

// Prepare checks the set and makes it ready to resolve. The error names the
// rule and what is wrong with it.
func (s *Set) Prepare() error {
	if sorted := slices.Sorted(slices.Values(s.Priority)); !slices.Equal(sorted, slices.Sorted(slices.Values(Levels))) {
		return fmt.Errorf("priority %v: expected %v in some order", s.Priority, Levels)
	}
	if len(s.Rules) == 0 {
		return errors.New("no rules")
	}
	c := &compiled{}
	for k := range s.Rules {
		r := &s.Rules[k]
		if err := s.compile(c, r); err != nil {
			return fmt.Errorf("rule %d (%s): %w", k+1, r.Name(), err)
		}
	}
	c.documents, c.places = phrasesOf(s.Documents), phrasesOf(s.Places)
	s.compiled = c
	return nil
}

// Between gives the rules that have all the labels, which are two or more.
func (s *Set) Between(labels ...string) []*Rule {
	var list []*Rule
	for k := range s.Rules {
		r := &s.Rules[k]
		all := true
		for _, l := range labels {
			all = all && slices.Contains(r.Labels, l)
		}
		if all {
			list = append(list, r)
		}
	}
	return list
}

// Rule gives the rule that has a label, and whether there is one. A label is
// in one rule only.
func (s *Set) Rule(label string) (*Rule, bool) {
	for k := range s.Rules {
		if slices.Contains(s.Rules[k].Labels, label) {
			return &s.Rules[k], true
		}
	}
	return nil, false
}

// Labels lists the labels of all rules.
func (s *Set) Labels() []string {
	var list []string
	for k := range s.Rules {
		list = append(list, s.Rules[k].Labels...)
	}
	return list
}

// compiled is what Prepare makes of a set.
type compiled struct {
	documents, places []named
	rules             []compiledRule
}

// compiledRule holds the phrases and formats of a rule.
type compiledRule struct {
	about []phrase
	names []named // of the rule's labels, in their order
	when  []compiledCondition
}

// compiledCondition holds the phrases and format of a condition.
type compiledCondition struct {
	level        Level
	called, near []phrase
	labels       []named // names of NearLabels
	format       *regexp.Regexp
}

// named is a name with its phrases.
type named struct {
	name    string
	phrases []phrase
}

func phrasesOf(list []Vocabulary) []named {
	out := make([]named, len(list))
	for k, v := range list {
		out[k] = named{v.Name, phrases(append([]string{v.Name}, v.Phrases...))}
	}
	return out
}

// labelNames gives a label with all its names.
func (s *Set) labelNames(label string) named {
	list := []string{label}
	for _, v := range s.Names {
		if v.Name == label {
			list = append(list, v.Phrases...)
		}
	}
	return named{label, phrases(list)}
}

// has says whether list has a vocabulary of a name.
func has(list []Vocabulary, name string) bool {
	return slices.ContainsFunc(list, func(v Vocabulary) bool { return v.Name == name })
}

// compile checks a rule and adds it to c.
func (s *Set) compile(c *compiled, r *Rule) error {
	if len(r.Labels) < 2 {
		return fmt.Errorf("%d labels, expected two or more", len(r.Labels))
	}
	if !slices.Contains(Kinds, r.Value) {
		return fmt.Errorf("value %q, expected one of %v", r.Value, Kinds)
	}
	out := compiledRule{about: phrases(r.About)}
	for k, l := range r.Labels {
		if other, _ := s.Rule(l); other != r || slices.Contains(r.Labels[:k], l) {
			return fmt.Errorf("label %s is in two rules, or twice in one", l)
		}
		out.names = append(out.names, s.labelNames(l))
	}
	for domain, l := range r.Common {
		if !slices.Contains(r.Labels, l) {
			return fmt.Errorf("common in %q: %q is no label of the rule", domain, l)
		}
	}
	if r.Common[""] == "" {
		return errors.New("no label is common in the domains that are not named")
	}
	for k, cond := range r.When {
		cc, err := s.compileCondition(r, &cond)
		if err != nil {
			return fmt.Errorf("condition %d: %w", k+1, err)
		}
		out.when = append(out.when, cc)
	}
	c.rules = append(c.rules, out)
	return nil
}

func (s *Set) compileCondition(r *Rule, cond *Condition) (compiledCondition, error) {
	out := compiledCondition{called: phrases(cond.Called), near: phrases(cond.NearText)}
	if !slices.Contains(r.Labels, cond.Use) {
		return out, fmt.Errorf("use %q is no label of the rule", cond.Use)
	}
	for _, d := range cond.Documents {
		if !has(s.Documents, d) {
			return out, fmt.Errorf("document type %q is not described", d)
		}
	}
	place := cond.Place
	switch {
	case cond.Top:
		place = DocumentTop
	case cond.Boundary:
		place = PageBoundary
	}
	if place != "" && !has(s.Places, place) {
		return out, fmt.Errorf("place %q is not described", place)
	}
	for _, l := range cond.NearLabels {
		out.labels = append(out.labels, s.labelNames(l))
	}
	if cond.Format != "" {
		if err := CheckFormat(cond.Format); err != nil {
			return out, err
		}
		out.format = regexp.MustCompile(cond.Format)
	}
	for _, level := range s.Priority {
		if cond.needs(level) {
			out.level = level
			return out, nil
		}
	}
	return out, errors.New("names no evidence")
}

// CheckFormat says what is wrong with a format: it must be a regular
// expression of package regexp that does not match an empty value.
func CheckFormat(format string) error {
	re, err := regexp.Compile(format)
	if err != nil {
		return fmt.Errorf("format %q: %w", format, err)
	}
	if re.MatchString("") {
		return fmt.Errorf("format %q fits every value", format)
	}
	return nil
}

// needs says whether the condition asks for evidence of a level. NearText
// counts as Place; Resolve raises it to Key when the words that announce the
// value hold it.
func (c *Condition) needs(level Level) bool {
	switch level {
	case Document:
		return len(c.Documents) > 0
	case Key:
		return len(c.Called) > 0
	case Place:
		return c.Place != "" || c.Top || c.Boundary || len(c.NearText) > 0 || len(c.NearLabels) > 0
	case Domain:
		return len(c.Domains) > 0
	case Format:
		return c.Format != ""
	}
	return false
}

// String writes the condition as a rules file has it.
func (c *Condition) String() string {
	var parts []string
	add := func(key string, list []string) {
		if len(list) > 0 {
			parts = append(parts, key+": ["+strings.Join(list, ", ")+"]")
		}
	}
	add("document", c.Documents)
	add("called", c.Called)
	add("near", c.NearText)
	add("near_label", c.NearLabels)
	if c.Place != "" {
		parts = append(parts, "place: "+c.Place)
	}
	if c.Top {
		parts = append(parts, "document_number: true")
	}
	if c.Boundary {
		parts = append(parts, "page_boundary: true")
	}
	add("domain", c.Domains)
	if c.Format != "" {
		parts = append(parts, "format: "+c.Format)
	}
	return strings.Join(parts, ", ")
}
