package config

import (
	"fmt"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// axes decodes the list of axes and refuses two that set the same key.
func (d *decoder) axes(t table, n *yaml.Node) []Axis {
	if !d.isList(n, "axes") {
		return nil
	}
	var axes []Axis
	lines := map[string]int{}   // of axis names
	setBy := map[string]*Axis{} // dotted key to the axis that sets it
	for _, item := range n.Content {
		a := d.axis(t, item)
		if first, twice := lines[a.Name]; twice && a.Name != "" {
			d.add(item, "axes", "two axes are named %s, the first on line %d", a.Name, first)
		}
		lines[a.Name] = item.Line
		for _, level := range a.Levels {
			for _, s := range level.Set {
				if other := setBy[s.Key]; other != nil && other != a {
					d.problems = append(d.problems, Problem{File: d.file, Line: s.Line, Key: s.Key, What: fmt.Sprintf("set by axis %s already; two axes cannot set the same key", other.Name)})
				}
				setBy[s.Key] = a
			}
		}
		axes = append(axes, *a)
	}
	return axes
}

// axis decodes {name, key, values} or {name, levels}.
func (d *decoder) axis(t table, n *yaml.Node) *Axis {
	a := &Axis{}
	before := len(d.problems)
	f := d.fields(n, "axes", []string{"name", "key", "values", "levels", "range", "scale", "count"}, []string{"name"})
	if len(f) == 0 {
		return a
	}
	if c := f["name"]; c != nil {
		a.Name = d.name(c, "axes.name")
		if strings.ContainsAny(a.Name, ":+/") {
			d.add(c, "axes.name", "%s; expected letters, digits and _ . -", quoted(a.Name))
		}
	}
	switch {
	case f["levels"] != nil && (f["key"] != nil || f["values"] != nil):
		d.add(f["levels"], "axes.levels", "axis %s has levels and key or values; expected either", a.Name)
	case f["levels"] != nil:
		d.levels(t, a, f["levels"])
	case f["range"] != nil && (f["values"] != nil || f["levels"] != nil || f["key"] == nil || f["count"] == nil):
		d.add(f["range"], "axes.range", "axis %s: a range goes with key and count, and no values or levels", a.Name)
	case f["range"] != nil:
		d.rangeLevels(t, a, f)
	case f["scale"] != nil || f["count"] != nil:
		d.add(n, "axes", "axis %s has scale or count without a range", a.Name)
	case f["key"] != nil && f["values"] != nil:
		d.values(t, a, f["key"], f["values"])
	default:
		d.add(n, "axes", "axis %s needs key and values, key and range, or levels", a.Name)
		return a
	}
	if len(a.Levels) == 0 && len(d.problems) == before {
		d.add(n, "axes", "axis %s has no levels", a.Name)
	}
	return a
}

// values makes one level for each value of a single key.
func (d *decoder) values(t table, a *Axis, key, values *yaml.Node) {
	name, ok := d.text(key, "axes.key")
	if !ok || !d.isList(values, "axes.values") {
		return
	}
	if _, what := t.lookup(name); what != "" {
		d.add(key, name, "%s", what)
		return
	}
	for _, v := range values.Content {
		d.level(t, a, oneLine(v), v, []keyed{{name, v}})
	}
}

// levels decodes the mapping of level names to settings, in the order of the
// file.
func (d *decoder) levels(t table, a *Axis, n *yaml.Node) {
	if !d.isMapping(n, "axes.levels") {
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		name, sets := n.Content[i], n.Content[i+1]
		if name.Kind != yaml.ScalarNode || !d.isMapping(sets, "axes.levels."+name.Value) {
			continue
		}
		var list []keyed
		lines := map[string]int{}
		for j := 0; j < len(sets.Content); j += 2 {
			k := sets.Content[j]
			if first, twice := lines[k.Value]; twice {
				d.add(k, k.Value, "given twice, first on line %d", first)
				continue
			}
			lines[k.Value] = k.Line
			if _, what := t.lookup(k.Value); what != "" {
				d.add(k, k.Value, "%s", what)
				continue
			}
			list = append(list, keyed{k.Value, sets.Content[j+1]})
		}
		d.level(t, a, name.Value, name, list)
	}
}

// keyed is a value and the dotted key that it is for.
type keyed struct {
	key   string
	value *yaml.Node
}

// maxLevelName is the longest level name, in characters: it heads a column.
const maxLevelName = 64

// level adds a level whose values are checked one by one.
func (d *decoder) level(t table, a *Axis, name string, at *yaml.Node, sets []keyed) {
	if n := len([]rune(name)); n == 0 || n > maxLevelName || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		d.add(at, "axes", "%s; expected a level name of 1 to %d printable characters", quoted(name), maxLevelName)
	}
	for _, l := range a.Levels {
		if l.Name == name {
			d.add(at, "axes", "axis %s has level %s twice", a.Name, name)
		}
	}
	l := Level{Name: name}
	for _, k := range sets {
		s := t.byKey[k.key]
		v, what := s.parse(k.value)
		if what != "" {
			d.add(k.value, k.key, "%s", what)
			continue
		}
		l.Set = append(l.Set, Setting{Key: k.key, Text: valueText(v), Line: k.value.Line})
	}
	a.Levels = append(a.Levels, l)
}

// oneLine is a value as it stands in the file, on one line.
func oneLine(n *yaml.Node) string {
	if n.Kind != yaml.SequenceNode {
		return n.Value
	}
	var items []string
	for _, c := range n.Content {
		items = append(items, oneLine(c))
	}
	return strings.Join(items, " ")
}
