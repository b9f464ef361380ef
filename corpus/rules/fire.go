package rules

import (
	"fmt"
	"slices"
	"strings"
)

// firing is a condition that holds; place says that the value's place is part
// of it.
type firing struct {
	Fired
	place bool
}

// fired lists what speaks for one of labels under rule k, in the order of the
// rule: names of labels that equal the announcement, the conditions, names
// that the announcement holds, and letters that the value begins with.
func (s *Set) fired(k int, r *reading, labels []string) []firing {
	rule, c := &s.Rules[k], &s.compiled.rules[k]
	key := announcement{words: r.key, known: c.phrases()}
	var list []firing
	add := func(label string, level Level, condition, reason string, place bool) {
		if slices.Contains(labels, label) {
			list = append(list, firing{Fired{label, level, condition, reason}, place})
		}
	}
	called := "" // the label that the announcement names
	name := func(label, how string, p phrase) {
		if called == "" {
			called = label
		}
		add(label, Key, "called: its name", fmt.Sprintf("%q %s %q, a name of %s", strings.Join(r.key, " "), how, p, label), false)
	}
	if len(r.key) > 0 {
		for _, n := range c.names {
			if at := slices.IndexFunc(n.phrases, func(p phrase) bool { return sameName(r.key, p) }); at >= 0 {
				name(n.name, "is", n.phrases[at])
			}
		}
	}
	exact := called != ""
	asWritten := false // a format fits the value as it is written
	for i := range c.when {
		if f := c.when[i].format; f != nil && f.MatchString(r.value) {
			asWritten = true
		}
	}
	named := ""
	if !exact {
		for _, n := range c.names {
			if p := key.first(n.phrases); p != nil && named == "" {
				named = n.name
			}
		}
	}
	for i := range rule.When {
		cond := &rule.When[i]
		if cond.Top && !r.top && (exact && called != cond.Use || !exact && named != "" && named != cond.Use) {
			continue // another label's name: not the number of the document itself
		}
		level, reason := c.when[i].holds(cond, r, &key, !asWritten)
		if reason != "" {
			add(cond.Use, level, cond.String(), reason, cond.Place != "" || cond.Top || cond.Boundary)
		}
	}
	if !exact {
		for _, n := range c.names {
			if p := key.first(n.phrases); p != nil {
				name(n.name, "holds", p)
			}
		}
	}
	if len(r.prefix) > 0 {
		for i := range rule.When {
			if p := first(c.when[i].called, r.prefix); p != nil {
				add(rule.When[i].Use, Format, rule.When[i].String(), fmt.Sprintf("the value begins with %q", p), false)
			}
		}
		for _, n := range c.names {
			if p := first(n.phrases, r.prefix); p != nil {
				add(n.name, Format, "called: its name", fmt.Sprintf("the value begins with %q", p), false)
			}
		}
	}
	return list
}

// first gives the first of list that has the same name as w, nil for none.
func first(list []phrase, w []string) phrase {
	for _, p := range list {
		if sameName(w, p) {
			return p
		}
	}
	return nil
}

// announcement is the words before a value, with all phrases that the rule
// knows. A phrase inside a longer one does not count: in "bill of lading"
// there is no "bill".
type announcement struct {
	words []string
	known []phrase
}

// first gives the first phrase of list in the announcement, nil for none.
func (a *announcement) first(list []phrase) phrase {
	for _, p := range list {
		at := find(a.words, p)
		if at < 0 {
			continue
		}
		inside := slices.ContainsFunc(a.known, func(q phrase) bool {
			k := find(a.words, q)
			return len(q) > len(p) && k >= 0 && k <= at && at+len(p) <= k+len(q)
		})
		if !inside {
			return p
		}
	}
	return nil
}

// holds says whether a condition holds, at which level, and why; the reason
// is empty when it does not. With upper, formats may fit the value in upper
// case.
func (c *compiledCondition) holds(cond *Condition, r *reading, key *announcement, upper bool) (Level, string) {
	level := c.level
	var reasons []string
	because := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }
	if len(cond.Documents) > 0 {
		at := slices.IndexFunc(r.types, func(t string) bool { return slices.Contains(cond.Documents, t) })
		if at < 0 {
			return "", ""
		}
		because("the document is of type %s", r.types[at])
	}
	if len(c.called) > 0 {
		p := key.first(c.called)
		if p == nil {
			return "", ""
		}
		because("%q announces the value", p)
	}
	if len(c.near) > 0 {
		if p := key.first(c.near); p != nil {
			because("%q announces the value", p)
			if level == Place {
				level = Key
			}
		} else if p := r.nearby(c.near); p != nil {
			because("%q stands near", p)
		} else {
			return "", ""
		}
	}
	if len(c.labels) > 0 {
		l := r.nearLabel(c.labels)
		if l == "" {
			return "", ""
		}
		because("%s stands near", l)
	}
	for _, place := range []struct {
		asked bool
		name  string
		what  string
	}{
		{cond.Place != "", cond.Place, "it stands in " + cond.Place},
		{cond.Top, DocumentTop, "it stands where the number of the document does"},
		{cond.Boundary, PageBoundary, "it stands at the boundary of pages"},
	} {
		if !place.asked {
			continue
		}
		if !slices.Contains(r.places, place.name) {
			return "", ""
		}
		because("%s", place.what)
	}
	if len(cond.Domains) > 0 {
		if !slices.Contains(cond.Domains, r.domain) {
			return "", ""
		}
		because("the domain is %s", r.domain)
	}
	if c.format != nil {
		m := c.format.FindString(r.value)
		if m == "" && upper {
			m = c.format.FindString(strings.ToUpper(r.value))
		}
		if m == "" {
			return "", ""
		}
		because("the value holds %q", m)
	}
	return level, strings.Join(reasons, ", and ")
}

// nearby gives the first phrase that a text nearby holds, or the text itself
// beside its announcement.
func (r *reading) nearby(list []phrase) phrase {
	for _, w := range append(r.near[:len(r.near):len(r.near)], r.where, r.beside) {
		if p := anyOf(w, list); p != nil {
			return p
		}
	}
	return nil
}

// nearLabel gives the first label that is nearby, or whose name is.
func (r *reading) nearLabel(list []named) string {
	for _, l := range list {
		for k, given := range r.labels {
			if given == l.name || anyOf(r.near[k], l.phrases) != nil {
				return l.name
			}
		}
	}
	return ""
}
