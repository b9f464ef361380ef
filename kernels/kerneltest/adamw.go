package kerneltest

import (
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// sumSquares: exact to float64 rounding, also where float32 would overflow.
func sumSquares(s *suite) {
	r := rng("SumSquares")
	for _, n := range []int{0, 1, 67, 100003} {
		for _, std := range []float64{1, 1e25, 1e-25} {
			x := normals(r, n, std)
			x64 := widen(x)
			rows, cols := n/3, 3
			list := []int32{}
			var wantRows float64
			for i := 0; i < rows; i += 1 + i%3 {
				list = append(list, int32(i))
				wantRows += inner(x64[i*cols:(i+1)*cols], x64[i*cols:(i+1)*cols])
			}
			got := s.exec(func(c *call) {
				c.SumSquares(c.acc64("all", 2), c.in(x))
				c.SumSquaresRows(c.acc64("rows", 3), c.mat(x[:rows*cols], rows, cols), c.ints(list))
			})
			s.near64("SumSquares", got.f64["all"], []float64{2 + inner(x64, x64)}, 1e-12, 0)
			s.near64("SumSquaresRows", got.f64["rows"], []float64{3 + wantRows}, 1e-12, 0)
		}
	}
}

// mirrorAdamW is one step on one element, in float64.
func mirrorAdamW(p, g, m, v, normSq float64, h kernels.AdamW) (p1, m1, v1 float64) {
	if h.Clip != 0 && normSq > float64(h.Clip)*float64(h.Clip) {
		g *= float64(h.Clip) / math.Sqrt(normSq)
	}
	b1, b2, t := float64(h.Beta1), float64(h.Beta2), float64(h.Step)
	m1 = b1*m + (1-b1)*g
	v1 = b2*v + (1-b2)*g*g
	update := m1 / (1 - math.Pow(b1, t)) / (math.Sqrt(v1/(1-math.Pow(b2, t))) + float64(h.Eps))
	return p - float64(h.LR)*(update+float64(h.Decay)*p), m1, v1
}

// adamW follows the mirror over several steps, clipped and not.
func adamW(s *suite) {
	r := rng("AdamW")
	for _, n := range []int{1, 33, 4099} {
		for _, clip := range []float32{0, 1, 1e9} {
			p, m, v := normals(r, n, 1), make([]float32, n), make([]float32, n)
			p64, m64, v64 := widen(p), widen(m), widen(v)
			for step := 1; step <= 6; step++ {
				h := kernels.AdamW{LR: 0.02, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.1, Clip: clip, Step: step}
				g := normals(r, n, 3)
				g[0] = 0
				normSq := inner(widen(g), widen(g))
				for i := range p64 {
					p64[i], m64[i], v64[i] = mirrorAdamW(p64[i], float64(g[i]), m64[i], v64[i], normSq, h)
				}
				got := s.exec(func(c *call) {
					sum := kernels.F64{}
					if clip != 0 {
						sum = c.double(normSq)
					}
					c.AdamW(c.acc("p", p), c.acc("g", g), c.acc("m", m), c.acc("v", v), sum, h)
				})
				p, m, v = got.f32["p"], got.f32["m"], got.f32["v"]
				what := fmt.Sprintf("N=%d clip=%v step %d: ", n, clip, step)
				s.near(what+"p", p, p64, 2e-6, 2e-6)
				s.near(what+"m", m, m64, 2e-6, 2e-6)
				s.near(what+"v", v, v64, 3e-6, 1e-9)
				s.exact(what+"g", got.f32["g"], make([]float32, n))
			}
		}
	}
	// Nothing to clip: a gradient of norm 0 leaves only the decay.
	got := s.exec(func(c *call) {
		c.AdamW(c.acc("p", []float32{2}), c.acc("g", []float32{0}), c.acc("m", []float32{0}), c.acc("v", []float32{0}), c.double(0),
			kernels.AdamW{LR: 0.5, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.1, Clip: 1, Step: 1})
	})
	s.near("p after a gradient of 0", got.f32["p"], []float64{1.9}, 1e-6, 0)
	// A gradient whose norm is not a number is not stepped over in silence.
	got = s.exec(func(c *call) {
		c.AdamW(c.acc("p", []float32{2, 3}), c.acc("g", []float32{0, 1}), c.acc("m", []float32{0, 0}), c.acc("v", []float32{0, 0}), c.double(math.NaN()),
			kernels.AdamW{LR: 0.5, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.1, Clip: 1, Step: 1})
	})
	for i, v := range got.f32["p"] {
		if v == v {
			s.Fatalf("p[%d] is %v after a gradient whose norm is NaN", i, v)
		}
	}
}

// adamWRows moves the listed rows as AdamW would and no other, to the bit.
func adamWRows(s *suite) {
	r := rng("AdamWRows")
	for _, shape := range [][2]int{{1, 1}, {12, 5}, {40, 33}, {9, 96}} {
		n, c := shape[0], shape[1]
		rows := []int32{}
		for i := 0; i < n; i += 1 + i%4 {
			rows = append(rows, int32(i))
		}
		p, g, m, v := normals(r, n*c, 1), normals(r, n*c, 1), normals(r, n*c, 0.1), normals(r, n*c, 0.1)
		for i := range v {
			v[i] *= v[i]
		}
		h := kernels.AdamW{LR: 0.02, Beta1: 0.8, Beta2: 0.99, Eps: 1e-6, Decay: 0.05, Clip: 2, Step: 3}
		wantP, wantM, wantV := widen(p), widen(m), widen(v)
		for i := range p {
			if slices.Contains(rows, int32(i/c)) {
				wantP[i], wantM[i], wantV[i] = mirrorAdamW(wantP[i], float64(g[i]), wantM[i], wantV[i], 50, h)
			}
		}
		run := func(list []int32) result {
			return s.exec(func(k *call) {
				k.AdamWRows(k.accMat("p", p, n, c), k.accMat("g", g, n, c), k.accMat("m", m, n, c), k.accMat("v", v, n, c), k.ints(list), k.double(50), h)
			})
		}
		got := run(rows)
		s.near("p", got.f32["p"], wantP, 2e-6, 2e-6)
		s.near("m", got.f32["m"], wantM, 2e-6, 2e-6)
		s.near("v", got.f32["v"], wantV, 3e-6, 1e-9)
		for i := range n {
			a, b := i*c, (i+1)*c
			if slices.Contains(rows, int32(i)) {
				s.exact("g of a stepped row", got.f32["g"][a:b], make([]float32, c))
				continue
			}
			s.exact("p of an untouched row", got.f32["p"][a:b], p[a:b])
			s.exact("g of an untouched row", got.f32["g"][a:b], g[a:b])
			s.exact("m of an untouched row", got.f32["m"][a:b], m[a:b])
			s.exact("v of an untouched row", got.f32["v"][a:b], v[a:b])
		}
		none := run(nil)
		s.exact("p with no row listed", none.f32["p"], p)
	}
}
