package dense

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/kernels"
)

// Of is m as a tensor of shape [rows, cols] that shares its memory. It lives
// as long as m does, and is not to be given to Free. A buffer that is not of
// the engine's kind of memory panics.
func (e *Engine) Of(m kernels.Mat) *tensor.Dense { return e.lend("Of", m.Data, m.Rows, m.Cols) }

// Vector is v as a tensor of one dimension, as Of.
func (e *Engine) Vector(v kernels.F32) *tensor.Dense { return e.lend("Vector", v, v.Len) }

func (e *Engine) lend(op string, b kernels.F32, shape ...int) *tensor.Dense {
	s := tensor.Shape(shape)
	if s.TotalSize() != b.Len {
		panic(fmt.Sprintf("dense: %s: %d elements for shape %v", op, b.Len, shape))
	}
	if b.Len > 0 && e.host != (b.Host != nil) {
		panic(fmt.Sprintf("dense: %s: a buffer that is not of backend %s", op, e.be.Device().Backend))
	}
	memory := tensor.WithBacking(b.Host)
	switch {
	case b.Len == 0:
		memory = tensor.WithBacking([]float32{}) // a nil backing would make the tensor allocate
	case !e.host:
		e.lent[b.Dev] = b
		memory = tensor.FromMemory(b.Dev, uintptr(b.Len)*elem)
	}
	return tensor.NewDense(tensor.Float32, s, memory, tensor.WithEngine(e))
}

// Mat is t as a matrix that shares its memory: a tensor of two dimensions by
// rows and columns, a vector as one row. t must be of float32, row-major
// without gaps or mask, and of an Engine, whose backend alone may compute with
// the result.
func Mat(t *tensor.Dense) (kernels.Mat, error) {
	e, ok := t.Engine().(*Engine)
	if !ok {
		return kernels.Mat{}, fmt.Errorf("dense: Mat: a tensor of engine %T, expected one of %T: dense.Copy copies into one", t.Engine(), e)
	}
	if d := t.Dims(); d != 1 && d != 2 {
		return kernels.Mat{}, fmt.Errorf("dense: Mat: shape %v, expected one or two dimensions", []int(t.Shape()))
	}
	b, err := e.flat(t)
	if err != nil {
		return kernels.Mat{}, fmt.Errorf("dense: Mat: %w", err)
	}
	if t.Dims() == 1 {
		return kernels.NewMat(b, 1, b.Len), nil
	}
	return kernels.NewMat(b, t.Shape()[0], t.Shape()[1]), nil
}

// Copy copies src to dst, of the same shape, both of float32 and row-major
// without gaps or mask. Each may lie in host memory, whatever its engine, or on
// a device.
func Copy(dst, src *tensor.Dense) error {
	if !slices.Equal(dst.Shape(), src.Shape()) {
		return fmt.Errorf("dense: Copy: shape %v, expected that of the destination, %v", []int(src.Shape()), []int(dst.Shape()))
	}
	var via tensor.Engine = &Engine{host: true} // between two tensors in host memory
	for _, t := range []*tensor.Dense{dst, src} {
		if err := plain(t); err != nil {
			return fmt.Errorf("dense: Copy: %w", err)
		}
		if !t.IsNativelyAccessible() {
			via = t.Engine()
		}
	}
	return via.Memcpy(dst, src)
}

// Host is t where Go code can read it: t itself in host memory, else a copy there.
func Host(t *tensor.Dense) (*tensor.Dense, error) {
	if t.IsNativelyAccessible() {
		return t, nil
	}
	h := tensor.NewDense(tensor.Float32, t.Shape())
	if err := Copy(h, t); err != nil {
		return nil, err
	}
	return h, nil
}

// flat is the memory of a plain tensor on this engine's backend.
func (e *Engine) flat(t *tensor.Dense) (kernels.F32, error) {
	if err := plain(t); err != nil {
		return kernels.F32{}, err
	}
	if err := e.owns(t); err != nil {
		return kernels.F32{}, err
	}
	return e.buffer(t)
}

// plain says whether t is of float32 and row-major without gaps or mask.
func plain(t *tensor.Dense) error {
	if err := unmasked(t); err != nil {
		return err
	}
	step := 1
	for i, n := range slices.Backward(t.Shape()) {
		if n > 1 && t.Strides()[i] != step {
			return fmt.Errorf("shape %v with strides %v, expected a row-major tensor without gaps: materialize it first", []int(t.Shape()), t.Strides())
		}
		step *= n
	}
	return nil
}

func unmasked(t *tensor.Dense) error {
	switch {
	case t.Dtype() != tensor.Float32:
		return fmt.Errorf("a tensor of %v, expected float32", t.Dtype())
	case len(t.Mask()) > 0:
		return fmt.Errorf("a masked tensor, expected one without a mask")
	}
	return nil
}
