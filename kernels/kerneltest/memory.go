package kerneltest

import (
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/kernels"
)

// memory tries the buffers themselves.
func memory(s *suite) {
	for _, be := range s.backends {
		for _, n := range []int{0, 1, 17, 5000} {
			f, d, k := be.NewF32(n), be.NewF64(n), be.NewI32(n)
			x, y, z := make([]float32, n), make([]float64, n), make([]int32, n)
			for i := range n {
				x[i], y[i], z[i] = 1, 1, 1 // so that reading nothing shows
			}
			be.GetF32(x, f)
			be.GetF64(y, d)
			be.GetI32(z, k)
			for i := range n {
				if x[i] != 0 || y[i] != 0 || z[i] != 0 {
					s.Fatalf("new buffers of %d hold %v, %v, %v at %d", n, x[i], y[i], z[i], i)
				}
				x[i], z[i] = float32(i)+0.5, int32(-i)
			}
			be.PutF32(f, x)
			be.PutI32(k, z)
			copied, got, gotI := be.NewF32(n), make([]float32, n), make([]int32, n)
			be.Copy(copied, f)
			be.GetF32(got, copied)
			be.GetI32(gotI, k)
			s.exact("Copy", got, x)
			if !slices.Equal(gotI, z) {
				s.Fatalf("GetI32 gives %v, put were %v", gotI, z)
			}
			be.FreeF32(f)
			be.FreeF32(copied)
			be.FreeF64(d)
			be.FreeI32(k)
		}
	}
	got := s.exec(func(c *call) {
		c.Fill(c.out("fill", 9), -2.5)
		c.Fill(c.out("inf", 3), float32(math.Inf(-1)))
		c.FillF64(c.out64("fill64", 5), 1e300)
		// A slice shares the memory of its buffer.
		c.Fill(c.acc("part", []float32{1, 2, 3, 4}).Slice(1, 3), 7)
	})
	s.exact("Fill", got.f32["fill"], slices.Repeat([]float32{-2.5}, 9))
	s.exact("Fill", got.f32["inf"], slices.Repeat([]float32{float32(math.Inf(-1))}, 3))
	s.near64("FillF64", got.f64["fill64"], slices.Repeat([]float64{1e300}, 5), 0, 0)
	s.exact("Fill of a slice", got.f32["part"], []float32{1, 7, 7, 4})
}

// misfits calls operations with shapes that do not fit: each must panic and
// say which operation it was.
func misfits(s *suite) {
	be := &freeing{Backend: s.backends[0]}
	defer be.free()
	f := be.NewF32
	m := func(rows, cols int) kernels.Mat { return kernels.NewMat(f(rows*cols), rows, cols) }
	ints := func(x ...int32) kernels.I32 {
		b := be.NewI32(len(x))
		be.PutI32(b, x)
		return b
	}
	weights := func(c int) kernels.CRFWeights { return kernels.CRFWeights{Trans: m(c, c), Start: f(c), End: f(c)} }
	crfGrad := func(c int) kernels.CRFGrad { return kernels.CRFGrad{Trans: m(c, c), Start: f(c), End: f(c)} }
	one := be.NewF64(1)
	step := kernels.AdamW{LR: 1, Step: 1}
	for _, c := range []struct {
		op  string
		run func()
	}{
		{"NewF32", func() { be.NewF32(-1) }},
		{"NewF64", func() { be.NewF64(-1) }},
		{"NewI32", func() { be.NewI32(-1) }},
		{"PutF32", func() { be.PutF32(f(3), make([]float32, 2)) }},
		{"PutI32", func() { be.PutI32(ints(1), nil) }},
		{"GetF32", func() { be.GetF32(make([]float32, 4), f(3)) }},
		{"GetF64", func() { be.GetF64(make([]float64, 4), one) }},
		{"GetI32", func() { be.GetI32(make([]int32, 4), ints(1)) }},
		{"Copy", func() { be.Copy(f(3), f(4)) }},
		{"MatMul", func() { be.MatMul(m(2, 2), m(2, 3), m(2, 2), false, false, false) }},
		{"MatMul", func() { be.MatMul(m(2, 3), m(2, 2), m(2, 2), false, false, false) }},
		{"MatMul", func() { be.MatMul(m(2, 2), m(2, 2), m(2, 2), true, true, false) }},
		{"AddBias", func() { be.AddBias(m(2, 3), f(2)) }},
		{"ColSum", func() { be.ColSum(f(2), m(2, 3)) }},
		{"Axpy", func() { be.Axpy(f(2), 1, f(3)) }},
		{"Embed", func() { be.Embed(m(2, 3), m(5, 4), ints(0, 1)) }},
		{"Embed", func() { be.Embed(m(2, 3), m(5, 3), ints(0, 1, 2)) }},
		{"EmbedGrad", func() { be.EmbedGrad(m(5, 2), m(2, 3), ints(0, 1)) }},
		{"Gather", func() { be.Gather(m(2, 7), m(4, 3), ints(0, 1, 2, 3)) }},
		{"GatherGrad", func() { be.GatherGrad(m(4, 3), m(2, 7), ints(0, 1, 2, 3)) }},
		{"LayerNorm", func() { be.LayerNorm(m(2, 3), m(2, 1), m(2, 3), f(3), f(3)) }},
		{"LayerNorm", func() { be.LayerNorm(m(2, 3), m(2, 2), m(2, 3), f(3), f(2)) }},
		{"LayerNormGrad", func() { be.LayerNormGrad(m(2, 3), f(2), f(3), m(2, 3), m(2, 3), m(2, 2), f(3)) }},
		{"GELU", func() { be.GELU(f(2), f(3)) }},
		{"GELUGrad", func() { be.GELUGrad(f(2), f(3), f(2)) }},
		{"Dropout", func() { be.Dropout(f(2), f(3), 0.5, 1) }},
		{"Dropout", func() { be.Dropout(f(2), f(2), 1, 1) }},
		{"GroupLogSoftmax", func() { be.GroupLogSoftmax(m(2, 3), m(2, 3), ints(0, 0), 1) }},
		{"GroupLogSoftmaxGrad", func() { be.GroupLogSoftmaxGrad(m(2, 3), m(2, 2), m(2, 3), ints(0, 0, 0), 1) }},
		{"GroupAdd", func() { be.GroupAdd(m(2, 3), m(3, 2), ints(0, 1, 1)) }},
		{"GroupSum", func() { be.GroupSum(m(3, 2), m(2, 3), ints(0, 1, 1)) }},
		{"Cosine", func() { be.Cosine(m(2, 3), f(2), f(3), m(2, 4), m(3, 5), f(1)) }},
		{"Cosine", func() { be.Cosine(m(2, 3), f(3), f(3), m(2, 4), m(3, 4), f(1)) }},
		{"CosineGrad", func() {
			be.CosineGrad(m(2, 4), m(3, 4), f(1), m(2, 3), m(2, 3), m(2, 4), m(3, 4), f(2), f(3), f(2))
		}},
		{"Separation", func() { be.Separation(m(2, 3), one, m(3, 3), 1) }},
		{"SoftmaxLoss", func() { be.SoftmaxLoss(m(1, 2), be.NewF64(2), m(1, 2), ints(0), kernels.LossParams{CE: 1}) }},
		{"SoftmaxLoss", func() { be.SoftmaxLoss(m(2, 2), be.NewF64(3), m(2, 2), ints(0), kernels.LossParams{CE: 1}) }},
		{"CRF", func() {
			be.CRF(one, m(2, 2), crfGrad(2), m(2, 2), weights(3), ints(0, 0), []int32{0, 2}, 1)
		}},
		{"CRF", func() {
			be.CRF(one, m(2, 2), crfGrad(2), m(2, 2), weights(2), ints(0, 0), []int32{0, 1}, 1)
		}},
		{"CRF", func() {
			be.CRF(one, m(2, 2), crfGrad(3), m(2, 2), weights(2), ints(0, 0), []int32{0, 2}, 1)
		}},
		{"CRFNLL", func() { be.CRFNLL(one, m(2, 2), weights(3), ints(0, 0), []int32{0, 2}) }},
		{"CRFNLL", func() { be.CRFNLL(one, m(2, 2), weights(2), ints(0, 0), []int32{0, 1, 2}) }},
		{"CRFNLL", func() { be.CRFNLL(one, m(2, 2), weights(2), ints(0), []int32{0, 2}) }},
		{"CRFMarginals", func() { be.CRFMarginals(m(2, 3), one, m(2, 2), weights(2), []int32{0, 2}) }},
		{"CRFMarginals", func() { be.CRFMarginals(m(2, 2), one, m(2, 2), weights(2), []int32{0, 2, 1}) }},
		{"Viterbi", func() { be.Viterbi(ints(0), one, m(2, 2), weights(2), []int32{0, 2}) }},
		{"Argmax", func() { be.Argmax(ints(0), m(2, 2)) }},
		{"Argmax", func() { be.Argmax(ints(0), m(1, 0)) }},
		{"SumSquares", func() { be.SumSquares(be.NewF64(2), f(2)) }},
		{"SumSquaresRows", func() { be.SumSquaresRows(be.NewF64(0), m(2, 2), ints(0)) }},
		{"AdamW", func() { be.AdamW(f(2), f(3), f(2), f(2), one, step) }},
		{"AdamW", func() { be.AdamW(f(2), f(2), f(2), f(2), one, kernels.AdamW{}) }},
		{"AdamWRows", func() { be.AdamWRows(m(2, 2), m(2, 3), m(2, 2), m(2, 2), ints(0), one, step) }},
	} {
		func() {
			defer func() {
				message, ok := recover().(string)
				if !ok || !strings.HasPrefix(message, "kernels: "+c.op+": ") {
					s.Errorf("%s with a shape that does not fit: %q, expected a panic \"kernels: %s: what\"", c.op, message, c.op)
				}
			}()
			c.run()
		}()
	}
}

// freeing frees at once all buffers that were made of it, since a backend reports those
// that are left when it is closed.
type freeing struct {
	kernels.Backend
	frees []func()
}

func (f *freeing) NewF32(n int) kernels.F32 {
	b := f.Backend.NewF32(n)
	f.frees = append(f.frees, func() { f.FreeF32(b) })
	return b
}

func (f *freeing) NewF64(n int) kernels.F64 {
	b := f.Backend.NewF64(n)
	f.frees = append(f.frees, func() { f.FreeF64(b) })
	return b
}

func (f *freeing) NewI32(n int) kernels.I32 {
	b := f.Backend.NewI32(n)
	f.frees = append(f.frees, func() { f.FreeI32(b) })
	return b
}

func (f *freeing) free() {
	for _, free := range f.frees {
		free()
	}
}
