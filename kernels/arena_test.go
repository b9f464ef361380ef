package kernels_test

import (
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
)

// counting is a real backend that counts the buffers it has handed out.
type counting struct {
	kernels.Backend
	live, made int
}

func (c *counting) NewF32(n int) kernels.F32 {
	c.live++
	c.made++
	return c.Backend.NewF32(n)
}

func (c *counting) FreeF32(b kernels.F32) {
	c.live--
	c.Backend.FreeF32(b)
}

func open(t *testing.T) *counting {
	t.Helper()
	be, err := cpu.New("go", 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { be.Close() })
	return &counting{Backend: be}
}

// step takes buffers of many sizes, marks each whole buffer with its own number, and then
// finds every mark in place: no two overlap.
func step(t *testing.T, be kernels.Backend, a *kernels.Arena) {
	t.Helper()
	var taken []kernels.F32
	for i, n := range []int{1, 17, 0, 5000, 70000, 3, 120000, 64} {
		b := a.F32(n)
		if b.Len != n || len(b.Host) != n {
			t.Fatalf("asked for %d elements, got %d", n, b.Len)
		}
		be.Fill(b, float32(i+1))
		taken = append(taken, b)
	}
	for i, b := range taken {
		for j, v := range b.Host {
			if v != float32(i+1) {
				t.Fatalf("buffer %d holds %v at %d: buffers overlap", i, v, j)
			}
		}
	}
}

// TestArenaSettles: the first step grows the arena, and steps of the same size
// then make no buffer.
func TestArenaSettles(t *testing.T) {
	be := open(t)
	a := kernels.NewArena(be)
	step(t, be, a)
	a.Reset()
	if be.live != 1 {
		t.Fatalf("%d blocks after a reset, expected one", be.live)
	}
	made := be.made
	for range 3 {
		step(t, be, a)
		a.Reset()
	}
	if be.made != made {
		t.Errorf("%d buffers made by steps no larger than the first", be.made-made)
	}
	a.Free()
	if be.live != 0 {
		t.Errorf("%d blocks live after Free", be.live)
	}
	step(t, be, a) // an arena that was freed starts afresh
	a.Free()
}

// TestArenaKinds: the other kinds of memory, and zeros on memory that was used.
func TestArenaKinds(t *testing.T) {
	be := open(t)
	a := kernels.NewArena(be)
	be.Fill(a.F32(1000), 7)
	a.Reset()
	m := a.Zeros(10, 20)
	if m.Rows != 10 || m.Cols != 20 {
		t.Fatalf("%dx%d", m.Rows, m.Cols)
	}
	for i, v := range m.Data.Host {
		if v != 0 {
			t.Fatalf("element %d of zeros is %v", i, v)
		}
	}
	x, y := a.I32(40), a.F64(40)
	if x.Len != 40 || y.Len != 40 || len(x.Host) != 40 || len(y.Host) != 40 {
		t.Fatalf("%+v, %+v", x, y)
	}
	if next := a.Mat(1, 3); &next.Data.Host[0] == &m.Data.Host[0] {
		t.Fatal("the same memory twice in a step")
	}
}
