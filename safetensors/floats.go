package safetensors

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Floats is a tensor of F32, F16 or BF16 whose values are converted as they are
// read. It shares the memory of its file.
type Floats struct {
	Dtype string
	Shape []int
	raw   []byte
}

// Floats gives one tensor. A name that the file does not have and a dtype that is no
// floating-point number of these three are errors.
func (f *File) Floats(name string) (Floats, error) {
	e, ok := f.entries[name]
	if !ok {
		return Floats{}, fmt.Errorf("no tensor %q", name)
	}
	switch e.Dtype {
	case float32s, float16s, bfloat16s:
		return Floats{e.Dtype, e.Shape, f.data[e.Offsets[0]:e.Offsets[1]]}, nil
	}
	return Floats{}, fmt.Errorf("%s: dtype %s, want F32, F16 or BF16", name, e.Dtype)
}

// Read overwrites dst with the values from element from on, row-major.
func (t Floats) Read(dst []float32, from int) {
	switch t.Dtype {
	case float32s:
		raw := t.raw[4*from : 4*(from+len(dst))]
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	case float16s:
		raw := t.raw[2*from : 2*(from+len(dst))]
		for i := range dst {
			dst[i] = half(binary.LittleEndian.Uint16(raw[2*i:]))
		}
	default:
		raw := t.raw[2*from : 2*(from+len(dst))]
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
		}
	}
}

// half converts an IEEE 754 binary16. Its exponent has a bias of 15, that of binary32
// 127: moved into place, every value but infinities and NaN is too small by 2^112.
func half(h uint16) float32 {
	const exponent = 0x7c00
	v := math.Float32bits(math.Float32frombits(uint32(h&0x7fff)<<13) * 0x1p112)
	if h&exponent == exponent { // 0x7f800000 is the exponent of binary32
		v = 0x7f800000 | uint32(h&0x3ff)<<13
	}
	return math.Float32frombits(v | uint32(h&0x8000)<<16)
}

// NotFinite is the place of the first NaN or infinity, -1 where there is none.
func (t Floats) NotFinite() int {
	if t.Dtype == float32s {
		for i := 0; i < len(t.raw); i += 4 {
			if v := binary.LittleEndian.Uint32(t.raw[i:]); v&0x7f800000 == 0x7f800000 {
				return i / 4
			}
		}
		return -1
	}
	exponent := uint16(0x7c00)
	if t.Dtype == bfloat16s {
		exponent = 0x7f80
	}
	for i := 0; i < len(t.raw); i += 2 {
		if v := binary.LittleEndian.Uint16(t.raw[i:]); v&exponent == exponent {
			return i / 2
		}
	}
	return -1
}
