package metrics

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Interval is an estimate with the ends of its interval.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Excludes says whether the interval lies wholly on one side of x. It is
// false when any part is NaN.
func (v Interval) Excludes(x float64) bool { return v.Low > x || v.High < x }

// Difference compares two sides by one statistic. A and B are the means over
// the side's tallies, Diff is B minus A.
type Difference struct {
	A, B, Diff Interval
	P          float64 // two-sided
	Valid      int     // resamples in which the statistic was defined
	// Both is over pairs and documents at once; nil with fewer than 2 pairs.
	Both *Hierarchical
}

var errNoDocuments = errors.New("no documents to resample")

// Bootstrap gives a percentile interval over documents for each statistic: as
// many documents as there are are drawn with replacement, and the interval is
// from the (1-level)/2 quantile to the (1+level)/2 quantile of the statistic
// over the resamples. Resamples in which a statistic is NaN are left out for
// it; one that is NaN on the tally itself gets NaN throughout.
func Bootstrap(t Tally, stats []Statistic, r Resampling) ([]Interval, error) {
	r, err := r.filled()
	if err != nil {
		return nil, err
	}
	all, err := Replicate(t, stats, r)
	if err != nil {
		return nil, err
	}
	intervals := make([]Interval, len(stats))
	inParallel(len(stats), r.Threads, func(s int) {
		intervals[s] = percentile(all[s].Full, all[s].Values, r.Level)
	})
	return intervals, nil
}

// PairedBootstrap compares side b with side a. a[k] and b[k] are a pair (one
// seed, one setting of the other factors) and all tallies have the same
// documents, else the error names the first that differs. The statistic of a
// side is the mean over its tallies. Documents are resampled, the same for
// all tallies; the pairs are fixed, so the interval Diff says how far the
// difference would move with other documents, not with other seeds. Both says
// how far it would move with both, see Hierarchical.
//
// P inverts the percentile interval: twice the smaller share of resamples
// with a difference at or below, or at or above, zero, each count with one
// added, at most 1. It is below 1-level when the interval excludes zero, up
// to the one added.
func PairedBootstrap(a, b []Tally, stats []Statistic, r Resampling) ([]Difference, error) {
	r, err := r.filled()
	if err != nil {
		return nil, err
	}
	if len(a) != len(b) || len(a) == 0 {
		panic(fmt.Sprintf("metrics: PairedBootstrap: %d and %d tallies: expected pairs", len(a), len(b)))
	}
	pairs := len(a)
	both := append(slices.Clone(a), b...)
	full := make([][]Count, 2*pairs)
	for k, t := range both {
		if err := SameDocuments(a[0], t); err != nil {
			return nil, fmt.Errorf("pair 1 and pair %d: %w", k%pairs+1, err)
		}
		full[k] = t.Totals()
	}
	tallies, err := packAll(both)
	if err != nil {
		return nil, err
	}
	documents := len(a[0].Docs)
	if documents == 0 {
		return nil, errNoDocuments
	}
	// means gives the sides' means and fills d with the pairs' differences.
	means := func(totals [][]Count, stat Statistic, d []float64) (ma, mb float64) {
		for k := range pairs {
			a, b := stat(totals[k]), stat(totals[pairs+k])
			d[k] = b - a
			ma += a
			mb += b
		}
		return ma / float64(pairs), mb / float64(pairs)
	}
	va, vb, vd := matrix(len(stats), r.Resamples), matrix(len(stats), r.Resamples), matrix(len(stats), r.Resamples)
	spreads, key := spreads(full, stats, r), streamKey(r.Seed, r.Stream+"/pairs")
	resample(tallies, documents, r, func(i int, totals [][]Count) {
		d := make([]float64, pairs)
		for s, stat := range stats {
			va[s][i], vb[s][i] = means(totals, stat, d)
			vd[s][i] = vb[s][i] - va[s][i]
			if pairs > 1 {
				spreads[s].see(i, d, key)
			}
		}
	})
	differences := make([]Difference, len(stats))
	inParallel(len(stats), r.Threads, func(s int) {
		ma, mb := means(full, stats[s], make([]float64, pairs))
		var d Difference
		if pairs > 1 {
			d.Both = spreads[s].hierarchical(mb-ma, vd[s], documents, r.Level)
		}
		d.A, d.B, d.Diff = percentile(ma, va[s], r.Level), percentile(mb, vb[s], r.Level), percentile(mb-ma, vd[s], r.Level)
		d.P, d.Valid = signP(vd[s])
		differences[s] = d
	})
	return differences, nil
}

// spreads makes room for what the resamples say of the pairs, whose totals on
// all documents are full, side a first. There is none for a single pair.
func spreads(full [][]Count, stats []Statistic, r Resampling) []spread {
	pairs := len(full) / 2
	if pairs < 2 {
		return nil
	}
	squares, shared := matrix(len(stats), r.Resamples), matrix(len(stats), r.Resamples)
	all := make([]spread, len(stats))
	for s, stat := range stats {
		all[s] = spread{full: make([]float64, pairs), squares: squares[s], shared: shared[s]}
		for k := range pairs {
			all[s].full[k] = stat(full[pairs+k]) - stat(full[k])
		}
	}
	return all
}

func matrix(rows, columns int) [][]float64 {
	all := make([]float64, rows*columns)
	m := make([][]float64, rows)
	for i := range m {
		m[i] = all[i*columns : (i+1)*columns]
	}
	return m
}

// percentile is value with the central level of values, whose NaN are left
// out. values is sorted in place.
func percentile(value float64, values []float64, level float64) Interval {
	slices.Sort(values) // NaN first
	defined := values
	for len(defined) > 0 && math.IsNaN(defined[0]) {
		defined = defined[1:]
	}
	return Interval{Value: value, Low: Quantile(defined, (1-level)/2), High: Quantile(defined, (1+level)/2)}
}

// Quantile of sorted values, with linear interpolation between the order
// statistics about position q*(n-1) (type 7 of Hyndman and Fan). It is NaN
// without values.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	position := q * float64(len(sorted)-1)
	below := int(position)
	if below >= len(sorted)-1 {
		return sorted[len(sorted)-1]
	}
	share := position - float64(below)
	return float64((1-share)*sorted[below]) + float64(share*sorted[below+1])
}

// signP is the two-sided p of resampled differences and how many are defined.
// Without any it is NaN.
func signP(differences []float64) (p float64, valid int) {
	below, above := 0, 0 // zero counts on both sides
	for _, d := range differences {
		if math.IsNaN(d) {
			continue
		}
		valid++
		if d <= 0 {
			below++
		}
		if d >= 0 {
			above++
		}
	}
	if valid == 0 {
		return math.NaN(), 0
	}
	return min(1, 2*float64(min(below, above)+1)/float64(valid+1)), valid
}
