//go:build cgo

package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
)

// eachNative runs test on every level in C, with two threads.
func eachNative(t *testing.T, test func(t *testing.T, n *native)) {
	for _, level := range nativeLevels() {
		t.Run(level, func(t *testing.T) {
			be, err := newNative(level, 2)
			if err != nil {
				t.Fatal(err)
			}
			defer be.Close()
			test(t, be.(*native))
		})
	}
}

func f32(x ...float32) kernels.F32 { return kernels.F32{Host: x, Len: len(x)} }

func mat(rows, cols int, x []float32) kernels.Mat { return kernels.NewMat(f32(x...), rows, cols) }

// TestProductEdges multiplies small whole numbers, whose sums float32 holds
// exactly, at sizes on both sides of every tile, panel and block of c_gemm.h.
func TestProductEdges(t *testing.T) {
	eachNative(t, func(t *testing.T, n *native) {
		r := rand.New(rand.NewPCG(1, 2))
		whole := func(size int) []float32 {
			x := make([]float32, size)
			for i := range x {
				x[i] = float32(r.IntN(7) - 3)
			}
			return x
		}
		shapes := [][3]int{{192 + 1, 33, 320 + 1}, {2*192 + 5, 17, 9}, {3, 65, 2*320 + 3}, {29, 40, 2*section + 7}, {3, 5, maxSections*section + 9}}
		for _, m := range []int{1, 2, 3, 5, 7, 11, 12, 13, 23, 25} {
			for _, c := range []int{1, 7, 9, 15, 16, 17, 31, 32, 33, 64} {
				shapes = append(shapes, [3]int{m, c, r.IntN(140)})
			}
		}
		for _, s := range shapes {
			m, c, k := s[0], s[1], s[2]
			for form := range 6 {
				ta, tb, accumulate := form%3 == 1, form%3 == 2, form >= 3
				a, b, out := whole(m*k), whole(k*c), whole(m*c)
				want := slices.Clone(out)
				for i := range m {
					for j := range c {
						var sum float32
						if accumulate {
							sum = out[i*c+j]
						}
						for l := range k {
							x, y := a[i*k+l], b[l*c+j]
							if ta {
								x = a[l*m+i]
							}
							if tb {
								y = b[j*k+l]
							}
							sum += x * y
						}
						want[i*c+j] = sum
					}
				}
				am, bm := mat(m, k, a), mat(k, c, b)
				if ta {
					am = mat(k, m, a)
				}
				if tb {
					bm = mat(c, k, b)
				}
				n.MatMul(mat(m, c, out), am, bm, ta, tb, accumulate)
				if !slices.Equal(out, want) {
					t.Fatalf("%dx%dx%d ta=%v tb=%v accumulate=%v differs", m, k, c, ta, tb, accumulate)
				}
			}
		}
	})
}

// TestExp reads exp_v through the gradient of the log-softmax: with dy = (-1, 0)
// it is exp(y) at the second column.
func TestExp(t *testing.T) {
	eachNative(t, func(t *testing.T, n *native) {
		exp := func(x float32) float32 {
			dx := make([]float32, 2)
			n.GroupLogSoftmaxGrad(mat(1, 2, dx), mat(1, 2, []float32{-1, 0}), mat(1, 2, []float32{0, x}), kernels.I32{Host: []int32{0, 0}, Len: 2}, 1)
			return dx[1]
		}
		for x := float32(-87.3); x < 88.3; x += 0.0137 {
			want := math.Exp(float64(x))
			if got := float64(exp(x)); !(math.Abs(got-want) <= 2e-7*want) {
				t.Fatalf("exp(%v) is %v, expected %v", x, got, want)
			}
		}
		for _, x := range []float32{-87.4, -1000, float32(math.Inf(-1))} {
			if got := exp(x); got != 0 {
				t.Errorf("exp(%v) is %v, expected 0", x, got)
			}
		}
		if got := exp(0); got != 1 {
			t.Errorf("exp(0) is %v", got)
		}
		if got := exp(float32(math.NaN())); !math.IsNaN(float64(got)) {
			t.Errorf("exp(NaN) is %v", got)
		}
	})
}

// TestGELUAccuracy holds the polynomial of the normal distribution to the erfc of
// the mathematics library: 4e-7 of the size of x, and in the lower tail, where
// results are small, a relative 2e-5.
func TestGELUAccuracy(t *testing.T) {
	eachNative(t, func(t *testing.T, n *native) {
		var x []float32
		for v := float32(-12); v < 12; v += 0.00371 {
			x = append(x, v)
		}
		y, slope, ones := make([]float32, len(x)), make([]float32, len(x)), slices.Repeat([]float32{1}, len(x))
		n.GELU(f32(y...), f32(x...))
		n.GELUGrad(f32(slope...), f32(ones...), f32(x...))
		for i, v := range x {
			v := float64(v)
			phi := 0.5 * math.Erfc(-v/math.Sqrt2)
			if got, want := float64(y[i]), v*phi; !(math.Abs(got-want) <= min(4e-7*max(1, math.Abs(v)), 2e-5*math.Abs(want)+1e-30)) {
				t.Fatalf("GELU(%v) is %v, expected %v", v, got, want)
			}
			if got, want := float64(slope[i]), phi+v*math.Exp(-v*v/2)/math.Sqrt(2*math.Pi); !(math.Abs(got-want) <= 6e-7) {
				t.Fatalf("the slope of GELU(%v) is %v, expected %v", v, got, want)
			}
		}
	})
}

func TestPool(t *testing.T) {
	for _, threads := range []int{1, 2, 5} {
		p := newPool(threads)
		for range 200 {
			var busy [5]atomic.Int32
			var done [37]atomic.Int32
			p.run(len(done), func(worker, part int) {
				if busy[worker].Add(1) != 1 {
					t.Errorf("two parts at once on worker %d", worker)
				}
				done[part].Add(1)
				busy[worker].Add(-1)
			})
			for part := range done {
				if got := done[part].Load(); got != 1 {
					t.Fatalf("part %d ran %d times on %d threads", part, got, threads)
				}
			}
		}
		for _, n := range []int{0, 1, 15, 16, 17, 1000} {
			covered := make([]int, n)
			p.split(n, 16, 1e4, func(_, lo, hi int) {
				if lo%16 != 0 || hi%16 != 0 && hi != n {
					t.Errorf("part [%d, %d) of %d is not aligned", lo, hi, n)
				}
				for i := lo; i < hi; i++ {
					covered[i]++
				}
			})
			if !slices.Equal(covered, slices.Repeat([]int{1}, n)) {
				t.Fatalf("%d items on %d threads covered %v times", n, threads, covered)
			}
		}
		p.close()
		p.close()
	}
}

func TestTeams(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, docs := range []int{1, 2, 7, 16, 41} {
		offsets, all := []int32{0}, []int32(nil)
		for b := range docs {
			offsets = append(offsets, offsets[b]+1+int32(r.IntN(30)))
			all = append(all, int32(b))
		}
		for _, threads := range []int{1, 2, 3, 8} {
			const tile = 6
			groups := teams(all, offsets, tile, threads)
			var seen []int32
			for _, g := range groups {
				if len(g) == 0 || len(g) > tile {
					t.Fatalf("%d documents, %d threads: a group of %d", docs, threads, len(g))
				}
				for i := 1; i < len(g); i++ {
					if offsets[g[i]+1]-offsets[g[i]] > offsets[g[i-1]+1]-offsets[g[i-1]] {
						t.Fatalf("group %v is not sorted from long to short", g)
					}
				}
				seen = append(seen, g...)
			}
			slices.Sort(seen)
			if !slices.Equal(seen, all) {
				t.Fatalf("groups hold %v", seen)
			}
			if len(groups) < min(docs, threads) {
				t.Fatalf("%d groups for %d documents and %d threads", len(groups), docs, threads)
			}
		}
	}
}

func TestLevelUnknown(t *testing.T) {
	if _, err := newNative("avx1024", 1); err == nil || err.Error() != `cpu: level "avx1024": this machine cannot run it` {
		t.Error(fmt.Sprint(err))
	}
}
