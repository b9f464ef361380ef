package config

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// sides decodes which variants of the sweep are meant.
func (d *claimDecoder) sides(n *yaml.Node, m *Measure, f map[string]*yaml.Node) {
	if m.Single && f["variant"] != nil {
		d.add(f["variant"], "measure.variant", "has no effect with experiment, which is one variant")
		f["variant"] = nil
	}
	m.Variant = d.variantOf(n, f["variant"], m, "variant")
	switch against, compare := f["against"], f["compare"]; {
	case against == nil && compare == nil:
	case against == nil:
		d.add(compare, "measure.compare", "has no effect without against")
	case m.Single:
		d.add(against, "measure.against", "has no effect with experiment, which is one variant; expected sweep")
	default:
		m.Against, m.Compare = d.variantOf(n, against, m, "against"), Difference
		if compare != nil && d.choice(compare, "measure.compare", "difference", "ratio") == "ratio" {
			m.Compare = Ratio
		}
		if slices.Equal(m.Against, m.Variant) && m.Against != nil {
			d.add(against, "measure.against", "is the variant itself; expected another one")
		}
	}
}

// variantOf finds the one variant of a sweep that a mapping of axes to levels,
// or of settings to values, selects.
func (d *claimDecoder) variantOf(at, n *yaml.Node, m *Measure, key string) []int {
	before := len(d.problems)
	levels := make([]int, len(m.Sweep.Axes)) // -1 for any
	var wanted []keyed
	for i := range levels {
		levels[i] = -1
	}
	var axes []string
	for _, a := range m.Sweep.Axes {
		axes = append(axes, a.Name)
	}
	if n != nil {
		for _, k := range d.assignments(n, "measure."+key) {
			if i := slices.Index(axes, k.key); i >= 0 {
				levels[i] = d.levelOf(m.Sweep.Axes[i], k.value, "measure."+key+"."+k.key)
				continue
			}
			s, what := d.table.lookup(k.key)
			if what != "" {
				names := append(slices.Clone(axes), d.table.keys...)
				d.add(k.value, "measure."+key+"."+k.key, "neither an axis of sweep %s (%s) nor a setting%s", m.Sweep.Name, strings.Join(axes, ", "), didYouMean(k.key, names))
				continue
			}
			v, wrong := s.parse(k.value)
			if wrong != "" {
				d.add(k.value, "measure."+key+"."+k.key, "%s", wrong)
				continue
			}
			wanted = append(wanted, keyed{k.key, &yaml.Node{Kind: yaml.ScalarNode, Value: valueText(v)}})
		}
		at = n
	}
	if len(d.problems) > before {
		return nil
	}
	var found [][]int
	for combination := range m.Sweep.combinations() {
		v, err := m.Sweep.variant(d.table, combination)
		if err != nil {
			panic("config: claims: " + err.Error()) // LoadSweep checked every variant
		}
		fits := !slices.ContainsFunc(wanted, func(k keyed) bool { return v.Experiment.Value(k.key) != k.value.Value })
		for i, l := range levels {
			fits = fits && (l < 0 || l == combination[i])
		}
		if fits {
			found = append(found, slices.Clone(combination))
		}
	}
	switch len(found) {
	case 1:
		return found[0]
	case 0:
		d.add(at, "measure."+key, "no variant of sweep %s is so", m.Sweep.Name)
	default:
		var open []string
		for i, a := range m.Sweep.Axes {
			if slices.ContainsFunc(found, func(v []int) bool { return v[i] != found[0][i] }) {
				open = append(open, a.Name)
			}
		}
		d.add(at, "measure."+key, "%d variants of sweep %s are so; expected one: name the level of %s", len(found), m.Sweep.Name, strings.Join(open, " and "))
	}
	return nil
}

// levelOf finds a level of an axis by its name.
func (d *decoder) levelOf(a Axis, n *yaml.Node, key string) int {
	var there []string
	for _, l := range a.Levels {
		there = append(there, l.Name)
	}
	name := oneLine(n)
	i := slices.Index(there, name)
	if i < 0 {
		d.add(n, key, "%s is no level of axis %s, which has %s%s", quoted(name), a.Name, strings.Join(there, ", "), didYouMean(name, there))
	}
	return i
}

// Only is the sweep with these combinations of levels and no others, in its
// order. Where it has others it gets a name of its own, so that it does not
// take the place of the whole one in a store.
func (s Sweep) Only(wanted [][]int) Sweep {
	var some [][]int
	all := 0
	for combination := range s.combinations() {
		all++
		if slices.ContainsFunc(wanted, func(v []int) bool { return slices.Equal(v, combination) }) {
			some = append(some, slices.Clone(combination))
		}
	}
	if len(some) < all {
		s.Name += ".claims"
		s.Chosen = some
	}
	return s
}

// Of gives the experiment of a variant.
func (m *Measure) Of(variant []int) Experiment {
	v, err := m.Sweep.variant(newTable(), variant)
	if err != nil {
		panic("config: Measure: " + err.Error()) // LoadSweep checked every variant
	}
	return v.Experiment
}

// Levels gives the levels of a variant by axis.
func (m *Measure) Levels(variant []int) map[string]string {
	levels := map[string]string{}
	for i, l := range variant {
		levels[m.Sweep.Axes[i].Name] = m.Sweep.Axes[i].Levels[l].Name
	}
	return levels
}

// String says what is measured: "test/macro_f1 of head=hybrid loss=ce".
func (m *Measure) String() string {
	text := m.Split + "/" + m.Figure
	if !m.Labels.All() {
		text += " over " + m.Labels.String()
	}
	if m.Reach > 0 {
		text = fmt.Sprintf("epochs until %s is at %s of its best", text, number(m.Reach))
	}
	name := func(variant []int) string {
		var parts []string
		for i, l := range variant {
			parts = append(parts, m.Sweep.Axes[i].Name+"="+m.Sweep.Axes[i].Levels[l].Name)
		}
		return strings.Join(parts, " ")
	}
	if len(m.Sweep.Axes) > 0 {
		text += " of " + name(m.Variant)
	}
	switch m.Compare {
	case Difference:
		text += " minus " + name(m.Against)
	case Ratio:
		text += " over " + name(m.Against)
	}
	return text
}
