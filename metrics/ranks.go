package metrics

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// MannWhitney is the two-sided p of the exact rank-sum test that a and b come
// from one distribution. Ties have their mean rank, and the distribution is
// counted over all ways to part the ranks at hand; p is twice the smaller
// tail, at most 1. It is NaN with a NaN or an empty side.
func MannWhitney(a, b []float64) float64 {
	all := slices.Concat(a, b)
	if len(a) == 0 || len(b) == 0 || slices.ContainsFunc(all, math.IsNaN) {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(all))
	// Twice the mean rank of a value among all, from the ends of its ties.
	rank := func(x float64) int {
		first, _ := slices.BinarySearch(sorted, x)
		last := first
		for last < len(sorted) && sorted[last] == x {
			last++
		}
		return first + 1 + last
	}
	sum, total := 0, 0
	for _, x := range a {
		sum += rank(x)
	}
	ranks := make([]int, len(all))
	for i, x := range all {
		ranks[i] = rank(x)
		total += ranks[i]
	}
	// ways[k][s] is the share of choices of k ranks that sum to s/2, scaled
	// by the number of choices only at the end: counts stay exact in float64
	// up to 2^53 and are rounded in their last bits beyond.
	ways := matrix(len(a)+1, total+1)
	ways[0][0] = 1
	for i, r := range ranks {
		for k := min(i+1, len(a)); k >= 1; k-- {
			for s := total; s >= r; s-- {
				ways[k][s] += ways[k-1][s-r]
			}
		}
	}
	below, above, choices := 0.0, 0.0, 0.0
	for s, n := range ways[len(a)] {
		choices += n
		if s <= sum {
			below += n
		}
		if s >= sum {
			above += n
		}
	}
	return min(1, 2*min(below, above)/choices)
}

// MannWhitneyLeast is the least two-sided p that the exact test of so many
// against so many values can reach: 2 over the number of ways to choose.
func MannWhitneyLeast(a, b int) float64 {
	if a < 1 || b < 1 {
		panic(fmt.Sprintf("metrics: MannWhitneyLeast: %d and %d values: expected at least 1 each", a, b))
	}
	choose := 1.0
	for i := 1; i <= min(a, b); i++ {
		choose *= float64(a+b-i+1) / float64(i)
	}
	return min(1, 2/choose)
}

// WilcoxonLeast is the least two-sided p that the exact signed-rank test of n
// pairs can reach.
func WilcoxonLeast(pairs int) float64 { return min(1, math.Ldexp(2, -pairs)) }

// quarter is what an interquartile mean leaves out at each end.
const quarter = 0.25

// InterquartileMean is the mean of values without the lowest and the highest
// floor(n/4), with its interval by Tukey and McLaughlin (1963): t at h-1
// degrees of freedom with h values left, and the standard error
// sw/(0.5 sqrt(n)), where sw is the standard deviation (divisor n-1) of the
// values with those left out moved to the nearest that stay. It needs 2 values.
func InterquartileMean(values []float64, level float64) (Interval, error) {
	n := len(values)
	if n < 2 {
		return Interval{}, fmt.Errorf("the interval of an interquartile mean needs 2 values, not %d", n)
	}
	sorted := slices.Sorted(slices.Values(values))
	cut := int(quarter * float64(n))
	inner := sorted[cut : n-cut]
	mean, _ := MeanSD(inner)
	moved := slices.Clone(sorted)
	for i := range cut {
		moved[i], moved[n-1-i] = inner[0], inner[len(inner)-1]
	}
	_, sd := MeanSD(moved)
	se := sd / ((1 - 2*quarter) * math.Sqrt(float64(n)))
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(len(inner) - 1)}.Quantile((1+level)/2) * se
	return Interval{Value: mean, Low: mean - half, High: mean + half}, nil
}

// ExpectedBest is the mean of the greatest of n independent standard normal
// values, in standard deviations: what the best of n equal trials is expected
// to beat their mean by, by chance. It is the integral of
// x n phi(x) Phi(x)^(n-1), by Simpson's rule.
func ExpectedBest(n int) float64 {
	if n < 1 {
		panic(fmt.Sprintf("metrics: ExpectedBest: %d trials: expected at least 1", n))
	}
	// Beyond 12 standard deviations the integrand is below 1e-30 for any
	// number of trials that a computer can count.
	const end, steps = 12.0, 4800
	normal := distuv.Normal{Mu: 0, Sigma: 1}
	sum := 0.0
	for i := 0; i <= steps; i++ {
		x := -end + 2*end*float64(i)/steps
		weight := 2.0
		switch {
		case i == 0 || i == steps:
			weight = 1
		case i%2 == 1:
			weight = 4
		}
		sum += float64(weight * x * normal.Prob(x) * math.Pow(normal.CDF(x), float64(n-1)))
	}
	return float64(n) * sum * (2 * end / steps) / 3
}
