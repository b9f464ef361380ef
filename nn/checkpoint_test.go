package nn_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/nn"
)

// small is a model whose checkpoint can be written out by hand.
func small() (nn.Spec, nn.Labels, nn.Inputs) {
	spec := nn.Spec{Encoder: nn.EncoderSpec{Hidden: 2}, Head: nn.HeadSpec{Kind: "linear"}, CRF: "none", Loss: nn.LossSpec{Kind: "ce", Entity: 1}}
	return spec, nn.Labels{Entities: 1}, nn.Inputs{Features: 1, TableRows: 3, Neighbours: 1}
}

const smallHeader = `{"__metadata__":{"a":"1","b":"\"x\""},` +
	`"embed.norm.beta":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},` +
	`"embed.norm.gamma":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},` +
	`"embed.table":{"dtype":"F32","shape":[3,2],"data_offsets":[16,40]},` +
	`"head.bias":{"dtype":"F32","shape":[3],"data_offsets":[40,52]},` +
	`"head.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[52,76]}}`

// file puts a safetensors file together.
func file(header string, data []byte) []byte {
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), data...)
}

// TestSave compares a checkpoint byte by byte with one put together by hand.
func TestSave(t *testing.T) {
	be := open(t, "go", 1)
	spec, labels, in := small()
	m := build(t, be, spec, labels, in, 1)
	var data []byte
	next := float32(-1.5)
	for _, name := range []string{"embed.norm.beta", "embed.norm.gamma", "embed.table", "head.bias", "head.weight"} {
		for _, p := range m.Params() {
			if p.Name == name {
				v := make([]float32, p.Size())
				for i := range v {
					next += 0.25
					v[i] = next
					data = binary.LittleEndian.AppendUint32(data, math.Float32bits(next))
				}
				be.PutF32(p.Value.Data, v)
			}
		}
	}
	header := smallHeader
	for len(header)%8 != 0 {
		header += " "
	}
	var got bytes.Buffer
	if err := m.Save(&got, map[string]string{"b": `"x"`, "a": "1"}); err != nil {
		t.Fatal(err)
	}
	if want := file(header, data); !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got\n%q, want\n%q", got.Bytes(), want)
	}
}

// TestWeights writes through the tensors of the parameters: they share their memory.
func TestWeights(t *testing.T) {
	be := open(t, "", 1)
	spec, labels, in := small()
	m := build(t, be, spec, labels, in, 1)
	weights := m.Weights()
	for i, p := range m.Params() {
		w := weights[p.Name]
		want := []int{p.Value.Rows, p.Value.Cols}
		if p.Vector {
			want = want[1:]
		}
		if !slices.Equal(w.Shape(), want) {
			t.Errorf("%s: shape %v, want %v", p.Name, w.Shape(), want)
		}
		got := make([]float32, p.Size())
		be.GetF32(got, p.Value.Data)
		if !slices.Equal(w.Float32s(), got) {
			t.Errorf("%s: %v, want %v", p.Name, w.Float32s(), got)
		}
		w.Float32s()[len(got)-1] = float32(100 + i)
		if be.GetF32(got, p.Value.Data); got[len(got)-1] != float32(100+i) {
			t.Errorf("%s does not share the parameter's memory", p.Name)
		}
	}
	if len(weights) != len(m.Params()) {
		t.Errorf("%d tensors of %d parameters", len(weights), len(m.Params()))
	}
}

// TestRoundTrip loads what another model with other values saved, and then
// goes on as a model that was never trained before.
func TestRoundTrip(t *testing.T) {
	be := open(t, "go", 1)
	spec, labels, b, in := receipts()
	spec.Head.Kind = "hybrid"
	trained, other := build(t, be, spec, labels, in, 1), build(t, be, spec, labels, in, 2)
	step := func(m *nn.Model) {
		t.Helper()
		if _, err := m.Step(b, nn.StepOptions{LR: 0.01, Decay: 0.01, DropoutSeed: 3}); err != nil {
			t.Fatal(err)
		}
	}
	step(trained)
	step(other)
	bits := saved(t, trained)
	if bytes.Equal(bits, saved(t, other)) {
		t.Fatal("two seeds gave one model")
	}
	if err := other.Load(bytes.NewReader(bits)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bits, saved(t, other)) {
		t.Error("saving what was loaded gives other bytes")
	}
	third := build(t, be, spec, labels, in, 3)
	if err := third.Load(bytes.NewReader(bits)); err != nil {
		t.Fatal(err)
	}
	step(other)
	step(third)
	if !bytes.Equal(saved(t, other), saved(t, third)) {
		t.Error("the optimiser remembers what came before Load")
	}
}

// TestLoadErrors gives damaged and foreign files, each with what it is told;
// none may change the model.
func TestLoadErrors(t *testing.T) {
	be := open(t, "go", 1)
	spec, labels, in := small()
	m := build(t, be, spec, labels, in, 1)
	before := saved(t, m)
	data := make([]byte, 76)
	good := file(smallHeader, data)
	swap := func(old, new string) []byte {
		if !strings.Contains(smallHeader, old) {
			t.Fatalf("no %q in the header", old)
		}
		return file(strings.Replace(smallHeader, old, new, 1), data)
	}
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "length of the header: EOF"},
		{"text", []byte("label: invoice_number\n"), "this is no safetensors file"},
		{"huge header", binary.LittleEndian.AppendUint64(nil, 1<<62), "a header of 4611686018427387904 bytes"},
		{"cut in the header", good[:40], "the header has 32 of"},
		{"cut in the values", good[:len(good)-1], "head.weight: data at 52 to 76, but the file holds 75 bytes of values: it is cut short"},
		{"more at the end", append(bytes.Clone(good), 1, 2), "2 bytes after the last tensor"},
		{"no object", file(`["embed.table"]`, nil), `the header starts with '[', not {`},
		{"broken JSON", swap(`"shape":[3,2]`, `"shape":[3,2`), "header: embed.table: "},
		{"open object", file(strings.TrimSuffix(smallHeader, "}"), data), "header: unexpected EOF"},
		{"text after the object", file(smallHeader+"x", data), `"x" after the closing brace`},
		{"unknown key", swap(`"dtype":"F32","shape":[2]`, `"dtype":"F32","size":[2]`), `header: embed.norm.beta: json: unknown field "size"`},
		{"negative offset", swap("[0,8]", "[-8,8]"), "header: embed.norm.beta: "},
		{"metadata that is no text", swap(`"a":"1"`, `"a":1`), "header: __metadata__: "},
		{"twice", swap("embed.norm.gamma", "embed.norm.beta"), `header: "embed.norm.beta" stands twice`},
		{"overlap", swap("[8,16]", "[4,16]"), "embed.norm.gamma: data at 4 to 16, want it to start at 8"},
		{"backwards", swap("[8,16]", "[8,4]"), "embed.norm.gamma: data at 8 to 4"},
		{"shape and bytes", swap(`[3,2],"data`, `[3,3],"data`), "embed.table: 24 bytes of data for F32 of shape [3 3]"},
		{"overflowing shape", swap(`[3,2],"data`, `[4611686018427387904,4],"data`), "embed.table: 24 bytes of data for F32 of shape"},
		{"negative shape", swap(`[3,2],"data`, `[-3,-2],"data`), "embed.table: 24 bytes of data for F32 of shape [-3 -2]"},
		{"shape", swap(`[3,2],"data`, `[2,3],"data`), "embed.table: shape [2 3], want [3 2]"},
		{"dimensions", swap(`"shape":[3],`, `"shape":[1,3],`), "head.bias: shape [1 3], want [3]"},
		{"dtype", swap(`"dtype":"F32","shape":[3,2]`, `"dtype":"F16","shape":[6,2]`), "embed.table: dtype F16, want F32"},
		{"missing", swap("head.weight", "head.wait"), `no tensor "head.weight", which the model has`},
		{"surplus", swap("[52,76]}", `[52,76]},"crf.end":{"dtype":"F32","shape":[0],"data_offsets":[76,76]}`), `tensor "crf.end", which the model does not have`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := m.Load(bytes.NewReader(c.file))
			if err == nil || !strings.HasPrefix(err.Error(), "nn: checkpoint: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if !bytes.Equal(saved(t, m), before) {
				t.Error("the model changed")
			}
		})
	}
	if err := m.Load(bytes.NewReader(good)); err != nil {
		t.Error(err)
	}
}

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

func TestSaveErrors(t *testing.T) {
	be := open(t, "go", 1)
	spec, labels, in := small()
	m := build(t, be, spec, labels, in, 1)
	header := full(len(saved(t, m)) - 76)
	for size, want := range map[full]string{header - 1: "nn: checkpoint: disk full", header + 8: "nn: checkpoint: embed.norm.gamma: disk full"} {
		if err := m.Save(&size, nil); !errors.Is(err, errFull) || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
