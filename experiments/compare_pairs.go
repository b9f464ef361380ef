package experiments

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// pair is a run of each side with equal corpus, seed and other factors; the
// seeds may differ when it is all that was asked for.
type pair struct {
	a, b   Outcome
	levels map[string]string // of the factors that do not tell the sides apart
}

// pairUp pairs the runs of two sides and says in warnings what was left out.
// Pairs are in order of their other factors, then seeds. Two runs of the same
// corpus are a pair, whatever their seeds.
func pairUp(a, b Side) (pairs []pair, warnings []string, err error) {
	var sides [2]Side
	for i, s := range []Side{a, b} {
		var warning string
		if len(s.Outcomes) == 0 {
			return nil, nil, fmt.Errorf("side %s has no runs", s.Name)
		}
		sides[i], warning = onceEach(s)
		if warning != "" {
			warnings = append(warnings, warning)
		}
	}
	telling := tellingAxes(sides[0].Outcomes, sides[1].Outcomes)
	var byKey [2]map[string]Outcome
	for i, s := range sides {
		for _, axis := range telling {
			if l := levelsOf(s.Outcomes, axis); len(l) > 1 {
				return nil, nil, fmt.Errorf("side %s mixes levels of %s, which tells the sides apart: %s; choose one", s.Name, axis, strings.Join(l, ", "))
			}
		}
		byKey[i] = map[string]Outcome{}
		for _, o := range s.Outcomes {
			key := pairKey(o, telling)
			if other, taken := byKey[i][key]; taken {
				return nil, nil, fmt.Errorf("side %s has 2 runs with the same factors, seed and corpus: %s (sweep %s) and %s (sweep %s); choose one", s.Name, other.Run, other.Sweep, o.Run, o.Sweep)
			}
			byKey[i][key] = o
		}
	}
	var alone [2][]string
	for _, key := range slices.Sorted(maps.Keys(byKey[0])) {
		oa := byKey[0][key]
		ob, has := byKey[1][key]
		if !has {
			alone[0] = append(alone[0], describe(oa))
			continue
		}
		levels := maps.Clone(oa.Levels)
		for _, axis := range telling {
			delete(levels, axis)
		}
		pairs = append(pairs, pair{a: oa, b: ob, levels: levels})
	}
	for _, key := range slices.Sorted(maps.Keys(byKey[1])) {
		if _, has := byKey[0][key]; !has {
			alone[1] = append(alone[1], describe(byKey[1][key]))
		}
	}
	if len(pairs) == 0 {
		oa, ob := sides[0].Outcomes[0], sides[1].Outcomes[0]
		if len(sides[0].Outcomes)+len(sides[1].Outcomes) > 2 || oa.CorpusDigest != ob.CorpusDigest {
			return nil, nil, noPairs(sides, alone)
		}
		warnings = append(warnings, fmt.Sprintf("the seeds differ, %d and %d: part of the difference is theirs", oa.Seed, ob.Seed))
		return []pair{{a: oa, b: ob}}, warnings, nil
	}
	for i, s := range sides {
		if len(alone[i]) > 0 {
			warnings = append(warnings, fmt.Sprintf("%s of side %s without a partner left out: %s", runs(len(alone[i])), s.Name, strings.Join(alone[i], "; ")))
		}
	}
	return pairs, warnings, nil
}

// noPairs says why no run has a partner.
func noPairs(sides [2]Side, alone [2][]string) error {
	for _, da := range digests(sides[0].Outcomes) {
		if slices.Contains(digests(sides[1].Outcomes), da) {
			return fmt.Errorf("no run of side %s has a partner on side %s with the same seed and other factors: A has %s, B has %s", sides[0].Name, sides[1].Name, alone[0][0], alone[1][0])
		}
	}
	return fmt.Errorf("sides %s and %s were run on different corpora: %s and %s", sides[0].Name, sides[1].Name, strings.Join(digests(sides[0].Outcomes), ", "), strings.Join(digests(sides[1].Outcomes), ", "))
}

// onceEach drops runs that are listed twice.
func onceEach(s Side) (Side, string) {
	seen := map[string]bool{}
	var kept []Outcome
	for _, o := range s.Outcomes {
		if !seen[o.Key] {
			seen[o.Key] = true
			kept = append(kept, o)
		}
	}
	if len(kept) == len(s.Outcomes) {
		return s, ""
	}
	return Side{Name: s.Name, Outcomes: kept}, fmt.Sprintf("%s of side %s given more than once, counted once", runs(len(s.Outcomes)-len(kept)), s.Name)
}

// tellingAxes are the factors that tell the sides apart: those without a
// level that both sides have. A run without the factor has level "".
func tellingAxes(a, b []Outcome) []string {
	axes := map[string]bool{}
	for _, side := range [][]Outcome{a, b} {
		for _, o := range side {
			for axis := range o.Levels {
				axes[axis] = true
			}
		}
	}
	var telling []string
	for _, axis := range slices.Sorted(maps.Keys(axes)) {
		lb := levelsOf(b, axis)
		if !slices.ContainsFunc(levelsOf(a, axis), func(l string) bool { return slices.Contains(lb, l) }) {
			telling = append(telling, axis)
		}
	}
	return telling
}

// levelsOf lists the levels of a factor, sorted.
func levelsOf(outcomes []Outcome, axis string) []string {
	return sortedSet(outcomes, func(o Outcome) string { return o.Levels[axis] })
}

// digests lists the corpora, sorted.
func digests(outcomes []Outcome) []string {
	return sortedSet(outcomes, func(o Outcome) string { return o.CorpusDigest })
}

func sortedSet(outcomes []Outcome, of func(Outcome) string) []string {
	var set []string
	for _, o := range outcomes {
		set = append(set, of(o))
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// pairKey is equal for runs that are partners. It sorts by factors, then
// seed: the seed is padded to the width of the largest uint64.
func pairKey(o Outcome, telling []string) string {
	var key strings.Builder
	for _, axis := range slices.Sorted(maps.Keys(o.Levels)) {
		if !slices.Contains(telling, axis) {
			fmt.Fprintf(&key, "%q=%q ", axis, o.Levels[axis])
		}
	}
	fmt.Fprintf(&key, "%020d %s", o.Seed, o.CorpusDigest)
	return key.String()
}

// factors writes levels in order of their axes.
func factors(levels map[string]string) string {
	var parts []string
	for _, axis := range slices.Sorted(maps.Keys(levels)) {
		parts = append(parts, axis+"="+levels[axis])
	}
	return strings.Join(parts, " ")
}

// describe names a run for a reader.
func describe(o Outcome) string {
	return fmt.Sprintf("%s (%s)", o.Run, strings.TrimSpace(fmt.Sprintf("%s seed %d", factors(o.Levels), o.Seed)))
}

func runs(n int) string {
	if n == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", n)
}
