package cpu

import (
	"math"
	"sync"

	"github.com/invoicelab/invoicelab/kernels"
)

// ref computes every operation in plain Go, element by element, with sums in
// float64: a yardstick for the other levels, and the backend of a build
// without cgo.
type ref struct {
	device kernels.Device
}

// newRef makes the reference; level is what Device reports, so that native
// can embed it under its own level.
func newRef(level string, threads int) *ref {
	return &ref{device: kernels.Device{Backend: "cpu", Name: processorName(), Level: level, Threads: threads}}
}

func (r *ref) Device() kernels.Device { return r.device }

// Close has nothing to give back: the garbage collector owns the memory.
func (r *ref) Close() error { return nil }

// inline is the work, in multiply-adds, below which a second goroutine costs
// more than it saves (a hand-over is about 1 microsecond).
const inline = 1 << 14

// each calls work on consecutive parts of [0, n), one part a thread. cost is
// the multiply-adds of one item. work must compute every item by itself, in an
// order that does not depend on lo and hi: then threads cannot show in the
// result.
func (r *ref) each(n, cost int, work func(lo, hi int)) {
	parts := min(r.device.Threads, n, 1+n*cost/inline)
	if parts <= 1 {
		if n > 0 {
			work(0, n)
		}
		return
	}
	var wg sync.WaitGroup
	for i := 1; i < parts; i++ {
		wg.Go(func() { work(i*n/parts, (i+1)*n/parts) })
	}
	work(0, n/parts)
	wg.Wait()
}

func newBuf[T float32 | float64 | int32](op string, n int) kernels.Buf[T] {
	if n < 0 {
		kernels.Misfit(op, "%d elements", n)
	}
	return kernels.Buf[T]{Host: make([]T, n), Len: n}
}

func (r *ref) NewF32(n int) kernels.F32 { return newBuf[float32]("NewF32", n) }
func (r *ref) NewF64(n int) kernels.F64 { return newBuf[float64]("NewF64", n) }
func (r *ref) NewI32(n int) kernels.I32 { return newBuf[int32]("NewI32", n) }

// The memory of a freed buffer goes when its last slice does.

func (r *ref) FreeF32(kernels.F32) {}
func (r *ref) FreeF64(kernels.F64) {}
func (r *ref) FreeI32(kernels.I32) {}

func (r *ref) PutF32(dst kernels.F32, src []float32) {
	kernels.SameLen("PutF32", "dst", dst.Len, "src", len(src))
	copy(dst.Host, src)
}

func (r *ref) PutI32(dst kernels.I32, src []int32) {
	kernels.SameLen("PutI32", "dst", dst.Len, "src", len(src))
	copy(dst.Host, src)
}

func (r *ref) GetF32(dst []float32, src kernels.F32) {
	kernels.SameLen("GetF32", "dst", len(dst), "src", src.Len)
	copy(dst, src.Host)
}

func (r *ref) GetF64(dst []float64, src kernels.F64) {
	kernels.SameLen("GetF64", "dst", len(dst), "src", src.Len)
	copy(dst, src.Host)
}

func (r *ref) GetI32(dst []int32, src kernels.I32) {
	kernels.SameLen("GetI32", "dst", len(dst), "src", src.Len)
	copy(dst, src.Host)
}

func (r *ref) Copy(dst, src kernels.F32) {
	kernels.SameLen("Copy", "dst", dst.Len, "src", src.Len)
	copy(dst.Host, src.Host)
}

func (r *ref) Fill(dst kernels.F32, v float32) {
	if math.Float32bits(v) == 0 { // much faster, and what every step of training does
		clear(dst.Host)
		return
	}
	for i := range dst.Host {
		dst.Host[i] = v
	}
}

func (r *ref) FillF64(dst kernels.F64, v float64) {
	for i := range dst.Host {
		dst.Host[i] = v
	}
}
