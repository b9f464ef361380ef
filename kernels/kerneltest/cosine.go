package kerneltest

import (
	"fmt"
	"math"
)

// least is the length below which Cosine clamps a norm.
const least = 1e-8

func norm(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum)
}

// mirrorCosine is temperature cos(x[n], p[c]) of rows of d elements.
func mirrorCosine(x, p []float64, d int, temperature float64) []float64 {
	var y []float64
	for n := 0; n < len(x); n += d {
		for c := 0; c < len(p); c += d {
			y = append(y, temperature*inner(x[n:n+d], p[c:c+d])/max(norm(x[n:n+d]), least)/max(norm(p[c:c+d]), least))
		}
	}
	return y
}

func inner(a, b []float64) float64 {
	var sum float64
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// proto is one cosine case.
type proto struct {
	n, c, d     int
	x, p        []float32
	temperature float32
	dy          []float32
	dp, dt      []float32 // what the accumulators start from
}

// run is Cosine, then CosineGrad on its answers.
func (k *proto) run(s *suite) (forward, backward result) {
	forward = s.exec(func(c *call) {
		c.Cosine(c.outMat("y", k.n, k.c), c.out("xInv", k.n), c.out("pInv", k.c), c.mat(k.x, k.n, k.d), c.mat(k.p, k.c, k.d), c.in([]float32{k.temperature}))
	})
	backward = s.exec(func(c *call) {
		c.CosineGrad(c.outMat("dx", k.n, k.d), c.accMat("dp", k.dp, k.c, k.d), c.acc("dTemperature", k.dt),
			c.mat(k.dy, k.n, k.c), c.mat(forward.f32["y"], k.n, k.c), c.mat(k.x, k.n, k.d), c.mat(k.p, k.c, k.d),
			c.in(forward.f32["xInv"]), c.in(forward.f32["pInv"]), c.in([]float32{k.temperature}))
	})
	return forward, backward
}

// cosine tries every width against central differences.
func cosine(s *suite) {
	r := rng("Cosine")
	for i, c := range widths {
		k := proto{n: []int{1, 5, 33}[i%3], c: c, d: []int{1, 3, 67, 32}[i%4], temperature: []float32{10, -0.7}[i%2]}
		k.x, k.p, k.dy = normals(r, k.n*k.d, 1), normals(r, k.c*k.d, 1), normals(r, k.n*k.c, 1)
		k.dp, k.dt = normals(r, k.c*k.d, 1), normals(r, 1, 1)
		if k.d == 1 { // the gradient is 0 but for rounding, which 1/|x| multiplies
			for _, x := range [][]float32{k.x, k.p} {
				for i, v := range x {
					x[i] = v + float32(math.Copysign(1, float64(v)))
				}
			}
		}
		forward, backward := k.run(s)
		x, p, t := widen(k.x), widen(k.p), []float64{float64(k.temperature)}
		what := fmt.Sprintf("N=%d C=%d D=%d ", k.n, k.c, k.d)
		s.near(what+"Cosine", forward.f32["y"], mirrorCosine(x, p, k.d, t[0]), 0, 1e-6*math.Abs(t[0])*math.Sqrt(float64(k.d)))
		for n := range k.n {
			if got, want := float64(forward.f32["xInv"][n]), 1/norm(x[n*k.d:(n+1)*k.d]); math.Abs(got-want) > 1e-6*want {
				s.Fatalf("%sxInv[%d] is %v, expected %v", what, n, got, want)
			}
		}
		f := func() float64 { return weighted(k.dy, mirrorCosine(x, p, k.d, t[0])) }
		s.slope(what+"CosineGrad dx", backward.f32["dx"], nil, x, f, 1e-5, 2e-4)
		s.slope(what+"CosineGrad dp", backward.f32["dp"], k.dp, p, f, 1e-5, 2e-4)
		s.slope(what+"CosineGrad dTemperature", backward.f32["dTemperature"], k.dt, t, f, 1e-4, 1e-4)
	}
}

// cosineMany sums over more rows than a backend takes at once, and differences the
// gradient of each row by the row alone.
func cosineMany(s *suite) {
	const n, c, d = 1100, 5, 7
	r := rng("CosineMany")
	k := proto{n: n, c: c, d: d, temperature: 3, x: normals(r, n*d, 1), p: normals(r, c*d, 1), dy: normals(r, n*c, 1), dp: normals(r, c*d, 1), dt: normals(r, 1, 1)}
	forward, backward := k.run(s)
	x, p, t := widen(k.x), widen(k.p), []float64{3}
	s.near("Cosine of many rows", forward.f32["y"], mirrorCosine(x, p, d, t[0]), 0, 1e-5)
	for i := range n {
		row, up := x[i*d:(i+1)*d], k.dy[i*c:(i+1)*c]
		s.slope(fmt.Sprintf("CosineGrad dx[%d] of many rows", i), backward.f32["dx"][i*d:(i+1)*d], nil, row,
			func() float64 { return weighted(up, mirrorCosine(row, p, d, t[0])) }, 1e-5, 2e-4)
	}
	f := func() float64 { return weighted(k.dy, mirrorCosine(x, p, d, t[0])) }
	s.slope("CosineGrad dp of many rows", backward.f32["dp"], k.dp, p, f, 1e-4, 1e-3)
	s.slope("CosineGrad dTemperature of many rows", backward.f32["dTemperature"], k.dt, t, f, 1e-4, 1e-3)
}

// cosineNorms holds each norm by itself: zero rows, rows below the clamp (far, and by
// half: there the length counts as constant, which shows), and rows of 1e30 and 1e-6, whose gradients are compared relative to their scale.
func cosineNorms(s *suite) {
	const d = 9
	r := rng("CosineNorms")
	for _, sizes := range [][2][]float64{
		{{1, 0, 1e30, 1e-6, 1.5e-9, 1e-20, 1e12}, {1, 2, 0.5}},
		{{1, 2, 0.5}, {1, 0, 1e30, 1e-6, 1.5e-9, 1e-20, 1e12}},
		{{1e17, 1e-5, 0, 1}, {1e17, 1, 0, 1e-5}},
	} {
		k := proto{n: len(sizes[0]), c: len(sizes[1]), d: d, temperature: 10}
		for _, size := range sizes[0] {
			k.x = append(k.x, normals(r, d, size)...)
		}
		for _, size := range sizes[1] {
			k.p = append(k.p, normals(r, d, size)...)
		}
		k.dy, k.dp, k.dt = normals(r, k.n*k.c, 1), make([]float32, k.c*d), make([]float32, 1)
		forward, backward := k.run(s)
		x, p := widen(k.x), widen(k.p)
		y := mirrorCosine(x, p, d, 10)
		s.near("Cosine of extreme norms", forward.f32["y"], y, 0, 1e-4)
		for i, v := range forward.f32["y"] {
			if (sizes[0][i/k.c] == 0 || sizes[1][i%k.c] == 0) && v != 0 {
				s.Fatalf("y[%d] of a zero row is %v", i, v)
			}
		}
		s.near("dTemperature of extreme norms", backward.f32["dTemperature"], []float64{weighted(k.dy, y) / 10}, 1e-4, 1e-5)
		// One row at a time, by differences that are small beside its own norm.
		for side, got := range [][]float32{backward.f32["dx"], backward.f32["dp"]} {
			rows := [][]float64{x, p}[side]
			for i, size := range sizes[side] {
				row, grad := rows[i*d:(i+1)*d], got[i*d:(i+1)*d]
				f := func() float64 { return weighted(k.dy, mirrorCosine(x, p, d, 10)) }
				h := max(size, least) * 1e-4
				unit := 10 / max(norm(row), least) // the size that the gradient has
				for j := range row {
					was := row[j]
					row[j] = was + h
					up := f()
					row[j] = was - h
					down := f()
					row[j] = was
					if want := (up - down) / (2 * h); !(math.Abs(float64(grad[j])-want) <= 1e-4*unit*float64(len(rows)/d)) {
						s.Fatalf("side %d, row of size %g: gradient[%d] is %v, central differences give %v", side, size, j, grad[j], want)
					}
				}
			}
		}
	}
}

// separation tries the mean squared cosine of pairs and its gradient.
func separation(s *suite) {
	const d = 8
	r := rng("Separation")
	for _, c := range []int{1, 2, 5, 33, 73} {
		p, start := normals(r, c*d, 1), normals(r, c*d, 1)
		p64, scale := widen(p), 3.0
		mean := func() float64 {
			var sum float64
			for i, v := range mirrorCosine(p64, p64, d, 1) {
				if i/c != i%c {
					sum += v * v / float64(c*(c-1))
				}
			}
			return sum
		}
		got := s.exec(func(k *call) {
			k.Separation(k.accMat("dp", start, c, d), k.out64("loss", 1), k.mat(p, c, d), float32(scale))
		})
		s.near64("Separation", got.f64["loss"], []float64{mean()}, 1e-5, 1e-7)
		s.slope("Separation dp", got.f32["dp"], start, p64, func() float64 { return scale * mean() }, 1e-5, 1e-5)
		if c == 1 {
			s.exact("Separation of one prototype", got.f32["dp"], start)
		}
	}
	// A zero prototype is at right angles to all and gets a finite gradient.
	p := normals(r, 3*d, 1)
	clear(p[d : 2*d])
	got := s.exec(func(k *call) {
		k.Separation(k.accMat("dp", make([]float32, 3*d), 3, d), k.out64("loss", 1), k.mat(p, 3, d), 1)
	})
	cos := mirrorCosine(widen(p), widen(p), d, 1)[2]
	s.near64("Separation with a zero prototype", got.f64["loss"], []float64{2 * cos * cos / 6}, 1e-5, 1e-7)
	for i, v := range got.f32["dp"] {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			s.Fatalf("dp[%d] with a zero prototype is %v", i, v)
		}
	}
}
