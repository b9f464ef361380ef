package kerneltest

import (
	"math"
	"slices"
)

// viterbiTies draws integer scores from -1 to 1, so that many paths tie exactly,
// and wants the one path that the contract names.
func viterbiTies(s *suite) {
	r := rng("ViterbiTies")
	for range 60 {
		c := 1 + r.IntN(4)
		k := randomChain(r, c, 1, 1+r.IntN(5), 1+r.IntN(5), 3)
		for _, x := range [][]float32{k.emit, k.trans, k.start, k.end} {
			for i := range x {
				x[i] = float32(r.IntN(3) - 1)
			}
		}
		got, at := k.run(s), k.offsets()
		for b := range k.lengths {
			want := k.document(b).enumerate(nil)
			if path := got.path[at[b]:at[b+1]]; !slices.Equal(path, want.best) || got.score[b] != want.bestScore {
				s.Fatalf("path %v of score %v, expected %v of %v", path, got.score[b], want.best, want.bestScore)
			}
		}
	}
}

// argmax tries every width with ties, -inf and lone winners in the tail.
func argmax(s *suite) {
	r := rng("Argmax")
	for _, c := range widths {
		const n = 9
		z := normals(r, n*c, 1)
		for i := range z {
			if i/c%2 == 0 {
				z[i] = float32(r.IntN(3)) // ties
			}
		}
		for j := range c {
			z[c+j] = float32(math.Inf(-1))
			z[3*c+j] = -1
		}
		z[3*c+c-1] = 0
		want := make([]int32, n)
		for i := range n {
			for j := range c {
				if z[i*c+j] > z[i*c+int(want[i])] {
					want[i] = int32(j)
				}
			}
		}
		got := s.exec(func(k *call) { k.Argmax(k.outI("path", n), k.mat(z, n, c)) })
		if !slices.Equal(got.i32["path"], want) {
			s.Fatalf("C=%d: %v, expected %v", c, got.i32["path"], want)
		}
	}
}
