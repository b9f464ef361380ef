package bench

import (
	"math"
	"math/bits"
	"time"

	"github.com/invoicelab/invoicelab/kernels"
)

// Roof is what a device can do at most, as measured on it.
type Roof struct {
	be    kernels.Backend
	Flops float64 // a second
	From  string  // how Flops was measured
	bytes map[int]float64
}

// peaker is a backend that can measure its greatest rate of float32 multiply-adds.
type peaker interface {
	PeakFLOPS() float64
}

// NewRoof measures the greatest rate of arithmetic: by the backend's own loop, or by
// a large matrix product where it has none.
func NewRoof(be kernels.Backend) *Roof {
	r := &Roof{be: be, bytes: map[int]float64{}}
	if p, ok := be.(peaker); ok {
		r.Flops, r.From = p.PeakFLOPS(), "multiply-adds in registers"
		return r
	}
	const n = 2048
	o := Op{setup: func(d *data) func() {
		a, b, c := d.mat(n, n), d.mat(n, n), d.mat(n, n)
		return func() { be.MatMul(c, a, b, false, false, false) }
	}}
	r.Flops, r.From = 2*n*n*n/fastest(be, o), "a product of 2048x2048 matrices"
	return r
}

// Bandwidth is the bytes a second that y += x moves when x and y fill the given
// number of bytes, rounded up to a power of two: small ones lie in a cache.
func (r *Roof) Bandwidth(bytes float64) float64 {
	const smallest = 1 << 16
	size := 1 << bits.Len(uint(max(bytes, smallest))-1)
	if bw, ok := r.bytes[size]; ok {
		return bw
	}
	n := size / 8
	o := Op{setup: func(d *data) func() {
		x, y := d.zeros(n), d.zeros(n)
		return func() { r.be.Axpy(y, 1, x) }
	}}
	r.bytes[size] = 12 * float64(n) / fastest(r.be, o) // reads x and y, writes y
	return r.bytes[size]
}

// Share is the least time that the roof allows a call of o, over the time it took.
func (r *Roof) Share(o Op, s Sample) float64 {
	return max(o.Flops/r.Flops, o.Bytes/r.Bandwidth(s.Memory)) / s.Seconds
}

// fastest is the seconds of the best of several short samples.
func fastest(be kernels.Backend, o Op) float64 {
	best := math.Inf(1)
	for _, s := range Measure(be, o, 5, 10*time.Millisecond) {
		best = min(best, s.Seconds)
	}
	return best
}
