package config

import (
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/invoicelab/invoicelab/corpus"
)

// LoadExperiment reads a shipped experiment by name, or a file by path, fills
// defaults and checks it. A wrong file gives Problems.
func LoadExperiment(nameOrPath string) (Experiment, error) {
	src, err := open("experiments", nameOrPath)
	if err != nil {
		return Experiment{}, err
	}
	return decodeExperiment(src)
}

// ParseExperiment reads an experiment from text, which errors call name.
func ParseExperiment(name string, text []byte) (Experiment, error) {
	return decodeExperiment(source{name, text})
}

func decodeExperiment(src source) (Experiment, error) {
	d := &decoder{file: src.name}
	e := Default()
	root := d.document(src.text)
	if root == nil {
		return e, d.problems.err()
	}
	lines := map[string]int{"": root.Line}
	d.experiment(newTable(), &e, root, "", "", lines)
	if len(d.problems) == 0 {
		for _, f := range e.faults() {
			d.problems = append(d.problems, Problem{File: d.file, Line: f.line(lines), Key: f.keys[0], What: f.what})
		}
	}
	return e, d.problems.err()
}

// Default is an experiment with every setting at its default. It has no data
// yet, so it does not pass Check.
func Default() Experiment {
	var e Experiment
	for _, s := range settings() {
		if !s.optional() {
			s.reset(&e)
		}
	}
	return e
}

// optional tells settings inside corpus.generate, which may be absent as a
// whole.
func (s setting) optional() bool { return strings.HasPrefix(s.key, "corpus.generate.") }

// experiment decodes the mapping n, whose keys stand inside the dotted key at
// (empty for all of an experiment), into e. shown is the prefix of keys in
// messages: "base" in a sweep. lines gets the line of every key given.
func (d *decoder) experiment(t table, e *Experiment, n *yaml.Node, at, shown string, lines map[string]int) {
	children := t.children(at)
	values := d.fields(n, join(shown, at), children, nil)
	for _, key := range children {
		v, given := values[key]
		if !given {
			continue
		}
		full := join(at, key)
		lines[full] = v.Line
		s, leaf := t.byKey[full]
		switch {
		case leaf:
			if value, what := s.parse(v); what != "" {
				d.add(v, join(shown, full), "%s", what)
			} else {
				s.field(e, true).Set(value)
			}
		case full == "corpus.generate" && v.Kind == yaml.ScalarNode && v.Tag == "!!null" && v.Value != "":
			// "generate: null" is how the canonical form says that there is no recipe.
		case v.Kind == yaml.ScalarNode && v.Tag == "!!null":
			d.add(v, join(shown, full), "nothing; expected a mapping of keys to values, {} for all defaults")
		default:
			if full == "corpus.generate" && v.Kind == yaml.MappingNode {
				e.Corpus.Generate = defaultRecipe(t)
			}
			d.experiment(t, e, v, full, shown, lines)
		}
	}
}

func defaultRecipe(t table) *corpus.Recipe {
	e := Experiment{Corpus: Corpus{Generate: &corpus.Recipe{}}}
	for _, s := range t.all {
		if s.optional() {
			s.reset(&e)
		}
	}
	return e.Corpus.Generate
}

// children lists the keys directly inside a dotted key, in order.
func (t table) children(at string) []string {
	var names []string
	for _, k := range t.keys {
		rest := k
		if at != "" {
			var ok bool
			if rest, ok = strings.CutPrefix(k, at+"."); !ok {
				continue
			}
		}
		name, _, _ := strings.Cut(rest, ".")
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return names
}

// clone copies e so that nothing of it is shared with the copy. Lists are
// replaced as a whole by every setter, so that they need no copy.
func (e Experiment) clone() Experiment {
	if e.Corpus.Generate != nil {
		recipe := *e.Corpus.Generate
		e.Corpus.Generate = &recipe
	}
	return e
}

// Set gives the setting with a dotted key a value written as YAML, as
// "--set model.head.kind=hybrid" does. It checks the value alone; Check looks
// at the whole afterwards.
func (e *Experiment) Set(key, text string) error {
	t := newTable()
	s, what := t.lookup(key)
	if what != "" {
		return Problem{Key: key, What: what}
	}
	if text == "" && s.typ.Kind() == reflect.String {
		text = `""` // what a shell makes of KEY=""
	}
	d := &decoder{}
	n := d.value(text, key)
	if n == nil {
		return d.problems[0]
	}
	v, what := s.parse(n)
	if what != "" {
		return Problem{Key: key, What: what}
	}
	*e = e.clone()
	s.field(e, true).Set(v)
	return nil
}

// value parses a text that holds one YAML value.
func (d *decoder) value(text, key string) *yaml.Node {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Content) != 1 {
		d.add(nil, key, "%s; expected one YAML value", quoted(text))
		return nil
	}
	d.plain(doc.Content[0])
	if len(d.problems) > 0 {
		d.problems[0].Line, d.problems[0].Key = 0, key
		return nil
	}
	return doc.Content[0]
}
