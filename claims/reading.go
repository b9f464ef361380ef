package claims

import (
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// Reading is what measuring a claim gave, in the unit of the claim.
type Reading struct {
	Value     float64     `json:"value"`
	Interval  *[2]float64 `json:"interval,omitempty"` // nil where there is none
	Exact     bool        `json:"exact,omitempty"`    // counted: it needs none
	N         int         `json:"n"`
	Of        string      `json:"of,omitempty"` // what N counts
	Documents int         `json:"documents,omitempty"`
	Labels    int         `json:"labels,omitempty"`
	Method    string      `json:"method,omitempty"`
	Notes     []string    `json:"notes,omitempty"` // what was found besides, each a clause
	Corpora   []string    `json:"corpora,omitempty"`

	// Of an interval over seeds, for the number of seeds that a narrower one
	// needs: the deviation over seeds and the parts of the error over
	// documents that more seeds do and do not shrink, both at one seed.
	spread *spread
}

type spread struct{ sd, own, shared float64 }

// half is the half-width of the interval, infinite where there is none.
func (r Reading) half() float64 {
	switch {
	case r.Exact:
		return 0
	case r.Interval == nil:
		return math.Inf(1)
	}
	return (r.Interval[1] - r.Interval[0]) / 2
}

// ends are those of the interval, or the value where there is none.
func (r Reading) ends() (low, high float64) {
	if r.Interval == nil {
		return r.Value, r.Value
	}
	return r.Interval[0], r.Interval[1]
}

// overSeeds sums values of runs up with a t interval over them.
func overSeeds(values []float64, of string) (Reading, error) {
	mean, sd := metrics.MeanSD(values)
	r := Reading{Value: mean, N: len(values), Of: of}
	if len(values) < 2 {
		return r, nil
	}
	t, _, err := metrics.TInterval(values, metrics.DefaultLevel)
	if err != nil {
		return r, err
	}
	r.Interval, r.Method, r.spread = &[2]float64{t.Low, t.High}, "t over "+of, &spread{sd: sd}
	return r, nil
}

// nothing is a tally of a model that finds no entity: every figure of it is 0.
func nothing(t metrics.Tally) metrics.Tally {
	none := metrics.Tally{Labels: t.Labels, Docs: slices.Clone(t.Docs)}
	for d := range none.Docs {
		labels := slices.Clone(none.Docs[d].Labels)
		for l := range labels {
			labels[l].TP, labels[l].Pred = 0, 0
		}
		none.Docs[d].Labels = labels
	}
	return none
}

// resampling is how the documents of a claim are resampled.
func resampling(name string) metrics.Resampling {
	return metrics.Resampling{Resamples: metrics.DefaultResamples, Level: metrics.DefaultLevel, Seed: 1, Stream: "claims/" + name}
}

// overBoth gives the mean of a figure over runs, less that of the runs
// against, with the interval over seeds and documents. Without others the
// figure is held against that of a model that finds nothing, which is 0. With
// one run of settled settings, whose result does not depend on the seed, the
// interval is over documents alone.
func overBoth(name string, runs, against []metrics.Tally, stat metrics.Statistic, settled bool) (Reading, error) {
	r := Reading{N: len(runs), Of: "seeds", Documents: len(runs[0].Docs)}
	if len(runs) == 1 && settled {
		found, err := metrics.Bootstrap(runs[0], []metrics.Statistic{stat}, resampling(name))
		if err != nil {
			return r, err
		}
		r.Value, r.Of = 100*found[0].Value, "run"
		r.Interval, r.Method = &[2]float64{100 * found[0].Low, 100 * found[0].High}, "bootstrap over documents"
		return r, nil
	}
	if against == nil {
		for _, t := range runs {
			against = append(against, nothing(t))
		}
	}
	all, err := metrics.PairedBootstrap(against, runs, []metrics.Statistic{stat}, resampling(name))
	if err != nil {
		return r, err
	}
	r.Value = 100 * all[0].Diff.Value
	both := all[0].Both
	if both == nil || math.IsNaN(both.Low) {
		return r, nil
	}
	n := float64(len(runs))
	own := math.Sqrt(max(0, both.DocumentSE*both.DocumentSE-both.SharedSE*both.SharedSE) * n)
	r.Interval, r.Method = &[2]float64{100 * both.Low, 100 * both.High}, "t over seeds and documents"
	r.spread = &spread{sd: 100 * both.SeedSE * math.Sqrt(n), own: 100 * own, shared: 100 * both.SharedSE}
	return r, nil
}

// more is how many more seeds make the interval narrow enough; found is false
// when no number of them does.
func (r Reading) more(half float64) (seeds int, found bool) {
	if r.spread == nil || half <= 0 {
		return 0, false
	}
	n, found := metrics.SeedsForWidth(half, r.spread.sd, r.spread.own, r.spread.shared, r.Documents, experiments.MostPairs, metrics.DefaultLevel)
	return max(n-r.N, 1), found
}

// String writes "68.3 [66.1, 70.5]".
func (r Reading) String() string {
	if r.Interval == nil {
		return figure(r.Value)
	}
	return fmt.Sprintf("%s [%s, %s]", figure(r.Value), figure(r.Interval[0]), figure(r.Interval[1]))
}
