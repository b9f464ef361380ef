package config

import (
	"iter"

	"gopkg.in/yaml.v3"
)

// Variant is one combination of levels: an Experiment but for the seed.
type Variant struct {
	Levels     []int // index of the level of each axis
	Experiment Experiment
}

// Size is the number of trials of s, variants times seeds, at most one more
// than the greatest that is allowed.
func (s Sweep) Size() int {
	n := len(s.Seeds)
	if s.Chosen != nil {
		return min(n*len(s.Chosen), maxTrials+1)
	}
	for _, a := range s.Axes {
		if n *= len(a.Levels); n > maxTrials {
			return maxTrials + 1
		}
	}
	return n
}

// Variants gives the chosen combinations, or the product of all axes, in which
// the last axis varies fastest. A sweep without axes has one variant, its base. The error, if any, is the
// last value given: a sweep from LoadSweep has none.
func (s Sweep) Variants() iter.Seq2[Variant, error] {
	return func(yield func(Variant, error) bool) {
		t := newTable()
		for levels := range s.combinations() {
			v, err := s.variant(t, levels)
			if err == nil {
				err = v.Experiment.Check()
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// next moves on to the next combination of levels, if there is one.
func (s Sweep) next(levels []int) bool {
	for i := len(levels) - 1; i >= 0; i-- {
		if levels[i]++; levels[i] < len(s.Axes[i].Levels) {
			return true
		}
		levels[i] = 0
	}
	return false
}

// variant applies one combination of levels to the base.
func (s Sweep) variant(t table, levels []int) (Variant, error) {
	v := Variant{Levels: append([]int(nil), levels...), Experiment: s.Base.clone()}
	for i, a := range s.Axes {
		for _, set := range a.Levels[levels[i]].Set {
			if err := set.apply(t, &v.Experiment); err != nil {
				return v, err
			}
		}
	}
	return v, nil
}

// apply sets one value.
func (set Setting) apply(t table, e *Experiment) error {
	s, what := t.lookup(set.Key)
	d := &decoder{}
	if what == "" {
		n := d.value(set.Text, set.Key)
		if n == nil {
			return d.problems[0]
		}
		v, wrong := s.parse(n)
		if wrong == "" {
			s.field(e, true).Set(v)
			return nil
		}
		what = wrong
	}
	return Problem{Line: set.Line, Key: set.Key, What: what}
}

// variants checks every combination of levels. A fault is told once for each
// line: that of the level which causes it, else that of the base.
func (d *decoder) variants(t table, s Sweep, axes *yaml.Node, base map[string]int) {
	if n := s.Size(); n > maxTrials {
		d.add(axes, "axes", "more than %d trials (levels of all axes times seeds)", maxTrials)
		return
	}
	told := map[Problem]bool{}
	for levels := range s.combinations() {
		v, err := s.variant(t, levels)
		if err != nil {
			panic("config: variants: " + err.Error()) // each value was checked when it was decoded
		}
		for _, f := range v.Experiment.faults() {
			p := Problem{File: d.file, Key: f.keys[0], What: f.what}
			var level string
			if p.Line, level = s.blame(f, levels); level != "" {
				p.What += " (" + level + ")"
			} else {
				p.Line, p.Key = f.line(base), "base."+p.Key
			}
			where := Problem{Line: p.Line, Key: p.Key}
			if !told[where] {
				told[where] = true
				d.problems = append(d.problems, p)
			}
		}
		if len(d.problems) > maxProblems {
			return
		}
	}
}

// blame finds the level that set one of the keys of a fault, and its line.
func (s Sweep) blame(f fault, levels []int) (line int, level string) {
	for _, k := range f.keys {
		for i, a := range s.Axes {
			for _, set := range a.Levels[levels[i]].Set {
				if set.Key == k {
					return set.Line, a.Name + " " + a.Levels[levels[i]].Name
				}
			}
		}
	}
	return 0, ""
}
