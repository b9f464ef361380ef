package experiments

import (
	"slices"

	"github.com/invoicelab/invoicelab/metrics"
)

// shared is what resamples say of one metric of the runs of a sweep, worked out
// once for all of its comparisons: a run is part of several. It is the same as
// each would find by itself, since all draw from one stream.
type shared struct {
	replicates map[string]metrics.Replicates // by run
	swapped    map[[2]string]float64         // p of approximate randomisation, by the names of the sides
}

// resamplingOf says how the documents of a split are resampled.
func (opt CompareOptions) resamplingOf(split string) metrics.Resampling {
	return metrics.Resampling{Resamples: opt.Resamples, Level: opt.Level, Seed: opt.Seed, Threads: opt.Threads, Stream: "compare/" + split}
}

// share works out what the comparisons of these sides have in common. A
// comparison that cannot be made is left out; Compare says why.
func share(sides [][2]Side, opt CompareOptions) (*shared, error) {
	split, named, opt, err := opt.filled()
	if err != nil {
		return nil, err
	}
	var names [][2]string
	var comparisons []metrics.Sides
	var tallies []metrics.Tally
	var runs []string
	place := map[string]int{}
	at := func(o Outcome) int {
		k, known := place[o.Run]
		if !known {
			k = len(runs)
			place[o.Run], runs, tallies = k, append(runs, o.Run), append(tallies, o.tally(split))
		}
		return k
	}
	metric := named
	for _, s := range sides {
		pairs, _, err := pairUp(s[0], s[1])
		if err != nil {
			continue
		}
		var c metrics.Sides
		metric, pairs = semanticPairs(named, pairs)
		for _, p := range pairs {
			c.A, c.B = append(c.A, at(p.a)), append(c.B, at(p.b))
		}
		names, comparisons = append(names, [2]string{s[0].Name, s[1].Name}), append(comparisons, c)
	}
	apart := func(t metrics.Tally) bool {
		return len(t.Docs) == 0 || metrics.SameDocuments(tallies[0], t) != nil
	}
	if len(comparisons) < 2 || slices.ContainsFunc(tallies, apart) {
		return nil, nil
	}
	stat, err := metrics.MetricStatistic(metric, nil)
	if err != nil {
		return nil, err
	}
	r := opt.resamplingOf(split)
	replicates, err := metrics.ReplicateAll(tallies, []metrics.Statistic{stat}, r)
	if err != nil {
		return nil, err
	}
	p, err := metrics.Randomisations(tallies, comparisons, []metrics.Statistic{stat}, under(r, "randomisation"))
	if err != nil {
		return nil, err
	}
	s := &shared{replicates: map[string]metrics.Replicates{}, swapped: map[[2]string]float64{}}
	for k, run := range runs {
		s.replicates[run] = replicates[k][0]
	}
	for c, name := range names {
		s.swapped[name] = p[c][0]
	}
	return s, nil
}

// difference is the comparison of two sides from what is shared, found is false
// where it is not there.
func (s *shared) difference(c *Comparison, documents int, r metrics.Resampling) (d metrics.Difference, p float64, found bool, err error) {
	if s == nil {
		return d, 0, false, nil
	}
	if p, found = s.swapped[[2]string{c.A.Name, c.B.Name}]; !found {
		return d, 0, false, nil
	}
	of := func(runs []string) []metrics.Replicates {
		all := make([]metrics.Replicates, len(runs))
		for k, run := range runs {
			all[k] = s.replicates[run]
		}
		return all
	}
	d, err = metrics.PairedReplicates(of(c.A.Runs), of(c.B.Runs), documents, r)
	return d, p, true, err
}

// tally is the counts of a split.
func (o Outcome) tally(split string) metrics.Tally {
	if split == heldoutSplit {
		return o.Heldout
	}
	return o.Test
}
