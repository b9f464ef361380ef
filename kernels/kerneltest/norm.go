package kerneltest

import (
	"math"
	"slices"
)

// mirrorNorm is LayerNorm of one row.
func mirrorNorm(x, gamma, beta []float64) (y []float64, mean, inv float64) {
	h := float64(len(x))
	for _, v := range x {
		mean += v / h
	}
	var variance float64
	for _, v := range x {
		variance += (v - mean) * (v - mean) / h
	}
	inv = 1 / math.Sqrt(variance+1e-5)
	for j, v := range x {
		y = append(y, gamma[j]*(v-mean)*inv+beta[j])
	}
	return y, mean, inv
}

// layerNorm includes a constant row, which is all beta, and a row far from 0.
func layerNorm(s *suite) {
	r := rng("LayerNorm")
	for _, shape := range [][2]int{{4, 1}, {4, 2}, {5, 7}, {9, 33}, {6, 96}, {4, 197}, {70, 5}, {0, 4}} {
		n, h := shape[0], shape[1]
		x, gamma, beta := normals(r, n*h, 2), normals(r, h, 1), normals(r, h, 1)
		for j := range h {
			if n > 2 {
				x[h+j] = 0.3 // constant
				x[2*h+j] += 50
			}
		}
		dy, startGamma, startBeta := normals(r, n*h, 1), normals(r, h, 1), normals(r, h, 1)
		x64, gamma64, beta64 := widen(x), widen(gamma), widen(beta)
		var want, wantStats []float64
		for i := range n {
			y, mean, inv := mirrorNorm(x64[i*h:(i+1)*h], gamma64, beta64)
			want, wantStats = append(want, y...), append(wantStats, mean, inv)
		}
		got := s.exec(func(c *call) {
			c.LayerNorm(c.outMat("y", n, h), c.outMat("stats", n, 2), c.mat(x, n, h), c.in(gamma), c.in(beta))
		})
		// The mean, a sum of h terms in float32, errs by some roundings of its own size,
		// which gamma/sqrt(var) multiplies: most of all in the constant row.
		s.within("LayerNorm", widen(got.f32["y"]), want, func(i int) float64 {
			mean, inv := wantStats[i/h*2], wantStats[i/h*2+1]
			return 1e-5*(1+math.Abs(want[i])) + 32*ulp32*math.Abs(mean*inv*gamma64[i%h])
		})
		s.near("LayerNorm stats", got.f32["stats"], wantStats, 1e-4, 1e-6)

		stats := got.f32["stats"]
		got = s.exec(func(c *call) {
			c.LayerNormGrad(c.outMat("dx", n, h), c.acc("dGamma", startGamma), c.acc("dBeta", startBeta),
				c.mat(dy, n, h), c.mat(x, n, h), c.mat(stats, n, 2), c.in(gamma))
		})
		f := func() float64 {
			var sum float64
			for i := range n {
				y, _, _ := mirrorNorm(x64[i*h:(i+1)*h], gamma64, beta64)
				sum += weighted(dy[i*h:(i+1)*h], y)
			}
			return sum
		}
		s.slope("LayerNormGrad dx", got.f32["dx"], nil, x64, f, 1e-5, 2e-4)
		s.slope("LayerNormGrad dGamma", got.f32["dGamma"], startGamma, gamma64, f, 1e-4, 1e-4)
		s.slope("LayerNormGrad dBeta", got.f32["dBeta"], startBeta, beta64, f, 1e-4, 1e-5)
	}
}

// gelu walks a grid from -12 to 12 and far values, where the gate is 0 or 1.
func gelu(s *suite) {
	x := []float32{0, 30, -30, 100, -100, 1e-6, -1e-6}
	for v := -12.0; v <= 12; v += 0.0731 {
		x = append(x, float32(v))
	}
	dy := normals(rng("GELU"), len(x), 1)
	x64 := widen(x)
	mirror := func(v float64) float64 { return v * 0.5 * math.Erfc(-v/math.Sqrt2) }
	want, wantGrad := make([]float64, len(x)), make([]float64, len(x))
	const h = 1e-5
	for i, v := range x64 {
		want[i] = mirror(v)
		wantGrad[i] = float64(dy[i]) * (mirror(v+h) - mirror(v-h)) / (2 * h)
	}
	got := s.exec(func(c *call) {
		c.GELU(c.out("y", len(x)), c.in(x))
		c.GELUGrad(c.out("dx", len(x)), c.in(dy), c.in(x))
		inPlace := c.acc("inPlace", dy)
		c.GELUGrad(inPlace, inPlace, c.in(x))
	})
	s.near("GELU", got.f32["y"], want, 1e-6, 2e-6)
	s.near("GELUGrad", got.f32["dx"], wantGrad, 2e-6, 4e-6)
	s.exact("GELUGrad in place", got.f32["inPlace"], got.f32["dx"])
}

// kept is Dropout's mask, from the constants of the contract.
func kept(seed, i uint64, rate float32) bool {
	z := seed + (i+1)*0x9E3779B97F4A7C15
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	z ^= z >> 31
	return float64(z>>40)/(1<<24) >= float64(rate)
}

// halfAtZero is a seed whose element 0 draws exactly 0.5: kept at that rate.
const halfAtZero = 26849042

// dropout holds the mask to its formula and its rate to 5 standard errors.
func dropout(s *suite) {
	r := rng("Dropout")
	masks := map[uint64][]float32{}
	for _, rate := range []float32{0, 0.1, 0.5, 0.9} {
		for _, seed := range []uint64{0, 1, 1 << 63, math.MaxUint64, halfAtZero} {
			n := 20011
			x := normals(r, n, 1)
			want := make([]float64, n)
			zeros := 0
			for i, v := range x {
				if kept(seed, uint64(i), rate) {
					want[i] = float64(v) / (1 - float64(rate))
				} else {
					zeros++
				}
			}
			got := s.exec(func(c *call) {
				c.Dropout(c.out("y", n), c.in(x), rate, seed)
				inPlace := c.acc("inPlace", x)
				c.Dropout(inPlace, inPlace, rate, seed)
			})
			y := got.f32["y"]
			for i, v := range y {
				if (v == 0) != (want[i] == 0) {
					s.Fatalf("rate %v, seed %d: element %d is %v, expected %v", rate, seed, i, v, want[i])
				}
			}
			s.near("Dropout", y, want, 1e-6, 0)
			s.exact("Dropout in place", got.f32["inPlace"], y)
			share, sd := float64(zeros)/float64(n), math.Sqrt(float64(rate)*(1-float64(rate))/float64(n))
			if math.Abs(share-float64(rate)) > 5*sd {
				s.Fatalf("rate %v, seed %d: %v of the elements are dropped", rate, seed, share)
			}
			if rate == 0 {
				s.exact("Dropout at rate 0", y, x)
			}
			if rate == 0.5 {
				masks[seed] = y
			}
		}
	}
	if slices.EqualFunc(masks[0], masks[1], func(a, b float32) bool { return (a == 0) == (b == 0) }) {
		s.Fatal("seeds 0 and 1 drop the same elements")
	}
}
