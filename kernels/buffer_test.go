package kernels_test

import (
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
)

// panics fails unless do panics with a message that starts with want.
func panics(t *testing.T, want string, do func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if message, ok := recover().(string); !ok || !strings.HasPrefix(message, want) {
			t.Errorf("panic %q, expected %q", message, want)
		}
	}()
	do()
}

func TestSliceSharesMemory(t *testing.T) {
	b := kernels.F32{Host: []float32{0, 1, 2, 3, 4}, Len: 5}
	s := b.Slice(1, 4).Slice(1, 3)
	if s.Len != 2 || len(s.Host) != 2 || cap(s.Host) != 2 || s.Host[0] != 2 {
		t.Fatalf("slice is %+v", s)
	}
	s.Host[1] = 9
	if b.Host[3] != 9 {
		t.Fatal("a slice does not share the memory of its buffer")
	}
	panics(t, "kernels: Slice: [3:6] of 5", func() { b.Slice(3, 6) })
	panics(t, "kernels: Slice: [2:1] of 5", func() { b.Slice(2, 1) })
	panics(t, "kernels: Slice: [-1:1] of 5", func() { b.Slice(-1, 1) })
}

// TestSliceOfDevice: addresses move by the size of the element.
func TestSliceOfDevice(t *testing.T) {
	if got := (kernels.F32{Dev: 1000, Len: 9}).Slice(3, 5); got.Dev != 1012 || got.Len != 2 || got.Host != nil {
		t.Errorf("float32: %+v", got)
	}
	if got := (kernels.I32{Dev: 1000, Len: 9}).Slice(3, 5); got.Dev != 1012 {
		t.Errorf("int32: %+v", got)
	}
	if got := (kernels.F64{Dev: 1000, Len: 9}).Slice(3, 5); got.Dev != 1024 {
		t.Errorf("float64: %+v", got)
	}
}

func TestMat(t *testing.T) {
	data := kernels.F32{Host: []float32{0, 1, 2, 3, 4, 5}, Len: 6}
	r := kernels.NewMat(data, 3, 2).RowRange(1, 3)
	if r.Rows != 2 || r.Cols != 2 || r.Data.Len != 4 || r.Data.Host[0] != 2 || r.Data.Host[3] != 5 {
		t.Errorf("rows 1 to 3: %+v", r)
	}
	panics(t, "kernels: NewMat: 6 elements for 2x2", func() { kernels.NewMat(data, 2, 2) })
}
