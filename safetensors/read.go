package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"gorgonia.org/tensor"
)

// maxHeader is the format's own limit on the length of the header in bytes.
const maxHeader = 100 << 20

// File is a safetensors file in memory, verified as a whole.
type File struct {
	Meta map[string]string // __metadata__, nil without one

	entries map[string]entry
	data    []byte // the values
}

// Names lists the tensors, sorted.
func (f *File) Names() []string { return slices.Sorted(maps.Keys(f.entries)) }

// Has says whether the file has a tensor of the name, of any dtype.
func (f *File) Has(name string) bool {
	_, ok := f.entries[name]
	return ok
}

// Check says whether the file has a tensor of the name, of float32 and of the
// shape.
func (f *File) Check(name string, shape []int) error {
	e, err := f.entry(name, float32s)
	if err != nil {
		return err
	}
	if !slices.Equal(e.Shape, shape) {
		return fmt.Errorf("%s: shape %v, want %v", name, e.Shape, shape)
	}
	return nil
}

// Dense decodes one tensor of float32 into memory of its own. A name that the
// file does not have and another dtype are errors.
func (f *File) Dense(name string) (*tensor.Dense, error) {
	e, err := f.entry(name, float32s)
	if err != nil {
		return nil, err
	}
	raw := f.data[e.Offsets[0]:e.Offsets[1]]
	values := make([]float32, len(raw)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return tensor.NewDense(tensor.Float32, e.Shape, tensor.WithBacking(values)), nil
}

// Int64s decodes one tensor of int64 with one dimension. A name that the file
// does not have, another dtype and another number of dimensions are errors.
func (f *File) Int64s(name string) ([]int64, error) {
	e, err := f.entry(name, int64s)
	if err != nil {
		return nil, err
	}
	if len(e.Shape) != 1 {
		return nil, fmt.Errorf("%s: shape %v, want one dimension", name, e.Shape)
	}
	raw := f.data[e.Offsets[0]:e.Offsets[1]]
	values := make([]int64, len(raw)/8)
	for i := range values {
		values[i] = int64(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	return values, nil
}

func (f *File) entry(name, dtype string) (entry, error) {
	e, ok := f.entries[name]
	if !ok {
		return e, fmt.Errorf("no tensor %q", name)
	}
	if e.Dtype != dtype {
		return e, fmt.Errorf("%s: dtype %s, want %s", name, e.Dtype, dtype)
	}
	return e, nil
}

// Read reads and verifies a whole file: its tensors must cover the data
// without gap or overlap, those of a dtype that this package knows with as many
// bytes as their shapes take.
func Read(r io.Reader) (*File, error) {
	f, _, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	if f.data, err = io.ReadAll(r); err != nil {
		return nil, fmt.Errorf("values: %w", err)
	}
	if err := f.verify(); err != nil {
		return nil, err
	}
	return f, nil
}

// readHeader reads up to the values, which begin at byte at.
func readHeader(r io.Reader) (f *File, at int64, err error) {
	var size [8]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, 0, fmt.Errorf("length of the header: %w", err)
	}
	n := binary.LittleEndian.Uint64(size[:])
	if n < 2 || n > maxHeader {
		return nil, 0, fmt.Errorf("a header of %d bytes: this is no safetensors file", n)
	}
	var raw bytes.Buffer
	if got, err := io.CopyN(&raw, r, int64(n)); err != nil {
		return nil, 0, fmt.Errorf("the header has %d of %d bytes: %w", got, n, noEOF(err))
	}
	if raw.Bytes()[0] != '{' {
		return nil, 0, fmt.Errorf("the header starts with %q, not {: this is no safetensors file", raw.Bytes()[0])
	}
	f = &File{entries: map[string]entry{}}
	if err := f.parse(raw.Bytes()); err != nil {
		return nil, 0, fmt.Errorf("header: %w", err)
	}
	return f, int64(len(size)) + int64(n), nil
}

// parse decodes the header entry by entry, because decoding into a map
// would hide a name that stands twice.
func (f *File) parse(raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil { // the opening brace
		return noEOF(err)
	}
	seen := map[string]bool{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return noEOF(err)
		}
		name := key.(string) // keys of an object are strings
		if seen[name] {
			return fmt.Errorf("%q stands twice", name)
		}
		seen[name] = true
		if name == metadataKey {
			if err := dec.Decode(&f.Meta); err != nil {
				return fmt.Errorf("%s: %w", name, noEOF(err))
			}
			continue
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return fmt.Errorf("%s: %w", name, noEOF(err))
		}
		strict := json.NewDecoder(bytes.NewReader(value))
		strict.DisallowUnknownFields()
		var e entry
		if err := strict.Decode(&e); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		f.entries[name] = e
	}
	if _, err := dec.Token(); err != nil { // the closing brace
		return noEOF(err)
	}
	if rest := bytes.Trim(raw[dec.InputOffset():], " "); len(rest) > 0 {
		return fmt.Errorf("%q after the closing brace", rest)
	}
	return nil
}

func (f *File) verify() error {
	names := slices.Collect(maps.Keys(f.entries))
	// Empty tensors come before the one that starts at the same offset.
	slices.SortFunc(names, func(a, b string) int {
		x, y := f.entries[a].Offsets, f.entries[b].Offsets
		return slices.Compare(x[:], y[:])
	})
	sizes := map[string]uint64{float32s: 4, int64s: 8, float16s: 2, bfloat16s: 2} // bytes of a value
	at, size := uint64(0), uint64(len(f.data))
	for _, name := range names {
		e := f.entries[name]
		from, to := e.Offsets[0], e.Offsets[1]
		switch {
		case from != at || to < at:
			return fmt.Errorf("%s: data at %d to %d, want it to start at %d", name, from, to, at)
		case to > size:
			return fmt.Errorf("%s: data at %d to %d, but the file holds %d bytes of values: it is cut short", name, from, to, size)
		case sizes[e.Dtype] > 0 && !e.holds(to-from, sizes[e.Dtype]):
			return fmt.Errorf("%s: %d bytes of data for %s of shape %v", name, to-from, e.Dtype, e.Shape)
		}
		at = to
	}
	if at != size {
		return fmt.Errorf("%d bytes after the last tensor", size-at)
	}
	return nil
}

// holds says whether values of size bytes in the tensor's shape take n bytes.
func (e entry) holds(n, size uint64) bool {
	if slices.Contains(e.Shape, 0) {
		return n == 0
	}
	for _, d := range e.Shape {
		if d < 0 || d > 0 && size > n/uint64(d) {
			return false // more than n, maybe more than 64 bits
		}
		size *= uint64(d)
	}
	return size == n
}

// noEOF turns an end of input in the middle of something into an error that
// says so.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
