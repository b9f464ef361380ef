//go:build cgo

package cpu

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
)

// tagged is a CRF under BIO with O at label 0, B-X at odd and I-X at even ones.
type tagged struct {
	c       int
	w       kernels.CRFWeights
	emit    kernels.Mat
	labels  kernels.I32
	offsets []int32
}

// newTagged draws scores and legal labels, one in four of them Ignore. forbid is the
// score of steps that BIO excludes.
func newTagged(types int, forbid float32, lengths ...int) *tagged {
	r := rand.New(rand.NewPCG(5, 6))
	c := 2*types + 1
	draw := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		return x
	}
	k := &tagged{c: c, w: kernels.CRFWeights{Trans: mat(c, c, draw(c*c)), Start: f32(draw(c)...), End: f32(draw(c)...)}, offsets: []int32{0}}
	for to := 2; to < c; to += 2 {
		for from := range c {
			if from != to && from != to-1 {
				k.w.Trans.Data.Host[from*c+to] = forbid
			}
		}
		k.w.Start.Host[to] = forbid
	}
	for _, n := range lengths {
		y := int32(0)
		for range n {
			if y%2 == 1 && r.IntN(2) == 0 {
				y++ // B-X, then I-X
			} else if y = int32(r.IntN(c)); y%2 == 0 {
				y = 0
			}
			k.labels.Host = append(k.labels.Host, y)
			if r.IntN(4) == 0 {
				k.labels.Host[len(k.labels.Host)-1] = kernels.Ignore
			}
		}
		k.offsets = append(k.offsets, k.offsets[len(k.offsets)-1]+int32(n))
	}
	k.labels.Len = len(k.labels.Host)
	k.emit = mat(k.labels.Len, c, draw(k.labels.Len*c))
	return k
}

// run returns all that a backend says of k in one row, and how many documents CRF redid.
func (k *tagged) run(be kernels.Backend) (numbers []float32, path []int32, fallbacks int) {
	docs := len(k.offsets) - 1
	nll, logZ, score := be.NewF64(docs), be.NewF64(docs), be.NewF64(docs)
	dEmit, p := kernels.NewMat(be.NewF32(k.emit.Data.Len), k.emit.Rows, k.c), kernels.NewMat(be.NewF32(k.emit.Data.Len), k.emit.Rows, k.c)
	g := kernels.CRFGrad{Trans: kernels.NewMat(be.NewF32(k.c*k.c), k.c, k.c), Start: be.NewF32(k.c), End: be.NewF32(k.c)}
	best := be.NewI32(k.emit.Rows)
	before := be.CRFFallbacks()
	be.CRF(nll, dEmit, g, k.emit, k.w, k.labels, k.offsets, 1)
	fallbacks = be.CRFFallbacks() - before
	be.CRFMarginals(p, logZ, k.emit, k.w, k.offsets)
	be.Viterbi(best, score, k.emit, k.w, k.offsets)
	for _, b := range []kernels.F64{nll, logZ, score} {
		for _, v := range b.Host {
			numbers = append(numbers, float32(v))
		}
	}
	return slices.Concat(numbers, dEmit.Data.Host, p.Data.Host, g.Trans.Data.Host, g.Start.Host, g.End.Host), best.Host, fallbacks
}

func within(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - float64(w)); !(d <= 1e-5*max(1, math.Abs(float64(w)))) {
			t.Fatalf("%s: number %d is %v, expected %v", what, i, got[i], w)
		}
	}
}

// TestRunsEqualDense: -9999 does not forbid, so every label is dense, but exp(-9999)
// is 0: the sparse form with -Inf must say the same.
func TestRunsEqualDense(t *testing.T) {
	inf := float32(math.Inf(-1))
	eachNative(t, func(t *testing.T, n *native) {
		for _, types := range []int{1, 4, 17, 80, 98} {
			lengths := []int{40, 1, 9, 23, 2, 140, 5, 5, 31, 8, 17, 1, 60}
			got, path, _ := newTagged(types, inf, lengths...).run(n)
			dense := int(n.crf.chain.shape.dense)
			if types >= 4 && (dense != types+1 || n.crf.chain.shape.runs != 1) {
				t.Fatalf("%d entities: %d dense labels and %d runs, expected %d and 1", types, dense, n.crf.chain.shape.runs, types+1)
			}
			want, wantPath, _ := newTagged(types, -9999, lengths...).run(n)
			if dense = int(n.crf.chain.shape.dense); dense != 2*types+1 {
				t.Fatalf("%d dense labels of %d with -9999", dense, 2*types+1)
			}
			within(t, "sparse against dense", got, want)
			if !slices.Equal(path, wantPath) {
				t.Fatalf("%d entities: paths differ", types)
			}
		}
	})
}

// TestIrregularColumns: predecessors that follow no pattern make runs of one column
// and of none, against the reference.
func TestIrregularColumns(t *testing.T) {
	eachNative(t, func(t *testing.T, n *native) {
		r := rand.New(rand.NewPCG(7, 8))
		for _, c := range []int{5, 20, 61} {
			k := newTagged(c/2, 0, 7, 30, 1)
			c := k.c
			for to := range c {
				if to%3 == 0 {
					continue
				}
				for from := range c {
					if r.IntN(c) >= to%5 { // about to%5 predecessors
						k.w.Trans.Data.Host[from*c+to] = -2e4
					}
				}
			}
			// Labels of a legal path, every third unknown.
			_, best, _ := k.run(newRef("go", 1))
			for i, y := range best {
				k.labels.Host[i] = y
				if i%3 == 1 {
					k.labels.Host[i] = kernels.Ignore
				}
			}
			got, path, _ := k.run(n)
			want, wantPath, _ := k.run(newRef("go", 1))
			if math.IsInf(float64(want[0]), 1) {
				t.Fatal("the first document has no legal path")
			}
			within(t, "C against the reference", got, want)
			if !slices.Equal(path, wantPath) {
				t.Fatalf("C=%d: path %v, expected %v", c, path, wantPath)
			}
		}
	})
}

// TestManyLabels has more labels than the kept masks of c_chain.h cover.
func TestManyLabels(t *testing.T) {
	k := newTagged(520, float32(math.Inf(-1)), 4, 2)
	want, wantPath, _ := k.run(newRef("go", 1))
	eachNative(t, func(t *testing.T, n *native) {
		got, path, _ := k.run(n)
		within(t, "1041 labels", got, want)
		if !slices.Equal(path, wantPath) {
			t.Fatalf("path %v, expected %v", path, wantPath)
		}
	})
}

// TestRedoneInPart: a document whose restricted pass underflows is redone, and
// leaves nothing of the first try in the gradients of the batch.
func TestRedoneInPart(t *testing.T) {
	eachNative(t, func(t *testing.T, n *native) {
		k := newTagged(9, float32(math.Inf(-1)), 12, 12, 12)
		lo := int(k.offsets[1])
		copy(k.labels.Host[lo:], []int32{0, kernels.Ignore, 0, kernels.Ignore, 0})
		// Known O at token 2 can only follow the Ignore before it over scores that lost
		// 300 against every other label: fine for log Z, too small for the restriction.
		for from := range k.c {
			k.w.Trans.Data.Host[from*k.c] = -300
		}
		got, _, fallbacks := k.run(n)
		want, _, _ := k.run(newRef("go", 1))
		if fallbacks == 0 {
			t.Fatal("no document was redone")
		}
		within(t, "C against the reference", got, want)
	})
}

// TestUnlikelyGold: labels over steps of -9999, which are legal but have no mass in
// float32, pull at those steps all the same.
func TestUnlikelyGold(t *testing.T) {
	eachNative(t, func(t *testing.T, n *native) {
		k := newTagged(8, -9999, 20, 6)
		for i := range k.labels.Host {
			k.labels.Host[i] = int32(i%8*2 + 1 + i%2) // B-X of one entity, I-X of the next
		}
		got, _, _ := k.run(n)
		want, _, _ := k.run(newRef("go", 1))
		within(t, "C against the reference", got, want)
	})
}

// TestUnsure: documents that the forward pass is sure of, some that only the backward pass
// clears, and some that it refuses, in one batch: each has its own gradient, and nothing
// of a refused one is left in the sums.
func TestUnsure(t *testing.T) {
	eachNative(t, func(t *testing.T, n *native) {
		k := newTagged(9, -9999, 12, 12, 30, 12, 12, 45, 12, 3)
		row := func(b, at int) []float32 { return k.emit.Data.Host[(int(k.offsets[b])+at)*k.c:][:k.c] }
		for _, b := range []int{1, 4, 5} { // float32 loses labels that stay behind
			for y := 1; y < k.c; y++ {
				row(b, 2)[y] -= 80
			}
		}
		// Label 3 cannot follow label 1, and everything else is far behind those two.
		k.w.Trans.Data.Host[k.c+3] = -2e4
		for i := 1; i < len(k.labels.Host); i++ {
			if k.labels.Host[i-1] == 1 && k.labels.Host[i] == 3 {
				k.labels.Host[i] = 0
			}
		}
		for _, b := range []int{2, 6} {
			row(b, 1)[1] += 200
			row(b, 2)[3] += 200
		}
		got, _, fallbacks := k.run(n)
		want, _, _ := k.run(newRef("go", 1))
		if fallbacks != 2 {
			t.Fatalf("%d documents redone, expected 2", fallbacks)
		}
		within(t, "C against the reference", got, want)
		docs := len(k.offsets) - 1
		nll := n.NewF64(docs)
		n.CRFNLL(nll, k.emit, k.w, k.labels, k.offsets)
		for b, v := range nll.Host {
			if float32(v) != got[b] {
				t.Fatalf("document %d: nll %v without gradient, %v with it", b, v, got[b])
			}
		}
	})
}
