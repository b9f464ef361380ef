package config

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/invoicelab/invoicelab/corpus/rules"
)

// RulesNames lists the shipped sets of rules.
func RulesNames() []string { return shipped("rules") }

// LoadRules reads a shipped set of rules by name ("resolution"), or a file of
// rules by path. The shipped file says what its keys mean. The set is ready
// to resolve.
func LoadRules(nameOrPath string) (*rules.Set, error) {
	src, err := open("rules", nameOrPath)
	if err != nil {
		return nil, err
	}
	return decodeRules(src)
}

// otherDomains is the key of the label that is common in the domains that a
// rule does not name.
const otherDomains = "other"

func decodeRules(src source) (*rules.Set, error) {
	d := &decoder{file: src.name}
	root := d.document(src.text)
	if root == nil {
		return nil, d.problems.err()
	}
	set := &rules.Set{}
	fields := d.fields(root, "", []string{"name", "priority", "documents", "places", "names", "rules"}, []string{"name", "priority", "rules"})
	if n := fields["name"]; n != nil {
		set.Name = d.name(n, "name")
	}
	if n := fields["priority"]; n != nil {
		set.Priority = d.priority(n)
	}
	for _, v := range []struct {
		key  string
		into *[]rules.Vocabulary
	}{{"documents", &set.Documents}, {"places", &set.Places}, {"names", &set.Names}} {
		if n := fields[v.key]; n != nil {
			*v.into = d.vocabulary(n, v.key)
		}
	}
	if list := fields["rules"]; list != nil && d.isList(list, "rules") {
		if len(list.Content) == 0 {
			d.add(list, "rules", "no rule; expected one or more")
		}
		labels := map[string]int{}
		for _, item := range list.Content {
			r := d.rule(item, set)
			for _, l := range r.Labels {
				if first, twice := labels[l]; twice {
					d.add(item, "rules.between", "label %s is in two rules, first on line %d", l, first)
				}
				labels[l] = item.Line
			}
			set.Rules = append(set.Rules, r)
		}
	}
	if err := d.problems.err(); err != nil {
		return nil, err
	}
	if err := set.Prepare(); err != nil {
		return nil, Problem{File: src.name, What: err.Error()}
	}
	return set, nil
}

// priority decodes the order of the kinds of evidence.
func (d *decoder) priority(n *yaml.Node) []rules.Level {
	var names []string
	for _, l := range rules.Levels {
		names = append(names, string(l))
	}
	var list []rules.Level
	for _, s := range d.texts(n, "priority") {
		if !slices.Contains(names, s) {
			d.add(n, "priority", "%s is not one of %s%s", quoted(s), strings.Join(names, ", "), didYouMean(s, names))
			continue
		}
		list = append(list, rules.Level(s))
	}
	sorted := slices.Sorted(slices.Values(list))
	if len(list) == len(n.Content) && !slices.Equal(sorted, slices.Sorted(slices.Values(rules.Levels))) {
		d.add(n, "priority", "expected each of %s once", strings.Join(names, ", "))
	}
	return list
}

// texts decodes a list of texts that are not empty.
func (d *decoder) texts(n *yaml.Node, key string) []string {
	if !d.isList(n, key) {
		return nil
	}
	var list []string
	for _, item := range n.Content {
		s, ok := d.text(item, key)
		if ok && strings.TrimSpace(s) == "" {
			d.add(item, key, "an empty text")
		}
		list = append(list, s)
	}
	return list
}

// vocabulary decodes a mapping of names to phrases.
func (d *decoder) vocabulary(n *yaml.Node, key string) []rules.Vocabulary {
	if !d.isMapping(n, key) {
		return nil
	}
	var list []rules.Vocabulary
	for i := 0; i < len(n.Content); i += 2 {
		name := d.name(n.Content[i], key)
		if slices.ContainsFunc(list, func(v rules.Vocabulary) bool { return v.Name == name }) {
			d.add(n.Content[i], join(key, name), "given twice")
		}
		list = append(list, rules.Vocabulary{Name: name, Phrases: d.texts(n.Content[i+1], join(key, name))})
	}
	return list
}

// rule decodes one rule; set holds the words that it may use.
func (d *decoder) rule(n *yaml.Node, set *rules.Set) rules.Rule {
	var r rules.Rule
	fields := d.fields(n, "rules", []string{"between", "value", "about", "when", "common"}, []string{"between", "value", "when", "common"})
	if b := fields["between"]; b != nil {
		r.Labels = d.texts(b, "rules.between")
		if len(r.Labels) < 2 {
			d.add(b, "rules.between", "%d labels; expected two or more", len(r.Labels))
		}
	}
	if v := fields["value"]; v != nil {
		if s, ok := d.text(v, "rules.value"); ok {
			var kinds []string
			for _, k := range rules.Kinds {
				kinds = append(kinds, string(k))
			}
			if !slices.Contains(kinds, s) {
				d.add(v, "rules.value", "%s is not one of %s%s", quoted(s), strings.Join(kinds, ", "), didYouMean(s, kinds))
			}
			r.Value = rules.Kind(s)
		}
	}
	if a := fields["about"]; a != nil {
		r.About = d.texts(a, "rules.about")
	}
	if w := fields["when"]; w != nil && d.isList(w, "rules.when") {
		for _, item := range w.Content {
			r.When = append(r.When, d.condition(item, &r, set))
		}
	}
	if c := fields["common"]; c != nil {
		r.Common = d.common(c, &r)
	}
	return r
}

// common decodes the labels that are common by domain.
func (d *decoder) common(n *yaml.Node, r *rules.Rule) map[string]string {
	const key = "rules.common"
	if !d.isMapping(n, key) {
		return nil
	}
	labels := map[string]string{}
	for i := 0; i < len(n.Content); i += 2 {
		domain := d.name(n.Content[i], key)
		if domain == otherDomains {
			domain = ""
		}
		if _, twice := labels[domain]; twice {
			d.add(n.Content[i], key, "%s is given twice", n.Content[i].Value)
		}
		labels[domain] = d.oneOf(n.Content[i+1], key, "a label of the rule", r.Labels)
	}
	if labels[""] == "" {
		d.add(n, key+"."+otherDomains, "missing")
	}
	return labels
}

// oneOf decodes one of a list of names.
func (d *decoder) oneOf(n *yaml.Node, key, what string, names []string) string {
	s, ok := d.text(n, key)
	if ok && !slices.Contains(names, s) {
		d.add(n, key, "%s is not %s (%s)%s", quoted(s), what, strings.Join(names, ", "), didYouMean(s, names))
	}
	return s
}

// condition decodes one condition of r.
func (d *decoder) condition(n *yaml.Node, r *rules.Rule, set *rules.Set) rules.Condition {
	const key = "rules.when"
	var c rules.Condition
	evidence := []string{"document", "called", "near", "near_label", "place", "document_number", "page_boundary", "domain", "format"}
	fields := d.fields(n, key, append(evidence, "use"), []string{"use"})
	if len(n.Content) == 2 && fields["use"] != nil {
		d.add(n, key, "no evidence; expected one of %s", strings.Join(evidence, ", "))
	}
	for _, t := range []struct {
		key  string
		into *[]string
	}{{"document", &c.Documents}, {"called", &c.Called}, {"near", &c.NearText}, {"near_label", &c.NearLabels}, {"domain", &c.Domains}} {
		if v := fields[t.key]; v != nil {
			if *t.into = d.texts(v, join(key, t.key)); len(*t.into) == 0 && v.Kind == yaml.SequenceNode {
				d.add(v, join(key, t.key), "an empty list")
			}
		}
	}
	if v := fields["document"]; v != nil {
		for _, t := range c.Documents {
			if names := namesOf(set.Documents); !slices.Contains(names, t) {
				d.add(v, join(key, "document"), "%s is not among documents (%s)%s", quoted(t), strings.Join(names, ", "), didYouMean(t, names))
			}
		}
	}
	if v := fields["place"]; v != nil {
		c.Place = d.oneOf(v, join(key, "place"), "among places", namesOf(set.Places))
	}
	for _, t := range []struct {
		key   string
		into  *bool
		place string
	}{{"document_number", &c.Top, rules.DocumentTop}, {"page_boundary", &c.Boundary, rules.PageBoundary}} {
		if v := fields[t.key]; v != nil {
			if !slices.Contains(namesOf(set.Places), t.place) {
				d.add(v, join(key, t.key), "places does not say what %s is", t.place)
			}
			if v.Tag != "!!bool" || v.Value != "true" {
				d.add(v, join(key, t.key), "%s; expected true", describe(v))
			}
			*t.into = true
		}
	}
	if v := fields["format"]; v != nil {
		c.Format, _ = d.text(v, join(key, "format"))
		if err := rules.CheckFormat(c.Format); err != nil {
			d.add(v, join(key, "format"), "%v", err)
		}
	}
	if v := fields["use"]; v != nil {
		c.Use = d.oneOf(v, join(key, "use"), "a label of the rule", r.Labels)
	}
	return c
}

func namesOf(list []rules.Vocabulary) []string {
	var names []string
	for _, v := range list {
		names = append(names, v.Name)
	}
	return names
}
