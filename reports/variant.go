package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// variant is one cell of a sweep: a level of every axis, with its runs by seed.
type variant struct {
	name   string
	levels []string // by axis
	runs   []*experiments.Outcome

	// What drawings tell it by; the same in every figure. A variant without
	// a colour of its own is drawn in grey.
	coloured bool
	tint     tint
	dash     []float64
	glyph    int

	micro, macro, rare metrics.Interval // means over seeds; intervals over documents
	primary            metrics.Interval
	microSD, macroSD   float64 // over seeds; NaN for one
	rareSD, primarySD  float64
	seconds            float64 // mean of a run
	chosenBy           float64 // mean of the metric that variants are ranked by
}

// VariantName names a variant by its levels, in the order of the sweep's axes.
func VariantName(axes []config.Axis, levels map[string]string) string {
	if len(axes) == 0 {
		return "base"
	}
	return strings.Join(levelsOf(axes, levels), " · ")
}

func levelsOf(axes []config.Axis, levels map[string]string) []string {
	out := make([]string, len(axes))
	for i, a := range axes {
		out[i] = levels[a.Name]
	}
	return out
}

// groupVariants puts outcomes together that differ in the seed only, in the
// order in which the sweep names their levels. An outcome with a level that
// the sweep lacks, or two of one variant and seed, are errors.
func groupVariants(d *Data) ([]*variant, error) {
	place := func(a config.Axis, level string) int {
		return slices.IndexFunc(a.Levels, func(l config.Level) bool { return l.Name == level })
	}
	byKey := map[string]*variant{}
	var variants []*variant
	for i := range d.Outcomes {
		o := &d.Outcomes[i]
		for _, a := range d.Sweep.Axes {
			if place(a, o.Levels[a.Name]) < 0 {
				return nil, fmt.Errorf("reports: run %s: level %q of axis %q is not in sweep %s", o.Run, o.Levels[a.Name], a.Name, d.Sweep.Name)
			}
		}
		name := VariantName(d.Sweep.Axes, o.Levels)
		key := strings.Join(levelsOf(d.Sweep.Axes, o.Levels), "\x00") // names may hold the separator
		v := byKey[key]
		if v == nil {
			v = &variant{name: name, levels: levelsOf(d.Sweep.Axes, o.Levels)}
			byKey[key] = v
			variants = append(variants, v)
		}
		for _, other := range v.runs {
			if other.Seed == o.Seed {
				return nil, fmt.Errorf("reports: runs %s and %s are both of variant %s and seed %d", other.Run, o.Run, name, o.Seed)
			}
		}
		v.runs = append(v.runs, o)
	}
	for _, v := range variants {
		slices.SortFunc(v.runs, func(a, b *experiments.Outcome) int { return cmp.Compare(a.Seed, b.Seed) })
	}
	slices.SortFunc(variants, func(a, b *variant) int {
		for i, axis := range d.Sweep.Axes {
			if c := cmp.Compare(place(axis, a.levels[i]), place(axis, b.levels[i])); c != 0 {
				return c
			}
		}
		return 0
	})
	return variants, nil
}

// colour gives colours to at most as many variants as the palette has: the
// pair of the report first, then the others in the order of the sweep, or the
// best of them where they are too many.
func (r *Report) colour() {
	chosen := []*variant{r.candidate}
	if r.baseline != nil {
		chosen = append(chosen, r.baseline)
	}
	others := r.variants
	if len(others) > len(variantTints) {
		others = r.ranked
	}
	for _, v := range others {
		v.tint = inkOther
		if len(chosen) < len(variantTints) && !slices.Contains(chosen, v) {
			chosen = append(chosen, v)
		}
	}
	for i, v := range chosen {
		v.coloured, v.tint, v.dash, v.glyph = true, variantTints[i], dashes[i], i
	}
}

// commonSeeds gives the tallies of the seeds that both variants have runs of,
// pair by pair.
func commonSeeds(a, b *variant, of func(*experiments.Outcome) *metrics.Tally) (ta, tb []metrics.Tally) {
	for _, x := range a.runs {
		for _, y := range b.runs {
			if x.Seed == y.Seed {
				ta, tb = append(ta, *of(x)), append(tb, *of(y))
			}
		}
	}
	return ta, tb
}

// runIDs lists the runs of a variant.
func (v *variant) runIDs() string {
	ids := make([]string, len(v.runs))
	for i, o := range v.runs {
		ids[i] = o.Run
	}
	return strings.Join(ids, ", ")
}

// values lists a metric over the runs that have it.
func (v *variant) values(metric string) []float64 {
	var out []float64
	for _, o := range v.runs {
		if x, ok := metricOf(o, metric); ok {
			out = append(out, x)
		}
	}
	return out
}
