//go:build cuda

package cuda

import (
	"fmt"
	"math"
	"unsafe"

	"gorgonia.org/cu"

	"github.com/invoicelab/invoicelab/kernels"
)

func at[T float32 | float64 | int32](b kernels.Buf[T]) arg { return address(b.Dev) }

// allocate makes bytes of memory, a multiple of 4, full of zeros.
func (b *backend) allocate(bytes int) uintptr {
	p := b.allocateRaw(bytes)
	b.set(p, 0, bytes/4)
	return p
}

// allocateRaw makes bytes of memory, which may hold anything.
func (b *backend) allocateRaw(bytes int) uintptr {
	var p cu.DevicePtr
	b.must(b.now(b.at, fmt.Sprintf("allocate %d bytes", bytes), func() (err error) {
		p, err = cu.MemAlloc(int64(bytes))
		return err
	}))
	return uintptr(p)
}

// release frees memory, also after a failure.
func (b *backend) release(p uintptr) {
	at := b.at
	done := make(chan struct{})
	b.jobs <- func() {
		if err := cu.MemFree(cu.DevicePtr(p)); err != nil {
			b.worker.run(at, "free", func() error { return err })
		}
		close(done)
	}
	<-done
}

func newBuf[T float32 | float64 | int32](b *backend, op string, n int) kernels.Buf[T] {
	if n < 0 {
		kernels.Misfit(op, "%d elements", n)
	}
	b.begin(op, n)
	if n == 0 {
		return kernels.Buf[T]{}
	}
	var zero T
	bytes := n * int(unsafe.Sizeof(zero))
	buf := kernels.Buf[T]{Dev: b.allocate(bytes), Len: n}
	b.live[buf.Dev] = bytes
	return buf
}

func freeBuf[T float32 | float64 | int32](b *backend, op string, buf kernels.Buf[T]) {
	if buf.Dev == 0 {
		return
	}
	if _, known := b.live[buf.Dev]; !known {
		kernels.Misfit(op, "no buffer at %#x: it was freed before, or is a slice", buf.Dev)
	}
	b.begin(op, buf.Len)
	delete(b.live, buf.Dev)
	b.release(buf.Dev)
}

func (b *backend) NewF32(n int) kernels.F32 { return newBuf[float32](b, "NewF32", n) }
func (b *backend) NewF64(n int) kernels.F64 { return newBuf[float64](b, "NewF64", n) }
func (b *backend) NewI32(n int) kernels.I32 { return newBuf[int32](b, "NewI32", n) }

func (b *backend) FreeF32(x kernels.F32) { freeBuf(b, "FreeF32", x) }
func (b *backend) FreeF64(x kernels.F64) { freeBuf(b, "FreeF64", x) }
func (b *backend) FreeI32(x kernels.I32) { freeBuf(b, "FreeI32", x) }

func put[T float32 | int32](b *backend, op string, dst kernels.Buf[T], src []T) {
	kernels.SameLen(op, "dst", dst.Len, "src", len(src))
	if len(src) == 0 {
		return
	}
	b.begin(op, len(src))
	b.upload(dst.Dev, unsafe.Pointer(&src[0]), len(src)*4)
}

// upload copies from the host. The driver has read src when it returns.
func (b *backend) upload(dst uintptr, src unsafe.Pointer, bytes int) {
	b.must(b.now(b.at, "copy to the device", func() error {
		return cu.MemcpyHtoDAsync(cu.DevicePtr(dst), src, int64(bytes), b.stream)
	}))
}

func get[T float32 | float64 | int32](b *backend, op string, dst []T, src kernels.Buf[T]) {
	kernels.SameLen(op, "dst", len(dst), "src", src.Len)
	if len(dst) == 0 {
		return
	}
	b.begin(op, len(dst))
	at := b.at
	bytes := int64(len(dst)) * int64(unsafe.Sizeof(dst[0]))
	if bytes <= besideWords*8 {
		b.later(at, "copy beside the status", func() error {
			return cu.MemcpyDtoDAsync(cu.DevicePtr(b.status+statusWords*8), cu.DevicePtr(src.Dev), bytes, b.stream)
		})
		fetched := b.wait(int(bytes+7) / 8)
		copy(dst, unsafe.Slice((*T)(unsafe.Pointer(&fetched[statusWords])), len(dst)))
		return
	}
	b.later(at, "copy to the host", func() error {
		return cu.MemcpyDtoHAsync(unsafe.Pointer(&dst[0]), cu.DevicePtr(src.Dev), bytes, b.stream)
	})
	b.wait(0)
}

func (b *backend) PutF32(dst kernels.F32, src []float32) { put(b, "PutF32", dst, src) }
func (b *backend) PutI32(dst kernels.I32, src []int32)   { put(b, "PutI32", dst, src) }
func (b *backend) GetF32(dst []float32, src kernels.F32) { get(b, "GetF32", dst, src) }
func (b *backend) GetF64(dst []float64, src kernels.F64) { get(b, "GetF64", dst, src) }
func (b *backend) GetI32(dst []int32, src kernels.I32)   { get(b, "GetI32", dst, src) }

func (b *backend) Copy(dst, src kernels.F32) {
	kernels.SameLen("Copy", "dst", dst.Len, "src", src.Len)
	if src.Len == 0 {
		return
	}
	b.begin("Copy", src.Len)
	b.later(b.at, "copy", func() error {
		return cu.MemcpyDtoDAsync(cu.DevicePtr(dst.Dev), cu.DevicePtr(src.Dev), int64(src.Len)*4, b.stream)
	})
}

func (b *backend) Fill(dst kernels.F32, v float32) {
	if dst.Len == 0 {
		return
	}
	b.begin("Fill", dst.Len)
	b.set(dst.Dev, math.Float32bits(v), dst.Len)
}

// set fills n words of 32 bits.
func (b *backend) set(p uintptr, bits uint32, n int) {
	b.later(b.at, "fill", func() error {
		return cu.MemsetD32Async(cu.DevicePtr(p), uint(bits), int64(n), b.stream)
	})
}

func (b *backend) FillF64(dst kernels.F64, v float64) {
	b.begin("FillF64", dst.Len)
	b.run("fill_f64", blocks(dst.Len), threads, at(dst), integer(dst.Len), double(v))
}
