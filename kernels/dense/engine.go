// Package dense puts gorgonia.org/tensor's *tensor.Dense over the memory of a
// kernels.Backend, for the borders of packages: weights, checkpoints, features.
// A tensor carries its shape and its element type; the layers compute with
// kernels.Mat as before.
//
// On a backend that computes in host memory a tensor shares the memory of the
// kernels.F32 under it. On any other it is not natively accessible: Data, At
// and the like must not be called, and Copy and Host move the values.
//
// Memory that the Engine allocates, as tensor.New(tensor.WithEngine(e), ...)
// makes it do, is given back by Free or Close and by nothing else: neither the
// garbage collector nor tensor.ReturnTensor does it.
package dense

import (
	"fmt"
	"unsafe"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/kernels"
)

// elem is the bytes of one element: every tensor here is of float32.
const elem = 4

// Engine is a tensor.Engine over one backend. Like the backend it is used by
// one goroutine at a time.
type Engine struct {
	be    kernels.Backend
	host  bool                    // the backend computes in host memory
	owned map[uintptr]kernels.F32 // memory of Alloc, by address
	lent  map[uintptr]kernels.F32 // device memory under tensors of Of and Vector, by address
}

var (
	_ tensor.Engine       = (*Engine)(nil)
	_ tensor.NonStdEngine = (*Engine)(nil)
	_ tensor.MatMuler     = (*Engine)(nil)
	_ tensor.Adder        = (*Engine)(nil)
)

// New makes an engine over be, which the caller keeps and closes.
func New(be kernels.Backend) *Engine {
	probe := be.NewF32(1)
	defer be.FreeF32(probe)
	return &Engine{be: be, host: probe.Host != nil, owned: map[uintptr]kernels.F32{}, lent: map[uintptr]kernels.F32{}}
}

// Close gives back the memory of Alloc that was not freed. No tensor of this
// engine may be used afterwards.
func (e *Engine) Close() {
	for _, b := range e.owned {
		e.be.FreeF32(b)
	}
	clear(e.owned)
	clear(e.lent)
}

// NonStdAlloc says to package tensor that the memory is managed by hand.
func (e *Engine) NonStdAlloc() {}

// AllocAccessible says whether Go code can read the memory of Alloc.
func (e *Engine) AllocAccessible() bool { return e.host }

// WorksWith says whether the engine takes tensors in the order: row-major,
// without gaps. MatMul takes transposed ones as well.
func (e *Engine) WorksWith(order tensor.DataOrder) bool {
	return order.IsRowMajor() && order.IsContiguous() && !order.IsTransposed()
}

// Alloc allocates size bytes of zeros, a multiple of 4 above 0.
func (e *Engine) Alloc(size int64) (tensor.Memory, error) {
	if size <= 0 || size%elem != 0 {
		return nil, fmt.Errorf("dense: Alloc: %d bytes, expected a multiple of %d above 0", size, elem)
	}
	b := block{F32: e.be.NewF32(int(size / elem)), engine: e}
	e.owned[b.Uintptr()] = b.F32
	return b, nil
}

// Free gives memory of Alloc back: mem is all of it, size its bytes.
func (e *Engine) Free(mem tensor.Memory, size int64) error {
	if mem.MemSize() == 0 {
		return fmt.Errorf("dense: Free: 0 bytes, which no Alloc gave")
	}
	b, known := e.owned[mem.Uintptr()]
	switch have := int64(b.Len) * elem; {
	case !known:
		return fmt.Errorf("dense: Free: %d bytes at %#x are not of this engine's Alloc, or were freed before", size, mem.Uintptr())
	case size != have:
		return fmt.Errorf("dense: Free: %d bytes at %#x, expected the %d of Alloc", size, mem.Uintptr(), have)
	}
	delete(e.owned, mem.Uintptr())
	e.be.FreeF32(b)
	return nil
}

// Memset sets every element to val, a float32.
func (e *Engine) Memset(mem tensor.Memory, val any) error {
	v, ok := val.(float32)
	if !ok {
		return fmt.Errorf("dense: Memset: a value of %T, expected float32", val)
	}
	b, err := e.buffer(mem)
	if err != nil {
		return fmt.Errorf("dense: Memset: %w", err)
	}
	e.fill(b, v)
	return nil
}

// Memclr sets every element to zero. Memory that is not the engine's panics:
// the interface leaves no way to say it otherwise.
func (e *Engine) Memclr(mem tensor.Memory) {
	b, err := e.buffer(mem)
	if err != nil {
		panic("dense: Memclr: " + err.Error())
	}
	e.fill(b, 0)
}

func (e *Engine) fill(b kernels.F32, v float32) {
	if e.host || b.Dev != 0 {
		e.be.Fill(b, v)
		return
	}
	for i := range b.Host { // beside a device
		b.Host[i] = v
	}
}

// Memcpy copies src to dst, of the same size. Either may lie in host memory or
// in this engine's: this is how values get to a device and back.
func (e *Engine) Memcpy(dst, src tensor.Memory) error {
	d, err := e.buffer(dst)
	if err != nil {
		return fmt.Errorf("dense: Memcpy: to %w", err)
	}
	s, err := e.buffer(src)
	if err != nil {
		return fmt.Errorf("dense: Memcpy: from %w", err)
	}
	if d.Len != s.Len {
		return fmt.Errorf("dense: Memcpy: %d bytes into %d", s.Len*elem, d.Len*elem)
	}
	switch {
	case d.Dev == 0 && s.Dev == 0:
		copy(d.Host, s.Host)
	case d.Dev == 0:
		e.be.GetF32(d.Host, s)
	case s.Dev == 0:
		e.be.PutF32(d, s.Host)
	default:
		e.be.Copy(d, s)
	}
	return nil
}

// Accessible is mem itself where Go code can read it. Device memory is an
// error: Host makes a copy, and says so.
func (e *Engine) Accessible(mem tensor.Memory) (tensor.Memory, error) {
	b, err := e.buffer(mem)
	if err != nil {
		return nil, fmt.Errorf("dense: Accessible: %w", err)
	}
	if b.Dev != 0 {
		return nil, fmt.Errorf("dense: Accessible: %d bytes in the memory of %s, expected host memory: copy them with dense.Host", b.Len*elem, e.be.Device().Backend)
	}
	return mem, nil
}

// block is memory of Alloc.
type block struct {
	kernels.F32
	engine *Engine
}

func (b block) Uintptr() uintptr { return address(b.F32) }
func (b block) MemSize() uintptr { return uintptr(b.Len) * elem }

func address(b kernels.F32) uintptr {
	if b.Host != nil {
		return uintptr(unsafe.Pointer(unsafe.SliceData(b.Host)))
	}
	return b.Dev
}

// floats is what the arrays inside of package tensor offer.
type floats interface{ Float32s() []float32 }

// buffer is mem as a buffer: Host where Go code can read it, else Dev. Package
// tensor hands over arrays that do not say where they lie; on a device they
// count as the device's where their address is in memory that this engine allocated
// or lent, and are an error elsewhere.
func (e *Engine) buffer(mem tensor.Memory) (kernels.F32, error) {
	bytes := mem.MemSize()
	if bytes%elem != 0 {
		return kernels.F32{}, fmt.Errorf("%d bytes, expected a multiple of %d", bytes, elem)
	}
	n := int(bytes / elem)
	if n == 0 {
		return kernels.F32{}, nil // without an address
	}
	switch m := mem.(type) {
	case block:
		if m.Host == nil && m.engine.be != e.be {
			return kernels.F32{}, fmt.Errorf("%d bytes in the memory of another backend", bytes)
		}
		return m.F32, nil
	case *tensor.Dense:
		if m.IsNativelyAccessible() {
			return kernels.F32{Host: m.Float32s(), Len: n}, nil
		}
		if err := e.owns(m); err != nil {
			return kernels.F32{}, err
		}
		return kernels.F32{Dev: m.Uintptr(), Len: n}, nil
	}
	if e.host {
		if m, ok := mem.(floats); ok {
			return kernels.F32{Host: m.Float32s(), Len: n}, nil
		}
		return kernels.F32{}, fmt.Errorf("memory of %T, expected a *tensor.Dense or memory of Alloc", mem)
	}
	at := mem.Uintptr()
	for _, known := range []map[uintptr]kernels.F32{e.owned, e.lent} {
		for base, b := range known {
			if at >= base && at+bytes <= base+uintptr(b.Len)*elem {
				return kernels.F32{Dev: at, Len: n}, nil
			}
		}
	}
	return kernels.F32{}, fmt.Errorf("%d bytes at %#x, which may lie on the host or on the device: copy tensors with dense.Copy", bytes, at)
}

// owns says whether t's engine works on the same backend.
func (e *Engine) owns(t *tensor.Dense) error {
	other, ok := t.Engine().(*Engine)
	if !ok {
		return fmt.Errorf("a tensor of engine %T, expected one of %T", t.Engine(), e)
	}
	if other.be != e.be {
		return fmt.Errorf("a tensor on another backend (%s), expected the engine's own", other.be.Device().Backend)
	}
	return nil
}
