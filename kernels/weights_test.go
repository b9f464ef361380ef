package kernels_test

import (
	"math"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
)

// TestBalancedWeights has expected weights from an independent computation in
// higher precision, and the limits beta = 0 (all equal) and beta near 1
// (inverse counts).
func TestBalancedWeights(t *testing.T) {
	for _, c := range []struct {
		counts []float64
		beta   float64
		want   []float64
	}{
		{[]float64{2000, 500, 100, 20, 4}, 0.999,
			[]float64{0.018351510695024078, 0.04031895044976322, 0.16669200425178987, 0.8010842226640886, 3.9735533119393343}},
		{[]float64{40, 30, 20, 10}, 0.99,
			[]float64{0.5296879274630109, 0.6736147316742123, 0.9629233580965062, 1.8337739827662707}},
		{[]float64{5, 3, 2}, 0, []float64{1, 1, 1}},
		{[]float64{5, 0, 2}, 0, []float64{1, 0, 1}},
		{[]float64{1000, 0, 0, 10}, 0.99, []float64{2 / (1 + r10(0.99, 1000)), 0, 0, 2 * r10(0.99, 1000) / (1 + r10(0.99, 1000))}},
		{[]float64{300, 100}, 1 - 1e-15, []float64{0.5, 1.5}},
		{[]float64{300, 100}, 1, []float64{0.5, 1.5}},
		{[]float64{0, 0}, 0.9999, []float64{0, 0}},
	} {
		got := kernels.BalancedWeights(c.counts, c.beta)
		for i := range c.want {
			if !(math.Abs(got[i]-c.want[i]) <= 1e-11*math.Max(1, c.want[i])) {
				t.Errorf("%v, beta %g: %v, want %v", c.counts, c.beta, got, c.want)
				break
			}
		}
	}
}

func TestBalancedWeightsRefuses(t *testing.T) {
	panics(t, "kernels: BalancedWeights: beta is 1.5", func() { kernels.BalancedWeights([]float64{1}, 1.5) })
	panics(t, "kernels: BalancedWeights: beta is NaN", func() { kernels.BalancedWeights([]float64{1}, math.NaN()) })
	panics(t, "kernels: BalancedWeights: count -1 of class 1", func() { kernels.BalancedWeights([]float64{1, -1}, 0) })
	panics(t, "kernels: BalancedWeights: count NaN of class 0", func() { kernels.BalancedWeights([]float64{math.NaN()}, 0) })
}

// r10 is the weight of 10 examples in that of n.
func r10(beta, n float64) float64 { return (1 - math.Pow(beta, n)) / (1 - math.Pow(beta, 10)) }
