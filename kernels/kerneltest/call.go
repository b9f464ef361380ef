package kerneltest

import (
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// Guard cells hold bits that no kernel makes: a quiet NaN with a payload, and
// an integer that is no index and no label. A kernel that reads them shows it in its
// output or by a fault, one that writes them is caught by comparison.
const (
	guard32 = 0x7fc5dead
	guard64 = 0x7ff8dead5eadbeef
	guardI  = 0x5eadbeef
	poisonI = -7777 // fills integer outputs
)

// call is one run of an operation: it makes the buffers and remembers what
// must hold of them afterwards.
type call struct {
	kernels.Backend
	s     *suite
	pad   int // guard cells on either side; it also shifts the alignment
	f32   []tracked[float32]
	f64   []tracked[float64]
	i32   []tracked[int32]
	frees []func()
}

// tracked is a buffer between guard cells.
type tracked[T float32 | float64 | int32] struct {
	name   string
	whole  kernels.Buf[T]
	before []T  // contents of whole before the call
	input  bool // must not change
}

// result holds the outputs of an operation by name.
type result struct {
	f32 map[string][]float32
	f64 map[string][]float64
	i32 map[string][]int32
}

// exec runs do on every backend, checks guards, inputs and repeatability, and
// returns the outputs. do must make the same buffers in the same order each time.
func (s *suite) exec(do func(c *call)) result {
	s.Helper()
	var first result
	for i, be := range append(s.backends[:1:1], s.backends...) {
		c := &call{Backend: be, s: s, pad: 16}
		if i > 1 {
			c.pad = 7
		}
		do(c)
		got := c.finish()
		if i == 0 {
			first = got
			continue
		}
		for _, b := range c.f32 {
			for j, v := range got.f32[b.name] {
				if w := first.f32[b.name][j]; math.Float32bits(v) != math.Float32bits(w) {
					s.Fatalf("%s[%d] is %v with %d threads in run %d, %v in the first run", b.name, j, v, be.Device().Threads, i+1, w)
				}
			}
		}
		for _, b := range c.f64 {
			for j, v := range got.f64[b.name] {
				if w := first.f64[b.name][j]; math.Float64bits(v) != math.Float64bits(w) {
					s.Fatalf("%s[%d] is %v with %d threads in run %d, %v in the first run", b.name, j, v, be.Device().Threads, i+1, w)
				}
			}
		}
		for _, b := range c.i32 {
			if !slices.Equal(got.i32[b.name], first.i32[b.name]) {
				s.Fatalf("%s is %v with %d threads in run %d, %v in the first run", b.name, got.i32[b.name], be.Device().Threads, i+1, first.i32[b.name])
			}
		}
	}
	return first
}

// in is an input of float32.
func (c *call) in(x []float32) kernels.F32 { return c.put32("input", x, true) }

// mat is an input matrix.
func (c *call) mat(x []float32, rows, cols int) kernels.Mat {
	return kernels.NewMat(c.in(x), rows, cols)
}

// ints is an input of int32.
func (c *call) ints(x []int32) kernels.I32 { return c.putI("input", x, true) }

// double is an input of one float64.
func (c *call) double(v float64) kernels.F64 { return c.put64("input", 1, v, true) }

// out is an output of n elements, full of NaN.
func (c *call) out(name string, n int) kernels.F32 {
	return c.put32(name, slices.Repeat([]float32{float32(math.NaN())}, n), false)
}

// outMat is an output matrix full of NaN.
func (c *call) outMat(name string, rows, cols int) kernels.Mat {
	return kernels.NewMat(c.out(name, rows*cols), rows, cols)
}

// acc is an accumulator that starts at x.
func (c *call) acc(name string, x []float32) kernels.F32 { return c.put32(name, x, false) }

// accMat is an accumulator matrix that starts at x.
func (c *call) accMat(name string, x []float32, rows, cols int) kernels.Mat {
	return kernels.NewMat(c.acc(name, x), rows, cols)
}

// outI is an integer output.
func (c *call) outI(name string, n int) kernels.I32 {
	return c.putI(name, slices.Repeat([]int32{poisonI}, n), false)
}

// out64 is an output of float64, full of NaN.
func (c *call) out64(name string, n int) kernels.F64 { return c.put64(name, n, math.NaN(), false) }

// acc64 is an accumulator of one float64 that starts at v.
func (c *call) acc64(name string, v float64) kernels.F64 { return c.put64(name, 1, v, false) }

func (c *call) put32(name string, x []float32, input bool) kernels.F32 {
	padded := slices.Repeat([]float32{math.Float32frombits(guard32)}, len(x)+2*c.pad)
	copy(padded[c.pad:], x)
	b := c.NewF32(len(padded))
	c.PutF32(b, padded)
	c.f32 = append(c.f32, tracked[float32]{name, b, padded, input})
	c.frees = append(c.frees, func() { c.FreeF32(b) })
	return b.Slice(c.pad, c.pad+len(x))
}

func (c *call) put64(name string, n int, v float64, input bool) kernels.F64 {
	b := c.NewF64(n + 2*c.pad)
	body := b.Slice(c.pad, c.pad+n)
	c.FillF64(b, math.Float64frombits(guard64))
	c.FillF64(body, v)
	before := make([]float64, b.Len)
	c.GetF64(before, b)
	c.f64 = append(c.f64, tracked[float64]{name, b, before, input})
	c.frees = append(c.frees, func() { c.FreeF64(b) })
	return body
}

func (c *call) putI(name string, x []int32, input bool) kernels.I32 {
	padded := slices.Repeat([]int32{guardI}, len(x)+2*c.pad)
	copy(padded[c.pad:], x)
	b := c.NewI32(len(padded))
	c.PutI32(b, padded)
	c.i32 = append(c.i32, tracked[int32]{name, b, padded, input})
	c.frees = append(c.frees, func() { c.FreeI32(b) })
	return b.Slice(c.pad, c.pad+len(x))
}

// finish reads everything back, checks guards and inputs, and gives the memory back.
func (c *call) finish() result {
	c.s.Helper()
	got := result{map[string][]float32{}, map[string][]float64{}, map[string][]int32{}}
	for _, b := range c.f32 {
		after := make([]float32, b.whole.Len)
		c.GetF32(after, b.whole)
		verify(c, b, after, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
		got.f32[b.name] = after[c.pad : len(after)-c.pad]
	}
	for _, b := range c.f64 {
		after := make([]float64, b.whole.Len)
		c.GetF64(after, b.whole)
		verify(c, b, after, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
		got.f64[b.name] = after[c.pad : len(after)-c.pad]
	}
	for _, b := range c.i32 {
		after := make([]int32, b.whole.Len)
		c.GetI32(after, b.whole)
		verify(c, b, after, func(x, y int32) bool { return x == y })
		got.i32[b.name] = after[c.pad : len(after)-c.pad]
	}
	for _, free := range c.frees {
		free()
	}
	delete(got.f32, "input")
	delete(got.i32, "input")
	delete(got.f64, "input")
	return got
}

func verify[T float32 | float64 | int32](c *call, b tracked[T], after []T, same func(x, y T) bool) {
	c.s.Helper()
	for i, v := range after {
		guard := i < c.pad || i >= len(after)-c.pad
		if (guard || b.input) && !same(v, b.before[i]) {
			what := "input changed"
			if guard {
				what = "written outside its buffer"
			}
			c.s.Fatalf("%s: %s: element %d of %d was %v and is %v", b.name, what, i-c.pad, len(after)-2*c.pad, b.before[i], v)
		}
	}
}
