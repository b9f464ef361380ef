package cpu_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
)

// eachLevel runs bench on every level with one and two threads. work is what one
// call does, in units; the rate is reported as unit/s, in 1e9 for FLOP.
func eachLevel(b *testing.B, unit string, work float64, setup func(be kernels.Backend, r *rand.Rand) (call func())) {
	b.Helper()
	for _, level := range cpu.Levels() {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("level=%s/threads=%d", level, threads), func(b *testing.B) {
				be := open(b, level, threads)
				defer be.Close()
				call := setup(be, rand.New(rand.NewPCG(1, 2)))
				for b.Loop() {
					call()
				}
				b.ReportMetric(work*float64(b.N)/b.Elapsed().Seconds(), unit)
			})
		}
	}
}

func randomMat(be kernels.Backend, r *rand.Rand, rows, cols int) kernels.Mat {
	x := make([]float32, rows*cols)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	m := kernels.NewMat(be.NewF32(len(x)), rows, cols)
	be.PutF32(m.Data, x)
	return m
}

func randomInts(be kernels.Backend, r *rand.Rand, n, limit int) kernels.I32 {
	x := make([]int32, n)
	for i := range x {
		x[i] = int32(r.IntN(limit))
	}
	b := be.NewI32(n)
	be.PutI32(b, x)
	return b
}

// Shapes of the compact encoder (672 = 7 neighbours of 96) and of a head of 197 labels.
func BenchmarkMatMul(b *testing.B) {
	for _, shape := range [][3]int{{1024, 672, 96}, {2048, 96, 256}, {2048, 256, 197}} {
		m, k, n := shape[0], shape[1], shape[2]
		for _, form := range []struct {
			name   string
			ta, tb bool
		}{{"NN", false, false}, {"NT", false, true}, {"TN", true, false}} {
			b.Run(fmt.Sprintf("%dx%dx%d/%s", m, k, n, form.name), func(b *testing.B) {
				eachLevel(b, "GFLOP/s", 2e-9*float64(m*k*n), func(be kernels.Backend, r *rand.Rand) func() {
					x, y, z := randomMat(be, r, m, k), randomMat(be, r, k, n), randomMat(be, r, m, n)
					if form.ta {
						x.Rows, x.Cols = k, m
					}
					if form.tb {
						y.Rows, y.Cols = n, k
					}
					return func() { be.MatMul(z, x, y, form.ta, form.tb, false) }
				})
			})
		}
	}
}

// crfBatch is 16 documents of 128 tokens and 197 labels.
func crfBatch(be kernels.Backend, r *rand.Rand) (emit kernels.Mat, w kernels.CRFWeights, labels kernels.I32, offsets []int32) {
	const docs, t, c = 16, 128, 197
	for b := range docs + 1 {
		offsets = append(offsets, int32(b*t))
	}
	w = kernels.CRFWeights{Trans: randomMat(be, r, c, c), Start: randomMat(be, r, 1, c).Data, End: randomMat(be, r, 1, c).Data}
	return randomMat(be, r, docs*t, c), w, randomInts(be, r, docs*t, c), offsets
}

func BenchmarkCRF(b *testing.B) {
	eachLevel(b, "tokens/s", 16*128, func(be kernels.Backend, r *rand.Rand) func() {
		emit, w, labels, offsets := crfBatch(be, r)
		nll, dEmit := be.NewF64(16), kernels.NewMat(be.NewF32(emit.Data.Len), emit.Rows, emit.Cols)
		g := kernels.CRFGrad{Trans: kernels.NewMat(be.NewF32(197*197), 197, 197), Start: be.NewF32(197), End: be.NewF32(197)}
		return func() { be.CRF(nll, dEmit, g, emit, w, labels, offsets, 1) }
	})
}

func BenchmarkViterbi(b *testing.B) {
	eachLevel(b, "tokens/s", 16*128, func(be kernels.Backend, r *rand.Rand) func() {
		emit, w, path, offsets := crfBatch(be, r)
		score := be.NewF64(16)
		return func() { be.Viterbi(path, score, emit, w, offsets) }
	})
}

func BenchmarkSoftmaxLoss(b *testing.B) {
	const n, c = 2048, 197
	eachLevel(b, "tokens/s", n, func(be kernels.Backend, r *rand.Rand) func() {
		z, dz := randomMat(be, r, n, c), randomMat(be, r, n, c)
		labels, loss := randomInts(be, r, n, c), be.NewF64(3)
		weights := be.NewF32(c)
		be.Fill(weights, 1)
		p := kernels.LossParams{CB: 0.6, Focal: 0.4, Gamma: 2, Weights: weights}
		return func() { be.SoftmaxLoss(dz, loss, z, labels, p) }
	})
}

// BenchmarkCosine runs forward and backward: three products of N x C x D.
func BenchmarkCosine(b *testing.B) {
	const n, c, d = 2048, 197, 256
	eachLevel(b, "GFLOP/s", 3*2e-9*n*c*d, func(be kernels.Backend, r *rand.Rand) func() {
		x, p, y, dy := randomMat(be, r, n, d), randomMat(be, r, c, d), randomMat(be, r, n, c), randomMat(be, r, n, c)
		dx, dp := randomMat(be, r, n, d), randomMat(be, r, c, d)
		xInv, pInv, t, dt := be.NewF32(n), be.NewF32(c), be.NewF32(1), be.NewF32(1)
		be.Fill(t, 10)
		return func() {
			be.Cosine(y, xInv, pInv, x, p, t)
			be.CosineGrad(dx, dp, dt, dy, y, x, p, xInv, pInv, t)
		}
	})
}

// BenchmarkGather runs forward and backward over 7 neighbours a token.
func BenchmarkGather(b *testing.B) {
	const n, k, h = 2048, 7, 96
	eachLevel(b, "tokens/s", n, func(be kernels.Backend, r *rand.Rand) func() {
		x, y, idx := randomMat(be, r, n, h), randomMat(be, r, n, k*h), randomInts(be, r, n*k, n)
		dx := randomMat(be, r, n, h)
		return func() {
			be.Gather(y, x, idx)
			be.GatherGrad(dx, y, idx)
		}
	})
}

// BenchmarkEmbed runs forward and backward over 8 ids a token in a table of 32,768 rows.
func BenchmarkEmbed(b *testing.B) {
	const n, f, h, rows = 2048, 8, 96, 1 << 15
	eachLevel(b, "tokens/s", n, func(be kernels.Backend, r *rand.Rand) func() {
		table, y, ids := randomMat(be, r, rows, h), randomMat(be, r, n, h), randomInts(be, r, n*f, rows)
		dTable := randomMat(be, r, rows, h)
		return func() {
			be.Embed(y, table, ids)
			be.EmbedGrad(dTable, y, ids)
		}
	})
}
