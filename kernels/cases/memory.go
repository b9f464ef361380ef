package cases

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// memory makes the buffers of one case and gives them all back.
type memory struct {
	kernels.Backend
	frees []func()
}

func (m *memory) free() {
	for _, f := range m.frees {
		f()
	}
}

// accumulator is n zeros.
func (m *memory) accumulator(n int) kernels.F32 {
	b := m.NewF32(n)
	m.frees = append(m.frees, func() { m.FreeF32(b) })
	return b
}

// output is n NaN: what an operation fails to write is seen in the answer.
func (m *memory) output(n int) kernels.F32 {
	b := m.accumulator(n)
	m.Fill(b, float32(math.NaN()))
	return b
}

// input is x in float32.
func (m *memory) input(x []float64) kernels.F32 {
	narrow := make([]float32, len(x))
	for i, v := range x {
		narrow[i] = float32(v)
	}
	b := m.accumulator(len(x))
	m.PutF32(b, narrow)
	return b
}

func (m *memory) matrix(x []float64, rows, cols int) kernels.Mat {
	return kernels.NewMat(m.input(x), rows, cols)
}

func (m *memory) accumulators(rows, cols int) kernels.Mat {
	return kernels.NewMat(m.accumulator(rows*cols), rows, cols)
}

func (m *memory) outputs(rows, cols int) kernels.Mat {
	return kernels.NewMat(m.output(rows*cols), rows, cols)
}

// ints is x, or n zeros where x is nil.
func (m *memory) ints(x []int32, n int) kernels.I32 {
	b := m.NewI32(n)
	m.frees = append(m.frees, func() { m.FreeI32(b) })
	if x != nil {
		m.PutI32(b, x)
	}
	return b
}

// doubles is n NaN in float64.
func (m *memory) doubles(n int) kernels.F64 {
	b := m.NewF64(n)
	m.frees = append(m.frees, func() { m.FreeF64(b) })
	m.FillF64(b, math.NaN())
	return b
}

// read is b on the host.
func (m *memory) read(b kernels.F32) []Number {
	x := make([]float32, b.Len)
	m.GetF32(x, b)
	out := make([]Number, len(x))
	for i, v := range x {
		out[i] = Number(v)
	}
	return out
}

func (m *memory) readDoubles(b kernels.F64) []Number {
	x := make([]float64, b.Len)
	m.GetF64(x, b)
	out := make([]Number, len(x))
	for i, v := range x {
		out[i] = Number(v)
	}
	return out
}

func (m *memory) readInts(b kernels.I32) []int32 {
	x := make([]int32, b.Len)
	m.GetI32(x, b)
	return x
}
