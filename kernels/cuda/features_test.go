//go:build cuda

package cuda_test

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/safetensors"
	"github.com/invoicelab/invoicelab/stream"
)

// TestWideFeaturesAgreeWithCPU takes two steps on hidden states of 768 values, as a transformer makes
// them, with the hybrid head at its full width over all labels: the losses are the CPU's.
func TestWideFeaturesAgreeWithCPU(t *testing.T) {
	const width, tokens = 768, 24
	job := trial(t)
	var values []float32
	var index bytes.Buffer
	for _, split := range corpus.Splits {
		docs := job.Data.Docs[split]
		docs = docs[:min(len(docs), 2)]
		for i := range docs {
			d := &docs[i]
			d.Tokens = d.Tokens[:min(len(d.Tokens), tokens)]
			d.Structure, d.Visual = nil, nil
			d.Spans = slices.DeleteFunc(d.Spans, func(s corpus.Span) bool { return s.End > len(d.Tokens) })
			for _, token := range d.Tokens {
				r := stream.New(1, token.Text)
				for range width {
					values = append(values, float32(r.NormFloat64()))
				}
			}
			fmt.Fprintf(&index, "{\"split\":%q,\"id\":%q,\"tokens\":%d}\n", split, d.ID, len(d.Tokens))
		}
		job.Data.Docs[split] = docs
	}
	job.Data.Seal()
	path := filepath.Join(t.TempDir(), "h.safetensors")
	var file bytes.Buffer
	hidden := tensor.NewDense(tensor.Float32, []int{len(values) / width, width}, tensor.WithBacking(values))
	if err := safetensors.Write(&file, map[string]*tensor.Dense{"hidden": hidden}, nil); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{path: file.Bytes(), filepath.Join(filepath.Dir(path), "h.index.jsonl"): index.Bytes()} {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	e := &job.Model.Encoder
	e.Kind, e.Hidden, e.Features = "features", width, path
	job.Model.Head.Dim, job.Curriculum.Kind, job.Curriculum.Sampler = 256, "none", "uniform"
	job.Curriculum.Batch, job.Train.Epochs = 2, 2

	reference, err := cpu.New("", 2)
	if err != nil {
		t.Fatal(err)
	}
	defer reference.Close()
	be := open(t)
	defer be.Close()
	want, _ := run(t, reference, job, nil)
	got, _ := run(t, be, job, nil)
	if len(got) != 2 || len(want) != 2 {
		t.Fatalf("%d steps, the CPU makes %d, not 2", len(got), len(want))
	}
	for i, tolerance := range []float64{firstTolerance, laterTolerance} {
		for _, name := range slices.Sorted(maps.Keys(want[i])) {
			g, w := got[i][name], want[i][name]
			t.Logf("step %d: %s %v, on the CPU %v", i, name, g, w)
			if off := math.Abs(g-w) / max(1e-3, math.Abs(w)); !(off <= tolerance) {
				t.Errorf("step %d: %s is %v, on the CPU %v", i, name, g, w)
			}
		}
	}
}
