//go:build cuda

package cuda_test

import (
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
)

// TestManyElements: more elements, and more rows, than the largest grid has threads, and warps.
func TestManyElements(t *testing.T) {
	const n, rows = 4096*256 + 77, 4096*8 + 5
	agree(t, 2e-6, func(b *both) {
		x, y, bias, d := b.normal(n), b.normal(n), b.normal(1), b.NewF64(n)
		b.FillF64(d, 0.5)
		b.Axpy(y, 0.5, x)
		b.AddBias(kernels.NewMat(y, n, 1), bias)
		b.GELU(y, y)
		b.GELUGrad(x, y, x)
		b.Dropout(y, x, 0.25, 7)
		b.show(x, y, bias)
		b.show64(d)
	})
	agree(t, 1e-5, func(b *both) {
		x, y, stats, path := b.mat(rows, 3), b.mat(rows, 3), b.mat(rows, 2), b.NewI32(rows)
		gamma, beta, many, squares := b.normal(3), b.normal(3), b.normal(200_000), b.NewF64(1)
		b.FillF64(squares, 1)
		b.LayerNorm(y, stats, x, gamma, beta)
		b.Argmax(path, x)
		b.SumSquares(squares, many)
		b.show(x.Data, y.Data, stats.Data, gamma, beta, many)
		b.show64(squares)
		b.showI(path)
	})
	agree(t, 1e-5, func(b *both) {
		z, dz, labels, loss, weights := b.mat(70_000, 2), b.mat(70_000, 2), b.ints(70_000, 0, 2), b.NewF64(3), b.NewF32(2)
		b.Fill(weights, 0.75)
		b.SoftmaxLoss(dz, loss, z, labels, kernels.LossParams{CE: 1, CB: 2, Weights: weights})
		b.show(z.Data, dz.Data, weights)
		b.show64(loss)
		b.showI(labels)
	})
}

// TestManyClasses: more prototypes than a block has threads.
func TestManyClasses(t *testing.T) {
	agree(t, 1e-4, func(b *both) {
		n, c, d := 5, 300, 6
		x, p, y, dy, dx, dp := b.mat(n, d), b.mat(c, d), b.mat(n, c), b.mat(n, c), b.mat(n, d), b.mat(c, d)
		xInv, pInv, temperature, dt, loss := b.normal(n), b.normal(c), b.normal(1), b.normal(1), b.NewF64(1)
		b.Fill(temperature, 8)
		b.Cosine(y, xInv, pInv, x, p, temperature)
		b.CosineGrad(dx, dp, dt, dy, y, x, p, xInv, pInv, temperature)
		b.Separation(dp, loss, p, 0.5)
		b.show(y.Data, dx.Data, dp.Data, dt, xInv, pInv, x.Data, p.Data, dy.Data, temperature)
		b.show64(loss)
	})
}

// TestManyDocuments: more documents than a block has threads, some of which go to the log domain, one with
// labels unknown, far behind.
func TestManyDocuments(t *testing.T) {
	agree(t, 2e-5, func(b *both) {
		const c, docs, unknown = 3, 700, 600
		offsets := []int32{0}
		for d := range docs {
			offsets = append(offsets, offsets[d]+int32(2+d%2))
		}
		n := int(offsets[docs])
		emit, d, y, nll, z, p := b.mat(n, c), b.mat(n, c), b.ints(n, 0, c), b.NewF64(docs), b.NewF64(docs), b.mat(n, c)
		w := kernels.CRFWeights{Trans: b.mat(c, c), Start: b.normal(c), End: b.normal(c)}
		g := kernels.CRFGrad{Trans: b.mat(c, c), Start: b.normal(c), End: b.normal(c)}
		b.PutF32(w.Trans.Data.Slice(1, 2), []float32{-2e4})
		b.PutI32(y, make([]int32, n))
		far, redone := []float32{0, -300, -300, -300, 0, -300}, 0 // from label 0 to label 1, which is forbidden
		for k, at := range offsets[:docs] {
			if k%9 > 1 && k != docs-1 {
				continue
			}
			b.PutF32(emit.Data.Slice(int(at)*c, (int(at)+2)*c), far)
			redone++
		}
		b.PutI32(y.Slice(int(offsets[unknown]), int(offsets[unknown])+1), []int32{kernels.Ignore})
		before := b.CRFFallbacks()
		b.CRF(nll, d, g, emit, w, y, offsets, 1)
		if got := b.CRFFallbacks() - before; b.Device().Backend == "cuda" && got != redone {
			t.Errorf("%d documents redone, expected %d", got, redone)
		}
		b.CRFMarginals(p, z, emit, w, offsets)
		if got := b.CRFFallbacks() - before; b.Device().Backend == "cuda" && got != 2*redone {
			t.Errorf("%d documents redone in all, expected %d", got, 2*redone)
		}
		b.show(d.Data, g.Trans.Data, g.Start, g.End, p.Data, emit.Data, w.Trans.Data, w.Start, w.End)
		b.show64(nll)
		b.show64(z)
		b.showI(y)
	})
}
