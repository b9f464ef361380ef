// Package bench times the operations of a backend, at the sizes of the project's
// bars if no others are asked for: 16 documents of 512 tokens, 161 labels, 256
// dimensions. peers.py and gpu_peers.py beside it time other libraries at the same sizes.
package bench

import (
	"math/rand/v2"
	"time"

	"github.com/invoicelab/invoicelab/kernels"
)

// Op is one operation at one size.
type Op struct {
	Name  string // of the operation in the contract
	Case  string // sizes, as benchmark sub-names: "C=161/T=512"
	Flops float64
	Bytes float64 // that a call has to read and write at least
	setup func(d *data) (call func())
}

// Title is the name of the benchmark.
func (o Op) Title() string {
	if o.Case == "" {
		return o.Name
	}
	return o.Name + "/" + o.Case
}

// Sample is one measurement.
type Sample struct {
	Calls   int
	Seconds float64 // of one call
	Memory  float64 // bytes that a call touches: what it has to read and write, each buffer once
}

// Measure runs o on be: once to warm up, then count samples of at least the given
// time each. A sample ends when the device has finished.
func Measure(be kernels.Backend, o Op, count int, least time.Duration) []Sample {
	d := &data{Backend: be, r: rand.New(rand.NewPCG(1, 2))}
	defer d.free()
	mark := d.NewF32(1)
	defer d.FreeF32(mark)
	call, calls := o.setup(d), 1
	run := func() time.Duration {
		began := time.Now()
		for range calls {
			call()
		}
		be.GetF32(make([]float32, 1), mark) // waits for the device
		return time.Since(began)
	}
	run()
	for took := run(); took < least; took = run() {
		grow := min(1.2*least.Seconds()/max(took.Seconds(), 1e-9), 100)
		calls = max(calls+1, int(float64(calls)*grow))
	}
	samples := make([]Sample, count)
	for i := range samples {
		samples[i] = Sample{calls, run().Seconds() / float64(calls), min(o.Bytes, float64(d.bytes))}
	}
	return samples
}

// data makes the operands of one operation and gives them back.
type data struct {
	kernels.Backend
	r     *rand.Rand
	frees []func()
	bytes int // of all float32
}

func (d *data) free() {
	for _, f := range d.frees {
		f()
	}
}

// zeros is n zeros.
func (d *data) zeros(n int) kernels.F32 {
	b := d.NewF32(n)
	d.bytes += 4 * n
	d.frees = append(d.frees, func() { d.FreeF32(b) })
	return b
}

// normal is n draws of mean 0 and standard deviation 1.
func (d *data) normal(n int) kernels.F32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(d.r.NormFloat64())
	}
	b := d.zeros(n)
	d.PutF32(b, x)
	return b
}

func (d *data) mat(rows, cols int) kernels.Mat {
	return kernels.NewMat(d.normal(rows*cols), rows, cols)
}

func (d *data) zeroMat(rows, cols int) kernels.Mat {
	return kernels.NewMat(d.zeros(rows*cols), rows, cols)
}

func (d *data) doubles(n int) kernels.F64 {
	b := d.NewF64(n)
	d.frees = append(d.frees, func() { d.FreeF64(b) })
	return b
}

func (d *data) put(x []int32) kernels.I32 {
	b := d.NewI32(len(x))
	d.frees = append(d.frees, func() { d.FreeI32(b) })
	d.PutI32(b, x)
	return b
}

// below is n draws from 0 to limit-1.
func (d *data) below(n, limit int) kernels.I32 {
	x := make([]int32, n)
	for i := range x {
		x[i] = int32(d.r.IntN(limit))
	}
	return d.put(x)
}
