//go:build cuda

package cuda

import (
	"fmt"
	"iter"
	"math"
	"unsafe"

	"gorgonia.org/cu"

	"github.com/invoicelab/invoicelab/kernels"
)

func at[T float32 | float64 | int32](b kernels.Buf[T]) arg { return address(b.Dev) }

// allocate makes bytes of memory, a multiple of 4, full of zeros.
func (b *backend) allocate(bytes int) uintptr {
	var p cu.DevicePtr
	b.must(b.now(b.at, fmt.Sprintf("allocate %d bytes", bytes), func() (err error) {
		if p, err = cu.MemAlloc(int64(bytes)); err != nil {
			return err
		}
		return cu.MemsetD32Async(p, 0, int64(bytes/4), b.stream)
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

// scratch is the memory that an operation needs besides its operands. The
// stream runs operations one after the other, so each starts at its beginning again.
type scratch struct {
	chunks []chunk
	used   int // of the last chunk
	total  int // bytes asked for by this operation
}

type chunk struct {
	address uintptr
	bytes   int
}

const (
	scratchAlign = 256     // bytes, what the driver aligns memory to
	leastScratch = 1 << 20 // bytes of the first chunk
)

// temp hands out scratch memory for n elements of size bytes, which may hold anything.
func (b *backend) temp(n, size int) uintptr {
	s := &b.scratch
	bytes := max((n*size+scratchAlign-1)/scratchAlign*scratchAlign, scratchAlign)
	if k := len(s.chunks); k == 0 || s.used+bytes > s.chunks[k-1].bytes {
		c := chunk{bytes: max(bytes, s.total, leastScratch)}
		c.address = b.allocate(c.bytes)
		s.chunks = append(s.chunks, c)
		s.used = 0
	}
	p := s.chunks[len(s.chunks)-1].address + uintptr(s.used)
	s.used += bytes
	s.total += bytes
	return p
}

func (b *backend) tempF32(n int) kernels.F32 { return kernels.F32{Dev: b.temp(n, 4), Len: n} }
func (b *backend) tempF64(n int) kernels.F64 { return kernels.F64{Dev: b.temp(n, 8), Len: n} }
func (b *backend) tempI32(n int) kernels.I32 { return kernels.I32{Dev: b.temp(n, 4), Len: n} }

// resetScratch takes all scratch memory back, and makes one chunk of several.
func (b *backend) resetScratch() {
	s := &b.scratch
	if len(s.chunks) > 1 {
		total := s.total
		for address := range s.free() {
			b.release(address)
		}
		s.chunks = []chunk{{b.allocate(total), total}}
	}
	s.used, s.total = 0, 0
}

// free forgets the chunks and lists their addresses.
func (s *scratch) free() iter.Seq[uintptr] {
	chunks := s.chunks
	*s = scratch{}
	return func(yield func(uintptr) bool) {
		for _, c := range chunks {
			if !yield(c.address) {
				return
			}
		}
	}
}
