package metrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Hierarchical says how far a mean difference would move with other seeds and
// other documents at once. Its parts are variances of the mean difference:
//
//	seeds      s^2/S: the pairs' differences over S pairs
//	documents  that of the mean difference when documents are resampled,
//	           times n/(n-1) for n documents
//
// The interval is Value plus and minus t SE with SE^2 the sum of both and the
// degrees of freedom of Satterthwaite (1946). What a seed does to single
// documents is in both parts, which makes the interval a little too wide. To
// take it out would leave it too narrow: in simulations at 5 seeds 6 of 100
// true differences of zero then lay outside a 95 % interval. Percentile
// intervals over few seeds are too narrow, so Percentile is for comparison
// only.
type Hierarchical struct {
	Interval
	SE         float64 `json:"se"`
	SeedSE     float64 `json:"seed_se"`
	DocumentSE float64 `json:"document_se"`
	// SharedSE is the part of DocumentSE that more seeds do not shrink: the
	// root of the mean covariance, over resamples, of the differences of two
	// pairs.
	SharedSE float64 `json:"shared_se"`
	Freedom  float64 `json:"freedom"`
	P        float64 `json:"p"` // two-sided t, no less than the resamples can tell
	// Percentile is the interval of resamples of both pairs and documents.
	Percentile Interval `json:"percentile"`
}

// spread collects what the resamples of one statistic say of the pairs.
type spread struct {
	full    []float64 // differences of the pairs on all documents
	squares []float64 // by resample: sum over pairs of (difference - full)^2
	shared  []float64 // by resample: the mean difference over pairs drawn anew
}

// see records resample i, in which the pairs have the differences d; key
// names the stream that draws pairs.
func (s *spread) see(i int, d []float64, key uint64) {
	square, mean := 0.0, 0.0
	for k, x := range d {
		square += float64((x - s.full[k]) * (x - s.full[k]))
		// 2^64 draws fall into classes that differ by one draw at most.
		mean += d[splitmix64(key+uint64(i*len(d)+k))%uint64(len(d))]
	}
	s.squares[i], s.shared[i] = square, mean/float64(len(d))
}

// hierarchical sums up the resampled mean differences of a statistic.
func (s *spread) hierarchical(mean float64, differences []float64, documents int, level float64) *Hierarchical {
	pairs := float64(len(s.full))
	variance, square, valid := 0.0, 0.0, 0
	for i, d := range differences {
		if math.IsNaN(d) {
			continue
		}
		valid++
		variance += float64((d - mean) * (d - mean))
		square += s.squares[i]
	}
	variance /= float64(valid) // of the mean difference; NaN without a valid resample
	square /= float64(valid)
	_, sd := MeanSD(s.full)
	seeds := sd * sd / pairs
	// The variance of a mean is (sum of variances + sum of covariances)/S^2.
	shared := max(0, (pairs*pairs*variance-square)/(pairs*(pairs-1)))
	if documents > 1 { // resampling has the divisor n
		variance *= float64(documents) / float64(documents-1)
		shared *= float64(documents) / float64(documents-1)
	}
	h := studentised(mean, seeds, pairs-1, variance, float64(documents-1), level)
	h.SharedSE = math.Sqrt(shared)
	if h.P < 1 && valid > 0 {
		h.P = max(h.P, 2/float64(valid+1))
	}
	h.Percentile = percentile(mean, s.shared, level)
	return h
}

// studentised is the t interval of a figure with two independent variances
// and their degrees of freedom.
func studentised(value, seeds, seedFreedom, documents, documentFreedom, level float64) *Hierarchical {
	both := seeds + documents
	h := &Hierarchical{Interval: Interval{Value: value, Low: value, High: value}, SE: math.Sqrt(both), SeedSE: math.Sqrt(seeds), DocumentSE: math.Sqrt(documents)}
	switch {
	case both > 0:
		h.Freedom = satterthwaite(seeds, seedFreedom, documents, documentFreedom)
		t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: h.Freedom}
		half := t.Quantile((1+level)/2) * h.SE
		h.Low, h.High = value-half, value+half
		h.P = 2 * t.CDF(-math.Abs(value/h.SE))
	case both == 0:
		h.Freedom = seedFreedom
		if value == 0 {
			h.P = 1
		}
	default: // NaN
		h.Low, h.High, h.P, h.Freedom = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	}
	return h
}

// satterthwaite gives the degrees of freedom of a sum of two variances, which
// is at least the smaller and at most the sum of theirs.
func satterthwaite(a, freedomA, b, freedomB float64) float64 {
	sum := a + b
	if a == 0 {
		return freedomB
	}
	if b == 0 {
		return freedomA
	}
	return sum * sum / (float64(a*a/freedomA) + float64(b*b/freedomB))
}

// SmallestEffect is the least true difference that a two-sided t test finds
// with the chance power, when the difference has the standard error se at so
// many degrees of freedom.
func SmallestEffect(se, freedom, level, power float64) float64 {
	checkPower(se, level, power)
	if se == 0 {
		return 0
	}
	low, high := 0.0, 1.0
	for tPower(high, freedom, level) < power {
		low, high = high, 2*high
	}
	return se * bisect(low, high, func(shift float64) bool { return tPower(shift, freedom, level) >= power })
}

// SeedsNeeded is the least number of pairs, from 2 to most, with which a
// two-sided paired test finds a true difference of that size with the chance
// power. sd is the standard deviation of the pairs' differences, sharedSE
// the part of the standard error that more seeds do not shrink (see
// Hierarchical) at so many documents. The t test over the pairs alone must
// find it as often, which tells where there are very few. found is false when no number of pairs up to
// most is enough: then more documents are needed.
func SeedsNeeded(effect, sd, sharedSE float64, documents, most int, level, power float64) (pairs int, found bool) {
	checkPower(sd, level, power)
	if !(effect > 0) || most < 2 {
		panic(fmt.Sprintf("metrics: SeedsNeeded: effect %v and at most %d pairs: expected more than 0 and at least 2", effect, most))
	}
	enough := func(n int) bool {
		seeds, shared := sd*sd/float64(n), sharedSE*sharedSE
		if seeds+shared == 0 {
			return true
		}
		freedom := satterthwaite(seeds, float64(n-1), shared, float64(max(documents-1, 1)))
		return tPower(effect/math.Sqrt(seeds+shared), freedom, level) >= power && (seeds == 0 || tPower(effect/math.Sqrt(seeds), float64(n-1), level) >= power)
	}
	if !enough(most) {
		return 0, false
	}
	low, high := 1, most // power grows with n: not enough at low, enough at high
	for high-low > 1 {
		if middle := (low + high) / 2; enough(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high, true
}

// DefaultPower is the chance of finding a true difference that plans aim at.
const DefaultPower = 0.8

func checkPower(sd, level, power float64) {
	if !(sd >= 0) || !(level > 0 && level < 1) || !(power > 1-level && power < 1) {
		panic(fmt.Sprintf("metrics: power: deviation %v, level %v, power %v: expected at least 0, within 0 and 1, and a power above 1-level", sd, level, power))
	}
}

// TPower is the chance that a two-sided t test at that level rejects when the
// true mean lies shift standard errors from zero: both tails of Student's
// noncentral t.
func TPower(shift, freedom, level float64) float64 { return tPower(math.Abs(shift), freedom, level) }

func tPower(shift, freedom, level float64) float64 {
	critical := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile((1 + level) / 2)
	if shift == 0 {
		return 1 - level
	}
	t := distuv.NoncentralT{Nu: freedom, Mu: shift}
	return 1 - t.CDF(critical) + t.CDF(-critical)
}

// bisect finds where holds turns true between low and high.
func bisect(low, high float64, holds func(float64) bool) float64 {
	for {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			return high
		}
		if holds(middle) {
			high = middle
		} else {
			low = middle
		}
	}
}
