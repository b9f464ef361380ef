package dense_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/kernels/dense"
)

// counted counts the elements of float32 that its backend has handed out.
type counted struct {
	kernels.Backend
	live int
}

func (c *counted) NewF32(n int) kernels.F32 { c.live += n; return c.Backend.NewF32(n) }
func (c *counted) FreeF32(b kernels.F32)    { c.live -= b.Len; c.Backend.FreeF32(b) }

// open makes an engine over a backend of one thread. Everything that the test
// allocates must be free at its end.
func open(t *testing.T) (*dense.Engine, *counted) {
	t.Helper()
	be, err := cpu.New("", 1)
	if err != nil {
		t.Fatal(err)
	}
	c := &counted{Backend: be}
	e := dense.New(c)
	t.Cleanup(func() {
		e.Close()
		if c.live != 0 {
			t.Errorf("%d elements were not freed", c.live)
		}
	})
	return e, c
}

// made is a tensor in memory of e.Alloc.
func made(t *testing.T, e *dense.Engine, x []float32, shape ...int) *tensor.Dense {
	t.Helper()
	d := tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(shape...), tensor.WithEngine(e))
	must(t, e.Memcpy(d, tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x))))
	return d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused checks that err says what was expected.
func refused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
}

// TestSharing writes through each of a buffer, its tensor and the matrix of the tensor,
// and reads through the others.
func TestSharing(t *testing.T) {
	e, be := open(t)
	b := be.NewF32(6)
	defer be.FreeF32(b)
	d := e.Of(kernels.NewMat(b, 2, 3))
	m, err := dense.Mat(d)
	must(t, err)
	b.Host[4] = 1
	must(t, d.SetAt(float32(2), 0, 1))
	m.Data.Host[5] = 3
	want := []float32{0, 2, 0, 0, 1, 3}
	for name, got := range map[string][]float32{"buffer": b.Host, "tensor": d.Float32s(), "matrix": m.Data.Host} {
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if m.Rows != 2 || m.Cols != 3 || !d.IsNativelyAccessible() {
		t.Errorf("%dx%d, accessible %v", m.Rows, m.Cols, d.IsNativelyAccessible())
	}
	v, err := dense.Mat(e.Vector(b))
	must(t, err)
	if v.Rows != 1 || v.Cols != 6 || &v.Data.Host[0] != &b.Host[0] {
		t.Errorf("a vector became %dx%d", v.Rows, v.Cols)
	}
	row, err := d.Slice(tensor.S(1))
	must(t, err)
	r, err := dense.Mat(row.(*tensor.Dense))
	must(t, err)
	if r.Rows != 1 || r.Cols != 3 || &r.Data.Host[0] != &b.Host[3] {
		t.Errorf("row 1 became %+v", r)
	}
	none, err := dense.Mat(e.Of(kernels.Mat{Cols: 3}))
	must(t, err)
	if none.Rows != 0 || none.Cols != 3 {
		t.Errorf("an empty matrix became %+v", none)
	}
	host, err := dense.Host(d)
	must(t, err)
	if host != d {
		t.Error("Host copied a tensor of host memory")
	}
}

// TestMatMul holds every layout that the contract can compute to plain loops over At.
func TestMatMul(t *testing.T) {
	e, _ := open(t)
	rng := rand.New(rand.NewPCG(1, 2))
	// operand is a rows x cols tensor of small integers, so that the sums are
	// exact, stored transposed or not.
	operand := func(rows, cols int, transposed bool) *tensor.Dense {
		x := make([]float32, rows*cols)
		for i := range x {
			x[i] = float32(rng.IntN(17) - 8)
		}
		if !transposed {
			return made(t, e, x, rows, cols)
		}
		d := made(t, e, x, cols, rows)
		must(t, d.T())
		return d
	}
	at := func(d *tensor.Dense, i, j int) float32 {
		v, err := d.At(i, j)
		must(t, err)
		return v.(float32)
	}
	for _, s := range [][3]int{{3, 4, 5}, {4, 4, 4}, {1, 6, 3}, {3, 6, 1}, {3, 1, 5}} {
		for form := range 8 {
			ta, tb, tc := form&1 > 0, form&2 > 0, form&4 > 0
			a, b, c := operand(s[0], s[1], ta), operand(s[1], s[2], tb), operand(s[0], s[2], tc)
			err := e.MatMul(a, b, c)
			if ta != tc && tb != tc && slices.Min(s[:]) > 1 {
				refused(t, err, "a and b both lie transposed against c")
				continue
			}
			must(t, err)
			for i := range s[0] {
				for j := range s[2] {
					want := float32(0)
					for l := range s[1] {
						want += at(a, i, l) * at(b, l, j)
					}
					if got := at(c, i, j); got != want {
						t.Fatalf("%v ta=%v tb=%v tc=%v: element (%d, %d) is %v, want %v", s, ta, tb, tc, i, j, got, want)
					}
				}
			}
		}
	}
	a, b := made(t, e, []float32{1, 2, 3, 4}, 2, 2), made(t, e, []float32{5, 6, 7, 8}, 2, 2)
	fortran := tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(2, 2), tensor.AsFortran(nil), tensor.WithEngine(e))
	copy(fortran.Float32s(), []float32{1, 3, 2, 4}) // a, column by column
	columns, err := fortran.MatMul(b)
	must(t, err)
	if want := []float32{19, 43, 22, 50}; !slices.Equal(columns.Float32s(), want) {
		t.Errorf("column-major product %v, want %v", columns.Float32s(), want)
	}
	refused(t, e.MatMul(a, b, fortran), "a and b both lie transposed against c")
	product, err := a.MatMul(b)
	must(t, err)
	if product.Engine() != tensor.Engine(e) || !slices.Equal(product.Float32s(), []float32{19, 22, 43, 50}) {
		t.Errorf("%v", product)
	}
	_, err = a.MatMul(b, tensor.WithIncr(product))
	must(t, err)
	if want := []float32{38, 44, 86, 100}; !slices.Equal(product.Float32s(), want) {
		t.Errorf("product added to itself: %v, want %v", product.Float32s(), want)
	}
}

func TestAdd(t *testing.T) {
	e, _ := open(t)
	one := []float32{1, 2, 3, 4, 5, 6, 7, 8}
	two := []float32{10, 20, 30, 40, 50, 60, 70, 80}
	fresh := func() (a, b, c *tensor.Dense) {
		return made(t, e, one, 2, 2, 2), made(t, e, two, 2, 2, 2), made(t, e, slices.Repeat([]float32{100}, 8), 2, 2, 2)
	}
	check := func(what string, got *tensor.Dense, want ...float32) {
		t.Helper()
		if !slices.Equal(got.Float32s(), want) {
			t.Errorf("%s: %v, want %v", what, got.Float32s(), want)
		}
	}
	a, b, c := fresh()
	sum, err := a.Add(b)
	must(t, err)
	check("a + b", sum, 11, 22, 33, 44, 55, 66, 77, 88)
	check("a", a, one...)
	check("b", b, two...)
	_, err = a.Add(b, tensor.WithReuse(c))
	must(t, err)
	check("reuse", c, 11, 22, 33, 44, 55, 66, 77, 88)
	_, err = a.Add(b, tensor.WithIncr(c))
	must(t, err)
	check("incr", c, 22, 44, 66, 88, 110, 132, 154, 176)
	_, err = a.Add(b, tensor.WithReuse(b))
	must(t, err)
	check("into b", b, 11, 22, 33, 44, 55, 66, 77, 88)
	_, err = a.Add(b, tensor.UseUnsafe())
	must(t, err)
	check("into a", a, 12, 24, 36, 48, 60, 72, 84, 96)
	check("b beside it", b, 11, 22, 33, 44, 55, 66, 77, 88)

	a, _, _ = fresh()
	more, err := tensor.Add(a, float32(0.5))
	must(t, err)
	check("scalar", more.(*tensor.Dense), 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5)
	more, err = tensor.Add(tensor.New(tensor.FromScalar(float32(-1))), a, tensor.UseUnsafe())
	must(t, err)
	check("scalar before", more.(*tensor.Dense), 0, 1, 2, 3, 4, 5, 6, 7)

	_, err = a.Add(made(t, e, one, 2, 4))
	refused(t, err, "shapes [2 2 2] and [2 4], expected the same")
	_, err = a.Add(a, tensor.UseUnsafe())
	refused(t, err, "the operands share memory")
	_, err = a.Add(b, tensor.WithIncr(a))
	refused(t, err, "the result shares memory with an operand")
	_, err = a.Add(b, tensor.WithReuse(made(t, e, one, 4, 2)))
	refused(t, err, "the result has shape [4 2], expected [2 2 2]")
	_, err = tensor.Add(a, 0.5)
	refused(t, err, "a float64, expected a float32")
}

// TestMemory tries what package tensor asks of an engine.
func TestMemory(t *testing.T) {
	e, be := open(t)
	before := be.live
	d := made(t, e, []float32{1, 2, 3}, 3)
	if be.live != before+3 {
		t.Errorf("%d elements allocated, want 3", be.live-before)
	}
	clone := d.Clone().(*tensor.Dense)
	must(t, e.Memset(d, float32(-1.5)))
	if !slices.Equal(d.Float32s(), []float32{-1.5, -1.5, -1.5}) || !slices.Equal(clone.Float32s(), []float32{1, 2, 3}) {
		t.Errorf("%v and its clone %v", d, clone)
	}
	e.Memclr(clone)
	if !slices.Equal(clone.Float32s(), []float32{0, 0, 0}) {
		t.Errorf("cleared: %v", clone)
	}
	if mem, err := e.Accessible(d); err != nil || mem.Uintptr() != d.Uintptr() {
		t.Errorf("Accessible: %v, %v", mem, err)
	}
	mem, err := e.Alloc(12)
	must(t, err)
	must(t, e.Memcpy(mem, d))
	must(t, e.Memcpy(clone, mem))
	if !slices.Equal(clone.Float32s(), d.Float32s()) {
		t.Errorf("through memory of Alloc: %v, want %v", clone, d)
	}
	for _, m := range []tensor.Memory{mem, d, clone} {
		must(t, e.Free(m, 12))
	}
	if be.live != before {
		t.Errorf("%d elements are left", be.live-before)
	}
	if e.WorksWith(tensor.ColMajor) || e.WorksWith(tensor.NonContiguous) || e.WorksWith(tensor.Transposed) || !e.WorksWith(0) {
		t.Error("WorksWith: want row-major without gaps, and nothing else")
	}

	refused(t, e.Free(d, 12), "were freed before")
	kept := made(t, e, []float32{1, 2, 3}, 3)
	refused(t, e.Free(kept, 8), "8 bytes at")
	refused(t, e.Free(kept, 8), "expected the 12 of Alloc")
	refused(t, e.Free(e.Of(kernels.NewMat(be.Backend.NewF32(2), 1, 2)), 8), "not of this engine's Alloc")
	refused(t, e.Memset(kept, 1.5), "a value of float64, expected float32")
	refused(t, e.Memcpy(kept, tensor.New(tensor.WithBacking([]float32{1, 2}))), "8 bytes into 12")
	for _, size := range []int64{0, -4, 6} {
		_, err := e.Alloc(size)
		refused(t, err, "expected a multiple of 4 above 0")
	}
}

// TestRefused gives tensors that are not what they should be; each error names
// what was expected.
func TestRefused(t *testing.T) {
	e, be := open(t)
	other, _ := open(t)
	plain := made(t, e, []float32{1, 2, 3, 4, 5, 6}, 2, 3)
	column, err := plain.Slice(nil, tensor.S(1))
	must(t, err)
	flipped := made(t, e, []float32{1, 2, 3, 4, 5, 6}, 2, 3)
	must(t, flipped.T())
	doubles := tensor.New(tensor.WithShape(1, 3), tensor.Of(tensor.Float64), tensor.WithEngine(e))
	masked := made(t, e, []float32{1, 2}, 2)
	masked.ResetMask(true)
	cube := made(t, e, make([]float32, 8), 2, 2, 2)
	foreign := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking(make([]float32, 6)))
	mat := func(d *tensor.Dense) error { _, err := dense.Mat(d); return err }
	c := made(t, e, make([]float32, 4), 2, 2)
	for _, r := range []struct {
		err  error
		want string
	}{
		{mat(foreign), "dense: Mat: a tensor of engine tensor.StdEng, expected one of *dense.Engine"},
		{mat(cube), "dense: Mat: shape [2 2 2], expected one or two dimensions"},
		{mat(doubles), "dense: Mat: a tensor of float64, expected float32"},
		{mat(masked), "dense: Mat: a masked tensor"},
		{mat(column.(*tensor.Dense)), "with strides [3], expected a row-major tensor without gaps"},
		{mat(flipped), "shape [3 2] with strides [1 3], expected a row-major tensor without gaps"},
		{dense.Copy(plain, flipped), "dense: Copy: shape [3 2], expected that of the destination, [2 3]"},
		{dense.Copy(doubles, made(t, e, make([]float32, 3), 1, 3)), "dense: Copy: a tensor of float64, expected float32"},
		{e.MatMul(plain, plain, c), "shapes [2 3] and [2 3] into [2 2], expected [m k] and [k n] into [m n]"},
		{e.MatMul(plain, flipped, cube), "dense: MatMul: c: shape [2 2 2], expected two dimensions"},
		{e.MatMul(foreign, flipped, c), "dense: MatMul: a: a tensor of engine tensor.StdEng"},
		{e.MatMul(c, c, c), "c shares memory with a or b"},
		{other.MatMul(plain, flipped, c), "a: a tensor on another backend (cpu), expected the engine's own"},
	} {
		refused(t, r.err, r.want)
	}
	for want, do := range map[string]func(){
		"dense: Of: 6 elements for shape [2 2]":                   func() { e.Of(kernels.Mat{Data: be.Backend.NewF32(6), Rows: 2, Cols: 2}) },
		"dense: Vector: a buffer that is not of backend cpu":      func() { e.Vector(kernels.F32{Dev: 64, Len: 2}) },
		"dense: Memclr: 6 bytes, expected a multiple of 4":        func() { e.Memclr(tensor.New(tensor.WithBacking(make([]byte, 6)))) },
		"dense: Alloc: 6 bytes, expected a multiple of 4 above 0": func() { tensor.New(tensor.WithShape(6), tensor.Of(tensor.Uint8), tensor.WithEngine(e)) },
	} {
		func() {
			defer func() {
				got := recover()
				if err, ok := got.(error); ok {
					got = err.Error()
				}
				if got != want {
					t.Errorf("%v, want %q", got, want)
				}
			}()
			do()
		}()
	}
}
