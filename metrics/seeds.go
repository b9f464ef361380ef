package metrics

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// MeanSD is the mean and the standard deviation (divisor n-1) of values; the deviation is NaN
// for fewer than 2, the mean for none.
func MeanSD(values []float64) (mean, sd float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v
	}
	mean /= n
	for _, v := range values {
		sd += float64((v - mean) * (v - mean))
	}
	if len(values) < 2 {
		return mean, math.NaN()
	}
	return mean, math.Sqrt(sd / (n - 1))
}

// TInterval is the mean of values with its interval by Student's t at n-1
// degrees of freedom, and the two-sided p of the hypothesis that the mean is
// zero. It needs 2 values. Values that are all equal leave an interval of no
// width; p is then 1 for zeros and 0 otherwise.
func TInterval(values []float64, level float64) (v Interval, p float64, err error) {
	if len(values) < 2 {
		return v, 0, fmt.Errorf("a t interval needs 2 values, not %d", len(values))
	}
	mean, sd := MeanSD(values)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(len(values) - 1)}
	se := sd / math.Sqrt(float64(len(values)))
	half := t.Quantile((1+level)/2) * se
	v = Interval{Value: mean, Low: mean - half, High: mean + half}
	switch {
	case se > 0:
		p = 2 * t.CDF(-math.Abs(mean/se))
	case mean == 0:
		p = 1
	}
	return v, p, nil
}

// WilcoxonPairs is the fewest pairs with which the exact two-sided signed-rank
// test can reach p <= 0.05: with n pairs its least p is 2/2^n.
const WilcoxonPairs = 6

// Wilcoxon is the two-sided p of the exact signed-rank test that differences
// are symmetric about zero. Zeros are left out, ties have their mean rank, and
// the distribution is counted over all sign patterns of the ranks at hand. It
// is 1 without any difference.
func Wilcoxon(differences []float64) float64 {
	var d []float64
	for _, x := range differences {
		if math.IsNaN(x) {
			return math.NaN()
		}
		if x != 0 {
			d = append(d, x)
		}
	}
	slices.SortFunc(d, func(a, b float64) int {
		switch {
		case math.Abs(a) < math.Abs(b):
			return -1
		case math.Abs(a) > math.Abs(b):
			return 1
		}
		return 0
	})
	twice := make([]int, len(d)) // twice the rank, an integer even for ties
	total, positive := 0, 0
	for i := 0; i < len(d); {
		j := i
		for j < len(d) && math.Abs(d[j]) == math.Abs(d[i]) {
			j++
		}
		for k := i; k < j; k++ {
			twice[k] = i + 1 + j
			total += twice[k]
			if d[k] > 0 {
				positive += twice[k]
			}
		}
		i = j
	}
	// share[s] is the probability that the positive ranks sum to s/2.
	share := make([]float64, total+1)
	share[0] = 1
	for _, r := range twice {
		for s := total; s >= 0; s-- {
			share[s] /= 2
			if s >= r {
				share[s] += share[s-r] / 2
			}
		}
	}
	tail := 0.0
	for s := 0; s <= min(positive, total-positive); s++ {
		tail += share[s]
	}
	return min(1, 2*tail)
}

// BenjaminiHochberg adjusts p-values for the false discovery rate of the whole
// family (Benjamini and Hochberg 1995): the i-th smallest of m becomes the
// least of p_j*m/j over j >= i, at most 1. NaN are no part of the family and
// stay NaN.
func BenjaminiHochberg(p []float64) []float64 {
	order := make([]int, 0, len(p))
	adjusted := make([]float64, len(p))
	for i, v := range p {
		adjusted[i] = v
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	least := 1.0
	for rank := len(order); rank >= 1; rank-- {
		i := order[rank-1]
		least = min(least, p[i]*float64(len(order))/float64(rank))
		adjusted[i] = least
	}
	return adjusted
}
