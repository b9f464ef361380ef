package kerneltest

import "math/rand/v2"

// indices are n draws from -1 to limit-1; the first repeats and the last is -1.
func indices(r *rand.Rand, n, limit int) []int32 {
	x := make([]int32, n)
	for i := range x {
		x[i] = int32(r.IntN(limit+1)) - 1
	}
	if n > 2 {
		x[0], x[1], x[n-1] = 0, 0, -1
	}
	return x
}

// embedding holds Embed to its sum and EmbedGrad to the bits of float32 additions
// in the order of the tokens, then of their ids.
func embedding(s *suite) {
	r := rng("Embed")
	for _, shape := range [][4]int{{1, 1, 1, 1}, {14, 4, 9, 11}, {7, 1, 33, 3}, {40, 6, 96, 20}, {5, 0, 3, 2}, {0, 3, 4, 2}, {65, 3, 17, 1}} {
		n, width, h, rows := shape[0], shape[1], shape[2], shape[3]
		ids := indices(r, n*width, rows)
		if n > 3 {
			for f := range width {
				ids[3*width+f] = -1 // a token without a feature
			}
		}
		table, dy, start := normals(r, rows*h, 1), normals(r, n*h, 1), normals(r, rows*h, 1)
		want, wantGrad := make([]float64, n*h), append([]float32(nil), start...)
		for at, id := range ids {
			for j := range h {
				if id >= 0 {
					want[at/width*h+j] += float64(table[int(id)*h+j])
					wantGrad[int(id)*h+j] += dy[at/width*h+j]
				}
			}
		}
		got := s.exec(func(c *call) {
			c.Embed(c.outMat("y", n, h), c.mat(table, rows, h), c.ints(ids))
			c.EmbedGrad(c.accMat("dTable", start, rows, h), c.mat(dy, n, h), c.ints(ids))
		})
		s.near("Embed", got.f32["y"], want, 4*ulp32, 8*ulp32*float64(width))
		s.exact("EmbedGrad", got.f32["dTable"], wantGrad)
	}
}

// gather holds Gather to a copy and GatherGrad to the bits of float32
// additions in the order of the tokens, then of their neighbours.
func gather(s *suite) {
	r := rng("Gather")
	for _, shape := range [][4]int{{1, 1, 1, 1}, {9, 3, 5, 9}, {33, 7, 96, 33}, {6, 2, 17, 40}, {0, 3, 4, 2}, {50, 5, 1, 2}, {4, 2, 0, 3}} {
		n, k, h, rows := shape[0], shape[1], shape[2], shape[3]
		idx := indices(r, n*k, rows)
		x, dy, start := normals(r, rows*h, 1), normals(r, n*k*h, 1), normals(r, rows*h, 1)
		want, wantGrad := make([]float32, n*k*h), append([]float32(nil), start...)
		for at, id := range idx {
			for j := range h {
				if id >= 0 {
					want[at*h+j] = x[int(id)*h+j]
					wantGrad[int(id)*h+j] += dy[at*h+j]
				}
			}
		}
		got := s.exec(func(c *call) {
			c.Gather(c.outMat("y", n, k*h), c.mat(x, rows, h), c.ints(idx))
			c.GatherGrad(c.accMat("dx", start, rows, h), c.mat(dy, n, k*h), c.ints(idx))
		})
		s.exact("Gather", got.f32["y"], want)
		s.exact("GatherGrad", got.f32["dx"], wantGrad)
	}
}
