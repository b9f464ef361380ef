package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrUndecided is the error of Resolve when nothing says which rule a value
// belongs to.
var ErrUndecided = errors.New("no rule applies")

// Fired is a condition that holds, and why.
type Fired struct {
	Label     string `json:"label"`
	Level     Level  `json:"level"`
	Condition string `json:"condition"` // as the rules file has it
	Reason    string `json:"reason"`
}

// Decision is the label of a value.
type Decision struct {
	Fired
	Rule      string  `json:"rule"`                // the labels it decided between
	Overruled []Fired `json:"overruled,omitempty"` // lower evidence for other labels
}

// Resolve decides the label of a value. candidates are the labels that come
// into question, two or more of one rule; with none, the rule is found from
// the words that announce the value, from what its neighbourhood says, and
// from its kind. The error is ErrUndecided, wrapped, when no rule is found,
// and another when the candidates do not fit the rules.
func (s *Set) Resolve(e Evidence, candidates ...string) (Decision, error) {
	if s.compiled == nil {
		panic("rules: Resolve: the set is not prepared")
	}
	open, err := s.open(candidates)
	if err != nil {
		return Decision{}, err
	}
	r := s.read(&e)
	best, at := relevance{}, -1
	for _, k := range open {
		if len(candidates) == 0 && !r.kinds[s.Rules[k].Value] {
			continue
		}
		if v := s.relevance(k, r); at < 0 || v.exceeds(best) {
			best, at = v, k
		}
	}
	if at < 0 || len(candidates) == 0 && !best.any() {
		return Decision{}, fmt.Errorf("%w: nothing in %q and its surroundings speaks for a rule", ErrUndecided, e.Text)
	}
	return s.decide(at, r, candidates), nil
}

// open gives the rules that candidates leave open.
func (s *Set) open(candidates []string) ([]int, error) {
	var list []int
	for k := range s.Rules {
		n := 0
		for _, l := range s.Rules[k].Labels {
			if slices.Contains(candidates, l) {
				n++
			}
		}
		if len(candidates) == 0 || n >= 2 {
			list = append(list, k)
		}
	}
	for _, l := range candidates {
		if _, ok := s.Rule(l); !ok {
			return nil, fmt.Errorf("no rule is about %s; there are rules about %s", l, strings.Join(s.Labels(), ", "))
		}
	}
	for _, l := range candidates {
		rule, _ := s.Rule(l)
		if !slices.ContainsFunc(list, func(k int) bool { return &s.Rules[k] == rule }) {
			return nil, fmt.Errorf("the rule %s needs two or more of its labels to decide between", rule.Name())
		}
	}
	return list, nil
}

// relevance says how clearly evidence points to a rule. The fields are
// compared in their order.
type relevance struct {
	key    int // words of the announcement that the rule knows
	place  int // words of section and position that it knows, or places it asks for
	near   int // words nearby that it knows
	level  int // of the best condition that holds; smaller is better
	exists bool
	form   int // characters of the value that a format takes up
}

func (v relevance) any() bool { return v.key > 0 || v.place > 0 || v.near > 0 || v.exists }

func (v relevance) exceeds(w relevance) bool {
	switch {
	case v.key != w.key:
		return v.key > w.key
	case v.place != w.place:
		return v.place > w.place
	case v.near != w.near:
		return v.near > w.near
	case v.exists != w.exists:
		return v.exists
	}
	if v.level != w.level {
		return v.exists && v.level < w.level
	}
	return v.form > w.form
}

// relevance weighs rule k against what was read.
func (s *Set) relevance(k int, r *reading) relevance {
	all := s.compiled.rules[k].phrases()
	v := relevance{key: covered(r.key, all), place: covered(r.where, all)}
	for _, w := range r.near {
		v.near = max(v.near, covered(w, all))
	}
	for _, f := range s.fired(k, r, s.Rules[k].Labels) {
		if f.place {
			v.place++
		}
		if at := slices.Index(s.Priority, f.Level); !v.exists || at < v.level {
			v.exists, v.level = true, at
		}
	}
	for _, cond := range s.compiled.rules[k].when {
		if cond.format != nil {
			v.form = max(v.form, len(cond.format.FindString(r.value)))
		}
	}
	return v
}

// covered is the number of words of the longest phrase of list among w.
func covered(w []string, list []phrase) int {
	longest := 0
	for _, p := range list {
		if len(p) > longest && find(w, p) >= 0 {
			longest = len(p)
		}
	}
	return longest
}

// decide applies rule k.
func (s *Set) decide(k int, r *reading, candidates []string) Decision {
	rule := &s.Rules[k]
	labels := rule.Labels
	if len(candidates) > 0 {
		labels = slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return !slices.Contains(candidates, l) })
	}
	d := Decision{Rule: rule.Name()}
	list := s.fired(k, r, labels)
	if len(list) == 0 {
		d.Fired = rule.common(r.domain, labels)
		return d
	}
	best := 0
	for i := range list {
		if slices.Index(s.Priority, list[i].Level) < slices.Index(s.Priority, list[best].Level) {
			best = i
		}
	}
	d.Fired = list[best].Fired
	for i := range list {
		if list[i].Label != d.Label {
			d.Overruled = append(d.Overruled, list[i].Fired)
		}
	}
	return d
}

// common is the decision where nothing else decides.
func (r *Rule) common(domain string, labels []string) Fired {
	label, ok := r.Common[domain]
	where := "in the domain " + domain
	if !ok || domain == "" {
		label, where = r.Common[""], "in general"
	}
	if !slices.Contains(labels, label) {
		return Fired{labels[0], Common, "the first of the candidates", "nothing decides, and " + label + ", the most common, is no candidate"}
	}
	return Fired{label, Common, "common", "nothing else decides; " + label + " is the most common " + where}
}
