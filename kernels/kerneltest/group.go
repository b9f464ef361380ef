package kerneltest

import "math"

// widths are the numbers of labels that kernels are tried on: one, powers of
// two and their neighbours, and the three schemas.
var widths = []int{1, 2, 31, 32, 33, 73, 161, 176, 197}

// mirrorGroup is the log-softmax of one row within groups.
func mirrorGroup(x []float64, groupOf []int32) []float64 {
	y := make([]float64, len(x))
	for c, v := range x {
		var sum float64
		for k, w := range x {
			if groupOf[k] == groupOf[c] {
				sum += math.Exp(w - v)
			}
		}
		y[c] = -math.Log(sum)
	}
	return y
}

// groupLogSoftmax tries one group, interleaved groups (one of which is empty) and a group a column.
func groupLogSoftmax(s *suite) {
	r := rng("GroupLogSoftmax")
	for _, c := range widths {
		for _, groups := range []int{1, 4, c} {
			const n = 5
			groupOf := make([]int32, c)
			for j := range groupOf {
				groupOf[j] = int32(j*j+j/3) % int32(groups)
			}
			x, dy := normals(r, n*c, 3), normals(r, n*c, 1)
			for j := range c { // logits of +-100
				x[j] = float32(100 - 200*(j%2))
			}
			x64 := widen(x)
			var want []float64
			for i := range n {
				want = append(want, mirrorGroup(x64[i*c:(i+1)*c], groupOf)...)
			}
			got := s.exec(func(k *call) {
				k.GroupLogSoftmax(k.outMat("y", n, c), k.mat(x, n, c), k.ints(groupOf), groups)
			})
			y := got.f32["y"]
			s.near("GroupLogSoftmax", y, want, 2e-6, 2e-6)
			got = s.exec(func(k *call) {
				k.GroupLogSoftmaxGrad(k.outMat("dx", n, c), k.mat(dy, n, c), k.mat(y, n, c), k.ints(groupOf), groups)
			})
			for i := range n {
				row := x64[i*c : (i+1)*c]
				f := func() float64 { return weighted(dy[i*c:(i+1)*c], mirrorGroup(row, groupOf)) }
				s.slope("GroupLogSoftmaxGrad", got.f32["dx"][i*c:(i+1)*c], nil, row, f, 1e-4, 2e-5)
			}
		}
	}
}

// groupExtremes tries scores whose exponentials no float holds: of +-1000 in groups
// of two, the greater one is certain.
func groupExtremes(s *suite) {
	x := []float32{1000, -1000, -1000, 1000, -1000, -1000, 3e38, -3e38}
	want := []float64{0, -2000, -2000, 0, -math.Ln2, -math.Ln2, 0, math.Inf(-1)}
	got := s.exec(func(k *call) {
		k.GroupLogSoftmax(k.outMat("y", 1, 8), k.mat(x, 1, 8), k.ints([]int32{0, 0, 1, 1, 2, 2, 3, 3}), 4)
	})
	s.near("GroupLogSoftmax of scores beyond exp", got.f32["y"], want, 2e-6, 2e-6)
}

// groupAdd tries GroupAdd and GroupSum, its adjoint.
func groupAdd(s *suite) {
	r := rng("GroupAdd")
	for _, c := range widths {
		n, groups := 7, min(c, 20)
		groupOf := make([]int32, c)
		for j := range groupOf {
			groupOf[j] = int32(r.IntN(groups))
		}
		y, g, dy, dg := normals(r, n*c, 1), normals(r, n*groups, 1), normals(r, n*c, 1), normals(r, n*groups, 1)
		want, wantSum := widen(y), widen(dg)
		for i := range n * c {
			k := i/c*groups + int(groupOf[i%c])
			want[i] += float64(g[k])
			wantSum[k] += float64(dy[i])
		}
		got := s.exec(func(k *call) {
			k.GroupAdd(k.accMat("y", y, n, c), k.mat(g, n, groups), k.ints(groupOf))
			k.GroupSum(k.accMat("dg", dg, n, groups), k.mat(dy, n, c), k.ints(groupOf))
		})
		s.near("GroupAdd", got.f32["y"], want, 2*ulp32, 2*ulp32)
		s.near("GroupSum", got.f32["dg"], wantSum, 4*ulp32, 4*ulp32*float64(c))
	}
}
