package experiments

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/metrics"
)

// Group is the runs that have the same values of some fields, and what a
// metric comes to over their seeds.
type Group struct {
	Values  []string `json:"values"`            // of the fields
	Runs    []string `json:"runs"`              // short ids of those that have the metric
	Missing int      `json:"missing,omitempty"` // runs without the metric: not done, or it is NaN
	Seeds   int      `json:"seeds"`
	// Mean is over seeds of the mean over the runs of a seed, SD the standard
	// deviation of the latter; Interval is Mean's by t, nil with fewer than 2
	// seeds. Runs of one seed are not taken for independent ones.
	Mean     float64     `json:"mean"`
	SD       *float64    `json:"sd,omitempty"`
	Interval *[2]float64 `json:"interval,omitempty"`
	// Uneven says that some seeds have fewer runs than others: the mean is
	// then not over the same variants for each.
	Uneven bool `json:"uneven,omitempty"`
}

// Groups forms groups of the runs that a search selects by the values of
// fields, in the order in which the search gives the first run of each, with
// intervals at that level. Offset and Limit of the search are not looked at.
func (s *Store) Groups(ctx context.Context, q Search, by []string, metric string, level float64) (groups []Group, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return nil, err
	}
	defer end(&err)
	q.Offset, q.Limit = 0, 0
	f, err := s.field(ctx, metric)
	if err != nil {
		return nil, err
	}
	if f.kind != metricField && f.kind != numberField {
		return nil, &FieldError{"group: " + metric + " is no number; expected a metric, or seconds"}
	}
	n := len(by)
	t, err := s.Find(ctx, q, append(slices.Clone(by), "run", "seed", metric))
	if err != nil {
		return nil, err
	}
	type sums struct {
		Group
		seed map[string]int // place in total and runs
		of   []float64      // sum of each seed
		runs []int          // of each seed
	}
	var all []*sums
	place := map[string]*sums{}
	values := make([]string, n)
	for _, row := range t.Rows {
		for i := range by {
			values[i] = row[i].Text
		}
		id := strings.Join(values, "\x00")
		g := place[id]
		if g == nil {
			g = &sums{Group: Group{Values: slices.Clone(values)}, seed: map[string]int{}}
			place[id] = g
			all = append(all, g)
		}
		v := row[n+2]
		if !v.IsNumber() || math.IsNaN(v.Number) {
			g.Missing++
			continue
		}
		seed := row[n+1].Text
		k, ok := g.seed[seed]
		if !ok {
			k = len(g.of)
			g.seed[seed], g.of, g.runs = k, append(g.of, 0), append(g.runs, 0)
		}
		g.of[k] += v.Number
		g.runs[k]++
		g.Runs = append(g.Runs, row[n].Text)
	}
	groups = make([]Group, len(all))
	for i, g := range all {
		g.Seeds = len(g.of)
		for k := range g.of {
			g.of[k] /= float64(g.runs[k])
			g.Uneven = g.Uneven || g.runs[k] != g.runs[0]
		}
		mean, sd := metrics.MeanSD(g.of)
		g.Mean = mean
		if g.Seeds > 1 {
			v, _, err := metrics.TInterval(g.of, level)
			if err != nil {
				return nil, err
			}
			g.SD, g.Interval = &sd, &[2]float64{v.Low, v.High}
		}
		groups[i] = g.Group
	}
	return groups, nil
}

// SortGroups orders groups by their mean; those without a run come last.
func SortGroups(groups []Group, descending bool) {
	slices.SortStableFunc(groups, func(a, b Group) int {
		if e, f := len(a.Runs) == 0, len(b.Runs) == 0; e || f {
			return strings.Compare(strconv.FormatBool(e), strconv.FormatBool(f))
		}
		if descending {
			a, b = b, a
		}
		switch {
		case a.Mean < b.Mean:
			return -1
		case a.Mean > b.Mean:
			return 1
		}
		return 0
	})
}
