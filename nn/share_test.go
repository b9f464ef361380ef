package nn_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/nn"
)

// cut takes documents from to to (exclusive) of a batch.
func cut(b nn.Batch, from, to int, in nn.Inputs) nn.Batch {
	first, last := int(b.Offsets[from]), int(b.Offsets[to])
	part := nn.Batch{Features: b.Features[first*in.Features : last*in.Features], Labels: b.Labels[first:last],
		Structure: b.Structure[first:last], Visual: b.Visual[first:last]}
	for _, o := range b.Offsets[from : to+1] {
		part.Offsets = append(part.Offsets, o-b.Offsets[from])
	}
	for _, n := range b.Neighbours[first*in.Neighbours : last*in.Neighbours] {
		if n >= 0 {
			n -= int32(first)
		}
		part.Neighbours = append(part.Neighbours, n)
	}
	for _, id := range b.Rows {
		for _, f := range part.Features {
			if f == id {
				part.Rows = append(part.Rows, id)
				break
			}
		}
	}
	return part
}

// moments are the first moments after a first step: a tenth of the gradient.
func moments(t *testing.T, m *nn.Model) map[string][]float32 {
	t.Helper()
	state, steps, err := m.State()
	if err != nil || steps != 1 {
		t.Fatalf("%d steps, %v", steps, err)
	}
	out := map[string][]float32{}
	for name, tensor := range state {
		if rest, ok := strings.CutPrefix(name, "adamw/m/"); ok {
			out[rest] = tensor.Float32s()
		}
	}
	return out
}

// Three batches in one step have the losses and the gradient of all of their
// documents as one batch, in every loss and head: no token counts more because the
// batch that it is in is small, or holds few known labels.
func TestStepAllIsOneBatch(t *testing.T) {
	be := open(t, "go", 1)
	for _, c := range []struct{ head, loss, crf string }{
		{"linear", "combined", "crf/bio"}, {"hybrid", "combined/published", "crf/bio"}, {"hybrid/published", "class_balanced", "crf"},
		{"hierarchical", "focal", "crf/adaptive"}, {"hierarchical/published", "ce", "none"}, {"prototype", "combined", "none"}, {"separated", "combined", "crf/bio"},
	} {
		spec, labels, in := tiny(c.head, c.loss, c.crf)
		spec.Encoder.Dropout, spec.Head.Dropout, spec.Loss.Consistency = 0, 0, 0.5
		batch := tinyBatch()
		whole, parts := build(t, be, spec, labels, in, 1), build(t, be, spec, labels, in, 1)
		scramble(be, whole, 5)
		scramble(be, parts, 5)
		opt := nn.StepOptions{LR: 0.1}
		want, err := whole.Step(batch, opt)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parts.StepAll([]nn.Batch{cut(batch, 0, 2, in), cut(batch, 2, 3, in), cut(batch, 3, 4, in)}, opt)
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range want {
			if math.Abs(got[name]-v) > 1e-5*(1+math.Abs(v)) {
				t.Errorf("%v: loss %s is %v in parts, %v as a whole", c, name, got[name], v)
			}
		}
		if len(got) != len(want) || math.Abs(parts.GradNorm()/whole.GradNorm()-1) > 1e-4 {
			t.Errorf("%v: losses %v, norm %v in parts; %v, %v as a whole", c, got, parts.GradNorm(), want, whole.GradNorm())
		}
		a, b := moments(t, whole), moments(t, parts)
		for name := range a {
			for i := range a[name] {
				if d := math.Abs(float64(a[name][i] - b[name][i])); d > 1e-5*(1+whole.GradNorm()) {
					t.Fatalf("%v: gradient %d of %s: %v as a whole, %v in parts", c, i, name, a[name][i], b[name][i])
				}
			}
		}
	}
}

// A document that cannot be trained on is counted through all batches of a step,
// and nothing has changed.
func TestStepAllNamesTheDocument(t *testing.T) {
	be := open(t, "go", 1)
	spec, labels, in := tiny("linear", "ce", "crf/bio")
	batch := tinyBatch()
	first, bad := cut(batch, 0, 2, in), cut(batch, 2, 4, in)
	bad.Labels = append([]int32(nil), bad.Labels...)
	bad.Labels[2] = 2 // document 1 of its batch starts with I-0
	m := build(t, be, spec, labels, in, 1)
	before := values(be, m.Params()[0].Value)
	_, err := m.StepAll([]nn.Batch{first, bad}, nn.StepOptions{LR: 0.1})
	var e *nn.DocumentError
	if !errors.As(err, &e) || e.Document != 3 || e.Token != 0 {
		t.Errorf("got %v, want document 3, token 0", err)
	}
	if _, err := m.Step(first, nn.StepOptions{LR: 1e-30}); err != nil {
		t.Fatal(err)
	}
	for i, v := range values(be, m.Params()[0].Value) {
		if v != before[i] {
			t.Fatal("the step that was given up has changed a parameter")
		}
	}
}

// Weights of a step replace those of the spec.
func TestStepWeights(t *testing.T) {
	be := open(t, "go", 1)
	spec, labels, in := tiny("hybrid", "ce", "crf/bio")
	w := nn.Weights{Entity: 0.2, Group: 0.7, Separation: 0.1, CRF: 0.3}
	other := spec
	other.Loss.Entity, other.Loss.Group, other.Loss.Separation, other.Loss.CRF = w.Entity, w.Group, w.Separation, w.CRF
	a, b := build(t, be, spec, labels, in, 1), build(t, be, other, labels, in, 1)
	one, err := a.Step(tinyBatch(), nn.StepOptions{LR: 0.1, DropoutSeed: 3, Weights: &w})
	if err != nil {
		t.Fatal(err)
	}
	two, err := b.Step(tinyBatch(), nn.StepOptions{LR: 0.1, DropoutSeed: 3})
	if err != nil {
		t.Fatal(err)
	}
	if one["total"] != two["total"] || a.GradNorm() != b.GradNorm() {
		t.Errorf("total %v and norm %v with weights of the step, %v and %v of the spec", one["total"], a.GradNorm(), two["total"], b.GradNorm())
	}
}
