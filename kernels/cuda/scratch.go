//go:build cuda

package cuda

import (
	"fmt"
	"iter"
	"os"

	"github.com/invoicelab/invoicelab/kernels"
)

// ScratchVariable names the environment variable that says how operations get
// the memory that they need besides their operands: empty cuts it from one
// allocation, "separate" makes each piece an allocation of its own, which holds
// what the driver left there. The latter is slow, and lets compute-sanitizer and the tests' driver see an
// access beyond a piece, and a read of what nobody wrote.
const ScratchVariable = "INVOICELAB_CUDA_SCRATCH"

// scratch is the memory that an operation needs besides its operands. The
// stream runs operations one after the other, so each starts at its beginning again.
type scratch struct {
	separate bool
	chunks   []chunk
	used     int // of the last chunk
	total    int // bytes asked for by this operation
}

type chunk struct {
	address uintptr
	bytes   int
}

const (
	scratchAlign = 256     // bytes, what the driver aligns memory to
	leastScratch = 1 << 20 // bytes of the first chunk
)

// newScratch is scratch memory as the environment wants it.
func newScratch() (scratch, error) {
	switch value := os.Getenv(ScratchVariable); value {
	case "":
		return scratch{}, nil
	case "separate":
		return scratch{separate: true}, nil
	default:
		return scratch{}, fmt.Errorf("kernels/cuda: %s is %q, expected nothing or \"separate\"", ScratchVariable, value)
	}
}

// temp hands out scratch memory for n elements of size bytes, which may hold anything.
func (b *backend) temp(n, size int) uintptr {
	s := &b.scratch
	if s.separate {
		c := chunk{bytes: max(n*size, size)}
		c.address = b.allocateRaw(c.bytes)
		s.chunks = append(s.chunks, c)
		return c.address
	}
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
	if len(s.chunks) > 1 || s.separate {
		total := s.total
		for address := range s.free() {
			b.release(address)
		}
		if !s.separate {
			s.chunks = []chunk{{b.allocate(total), total}}
		}
	}
	s.used, s.total = 0, 0
}

// free forgets the chunks and lists their addresses.
func (s *scratch) free() iter.Seq[uintptr] {
	chunks := s.chunks
	*s = scratch{separate: s.separate}
	return func(yield func(uintptr) bool) {
		for _, c := range chunks {
			if !yield(c.address) {
				return
			}
		}
	}
}
