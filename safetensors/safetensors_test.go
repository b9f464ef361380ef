package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/safetensors"
)

// file puts a file together by hand.
func file(header string, data ...byte) []byte {
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), data...)
}

func floats(v ...float32) (raw []byte) {
	for _, x := range v {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
	}
	return raw
}

func made(x []float32, shape ...int) *tensor.Dense {
	return tensor.NewDense(tensor.Float32, shape, tensor.WithBacking(x))
}

// TestWrite compares with a file put together by hand, byte by byte, and reads it back:
// a scalar, an empty tensor, a row of another tensor, NaN with its payload.
func TestWrite(t *testing.T) {
	nan := math.Float32frombits(0x7fc01234)
	row, err := made([]float32{9, 9, -0.5, nan}, 2, 2).Slice(tensor.S(1))
	if err != nil {
		t.Fatal(err)
	}
	tensors := map[string]*tensor.Dense{
		"b.w": made([]float32{1, 2, 3, 4, 5, 6}, 3, 2, 1), "a": made([]float32{7}), "none": made([]float32{}, 3, 0), "<row>": row.(*tensor.Dense),
	}
	header := `{"__metadata__":{"k":"v","k2":""},` +
		`"\u003crow\u003e":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},` +
		`"a":{"dtype":"F32","shape":[],"data_offsets":[8,12]},` +
		`"b.w":{"dtype":"F32","shape":[3,2,1],"data_offsets":[12,36]},` +
		`"none":{"dtype":"F32","shape":[3,0],"data_offsets":[36,36]}}`
	header += strings.Repeat(" ", (8-len(header)%8)%8)
	want := file(header, floats(-0.5, nan, 7, 1, 2, 3, 4, 5, 6)...)
	var got bytes.Buffer
	if err := safetensors.Write(&got, tensors, map[string]string{"k2": "", "k": "v"}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Fatalf("got\n%q, want\n%q", got.Bytes(), want)
	}
	f, err := safetensors.Read(&got)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.Names(), slices.Sorted(maps.Keys(tensors))) || !maps.Equal(f.Meta, map[string]string{"k": "v", "k2": ""}) {
		t.Errorf("names %q, metadata %q", f.Names(), f.Meta)
	}
	for name, w := range tensors {
		g, err := f.Dense(name)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(g.Shape(), w.Shape()) || !bytes.Equal(floats(g.Float32s()...), floats(w.Float32s()...)) {
			t.Errorf("%s: shape %v, %v", name, g.Shape(), g.Float32s())
		}
		if err := f.Check(name, w.Shape()); err != nil || !f.Has(name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestForeign reads a file with dtypes that are not float32: the others are still there.
func TestForeign(t *testing.T) {
	header := `{"ids":{"dtype":"I64","shape":[1],"data_offsets":[4,12]},"w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}`
	f, err := safetensors.Read(bytes.NewReader(file(header, append(floats(2.5), make([]byte, 8)...)...)))
	if err != nil {
		t.Fatal(err)
	}
	w, err := f.Dense("w")
	if err != nil || !slices.Equal(w.Float32s(), []float32{2.5}) || f.Meta != nil {
		t.Errorf("%v, %v, metadata %v", w, err, f.Meta)
	}
	for want, err := range map[string]error{
		"ids: dtype I64, want F32": second(f.Dense("ids")),
		`no tensor "v"`:            second(f.Dense("v")),
		"w: shape [1 1], want [1]": f.Check("w", []int{1}),
		`no tensor "bias"`:         f.Check("bias", nil),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func second(_ *tensor.Dense, err error) error { return err }

// full takes so many bytes and then fails.
type full int

var errFull = errors.New("disk full")

func (f *full) Write(p []byte) (int, error) {
	if len(p) > int(*f) {
		return 0, errFull
	}
	*f -= full(len(p))
	return len(p), nil
}

// elsewhere is an engine whose memory Go code cannot read.
type elsewhere struct{ tensor.StdEng }

func (elsewhere) AllocAccessible() bool { return false }

// TestWriteErrors names the tensor that cannot be written and says what was expected.
func TestWriteErrors(t *testing.T) {
	good := made([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	column, err := good.Slice(nil, tensor.S(1))
	if err != nil {
		t.Fatal(err)
	}
	flipped := made([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	if err := flipped.T(); err != nil {
		t.Fatal(err)
	}
	masked := made([]float32{1, 2}, 2)
	masked.ResetMask(true)
	write := func(name string, x *tensor.Dense, room full) error {
		return safetensors.Write(&room, map[string]*tensor.Dense{name: x}, nil)
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{write("a", tensor.New(tensor.WithBacking([]float64{1})), 1000), "a: dtype float64, want float32"},
		{write("b", column.(*tensor.Dense), 1000), "b: a masked, strided or transposed tensor"},
		{write("c", flipped, 1000), "c: a masked, strided or transposed tensor"},
		{write("d", masked, 1000), "d: a masked, strided or transposed tensor"},
		{write("e", tensor.New(tensor.WithShape(2, 2), tensor.AsFortran([]float32{1, 2, 3, 4})), 1000), "e: a masked, strided or transposed tensor"},
		{write("__metadata__", good, 1000), `a tensor named "__metadata__"`},
		{write("f", good, 20), "disk full"},
		{write("f", good, 80), "f: disk full"},
		{write("g", tensor.NewDense(tensor.Float32, []int{2}, tensor.WithEngine(elsewhere{}), tensor.WithBacking([]float32{1, 2})), 1000), "g: a tensor in device memory, want one in host memory"},
	} {
		if c.err == nil || !strings.HasPrefix(c.err.Error(), c.want) {
			t.Errorf("%v, want %q", c.err, c.want)
		}
	}
}

// TestReadErrors gives damaged files; package nn's tests hold the rest of them.
func TestReadErrors(t *testing.T) {
	for want, raw := range map[string][]byte{
		"length of the header: EOF":                                   nil,
		"a header of 1 bytes: this is no safetensors file":            file("{"),
		"header: __metadata__: json":                                  file(`{"__metadata__":{"a":1}}`),
		`header: "w" stands twice`:                                    file(`{"w":{},"w":{}}`),
		"w: 8 bytes of data for F32 of shape []":                      file(`{"w":{"dtype":"F32","shape":[],"data_offsets":[0,8]}}`, make([]byte, 8)...),
		"w: data at 4 to 8, want it to start at 0":                    file(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, make([]byte, 8)...),
		"w: data at 0 to 8, but the file holds 4 bytes of values":     file(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, make([]byte, 4)...),
		"1 bytes after the last tensor":                               file(`{}`, 1),
		"w: 0 bytes of data for F32 of shape [4611686018427387904 4]": file(`{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}`),
	} {
		if f, err := safetensors.Read(bytes.NewReader(raw)); err == nil || !strings.HasPrefix(err.Error(), want) || f != nil {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// Whole numbers keep all 64 bits, and are read under their own dtype only.
func TestInt64s(t *testing.T) {
	want := []int64{-1, 0, 1<<62 + 1, math.MinInt64}
	var b bytes.Buffer
	err := safetensors.Write(&b, map[string]*tensor.Dense{
		"ids": tensor.NewDense(tensor.Int64, tensor.Shape{4}, tensor.WithBacking(want)),
		"x":   made([]float32{1, 2}, 2),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.Contains(text, `"ids":{"dtype":"I64","shape":[4],"data_offsets":[0,32]}`) {
		t.Errorf("header %q", text[:80])
	}
	f, err := safetensors.Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.Int64s("ids"); err != nil || !slices.Equal(got, want) {
		t.Errorf("read %v, %v", got, err)
	}
	if _, err := f.Int64s("x"); err == nil || err.Error() != "x: dtype F32, want I64" {
		t.Errorf("float32 read as int64: %v", err)
	}
	if _, err := f.Dense("ids"); err == nil || err.Error() != "ids: dtype I64, want F32" {
		t.Errorf("int64 read as float32: %v", err)
	}
}
