package metrics

import "fmt"

// Replicates is a statistic of one tally: on all its documents, and on each
// resample of them.
type Replicates struct {
	Full   float64
	Values []float64 // by resample; NaN where the statistic is not defined
}

// Replicate gives the replicates of each statistic. With the same r, tallies
// of the same documents are resampled alike, so that a difference of their
// replicates is that of a paired bootstrap: what is computed once for a run
// serves every comparison that it is part of.
func Replicate(t Tally, stats []Statistic, r Resampling) ([]Replicates, error) {
	all, err := ReplicateAll([]Tally{t}, stats, r)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// ReplicateAll is Replicate of several tallies, by tally and statistic. Their
// documents are drawn once for all; the error names the first tally whose
// documents are others than those of tally 1.
func ReplicateAll(tallies []Tally, stats []Statistic, r Resampling) ([][]Replicates, error) {
	r, err := r.filled()
	if err != nil {
		return nil, err
	}
	if len(tallies) == 0 {
		panic("metrics: ReplicateAll: no tallies")
	}
	documents := len(tallies[0].Docs)
	if documents == 0 {
		return nil, errNoDocuments
	}
	for k, t := range tallies {
		if err := SameDocuments(tallies[0], t); err != nil {
			return nil, fmt.Errorf("tally 1 and tally %d: %w", k+1, err)
		}
	}
	p, err := packAll(tallies)
	if err != nil {
		return nil, err
	}
	all := make([][]Replicates, len(tallies))
	for k, t := range tallies {
		totals, values := t.Totals(), matrix(len(stats), r.Resamples)
		all[k] = make([]Replicates, len(stats))
		for s, stat := range stats {
			all[k][s] = Replicates{Full: stat(totals), Values: values[s]}
		}
	}
	resample(p, documents, r, func(i int, totals [][]Count) {
		for k := range all {
			for s, stat := range stats {
				all[k][s].Values[i] = stat(totals[k])
			}
		}
	})
	return all, nil
}

// PairedReplicates is PairedBootstrap of one statistic whose replicates are
// known; documents is the number of documents that were resampled, and r what
// the replicates were made with. It does not check that the tallies had the
// same documents.
func PairedReplicates(a, b []Replicates, documents int, r Resampling) (Difference, error) {
	r, err := r.filled()
	if err != nil {
		return Difference{}, err
	}
	pairs := len(a)
	if pairs != len(b) || pairs == 0 {
		panic(fmt.Sprintf("metrics: PairedReplicates: %d and %d tallies: expected pairs", pairs, len(b)))
	}
	resamples := len(a[0].Values)
	for k := range pairs {
		if len(a[k].Values) != resamples || len(b[k].Values) != resamples {
			panic(fmt.Sprintf("metrics: PairedReplicates: %d, %d and %d resamples: expected one number", resamples, len(a[k].Values), len(b[k].Values)))
		}
	}
	means := func(of func(Replicates) float64, d []float64) (ma, mb float64) {
		for k := range pairs {
			x, y := of(a[k]), of(b[k])
			d[k] = y - x
			ma += x
			mb += y
		}
		return ma / float64(pairs), mb / float64(pairs)
	}
	full := make([]float64, pairs)
	ma, mb := means(func(x Replicates) float64 { return x.Full }, full)
	v := matrix(3, resamples)
	m := matrix(2, resamples)
	s := spread{full: full, squares: m[0], shared: m[1]}
	d, key := make([]float64, pairs), streamKey(r.Seed, r.Stream+"/pairs")
	for i := range resamples {
		v[0][i], v[1][i] = means(func(x Replicates) float64 { return x.Values[i] }, d)
		v[2][i] = v[1][i] - v[0][i]
		if pairs > 1 {
			s.see(i, d, key)
		}
	}
	var out Difference
	if pairs > 1 {
		out.Both = s.hierarchical(mb-ma, v[2], documents, r.Level)
	}
	out.A, out.B, out.Diff = percentile(ma, v[0], r.Level), percentile(mb, v[1], r.Level), percentile(mb-ma, v[2], r.Level)
	out.P, out.Valid = signP(v[2])
	return out, nil
}

// MeanReplicates is the mean of a statistic over tallies with its interval
// over their documents, the same for all.
func MeanReplicates(all []Replicates, r Resampling) (Interval, error) {
	r, err := r.filled()
	if err != nil {
		return Interval{}, err
	}
	if len(all) == 0 {
		panic("metrics: MeanReplicates: no tallies")
	}
	n := float64(len(all))
	mean, values := 0.0, make([]float64, len(all[0].Values))
	for _, x := range all {
		mean += x.Full
		for i, v := range x.Values {
			values[i] += v
		}
	}
	for i := range values {
		values[i] /= n
	}
	return percentile(mean/n, values, r.Level), nil
}
