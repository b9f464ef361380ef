package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/metrics"
)

// rank orders variants by the metric that the best is chosen by: that of the
// validation split where the primary metric is of the test split, so that the
// figure that is reported has not been chosen by itself.
func (r *Report) rank() {
	r.chosenBy = r.data.Sweep.Primary
	if name, ok := strings.CutPrefix(r.data.Sweep.Primary, "test/"); ok {
		all := true
		for i := range r.data.Outcomes {
			_, has := r.data.Outcomes[i].Metrics["validation/"+name]
			all = all && has
		}
		if all {
			r.chosenBy = "validation/" + name
		}
	}
	for _, v := range r.variants {
		v.chosenBy, _ = metrics.MeanSD(v.values(r.chosenBy))
	}
	r.ranked = slices.Clone(r.variants)
	slices.SortStableFunc(r.ranked, func(a, b *variant) int { return -cmp.Compare(a.chosenBy, b.chosenBy) })
	r.best = r.ranked[0]
}

// pair finds the two variants that figures set side by side: those that the
// data name, or the best, and the best of those that differ from it in the
// first axis only; where no axis has two levels, none.
func (r *Report) pair() error {
	find := func(name string) (*variant, error) {
		for _, v := range r.variants {
			if v.name == name {
				return v, nil
			}
		}
		names := make([]string, len(r.variants))
		for i, v := range r.variants {
			names[i] = v.name
		}
		return nil, fmt.Errorf("reports: variant %q has no run: there are %s", name, strings.Join(names, "; "))
	}
	r.candidate = r.best
	if r.data.Candidate != "" {
		v, err := find(r.data.Candidate)
		if err != nil {
			return err
		}
		r.candidate = v
	}
	if r.data.Baseline != "" {
		v, err := find(r.data.Baseline)
		if err != nil {
			return err
		}
		if v == r.candidate {
			return fmt.Errorf("reports: baseline and candidate are both %q", v.name)
		}
		r.baseline = v
		return nil
	}
	for axis := range r.data.Sweep.Axes {
		for _, v := range r.ranked {
			if v != r.candidate && differOnlyIn(axis, v, r.candidate) {
				r.baseline = v
				return nil
			}
		}
	}
	// A sweep with missing cells may hold no such pair.
	for _, v := range r.ranked {
		if v != r.candidate {
			r.baseline = v
			return nil
		}
	}
	return nil
}

func differOnlyIn(axis int, a, b *variant) bool {
	for i := range a.levels {
		if (a.levels[i] != b.levels[i]) != (i == axis) {
			return false
		}
	}
	return true
}
