package kerneltest

import (
	"fmt"
	"math"
)

// matMul tries all forms (plain, a or b transposed, accumulated) on every size
// from 1 to 67 and on shapes with empty, long and ragged sides. A sum of k
// terms in float32 errs by at most k roundings of the sum of their sizes.
func matMul(s *suite) {
	var shapes [][3]int // rows, columns, terms
	for n := 1; n <= 67; n++ {
		shapes = append(shapes, [3]int{n, n*7%67 + 1, n*13%67 + 1})
	}
	shapes = append(shapes,
		[3]int{1, 1, 1}, [3]int{64, 64, 64}, [3]int{5, 33, 1500}, [3]int{300, 40, 9}, [3]int{17, 197, 96},
		[3]int{33, 161, 31}, [3]int{130, 96, 200}, [3]int{0, 4, 3}, [3]int{4, 0, 3}, [3]int{4, 3, 0}, [3]int{2, 600, 5})
	r := rng("MatMul")
	for _, shape := range shapes {
		m, n, k := shape[0], shape[1], shape[2]
		a, b, start := normals(r, m*k, 1), normals(r, k*n, 1), normals(r, m*n, 1)
		for form := range 6 {
			ta, tb, accumulate := form/2 == 1, form/2 == 2, form%2 == 1
			want, size := make([]float64, m*n), make([]float64, m*n)
			for i := range m {
				for j := range n {
					var sum, abs float64
					if accumulate {
						sum = float64(start[i*n+j])
						abs = math.Abs(sum)
					}
					for l := range k {
						p := float64(pick(a, i, l, m, k, ta)) * float64(pick(b, l, j, k, n, tb))
						sum += p
						abs += math.Abs(p)
					}
					want[i*n+j], size[i*n+j] = sum, abs
				}
			}
			got := s.exec(func(c *call) {
				ar, ac, br, bc := m, k, k, n
				if ta {
					ar, ac = ac, ar
				}
				if tb {
					br, bc = bc, br
				}
				y := c.outMat("c", m, n)
				if accumulate {
					c.Copy(y.Data, c.in(start))
				}
				c.MatMul(y, c.mat(a, ar, ac), c.mat(b, br, bc), ta, tb, accumulate)
			})
			s.within(fmt.Sprintf("c of %dx%dx%d ta=%v tb=%v accumulate=%v", m, n, k, ta, tb, accumulate), widen(got.f32["c"]), want,
				func(i int) float64 { return float64(k+3) * ulp32 * size[i] })
		}
	}
}

// pick is element (i, j) of a rows x cols matrix, stored transposed where t says so.
func pick(x []float32, i, j, rows, cols int, t bool) float32 {
	if t {
		return x[j*rows+i]
	}
	return x[i*cols+j]
}

// vectors tries AddBias, ColSum and Axpy.
func vectors(s *suite) {
	r := rng("vectors")
	for _, shape := range [][2]int{{1, 1}, {5, 7}, {33, 31}, {70, 197}, {0, 3}, {3, 0}, {2000, 3}, {1100, 150}} {
		n, c := shape[0], shape[1]
		x, start, bias, sum := normals(r, n*c, 1), normals(r, n*c, 1), normals(r, c, 1), normals(r, c, 1)
		wantBias, wantSum, wantAxpy := widen(x), widen(sum), widen(start)
		for i := range n * c {
			wantBias[i] += float64(bias[i%c])
			wantSum[i%c] += float64(x[i])
			wantAxpy[i] += -1.7 * float64(x[i])
		}
		got := s.exec(func(k *call) {
			k.AddBias(k.accMat("bias", x, n, c), k.in(bias))
			k.ColSum(k.acc("sum", sum), k.mat(x, n, c))
			k.Axpy(k.acc("axpy", start), -1.7, k.in(x))
		})
		s.near("AddBias", got.f32["bias"], wantBias, 2*ulp32, 2*ulp32)
		// The terms are about 1 in size: n of them err by at most n^1.5 roundings.
		s.near("ColSum", got.f32["sum"], wantSum, 4*ulp32, 4*ulp32*math.Sqrt(float64(n))*math.Sqrt(float64(n)+1))
		s.near("Axpy", got.f32["axpy"], wantAxpy, 4*ulp32, 8*ulp32)
	}
}
