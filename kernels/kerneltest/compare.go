package kerneltest

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// ulp32 is the rounding error of one float32 operation, relative.
const ulp32 = 1.0 / (1 << 24)

// rng is the stream of a part of the suite: its inputs depend on nothing else.
func rng(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

// normals are n draws of mean 0 and the given standard deviation.
func normals(r *rand.Rand, n int, std float64) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(std * r.NormFloat64())
	}
	return x
}

// widen copies x to float64.
func widen(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// near fails unless |got - want| <= abs + rel |want| for every element; NaN fails.
func (s *suite) near(what string, got []float32, want []float64, rel, abs float64) {
	s.Helper()
	s.near64(what, widen(got), want, rel, abs)
}

// near64 is near of float64 answers.
func (s *suite) near64(what string, got, want []float64, rel, abs float64) {
	s.Helper()
	s.within(what, got, want, func(i int) float64 { return abs + rel*math.Abs(want[i]) })
}

// within fails unless |got[i] - want[i]| <= tol(i) for every i; equal infinities
// agree, NaN never does.
func (s *suite) within(what string, got, want []float64, tol func(i int) float64) {
	s.Helper()
	if len(got) != len(want) {
		s.Fatalf("%s has %d elements, expected %d", what, len(got), len(want))
	}
	bad, at := 0, 0
	for i, g := range got {
		if g != want[i] && !(math.Abs(g-want[i]) <= tol(i)) {
			if bad == 0 {
				at = i
			}
			bad++
		}
	}
	if bad > 0 {
		s.Fatalf("%s[%d] is %v, expected %v within %.2g (%d of %d are off)", what, at, got[at], want[at], tol(at), bad, len(got))
	}
}

// exact fails unless got and want have the same bits.
func (s *suite) exact(what string, got, want []float32) {
	s.Helper()
	if len(got) != len(want) {
		s.Fatalf("%s has %d elements, expected %d", what, len(got), len(want))
	}
	for i, g := range got {
		if math.Float32bits(g) != math.Float32bits(want[i]) {
			s.Fatalf("%s[%d] is %v, expected exactly %v", what, i, g, want[i])
		}
	}
}

// samples is the number of coordinates of a large input on which a gradient is tried.
const samples = 40

// slope holds got, the gradient of f with respect to x, against central
// differences of f in float64. before is what got started from, nil where it is
// overwritten. The step is h; its error is of order h^2, so the tolerance is
// tol (1 + |want|).
func (s *suite) slope(what string, got, before []float32, x []float64, f func() float64, h, tol float64) {
	s.Helper()
	stride := max(1, len(x)/samples)
	if stride > 1 {
		stride |= 1 // odd, so that it walks through all columns
	}
	for i := 0; i < len(x); i += stride {
		was := x[i]
		x[i] = was + h
		up := f()
		x[i] = was - h
		down := f()
		x[i] = was
		want, have := (up-down)/(2*h), float64(got[i])
		if before != nil {
			want += float64(before[i])
		}
		if !(math.Abs(have-want) <= tol*(1+math.Abs(want))) {
			s.Fatalf("%s[%d] is %v, central differences give %v", what, i, have, want)
		}
	}
}

// weighted is the scalar that a gradient test differentiates: sum of w y.
func weighted(w []float32, y []float64) float64 {
	var sum float64
	for i, v := range y {
		sum += float64(w[i]) * v
	}
	return sum
}
