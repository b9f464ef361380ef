//go:build cuda

package cuda_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
)

// both runs an operation on the pure-Go reference and on the GPU and compares all
// that it writes: sizes beyond those of the suite, at which kernels split sums,
// sort in several tiles, or take another path.
type both struct {
	kernels.Backend
	t   *testing.T
	rng *rand.Rand // the same draws on both
	out []float64
}

func agree(t *testing.T, tolerance float64, do func(b *both)) {
	t.Helper()
	reference, err := cpu.New("go", 2)
	if err != nil {
		t.Fatal(err)
	}
	var runs [2][]float64
	for i, be := range []kernels.Backend{reference, open(t)} {
		b := &both{Backend: be, t: t, rng: rand.New(rand.NewPCG(1, 2))}
		do(b)
		runs[i] = b.out
		if err := be.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(runs[0]) == 0 || len(runs[0]) != len(runs[1]) {
		t.Fatalf("%d outputs, the reference has %d", len(runs[1]), len(runs[0]))
	}
	for i, want := range runs[0] {
		if got := runs[1][i]; !(got == want || math.Abs(got-want) <= tolerance*(1+math.Abs(want))) {
			t.Fatalf("output %d is %v, the reference has %v", i, got, want)
		}
	}
}

func (b *both) normal(n int) kernels.F32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(b.rng.NormFloat64())
	}
	f := b.NewF32(n)
	b.PutF32(f, x)
	return f
}

func (b *both) mat(rows, cols int) kernels.Mat {
	return kernels.NewMat(b.normal(rows*cols), rows, cols)
}

// ints are draws from lo to hi-1.
func (b *both) ints(n, lo, hi int) kernels.I32 {
	x := make([]int32, n)
	for i := range x {
		x[i] = int32(lo + b.rng.IntN(hi-lo))
	}
	f := b.NewI32(n)
	b.PutI32(f, x)
	return f
}

// show adds buffers to what is compared, and show64 and showI; all free theirs.
func (b *both) show(buffers ...kernels.F32) {
	for _, f := range buffers {
		x := make([]float32, f.Len)
		b.GetF32(x, f)
		for _, v := range x {
			b.out = append(b.out, float64(v))
		}
		b.FreeF32(f)
	}
}

func (b *both) show64(f kernels.F64) {
	x := make([]float64, f.Len)
	b.GetF64(x, f)
	b.out = append(b.out, x...)
	b.FreeF64(f)
}

func (b *both) showI(f kernels.I32) {
	x := make([]int32, f.Len)
	b.GetI32(x, f)
	for _, v := range x {
		b.out = append(b.out, float64(v))
	}
	b.FreeI32(f)
}

// TestSplitProducts: tall tiles, and terms split over blocks, with each epilogue.
func TestSplitProducts(t *testing.T) {
	for form := range 6 {
		agree(t, 1e-4, func(b *both) {
			m, n, k := 130, 70, 1100
			x, y, c := b.mat(m, k), b.mat(k, n), b.mat(m, n)
			ta, tb := form/2 == 1, form/2 == 2
			if ta {
				x.Rows, x.Cols = k, m
			}
			if tb {
				y.Rows, y.Cols = n, k
			}
			b.MatMul(c, x, y, ta, tb, form%2 == 1)
			b.show(c.Data, x.Data, y.Data)
		})
	}
	agree(t, 1e-4, func(b *both) {
		n, c, d := 601, 21, 520
		x, p, y, dy, dx, dp := b.mat(n, d), b.mat(c, d), b.mat(n, c), b.mat(n, c), b.mat(n, d), b.mat(c, d)
		xInv, pInv, temperature, dt := b.normal(n), b.normal(c), b.normal(1), b.normal(1)
		b.Cosine(y, xInv, pInv, x, p, temperature)
		b.CosineGrad(dx, dp, dt, dy, y, x, p, xInv, pInv, temperature)
		b.show(y.Data, dx.Data, dp.Data, dt, xInv, pInv, x.Data, p.Data, dy.Data, temperature)
	})
}

// TestLongSums: columns summed in several chunks of rows, squares in several blocks.
func TestLongSums(t *testing.T) {
	agree(t, 1e-5, func(b *both) {
		n, h := 700, 9
		x, dy, stats, y, dx := b.mat(n, h), b.mat(n, h), b.mat(n, 2), b.mat(n, h), b.mat(n, h)
		gamma, beta, sum, squares := b.normal(h), b.normal(h), b.normal(h), b.NewF64(1)
		b.ColSum(sum, x)
		b.LayerNorm(y, stats, x, gamma, beta)
		b.LayerNormGrad(dx, gamma, beta, dy, x, stats, sum)
		b.SumSquares(squares, x.Data)
		b.show(sum, y.Data, stats.Data, dx.Data, gamma, beta, x.Data, dy.Data)
		b.show64(squares)
	})
}

// TestLargeSort: gradients of rows that are sorted in several tiles and by several digits, to the bit.
func TestLargeSort(t *testing.T) {
	for _, size := range [][4]int{{1700, 3, 600, 3}, {11_000, 4, 40, 1}, {20, 2, 5, 300}} {
		largeSort(t, size[0], size[1], size[2], size[3])
	}
}

func largeSort(t *testing.T, n, width, rows, h int) {
	t.Helper()
	agree(t, 0, func(b *both) {
		ids, dy, table := b.ints(n*width, -1, rows), b.mat(n, h), b.mat(rows, h)
		b.EmbedGrad(table, dy, ids)
		b.show(table.Data, dy.Data)
		b.showI(ids)
	})
}

// TestWideRows: losses on more columns than a warp keeps.
func TestWideRows(t *testing.T) {
	agree(t, 1e-5, func(b *both) {
		n, c := 40, 300
		z, dz, labels, loss := b.mat(n, c), b.mat(n, c), b.ints(n, 0, c), b.NewF64(3)
		b.SoftmaxLoss(dz, loss, z, labels, kernels.LossParams{CE: 1, Focal: 1, Gamma: 2})
		b.show(dz.Data, z.Data)
		b.show64(loss)
		b.showI(labels)
	})
}

// TestWideCRF: more labels than fit into registers, documents with all labels known, with some, and one that
// the exp domain cannot hold.
func TestWideCRF(t *testing.T) {
	for _, labels := range []int{201, 530} {
		agree(t, 1e-5, func(b *both) {
			offsets := []int32{0, 4, 4, 9, 12}
			n, c, docs := 12, labels, 4
			emit, d := b.mat(n, c), b.mat(n, c)
			far := make([]float32, c) // the last document leads through a label that is far behind
			for j := range far {
				far[j] = -300
			}
			far[7] = 0
			b.PutF32(emit.Data.Slice(9*c, 10*c), far)
			far[7], far[8] = -300, 0
			b.PutF32(emit.Data.Slice(10*c, 11*c), far)
			w := kernels.CRFWeights{Trans: b.mat(c, c), Start: b.normal(c), End: b.normal(c)}
			b.PutF32(w.Trans.Data.Slice(7*c+8, 7*c+9), []float32{-2e4})
			g := kernels.CRFGrad{Trans: b.mat(c, c), Start: b.normal(c), End: b.normal(c)}
			y := b.ints(n, 0, c)
			b.PutI32(y.Slice(5, 7), []int32{kernels.Ignore, kernels.Ignore})
			nll, z, score, p, path := b.NewF64(docs), b.NewF64(docs), b.NewF64(docs), b.mat(n, c), b.NewI32(n)
			before := b.CRFFallbacks()
			b.CRF(nll, d, g, emit, w, y, offsets, 0.5)
			fallbacks := b.CRFFallbacks() - before
			if want := map[string]int{"cuda": 1}[b.Device().Backend]; fallbacks != want {
				t.Errorf("%d labels: %d documents redone, expected %d", c, fallbacks, want)
			}
			alone := b.NewF64(docs)
			b.CRFNLL(alone, emit, w, y, offsets)
			b.show64(alone)
			b.CRFMarginals(p, z, emit, w, offsets)
			b.Viterbi(path, score, emit, w, offsets)
			b.show(d.Data, g.Trans.Data, g.Start, g.End, p.Data, emit.Data, w.Trans.Data, w.Start, w.End)
			b.show64(nll)
			b.show64(z)
			b.show64(score)
			b.showI(path)
			b.showI(y)
		})
	}
}

// TestManyKnownSteps: steps between known labels counted in several tiles of tokens.
func TestManyKnownSteps(t *testing.T) {
	agree(t, 2e-5, func(b *both) {
		n, c := 4500, 3
		offsets := make([]int32, 0, 46)
		for at := 0; at <= n; at += 100 {
			offsets = append(offsets, int32(at))
		}
		docs := len(offsets) - 1
		emit, d, y, nll := b.mat(n, c), b.mat(n, c), b.ints(n, 0, c), b.NewF64(docs)
		w := kernels.CRFWeights{Trans: b.mat(c, c), Start: b.normal(c), End: b.normal(c)}
		g := kernels.CRFGrad{Trans: b.mat(c, c), Start: b.normal(c), End: b.normal(c)}
		b.CRF(nll, d, g, emit, w, y, offsets, 1)
		b.show(d.Data, g.Trans.Data, g.Start, g.End, emit.Data, w.Trans.Data, w.Start, w.End)
		b.show64(nll)
		b.showI(y)
	})
}
