package kernels

import (
	"fmt"
	"math"
)

// BalancedWeights are the class weights of the effective number of samples
// (Cui et al. 2019), in float64:
//
//	w_c = (1-beta) / (1-beta^n_c), 0 where n_c = 0
//
// scaled so that they sum to the number of classes with n_c > 0. 1-beta^n is
// taken as -expm1(n log beta), which is exact for large n and beta near 1;
// beta = 1 gives the limit, 1/n_c.
func BalancedWeights(counts []float64, beta float64) []float64 {
	if !(beta >= 0 && beta <= 1) {
		panic(fmt.Sprintf("kernels: BalancedWeights: beta is %g, expected 0 to 1", beta))
	}
	w := make([]float64, len(counts))
	sum, present := 0.0, 0.0
	for c, n := range counts {
		if !(n >= 0) {
			panic(fmt.Sprintf("kernels: BalancedWeights: count %g of class %d", n, c))
		}
		if n > 0 {
			w[c] = 1 / n
			if beta < 1 {
				w[c] = (1 - beta) / -math.Expm1(n*math.Log(beta))
			}
			sum += w[c]
			present++
		}
	}
	for c := range w {
		if w[c] > 0 {
			w[c] *= present / sum
		}
	}
	return w
}
