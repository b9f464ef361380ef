package kernels

// Arena hands out buffers for the activations of one step. Reset takes all of
// them back at once; memory is kept from step to step and grows to the
// largest step seen.
type Arena struct {
	be  Backend
	f32 slab[float32]
	i32 slab[int32]
	f64 slab[float64]
}

// slab is a list of blocks; new blocks are added when the last is full.
type slab[T float32 | float64 | int32] struct {
	blocks []Buf[T]
	used   int // of the last block
	total  int // handed out since the last reset
}

// NewArena makes an empty arena on be.
func NewArena(be Backend) *Arena { return &Arena{be: be} }

// F32 hands out n elements that hold anything.
func (a *Arena) F32(n int) F32 { return take(&a.f32, n, a.be.NewF32) }

// I32 hands out n elements that hold anything.
func (a *Arena) I32(n int) I32 { return take(&a.i32, n, a.be.NewI32) }

// F64 hands out n elements that hold anything.
func (a *Arena) F64(n int) F64 { return take(&a.f64, n, a.be.NewF64) }

// Mat hands out a matrix that holds anything.
func (a *Arena) Mat(rows, cols int) Mat { return NewMat(a.F32(rows*cols), rows, cols) }

// Zeros hands out a matrix of zeros.
func (a *Arena) Zeros(rows, cols int) Mat {
	m := a.Mat(rows, cols)
	a.be.Fill(m.Data, 0)
	return m
}

// Reset takes everything back: buffers handed out before must not be used
// again.
func (a *Arena) Reset() {
	reset(&a.f32, a.be.NewF32, a.be.FreeF32)
	reset(&a.i32, a.be.NewI32, a.be.FreeI32)
	reset(&a.f64, a.be.NewF64, a.be.FreeF64)
}

// Free gives the memory back to the backend.
func (a *Arena) Free() {
	free(&a.f32, a.be.FreeF32)
	free(&a.i32, a.be.FreeI32)
	free(&a.f64, a.be.FreeF64)
}

// align is the granularity of an arena in elements: 64 bytes of float32.
const align = 16

func take[T float32 | float64 | int32](s *slab[T], n int, alloc func(int) Buf[T]) Buf[T] {
	size := (n + align - 1) / align * align
	if k := len(s.blocks); k == 0 || s.used+size > s.blocks[k-1].Len {
		s.blocks = append(s.blocks, alloc(max(size, s.total, 1<<16)))
		s.used = 0
	}
	b := s.blocks[len(s.blocks)-1].Slice(s.used, s.used+n)
	s.used += size
	s.total += size
	return b
}

// reset merges the blocks of a step that needed several into one.
func reset[T float32 | float64 | int32](s *slab[T], alloc func(int) Buf[T], release func(Buf[T])) {
	if len(s.blocks) > 1 {
		total := s.total
		free(s, release)
		s.blocks = append(s.blocks, alloc(total+total/4))
	}
	s.used, s.total = 0, 0
}

func free[T float32 | float64 | int32](s *slab[T], release func(Buf[T])) {
	for _, b := range s.blocks {
		release(b)
	}
	*s = slab[T]{}
}
