// Package kernels is the contract between the models and the devices that
// compute them: buffers, shapes, operations, what each operation overwrites
// or accumulates. Backends live in its sub-packages; kerneltest holds the one
// suite that all of them pass.
package kernels

import "fmt"

// Buf is a handle to the memory of one backend: Host on a backend that
// computes in host memory, Dev (an address) on any other. Only the backend
// that made a Buf may compute with it.
type Buf[T float32 | float64 | int32] struct {
	Host []T
	Dev  uintptr
	Len  int // elements
}

// F32, F64 and I32 are the three kinds of memory that operations take.
type (
	F32 = Buf[float32]
	F64 = Buf[float64]
	I32 = Buf[int32]
)

// Slice is the part [i, j) of b, sharing its memory.
func (b Buf[T]) Slice(i, j int) Buf[T] {
	if i < 0 || j < i || j > b.Len {
		panic(fmt.Sprintf("kernels: Slice: [%d:%d] of %d", i, j, b.Len))
	}
	s := Buf[T]{Len: j - i}
	if b.Host != nil {
		s.Host = b.Host[i:j:j]
	}
	if b.Dev != 0 {
		var zero T
		size := uintptr(4)
		if any(zero) == any(float64(0)) {
			size = 8
		}
		s.Dev = b.Dev + uintptr(i)*size
	}
	return s
}

// Mat is a dense row-major matrix: element (i, j) is Data[i*Cols+j].
type Mat struct {
	Data       F32
	Rows, Cols int
}

// NewMat wraps data, which must hold exactly rows*cols elements.
func NewMat(data F32, rows, cols int) Mat {
	if data.Len != rows*cols {
		panic(fmt.Sprintf("kernels: NewMat: %d elements for %dx%d", data.Len, rows, cols))
	}
	return Mat{Data: data, Rows: rows, Cols: cols}
}

// RowRange is rows i to j of m, sharing its memory.
func (m Mat) RowRange(i, j int) Mat {
	return Mat{Data: m.Data.Slice(i*m.Cols, j*m.Cols), Rows: j - i, Cols: m.Cols}
}
