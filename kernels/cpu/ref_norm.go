package cpu

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// layerNormEps is added to the variance of a row.
const layerNormEps = 1e-5

func (r *ref) LayerNorm(y, stats, x kernels.Mat, gamma, beta kernels.F32) {
	kernels.CheckLayerNorm("LayerNorm", y, stats, x, gamma)
	kernels.NeedLen("LayerNorm", "beta", beta.Len, x.Cols)
	h := x.Cols
	r.each(x.Rows, 4*h, func(lo, hi int) {
		for n := lo; n < hi; n++ {
			row, out := x.Data.Host[n*h:(n+1)*h], y.Data.Host[n*h:(n+1)*h]
			var mean, variance float64
			for _, v := range row {
				mean += float64(v)
			}
			mean /= float64(h)
			for _, v := range row {
				d := float64(v) - mean
				variance += d * d
			}
			inv := 1 / math.Sqrt(variance/float64(h)+layerNormEps)
			for j, v := range row {
				out[j] = float32(float64(gamma.Host[j])*(float64(v)-mean)*inv + float64(beta.Host[j]))
			}
			stats.Data.Host[2*n], stats.Data.Host[2*n+1] = float32(mean), float32(inv)
		}
	})
}

func (r *ref) LayerNormGrad(dx kernels.Mat, dGamma, dBeta kernels.F32, dy, x, stats kernels.Mat, gamma kernels.F32) {
	const op = "LayerNormGrad"
	kernels.CheckLayerNorm(op, dy, stats, x, gamma)
	kernels.NeedMat(op, "dx", dx, x.Rows, x.Cols)
	kernels.NeedLen(op, "dGamma", dGamma.Len, x.Cols)
	kernels.NeedLen(op, "dBeta", dBeta.Len, x.Cols)
	h := x.Cols
	sumGamma, sumBeta := make([]float64, h), make([]float64, h)
	for n := range x.Rows {
		row, up, out := x.Data.Host[n*h:(n+1)*h], dy.Data.Host[n*h:(n+1)*h], dx.Data.Host[n*h:(n+1)*h]
		mean, inv := float64(stats.Data.Host[2*n]), float64(stats.Data.Host[2*n+1])
		var sum, sumHat float64 // of g and g xhat, g = dy gamma
		for j, v := range row {
			hat, d := (float64(v)-mean)*inv, float64(up[j])
			sumGamma[j] += d * hat
			sumBeta[j] += d
			sum += d * float64(gamma.Host[j])
			sumHat += d * float64(gamma.Host[j]) * hat
		}
		for j, v := range row {
			hat, g := (float64(v)-mean)*inv, float64(up[j])*float64(gamma.Host[j])
			out[j] = float32(inv * (g - sum/float64(h) - hat*sumHat/float64(h)))
		}
	}
	for j := range h {
		dGamma.Host[j] = float32(float64(dGamma.Host[j]) + sumGamma[j])
		dBeta.Host[j] = float32(float64(dBeta.Host[j]) + sumBeta[j])
	}
}

// normalCDF is Phi(x); the complementary form keeps its digits for x far below 0.
func normalCDF(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

func (r *ref) GELU(y, x kernels.F32) {
	kernels.NeedLen("GELU", "y", y.Len, x.Len)
	r.each(x.Len, 16, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			v := float64(x.Host[i])
			y.Host[i] = float32(v * normalCDF(v))
		}
	})
}

func (r *ref) GELUGrad(dx, dy, x kernels.F32) {
	kernels.NeedLen("GELUGrad", "dx", dx.Len, x.Len)
	kernels.NeedLen("GELUGrad", "dy", dy.Len, x.Len)
	r.each(x.Len, 32, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			v := float64(x.Host[i])
			density := math.Exp(-v*v/2) / math.Sqrt(2*math.Pi)
			dx.Host[i] = float32(float64(dy.Host[i]) * (normalCDF(v) + v*density))
		}
	})
}

func (r *ref) Dropout(y, x kernels.F32, rate float32, seed uint64) {
	kernels.NeedLen("Dropout", "y", y.Len, x.Len)
	if !(rate >= 0 && rate < 1) {
		kernels.Misfit("Dropout", "rate is %v, expected 0 to below 1", rate)
	}
	scale := 1 / (1 - rate)
	for i, v := range x.Host {
		if float32(splitmix64(seed+uint64(i)*golden)>>40)/(1<<24) >= rate {
			y.Host[i] = v * scale
		} else {
			y.Host[i] = 0
		}
	}
}

// golden is 2^64 over the golden ratio, the step of splitmix64's state.
const golden = 0x9E3779B97F4A7C15

// splitmix64 is one output of the generator from state x (Steele, Lea, Flood
// 2014): the state takes its step first.
func splitmix64(x uint64) uint64 {
	x += golden
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
