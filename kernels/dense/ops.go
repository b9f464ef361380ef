package dense

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/kernels"
)

// MatMul: c = a b, for (*tensor.Dense).MatMul. a, b and c are matrices on the
// engine's backend, and c shares no memory with a or b. Each may be row-major or
// its transpose (column-major, or after T); at most one of a and b may lie
// otherwise than c.
//
// (*tensor.Dense).MatMul with WithIncr drops its product without freeing it;
// WithReuse beside it gives the product a place of the caller's.
func (e *Engine) MatMul(a, b, c tensor.Tensor) error {
	x, ta, err := e.operand(a)
	if err != nil {
		return fmt.Errorf("dense: MatMul: a: %w", err)
	}
	y, tb, err := e.operand(b)
	if err != nil {
		return fmt.Errorf("dense: MatMul: b: %w", err)
	}
	z, tc, err := e.operand(c)
	if err != nil {
		return fmt.Errorf("dense: MatMul: c: %w", err)
	}
	as, bs, cs := a.Shape(), b.Shape(), c.Shape()
	if as[1] != bs[0] || cs[0] != as[0] || cs[1] != bs[1] {
		return fmt.Errorf("dense: MatMul: shapes %v and %v into %v, expected [m k] and [k n] into [m n]", []int(as), []int(bs), []int(cs))
	}
	if overlap(z.Data, x.Data) || overlap(z.Data, y.Data) {
		return fmt.Errorf("dense: MatMul: c shares memory with a or b, expected memory of its own")
	}
	if tc { // the transposed product: op(b)' op(a)'
		x, y, ta, tb = y, x, !tb, !ta
	}
	if ta && tb { // a matrix of one row or column is its own transpose in memory
		if x.Rows == 1 || x.Cols == 1 {
			x.Rows, x.Cols, ta = x.Cols, x.Rows, false
		} else if y.Rows == 1 || y.Cols == 1 {
			y.Rows, y.Cols, tb = y.Cols, y.Rows, false
		}
	}
	if ta && tb {
		return fmt.Errorf("dense: MatMul: a and b both lie transposed against c, expected at most one: materialize the other")
	}
	e.be.MatMul(z, x, y, ta, tb, false)
	return nil
}

// operand is the matrix that a tensor of two dimensions holds in memory, and
// whether the tensor is its transpose.
func (e *Engine) operand(t tensor.Tensor) (m kernels.Mat, transposed bool, err error) {
	d, ok := t.(*tensor.Dense)
	if !ok {
		return m, false, fmt.Errorf("a %T, expected a *tensor.Dense", t)
	}
	if d.Dims() != 2 {
		return m, false, fmt.Errorf("shape %v, expected two dimensions", []int(d.Shape()))
	}
	rows, cols := d.Shape()[0], d.Shape()[1]
	if s := d.Strides(); rows > 1 && cols > 1 && s[0] == 1 && s[1] == rows {
		transposed = true
		err = unmasked(d)
	} else {
		err = plain(d)
	}
	if err != nil {
		return m, false, err
	}
	if err := e.owns(d); err != nil {
		return m, false, err
	}
	b, err := e.buffer(d)
	if err != nil {
		return m, false, err
	}
	if transposed {
		rows, cols = cols, rows
	}
	return kernels.NewMat(b, rows, cols), transposed, nil
}

// Add: a + b element by element, for (*tensor.Dense).Add. Both have the same
// shape, float32, row-major without gaps. The sum goes to new memory of this
// engine, to a with UseUnsafe, to the tensor of WithReuse (which may be a
// or b), or is added to that of WithIncr (which may be neither).
func (e *Engine) Add(a, b tensor.Tensor, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	if !slices.Equal(a.Shape(), b.Shape()) {
		return nil, fmt.Errorf("dense: Add: shapes %v and %v, expected the same", []int(a.Shape()), []int(b.Shape()))
	}
	y, err := e.summand(b)
	if err != nil {
		return nil, fmt.Errorf("dense: Add: b: %w", err)
	}
	sum, err := e.add(a, y, opts)
	if err != nil {
		return nil, fmt.Errorf("dense: Add: %w", err)
	}
	return sum, nil
}

// AddScalar: a + s for a float32 s, or a tensor of one that holds it, with the options of Add.
// The order of the two does not matter.
func (e *Engine) AddScalar(a tensor.Tensor, s any, _ bool, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	v, err := e.scalar(s)
	if err != nil {
		return nil, fmt.Errorf("dense: AddScalar: %w", err)
	}
	y := e.be.NewF32(a.Shape().TotalSize())
	defer e.be.FreeF32(y)
	e.be.Fill(y, v)
	sum, err := e.add(a, y, opts)
	if err != nil {
		return nil, fmt.Errorf("dense: AddScalar: %w", err)
	}
	return sum, nil
}

func (e *Engine) scalar(s any) (float32, error) {
	switch s := s.(type) {
	case float32:
		return s, nil
	case *tensor.Dense:
		if s.Shape().TotalSize() != 1 {
			return 0, fmt.Errorf("shape %v, expected one element", []int(s.Shape()))
		}
		h, err := Host(s)
		if err != nil {
			return 0, err
		}
		if err := plain(h); err != nil {
			return 0, err
		}
		return h.Float32s()[0], nil
	}
	return 0, fmt.Errorf("a %T, expected a float32", s)
}

// add puts a + y where the options say.
func (e *Engine) add(a tensor.Tensor, y kernels.F32, opts []tensor.FuncOpt) (tensor.Tensor, error) {
	x, err := e.summand(a)
	if err != nil {
		return nil, fmt.Errorf("a: %w", err)
	}
	to := tensor.ParseFuncOpts(opts...)
	into, incr := to.IncrReuse()
	switch {
	case into != nil:
		z, err := e.summand(into)
		if err != nil {
			return nil, fmt.Errorf("the result: %w", err)
		}
		if !slices.Equal(into.Shape(), a.Shape()) {
			return nil, fmt.Errorf("the result has shape %v, expected %v", []int(into.Shape()), []int(a.Shape()))
		}
		sameX, sameY := address(z) == address(x), address(z) == address(y)
		if overlap(z, x) && (incr || !sameX) || overlap(z, y) && (incr || !sameY) {
			return nil, fmt.Errorf("the result shares memory with an operand, expected memory of its own")
		}
		switch {
		case incr:
			e.be.Axpy(z, 1, x)
			e.be.Axpy(z, 1, y)
		case sameX && sameY:
			return nil, fmt.Errorf("the result shares memory with both operands, expected memory of its own")
		case sameX:
			e.be.Axpy(z, 1, y)
		case sameY:
			e.be.Axpy(z, 1, x)
		default:
			e.be.Copy(z, x)
			e.be.Axpy(z, 1, y)
		}
		return into, nil
	case !to.Safe():
		if overlap(x, y) {
			return nil, fmt.Errorf("the operands share memory, expected a result of its own")
		}
		e.be.Axpy(x, 1, y)
		return a, nil
	}
	sum := tensor.NewDense(tensor.Float32, a.Shape(), tensor.WithEngine(e))
	z, err := e.summand(sum)
	if err != nil {
		return nil, err
	}
	e.be.Copy(z, x)
	e.be.Axpy(z, 1, y)
	return sum, nil
}

// summand is the memory of a plain tensor on this engine's backend.
func (e *Engine) summand(t tensor.Tensor) (kernels.F32, error) {
	d, ok := t.(*tensor.Dense)
	if !ok {
		return kernels.F32{}, fmt.Errorf("a %T, expected a *tensor.Dense", t)
	}
	return e.flat(d)
}

// overlap says whether two buffers share memory.
func overlap(a, b kernels.F32) bool {
	from, to := address(a), address(b)
	return a.Len > 0 && b.Len > 0 && from < to+uintptr(b.Len)*elem && to < from+uintptr(a.Len)*elem
}
