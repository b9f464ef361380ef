package config

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Limits of a sweep, so that a slip of the finger is told before anything is
// planned.
const (
	maxSeeds  = 1000
	maxTrials = 100_000
)

// LoadSweep reads a shipped sweep by name, or a sweep file by path:
//
//	name: heads
//	about: linear against hybrid
//	primary: test/macro_f1
//	seeds: {count: 3}            # 1, 2, 3; or a list
//	base: {corpus: {path: corpora/mine}, train: {epochs: 20}}
//	axes:
//	  - {name: head, key: model.head.kind, values: [linear, hybrid]}
//	  - name: curriculum
//	    levels:
//	      none: {curriculum.kind: none}
//	      staged: {curriculum.kind: staged, curriculum.shares: [0.25, 0.5, 0.75]}
//	  - {name: rate, key: train.learning_rate, range: [0.0005, 0.02], scale: log, count: 20}
//	combinations: {random: 3}    # or a list of levels by axis; all of them when absent
//	halving: {first: 2, factor: 3}   # successive halving (see Halving); every variant to its end when absent
//
// Every variant is checked. A wrong file gives Problems.
func LoadSweep(nameOrPath string) (Sweep, error) {
	src, err := open("sweeps", nameOrPath)
	if err != nil {
		return Sweep{}, err
	}
	return decodeSweep(src)
}

// ParseSweep reads a sweep from text, which errors call name.
func ParseSweep(name string, text []byte) (Sweep, error) { return decodeSweep(source{name, text}) }

func decodeSweep(src source) (Sweep, error) {
	d := &decoder{file: src.name}
	s := Sweep{Base: Default()}
	root := d.document(src.text)
	if root == nil {
		return s, d.problems.err()
	}
	f := d.fields(root, "", []string{"name", "about", "primary", "seeds", "base", "axes", "combinations", "halving"}, []string{"name", "primary", "seeds", "base"})
	if n := f["name"]; n != nil {
		s.Name = d.name(n, "name")
	}
	if n := f["about"]; n != nil {
		s.About, _ = d.text(n, "about")
		if strings.Contains(s.About, "\n") {
			d.add(n, "about", "more than one line; expected one")
		}
	}
	if n := f["primary"]; n != nil {
		s.Primary, _ = d.text(n, "primary")
		if names := PrimaryNames(); s.Primary != "" && !slices.Contains(names, s.Primary) {
			d.add(n, "primary", "%s is not one of %s%s", quoted(s.Primary), strings.Join(names, ", "), didYouMean(s.Primary, names))
		}
	}
	if n := f["seeds"]; n != nil {
		s.Seeds = d.seeds(n)
	}
	t := newTable()
	lines := map[string]int{"": root.Line}
	if n := f["base"]; n != nil {
		lines[""] = n.Line
		d.experiment(t, &s.Base, n, "", "base", lines)
	}
	if n := f["axes"]; n != nil {
		s.Axes = d.axes(t, n)
	}
	if n := f["combinations"]; n != nil && len(d.problems) == 0 {
		if len(s.Axes) == 0 {
			d.add(n, "combinations", "a choice without axes to choose from")
		} else {
			s.Chosen = d.chosen(n, s.Axes)
		}
	}
	if n := f["halving"]; n != nil {
		s.Halving = d.halving(n)
	}
	if len(d.problems) == 0 {
		d.variants(t, s, f["axes"], lines)
	}
	if s.Halving != nil && len(d.problems) == 0 {
		d.checkHalving(s, f["halving"])
	}
	return s, d.problems.err()
}

// seeds decodes a list of distinct seeds, or {count: n, from: first}.
func (d *decoder) seeds(n *yaml.Node) []uint64 {
	var seeds []uint64
	switch n.Kind {
	case yaml.SequenceNode:
		for _, c := range n.Content {
			seed, ok := d.whole(c, "seeds")
			if ok && slices.Contains(seeds, seed) {
				d.add(c, "seeds", "%d is given twice", seed)
			}
			seeds = append(seeds, seed)
		}
	case yaml.MappingNode:
		f := d.fields(n, "seeds", []string{"count", "from"}, []string{"count"})
		first, count := uint64(1), uint64(0)
		if c := f["from"]; c != nil {
			first, _ = d.whole(c, "seeds.from")
		}
		if c := f["count"]; c != nil {
			count, _ = d.whole(c, "seeds.count")
			if count < 1 || count > maxSeeds {
				d.add(c, "seeds.count", "%s is out of range; expected 1 to %d", c.Value, maxSeeds)
				return nil
			}
		}
		for i := range count {
			seeds = append(seeds, first+i)
		}
		return seeds
	default:
		d.add(n, "seeds", "%s; expected a list of whole numbers, or {count: how many}", describe(n))
		return nil
	}
	if len(seeds) < 1 || len(seeds) > maxSeeds {
		d.add(n, "seeds", "%d seeds; expected 1 to %d", len(seeds), maxSeeds)
	}
	return seeds
}

// whole decodes an unsigned whole number.
func (d *decoder) whole(n *yaml.Node, key string) (uint64, bool) {
	v, err := strconv.ParseUint(n.Value, 10, 64)
	if n.Kind != yaml.ScalarNode || n.Tag == "!!str" || err != nil {
		d.add(n, key, "%s; expected a whole number of 0 or more", describe(n))
		return 0, false
	}
	return v, true
}
