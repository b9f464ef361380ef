package config

import (
	"iter"
	"math"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/invoicelab/invoicelab/nearest"
	"github.com/invoicelab/invoicelab/stream"
)

// combinations gives the combinations of levels of a sweep: those it chose, or
// the product of all axes, in which the last axis varies fastest. The slice
// changes from one to the next.
func (s Sweep) combinations() iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		if s.Chosen != nil {
			for _, levels := range s.Chosen {
				if !yield(slices.Clone(levels)) {
					return
				}
			}
			return
		}
		for levels := make([]int, len(s.Axes)); ; {
			if !yield(levels) || !s.next(levels) {
				return
			}
		}
	}
}

// chosen decodes the combinations to run:
//
//	combinations: {random: 20, seed: 1}     # 20 different ones, drawn from all
//	combinations:                           # or these
//	  - {head: linear, loss: ce}
//	  - {head: hybrid, loss: combined}
//
// The first k of a random choice are the random choice of k with that seed.
func (d *decoder) chosen(n *yaml.Node, axes []Axis) [][]int {
	if n.Kind == yaml.MappingNode {
		return d.random(n, axes)
	}
	if !d.isList(n, "combinations") {
		return nil
	}
	if len(n.Content) == 0 {
		d.add(n, "combinations", "an empty list; leave the key out for all combinations")
	}
	var all [][]int
	line := map[string]int{}
	for _, item := range n.Content {
		if !d.isMapping(item, "combinations") {
			return nil
		}
		levels, ok := d.combination(item, axes)
		if !ok {
			continue
		}
		var id []string
		for i, l := range levels {
			id = append(id, axes[i].Levels[l].Name)
		}
		name := strings.Join(id, "\n")
		if first, twice := line[name]; twice {
			d.add(item, "combinations", "the same levels as on line %d", first)
		}
		line[name] = item.Line
		all = append(all, levels)
	}
	return all
}

// combination decodes a mapping of every axis to one of its levels.
func (d *decoder) combination(n *yaml.Node, axes []Axis) (levels []int, ok bool) {
	var names []string
	for _, a := range axes {
		names = append(names, a.Name)
	}
	given := d.fields(n, "combinations", names, names)
	levels, ok = make([]int, len(axes)), len(given) == len(axes)
	for i, a := range axes {
		c := given[a.Name]
		if c == nil {
			ok = false
			continue
		}
		var there []string
		for _, l := range a.Levels {
			there = append(there, l.Name)
		}
		name := oneLine(c)
		if levels[i] = slices.Index(there, name); levels[i] < 0 {
			hint := ""
			if near, found := nearest.Name(name, there); found {
				hint = "; did you mean " + near + "?"
			}
			d.add(c, "combinations."+a.Name, "%s is no level of axis %s, which has %s%s", quoted(name), a.Name, strings.Join(there, ", "), hint)
			ok = false
		}
	}
	return levels, ok
}

// random draws combinations without repeating one.
func (d *decoder) random(n *yaml.Node, axes []Axis) [][]int {
	f := d.fields(n, "combinations", []string{"random", "seed"}, []string{"random"})
	if f["random"] == nil {
		return nil
	}
	count, ok := d.whole(f["random"], "combinations.random")
	seed := uint64(1)
	if c := f["seed"]; c != nil && ok {
		seed, ok = d.whole(c, "combinations.seed")
	}
	if !ok {
		return nil
	}
	all := 1.0
	for _, a := range axes {
		all *= float64(len(a.Levels))
	}
	if most := math.Min(all, maxTrials); count < 1 || float64(count) > most {
		d.add(f["random"], "combinations.random", "%d is out of range; expected 1 to %.0f, the number of combinations of all axes or of trials", count, most)
		return nil
	}
	r := stream.New(seed, "combinations")
	var chosen [][]int
	known := map[string]bool{}
	for uint64(len(chosen)) < count {
		// Drawing again what is known takes log(all) draws for each of the
		// last combinations, and there are at most maxTrials of them.
		levels := make([]int, len(axes))
		var id strings.Builder
		for i, a := range axes {
			levels[i] = r.IntN(len(a.Levels))
			id.WriteString(a.Levels[levels[i]].Name + "\n")
		}
		if !known[id.String()] {
			known[id.String()] = true
			chosen = append(chosen, levels)
		}
	}
	return chosen
}
