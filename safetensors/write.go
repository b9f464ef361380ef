// Package safetensors reads and writes named tensors in the safetensors format
// (github.com/huggingface/safetensors): eight bytes with the length of the
// header, little endian; the header, a JSON object {"name": {"dtype", "shape",
// "data_offsets"}} padded with spaces to a multiple of eight; then the values,
// little endian, without gaps. Offsets count from the end of the header. The
// entry "__metadata__" is no tensor but texts by key.
//
// Errors name the tensor, not the file: the caller does.
package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"gorgonia.org/tensor"
)

// metadataKey is the header's entry that is no tensor.
const metadataKey = "__metadata__"

// The dtypes that this package knows. Write, Dense and Int64s have the first
// two, Floats all but int64.
const (
	float32s  = "F32"
	int64s    = "I64"
	float16s  = "F16"
	bfloat16s = "BF16"
)

// entry is the header's entry of one tensor, its keys in the order that the
// format's own writer uses.
type entry struct {
	Dtype   string    `json:"dtype"`
	Shape   []int     `json:"shape"`
	Offsets [2]uint64 `json:"data_offsets"`
}

// chunk is the bytes that are converted and written at a time: they stay in the
// second level of the cache.
const chunk = 1 << 16

// Write writes the tensors, names sorted, with meta as __metadata__ (left out
// when empty). They are of float32 or int64, in host memory, row-major without
// gaps or mask. Same tensors and meta give the same bytes.
func Write(w io.Writer, tensors map[string]*tensor.Dense, meta map[string]string) error {
	names := slices.Sorted(maps.Keys(tensors))
	header, err := header(names, tensors, meta)
	if err != nil {
		return err
	}
	out := binary.LittleEndian.AppendUint64(make([]byte, 0, chunk), uint64(len(header)))
	if _, err := w.Write(append(out, header...)); err != nil {
		return err
	}
	for _, name := range names {
		var err error
		if t := tensors[name]; t.Dtype() == tensor.Int64 {
			err = writeValues(w, out, t.Int64s(), func(b []byte, v int64) []byte { return binary.LittleEndian.AppendUint64(b, uint64(v)) })
		} else {
			err = writeValues(w, out, t.Float32s(), func(b []byte, v float32) []byte { return binary.LittleEndian.AppendUint32(b, math.Float32bits(v)) })
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// writeValues writes values through buf, a part of chunk bytes at a time.
func writeValues[T float32 | int64](w io.Writer, buf []byte, values []T, appendTo func([]byte, T) []byte) error {
	for part := range slices.Chunk(values, chunk/8) {
		buf = buf[:0]
		for _, v := range part {
			buf = appendTo(buf, v)
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	return nil
}

func header(names []string, tensors map[string]*tensor.Dense, meta map[string]string) ([]byte, error) {
	var h bytes.Buffer
	h.WriteByte('{')
	add := func(name string, value any) error {
		k, err := json.Marshal(name)
		if err != nil {
			return err
		}
		v, err := json.Marshal(value) // sorts the keys of a map
		if err != nil {
			return err
		}
		if h.Len() > 1 {
			h.WriteByte(',')
		}
		h.Write(k)
		h.WriteByte(':')
		h.Write(v)
		return nil
	}
	if len(meta) > 0 {
		if err := add(metadataKey, meta); err != nil {
			return nil, err
		}
	}
	at := uint64(0)
	for _, name := range names {
		t := tensors[name]
		if err := writable(name, t); err != nil {
			return nil, err
		}
		dtype, size := float32s, 4
		if t.Dtype() == tensor.Int64 {
			dtype, size = int64s, 8
		}
		end := at + uint64(size*length(t))
		shape := append([]int{}, t.Shape()...) // [] and not null for a scalar
		if err := add(name, entry{Dtype: dtype, Shape: shape, Offsets: [2]uint64{at, end}}); err != nil {
			return nil, err
		}
		at = end
	}
	h.WriteByte('}')
	for h.Len()%8 != 0 {
		h.WriteByte(' ')
	}
	return h.Bytes(), nil
}

func writable(name string, t *tensor.Dense) error {
	switch {
	case name == metadataKey:
		return fmt.Errorf("a tensor named %q, which the format keeps for metadata", name)
	case t.Dtype() != tensor.Float32 && t.Dtype() != tensor.Int64:
		return fmt.Errorf("%s: dtype %v, want float32 or int64", name, t.Dtype())
	case !t.IsNativelyAccessible():
		return fmt.Errorf("%s: a tensor in device memory, want one in host memory", name)
	case len(t.Mask()) > 0 || !t.DataOrder().IsRowMajor() || length(t) > 0 && t.RequiresIterator():
		return fmt.Errorf("%s: a masked, strided or transposed tensor, want a row-major one without gaps", name)
	}
	return nil
}

// length is the number of elements of t, which are float32 or int64.
func length(t *tensor.Dense) int {
	if t.Dtype() == tensor.Int64 {
		return len(t.Int64s())
	}
	return len(t.Float32s())
}
