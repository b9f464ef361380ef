//go:build cuda

package cuda_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cuda"
)

// panicOf is the text that do panics with, empty if it returns.
func panicOf(do func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
	}()
	do()
	return ""
}

// TestValuesOutOfRange: an index, label or group outside its table is not followed, and the next thing fetched
// says whose it was; after that the backend goes on.
func TestValuesOutOfRange(t *testing.T) {
	be := open(t)
	var frees []func()
	m := func(rows, cols int) kernels.Mat {
		b := be.NewF32(rows * cols)
		frees = append(frees, func() { be.FreeF32(b) })
		return kernels.NewMat(b, rows, cols)
	}
	f := func(n int) kernels.F32 { return m(1, n).Data }
	doubles := func(n int) kernels.F64 {
		b := be.NewF64(n)
		frees = append(frees, func() { be.FreeF64(b) })
		return b
	}
	ints := func(x ...int32) kernels.I32 {
		b := be.NewI32(len(x))
		be.PutI32(b, x)
		frees = append(frees, func() { be.FreeI32(b) })
		return b
	}
	w := kernels.CRFWeights{Trans: m(2, 2), Start: f(2), End: f(2)}
	g := kernels.CRFGrad{Trans: m(2, 2), Start: f(2), End: f(2)}
	step := kernels.AdamW{Step: 1}
	for _, c := range []struct {
		want string
		run  func()
	}{
		{"Embed: index 5", func() { be.Embed(m(2, 3), m(5, 3), ints(0, 5)) }},
		{"EmbedGrad: index -2", func() { be.EmbedGrad(m(5, 3), m(2, 3), ints(0, -2)) }},
		{"Gather: index 2", func() { be.Gather(m(2, 3), m(2, 3), ints(2, 0)) }},
		{"GatherGrad: index 9", func() { be.GatherGrad(m(2, 3), m(2, 3), ints(9, 0)) }},
		{"GroupLogSoftmax: a column is in group 2", func() { be.GroupLogSoftmax(m(1, 2), m(1, 2), ints(0, 2), 2) }},
		{"GroupLogSoftmaxGrad: a column is in group -3", func() { be.GroupLogSoftmaxGrad(m(1, 2), m(1, 2), m(1, 2), ints(0, -3), 2) }},
		{"GroupAdd: a column is in group -1", func() { be.GroupAdd(m(1, 2), m(1, 2), ints(-1, 0)) }},
		{"GroupSum: a column is in group 3", func() { be.GroupSum(m(1, 2), m(1, 2), ints(0, 3)) }},
		{"SoftmaxLoss: label 2", func() { be.SoftmaxLoss(m(2, 2), doubles(3), m(2, 2), ints(0, 2), kernels.LossParams{CE: 1}) }},
		{"CRF: label -1", func() { be.CRF(doubles(1), m(2, 2), g, m(2, 2), w, ints(-1, 0), []int32{0, 2}, 1) }},
		{"SumSquaresRows: row 4", func() { be.SumSquaresRows(doubles(1), m(4, 2), ints(1, 4)) }},
		{"AdamWRows: row 1", func() { be.AdamWRows(m(4, 2), m(4, 2), m(4, 2), m(4, 2), ints(1, 1), doubles(1), step) }},
	} {
		one := f(1)
		got := panicOf(func() {
			c.run()
			be.GetF32(make([]float32, 1), one)
		})
		if !strings.HasPrefix(got, "kernels: "+c.want) {
			t.Errorf("panic %q, expected \"kernels: %s\"", got, c.want)
		}
		if got := panicOf(func() { be.GetF32(make([]float32, 1), one) }); got != "" {
			t.Errorf("after %s: %s", c.want, got)
		}
	}
	for _, free := range frees {
		free()
	}
	if err := be.Close(); err != nil {
		t.Error(err)
	}
}

// TestFailureNamesOperation: a kernel that reads memory that is not there stops everything after it, and the
// error says operation, kernel, shapes and the driver's words.
func TestFailureNamesOperation(t *testing.T) {
	be := open(t)
	x := be.NewF32(8)
	be.FreeF32(x)
	be.GELU(x, x)
	y := kernels.F32{Dev: x.Dev, Len: 8}
	got := panicOf(func() { be.GetF32(make([]float32, 8), y) })
	for _, part := range []string{"kernels/cuda: GELU of [8]: ", "CUDA_ERROR"} {
		if !strings.Contains(got, part) {
			t.Errorf("panic %q lacks %q", got, part)
		}
	}
	if again := panicOf(func() { be.GetF32(make([]float32, 8), y) }); again != got {
		t.Errorf("then %q", again)
	}
	if err := be.Close(); err == nil || !strings.Contains(err.Error(), "GELU of [8]") {
		t.Errorf("Close: %v", err)
	}
}

// TestLeak: Close tells of a buffer that was not freed, and a buffer is freed once.
func TestLeak(t *testing.T) {
	be := open(t)
	x, y := be.NewF32(100), be.NewF64(3)
	be.FreeF64(y)
	if got := panicOf(func() { be.FreeF64(y) }); !strings.HasPrefix(got, "kernels: FreeF64: no buffer at") {
		t.Errorf("freed twice: %q", got)
	}
	if got := panicOf(func() { be.FreeF32(x.Slice(1, 2)) }); !strings.HasPrefix(got, "kernels: FreeF32: no buffer at") {
		t.Errorf("freed a slice: %q", got)
	}
	if err := be.Close(); err == nil || !strings.Contains(err.Error(), "1 buffers of 400 bytes in all were not freed") {
		t.Errorf("Close: %v", err)
	}
}

// TestSeparateScratch: each piece of scratch memory is an allocation where the environment wants it, freed by the
// next operation, and a misspelt wish is refused.
func TestSeparateScratch(t *testing.T) {
	for _, c := range []struct {
		value string
		want  uint64 // live allocations after Separation, besides those before it
	}{{"", 1}, {"separate", 4}} {
		t.Setenv(cuda.ScratchVariable, c.value)
		be := open(t)
		x, loss := be.NewF32(6), be.NewF64(1)
		before := live()
		be.Separation(kernels.NewMat(x, 3, 2), loss, kernels.NewMat(x, 3, 2), 1)
		be.Separation(kernels.NewMat(x, 3, 2), loss, kernels.NewMat(x, 3, 2), 1) // in the memory of the first, or in its own
		if got := live() - before; fake != nil && got != c.want {
			t.Errorf("%s=%q: %d allocations are live, expected %d", cuda.ScratchVariable, c.value, got, c.want)
		}
		be.FreeF32(x)
		be.FreeF64(loss)
		if err := be.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Setenv(cuda.ScratchVariable, "seperate")
	if be, err := cuda.New(); err == nil || !strings.Contains(err.Error(), `INVOICELAB_CUDA_SCRATCH is "seperate", expected nothing or "separate"`) {
		t.Errorf("backend %v, error %v", be, err)
	}
}

// live is how many allocations the fake driver counts.
func live() uint64 {
	if fake == nil {
		return 0
	}
	return fake.Counters().Live
}

func TestDevice(t *testing.T) {
	be := open(t)
	defer be.Close()
	d := be.Device()
	if d.Backend != "cuda" || !strings.HasPrefix(d.Level, "sm_") || !strings.Contains(d.Name, "GEMM") || d.Threads != 1 {
		t.Errorf("%+v", d)
	}
}
