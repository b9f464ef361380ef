package nn

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
	"sort"
)

// A checkpoint is a safetensors file (github.com/huggingface/safetensors):
// eight bytes with the length of the header, little endian; the header, a JSON
// object {"name": {"dtype", "shape", "data_offsets"}} padded with spaces to a
// multiple of eight; then the values, little endian, without gaps. Offsets
// count from the end of the header.

// maxHeader is the format's own limit on the length of the header in bytes.
const maxHeader = 100 << 20

// tensor is the header's entry of one tensor, its keys in the order that the
// format's own writer uses.
type tensor struct {
	Dtype   string    `json:"dtype"`
	Shape   []int     `json:"shape"`
	Offsets [2]uint64 `json:"data_offsets"`
}

// holds says whether F32 values of the tensor's shape take n bytes.
func (t tensor) holds(n uint64) bool {
	size := uint64(4)
	for _, d := range t.Shape {
		if d < 0 || d > 0 && size > n/uint64(d) {
			return false // more than n, maybe more than 64 bits
		}
		size *= uint64(d)
	}
	return size == n
}

// shape is that of a parameter in a checkpoint: one dimension for a vector.
func (p *Param) shape() []int {
	if p.Vector {
		return []int{p.Value.Cols}
	}
	return []int{p.Value.Rows, p.Value.Cols}
}

// sorted lists the parameters by name, the order of a checkpoint.
func (m *Model) sorted() []*Param {
	params := slices.Clone(m.store.params)
	sort.Slice(params, func(i, j int) bool { return params[i].Name < params[j].Name })
	return params
}

// Save writes all parameters as F32 safetensors, names sorted, with meta as
// __metadata__ (left out when empty). Same parameters and meta give the same
// bytes. Moments of the optimiser are not saved.
func (m *Model) Save(w io.Writer, meta map[string]string) error {
	var header bytes.Buffer
	header.WriteByte('{')
	entry := func(name string, value any) error {
		k, err := json.Marshal(name)
		if err != nil {
			return err
		}
		v, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if header.Len() > 1 {
			header.WriteByte(',')
		}
		header.Write(k)
		header.WriteByte(':')
		header.Write(v)
		return nil
	}
	if len(meta) > 0 {
		if err := entry(metadataKey, meta); err != nil { // json sorts the keys
			return fmt.Errorf("nn: checkpoint: %w", err)
		}
	}
	params := m.sorted()
	at := uint64(0)
	for _, p := range params {
		end := at + 4*uint64(p.Size())
		if err := entry(p.Name, tensor{Dtype: "F32", Shape: p.shape(), Offsets: [2]uint64{at, end}}); err != nil {
			return fmt.Errorf("nn: checkpoint: %w", err)
		}
		at = end
	}
	header.WriteByte('}')
	for header.Len()%8 != 0 {
		header.WriteByte(' ')
	}
	out := binary.LittleEndian.AppendUint64(nil, uint64(header.Len()))
	out = append(out, header.Bytes()...)
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("nn: checkpoint: %w", err)
	}
	for _, p := range params {
		values := make([]float32, p.Size())
		m.be.GetF32(values, p.Value.Data)
		out = out[:0]
		for _, v := range values {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
		if _, err := w.Write(out); err != nil {
			return fmt.Errorf("nn: checkpoint: %s: %w", p.Name, err)
		}
	}
	return nil
}

// metadataKey is the header's entry that is no tensor.
const metadataKey = "__metadata__"

// Load replaces all parameters by those of a checkpoint and forgets the
// optimiser's moments. The checkpoint must hold exactly the model's parameters
// in their shapes; what is missing, surplus or of another shape is named, and
// then nothing is replaced.
func (m *Model) Load(r io.Reader) error {
	tensors, data, err := readCheckpoint(r)
	if err != nil {
		return fmt.Errorf("nn: checkpoint: %w", err)
	}
	params := m.sorted()
	for _, p := range params {
		t, ok := tensors[p.Name]
		switch {
		case !ok:
			return fmt.Errorf("nn: checkpoint: no tensor %q, which the model has", p.Name)
		case t.Dtype != "F32":
			return fmt.Errorf("nn: checkpoint: %s: dtype %s, want F32", p.Name, t.Dtype)
		case !slices.Equal(t.Shape, p.shape()):
			return fmt.Errorf("nn: checkpoint: %s: shape %v, want %v", p.Name, t.Shape, p.shape())
		}
	}
	if len(tensors) != len(params) {
		for _, name := range slices.Sorted(maps.Keys(tensors)) {
			if !slices.ContainsFunc(params, func(p *Param) bool { return p.Name == name }) {
				return fmt.Errorf("nn: checkpoint: tensor %q, which the model does not have", name)
			}
		}
	}
	for _, p := range params {
		raw := data[tensors[p.Name].Offsets[0]:]
		values := make([]float32, p.Size())
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		m.be.PutF32(p.Value.Data, values)
	}
	m.store.restart()
	return nil
}

// readCheckpoint reads and verifies a whole safetensors file: its tensors must
// cover the data without gap or overlap.
func readCheckpoint(r io.Reader) (map[string]tensor, []byte, error) {
	var size [8]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, nil, fmt.Errorf("length of the header: %w", err)
	}
	n := binary.LittleEndian.Uint64(size[:])
	if n < 2 || n > maxHeader {
		return nil, nil, fmt.Errorf("a header of %d bytes: this is no safetensors file", n)
	}
	var raw bytes.Buffer
	if got, err := io.CopyN(&raw, r, int64(n)); err != nil {
		return nil, nil, fmt.Errorf("the header has %d of %d bytes: %w", got, n, noEOF(err))
	}
	if raw.Bytes()[0] != '{' {
		return nil, nil, fmt.Errorf("the header starts with %q, not {: this is no safetensors file", raw.Bytes()[0])
	}
	tensors, err := parseHeader(raw.Bytes())
	if err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, nil, fmt.Errorf("values: %w", err)
	}
	names := slices.Collect(maps.Keys(tensors))
	// Empty tensors come before the one that starts at the same offset.
	slices.SortFunc(names, func(a, b string) int {
		x, y := tensors[a].Offsets, tensors[b].Offsets
		return slices.Compare(x[:], y[:])
	})
	at := uint64(0)
	for _, name := range names {
		t := tensors[name]
		if t.Offsets[0] != at || t.Offsets[1] < at {
			return nil, nil, fmt.Errorf("%s: data at %d to %d, want it to start at %d", name, t.Offsets[0], t.Offsets[1], at)
		}
		at = t.Offsets[1]
		if at > uint64(len(data)) {
			return nil, nil, fmt.Errorf("%s: data at %d to %d, but the file holds %d bytes of values: it is cut short", name, t.Offsets[0], t.Offsets[1], len(data))
		}
		if t.Dtype == "F32" {
			if !t.holds(t.Offsets[1] - t.Offsets[0]) {
				return nil, nil, fmt.Errorf("%s: %d bytes of data for F32 of shape %v", name, t.Offsets[1]-t.Offsets[0], t.Shape)
			}
		}
	}
	if at != uint64(len(data)) {
		return nil, nil, fmt.Errorf("%d bytes after the last tensor", uint64(len(data))-at)
	}
	return tensors, data, nil
}

// parseHeader decodes the header entry by entry, because decoding into a map
// would hide a name that stands twice.
func parseHeader(raw []byte) (map[string]tensor, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil { // the opening brace
		return nil, noEOF(err)
	}
	tensors := map[string]tensor{}
	seen := map[string]bool{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, noEOF(err)
		}
		name := key.(string) // keys of an object are strings
		if seen[name] {
			return nil, fmt.Errorf("%q stands twice", name)
		}
		seen[name] = true
		if name == metadataKey {
			var meta map[string]string
			if err := dec.Decode(&meta); err != nil {
				return nil, fmt.Errorf("%s: %w", name, noEOF(err))
			}
			continue
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, fmt.Errorf("%s: %w", name, noEOF(err))
		}
		strict := json.NewDecoder(bytes.NewReader(value))
		strict.DisallowUnknownFields()
		var t tensor
		if err := strict.Decode(&t); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		tensors[name] = t
	}
	if _, err := dec.Token(); err != nil { // the closing brace
		return nil, noEOF(err)
	}
	if rest := bytes.Trim(raw[dec.InputOffset():], " "); len(rest) > 0 {
		return nil, fmt.Errorf("%q after the closing brace", rest)
	}
	return tensors, nil
}

// noEOF turns an end of input in the middle of something into an error that
// says so.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
