package nn_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/nn"
)

// decayed are the parameters with weight decay of a hybrid model with 2 layers.
var decayed = []string{"context.0.weight", "context.1.weight", "head.group.stage.weight", "head.group.out.weight", "head.embed.weight"}

// TestStep follows three steps of Step in float64 from the gradients, by the
// formulas of AdamW: clipping by the norm over all parameters, decay of weight
// matrices only, and untouched rows of the table staying as they are.
func TestStep(t *testing.T) {
	be := open(t, "go", 1)
	spec, labels, in := tiny("hybrid", "combined", "crf/bio")
	m, twin := build(t, be, spec, labels, in, 1), build(t, be, spec, labels, in, 1)
	b := tinyBatch()
	type state struct{ p, m, v []float64 }
	want := map[string]*state{}
	for _, p := range m.Params() {
		s := &state{m: make([]float64, p.Size()), v: make([]float64, p.Size())}
		for _, x := range values(be, p.Value) {
			s.p = append(s.p, float64(x))
		}
		want[p.Name] = s
	}
	for step := 1; step <= 3; step++ {
		opt := nn.StepOptions{LR: 0.01, Decay: 0.3, Clip: 0.2, DropoutSeed: uint64(step)}
		// The twin has the model's parameters and no step: its gradient is fresh.
		for i, p := range twin.Params() {
			be.Copy(p.Value.Data, m.Params()[i].Value.Data)
			be.Fill(p.Grad.Data, 0)
		}
		if _, err := twin.Gradient(b, opt); err != nil {
			t.Fatal(err)
		}
		norm := 0.0
		for _, p := range twin.Params() {
			for _, g := range values(be, p.Grad) {
				norm += float64(g) * float64(g)
			}
		}
		norm = math.Sqrt(norm)
		if norm < 2*opt.Clip {
			t.Fatalf("norm %g: the test wants one that is clipped", norm)
		}
		if _, err := m.Step(b, opt); err != nil {
			t.Fatal(err)
		}
		if math.Abs(m.GradNorm()-norm) > 1e-6*norm {
			t.Errorf("step %d: norm %g, want %g", step, m.GradNorm(), norm)
		}
		for k, p := range m.Params() {
			grad, got, s := values(be, twin.Params()[k].Grad), values(be, p.Value), want[p.Name]
			decay := 0.0
			if slices.Contains(decayed, p.Name) {
				decay = opt.Decay
			}
			for i := range s.p {
				if p.Sparse && !slices.Contains(b.Rows, int32(i/p.Value.Cols)) {
					if float64(got[i]) != s.p[i] {
						t.Fatalf("%s: row %d is not in the batch and moved", p.Name, i/p.Value.Cols)
					}
					continue
				}
				g := float64(grad[i]) * opt.Clip / norm
				s.m[i] = 0.9*s.m[i] + 0.1*g
				s.v[i] = 0.999*s.v[i] + 0.001*g*g
				mHat, vHat := s.m[i]/(1-math.Pow(0.9, float64(step))), s.v[i]/(1-math.Pow(0.999, float64(step)))
				s.p[i] -= opt.LR * (mHat/(math.Sqrt(vHat)+1e-8) + decay*s.p[i])
				if math.Abs(float64(got[i])-s.p[i]) > 1e-5*(1+math.Abs(s.p[i])) {
					t.Fatalf("step %d: %s[%d] = %g, want %g", step, p.Name, i, got[i], s.p[i])
				}
			}
			if slices.ContainsFunc(values(be, p.Grad), func(g float32) bool { return g != 0 }) {
				t.Errorf("step %d leaves a gradient in %s", step, p.Name)
			}
		}
	}
}

// TestStepBadPath checks which document and token an impossible gold path is
// blamed on, and that the step changes nothing.
func TestStepBadPath(t *testing.T) {
	be := open(t, "go", 1)
	const x = kernels.Ignore
	for _, c := range []struct {
		labels     []int32
		doc, token int // doc -1: legal
		reason     string
	}{
		{[]int32{1, 2, 2, 0, 5, x, x, 4, 4, 0}, 3, 0, "I-1 starts the document, which crf/bio forbids"},
		{[]int32{1, 2, 0, 2, 5, x, x, 3, 4, 0}, 0, 3, "I-0 follows O, which crf/bio forbids"},
		{[]int32{1, 2, 2, 2, 5, 1, 4, 3, 4, 0}, 2, 1, "I-1 follows B-0, which crf/bio forbids"},
		{[]int32{1, 2, 2, 2, 5, 1, 2, 3, 4, 6}, 3, 2, "I-2 follows I-1, which crf/bio forbids"},
		{[]int32{0, x, 2, 2, 5, x, 6, x, x, 6}, -1, 0, ""},
	} {
		spec, labels, in := tiny("linear", "ce", "crf/bio")
		m := build(t, be, spec, labels, in, 1)
		before := saved(t, m)
		b := tinyBatch()
		b.Labels = c.labels
		losses, err := m.Step(b, nn.StepOptions{LR: 0.1})
		if c.doc < 0 {
			if err != nil || !(losses["crf"] > 0) {
				t.Errorf("%v: %v %v", c.labels, losses, err)
			}
			continue
		}
		var doc *nn.DocumentError
		if !errors.As(err, &doc) || doc.Document != c.doc || doc.Token != c.token || doc.Reason != c.reason {
			t.Errorf("%v: %v", c.labels, err)
		}
		if !bytes.Equal(before, saved(t, m)) {
			t.Errorf("%v: the step changed the model", c.labels)
		}
		spec.CRF = "crf" // which forbids nothing
		if _, err := build(t, be, spec, labels, in, 1).Step(b, nn.StepOptions{LR: 0.1}); err != nil {
			t.Errorf("crf: %v: %v", c.labels, err)
		}
	}
}

// TestStepNotFinite poisons every other element of some parameters.
func TestStepNotFinite(t *testing.T) {
	be := open(t, "go", 1)
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		head, loss string
		poison     map[string]float32
		want       string
	}{
		{"hybrid", "ce", map[string]float32{"embed.table": nan}, `loss component "ce" is NaN`},
		{"hybrid", "focal", map[string]float32{"head.embed.bias": inf}, `loss component "focal" is NaN`},
		{"hybrid", "class_balanced", map[string]float32{"head.prototypes": nan}, `loss component "class_balanced" is NaN`},
		{"hybrid", "ce", map[string]float32{"crf.end": nan}, `document 0 of the batch: the loss component "crf" is NaN`},
		// All activations are 0, so the losses are finite; each norm of a row
		// without variance multiplies the gradient by 1/sqrt(1e-5).
		{"linear", "ce", map[string]float32{"embed.table": 0, "head.weight": 1e35}, `the gradient of "embed.table" is not finite`},
	} {
		spec, labels, in := tiny(c.head, c.loss, "crf/bio")
		m := build(t, be, spec, labels, in, 1)
		for _, p := range m.Params() {
			if x, ok := c.poison[p.Name]; ok {
				v := make([]float32, p.Size())
				for i := 0; i < len(v); i += 2 {
					v[i] = x
				}
				be.PutF32(p.Value.Data, v)
			}
		}
		before := saved(t, m)
		losses, err := m.Step(tinyBatch(), nn.StepOptions{LR: 0.1, Clip: 1})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, %v; want %q", c.poison, losses, err, c.want)
		}
		if _, ok := losses["total"]; !ok {
			t.Errorf("%v: no losses beside the error", c.poison)
		}
		if !bytes.Equal(before, saved(t, m)) {
			t.Errorf("%v: the step changed the model", c.poison)
		}
		for _, p := range m.Params() {
			if slices.ContainsFunc(values(be, p.Grad), func(g float32) bool { return g != 0 }) {
				t.Errorf("%v leaves a gradient in %s", c.poison, p.Name)
			}
		}
	}
}

// TestThreads trains the same model with 1 and 2 threads, twice with the same
// seed, on every level: the bytes agree.
func TestThreads(t *testing.T) {
	for _, level := range cpu.Levels() {
		spec, labels, b, in := receipts()
		spec.Head.Kind, spec.Loss.Kind = "hybrid", "combined"
		checkThreads(t, level, spec, labels, in, b, 6)
	}
}

// TestThreadsLarge does so on the best level with a batch that is large enough
// to be shared out.
func TestThreadsLarge(t *testing.T) {
	spec, labels, in, batches := invoices(1)
	spec.Loss.Kind = "combined"
	checkThreads(t, cpu.Levels()[0], spec, labels, in, batches[0], 2)
}

func checkThreads(t *testing.T, level string, spec nn.Spec, labels nn.Labels, in nn.Inputs, b nn.Batch, steps int) {
	t.Helper()
	var first []byte
	for _, threads := range []int{1, 2, 2} {
		m := build(t, open(t, level, threads), spec, labels, in, 9)
		for step := range steps {
			if _, err := m.Step(b, nn.StepOptions{LR: 0.01, Decay: 0.01, Clip: 1, DropoutSeed: uint64(step)}); err != nil {
				t.Fatal(err)
			}
		}
		got := saved(t, m)
		if first == nil {
			first = got
		}
		if !bytes.Equal(got, first) {
			t.Errorf("%s with %d threads: another checkpoint", level, threads)
		}
	}
}

// TestBatchPanics gives batches that do not fit the model or themselves.
func TestBatchPanics(t *testing.T) {
	be := open(t, "go", 1)
	spec, labels, in := tiny("linear", "ce", "none")
	m := build(t, be, spec, labels, in, 1)
	step := func(b nn.Batch) { m.Step(b, nn.StepOptions{}) }
	predict := func(b nn.Batch) { m.Predict(b) }
	for _, c := range []struct {
		run    func(nn.Batch)
		change func(*nn.Batch)
		want   string
	}{
		{step, func(b *nn.Batch) { b.Offsets = []int32{0} }, "nn: Step: offsets [0]"},
		{step, func(b *nn.Batch) { b.Offsets[2] = 4 }, "nn: Step: document 1 of the batch has no tokens"},
		{predict, func(b *nn.Batch) { b.Features = b.Features[1:] }, "nn: Posterior: 29 feature ids and 30 neighbours for 10 tokens of 3 and 3"},
		{predict, func(b *nn.Batch) { b.Neighbours = nil }, "nn: Posterior: 30 feature ids and 0 neighbours"},
		{step, func(b *nn.Batch) { b.Labels = nil }, "nn: Step: 0 labels for 10 tokens"},
		{step, func(b *nn.Batch) { b.Labels[3] = 7 }, "nn: Step: label 7 of token 3, of 7 labels"},
		{step, func(b *nn.Batch) { b.Labels[3] = -1 }, "nn: Step: label -1 of token 3, of 7 labels"},
	} {
		t.Run(c.want, func(t *testing.T) {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, c.want) {
					t.Errorf("panic %q, want %q", s, c.want)
				}
			}()
			b := tinyBatch()
			c.change(&b)
			c.run(b)
		})
	}
}

// TestParts checks that the parts are named, positive, and about the whole.
func TestParts(t *testing.T) {
	be := open(t, "go", 1)
	spec, labels, b, in := receipts()
	m := build(t, be, spec, labels, in, 1)
	m.Predict(b)
	for name, d := range m.Parts() {
		if d != 0 {
			t.Errorf("%s took %v before the first step", name, d)
		}
	}
	if _, err := m.Step(b, nn.StepOptions{LR: 0.01}); err != nil {
		t.Fatal(err)
	}
	parts := m.Parts()
	for _, name := range []string{"embed", "context", "head", "loss", "crf", "optimiser"} {
		if parts[name] <= 0 {
			t.Errorf("%s took %v", name, parts[name])
		}
	}
	if len(parts) != 6 {
		t.Errorf("%v", parts)
	}
}

func saved(t testing.TB, m *nn.Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Save(&b, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
