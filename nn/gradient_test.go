package nn_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/nn"
)

// open opens a CPU backend for the length of a test.
func open(t testing.TB, level string, threads int) kernels.Backend {
	t.Helper()
	be, err := cpu.New(level, threads)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := be.Close(); err != nil {
			t.Error(err)
		}
	})
	return be
}

// build makes a model for the length of a test.
func build(t testing.TB, be kernels.Backend, spec nn.Spec, labels nn.Labels, in nn.Inputs, seed uint64) *nn.Model {
	t.Helper()
	m, err := nn.New(be, spec, labels, in, seed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// tiny is a model small enough for every path of its CRF to be enumerated for
// every difference: 3 entities in 2 groups, 7 labels.
func tiny(head, loss, crf string) (nn.Spec, nn.Labels, nn.Inputs) {
	spec := nn.Spec{
		Encoder: nn.EncoderSpec{Hidden: 6, Layers: 2, Dropout: 0.25},
		Head:    nn.HeadSpec{Kind: head, Dim: 5, Temperature: 3, Dropout: 0.3},
		CRF:     crf,
		Loss: nn.LossSpec{Kind: loss, Beta: 0.99, Gamma: 2, Balanced: 0.6,
			Entity: 0.9, Group: 0.4, Separation: 0.7, CRF: 0.8, SeparationKind: "squared",
			Structure: 0.6, Visual: 0.3, ConsistencyKind: "consistency"},
	}
	if head == "separated" {
		spec.Encoder.Hidden, spec.Encoder.Layers = 12, 1 // a branch has a quarter of the width, of which a norm needs some
	}
	labels := nn.Labels{Entities: 3, GroupOf: []int32{1, 0, 1}, Groups: 2,
		Counts: []float64{900, 40, 25, 9, 0, 3, 2}, Structure: 3, Visual: 2}
	return spec, labels, nn.Inputs{Features: 3, TableRows: 9, Neighbours: 3}
}

// tinyBatch has documents of 4, 1, 2 and 3 tokens: with ignored labels in the
// middle, a label without training examples, absent features and neighbours,
// and a document that is ignored altogether.
func tinyBatch() nn.Batch {
	const x = kernels.Ignore
	return nn.Batch{
		Offsets: []int32{0, 4, 5, 7, 10},
		Features: []int32{
			0, 1, 2, 3, 1, -1, 4, 5, 5, -1, -1, 7,
			8, 0, 1,
			2, 3, 4, 4, 4, 0,
			5, -1, 8, 0, 7, 3, 1, 2, 5},
		Rows: []int32{0, 1, 2, 3, 4, 5, 7, 8},
		Neighbours: []int32{
			0, -1, 1, 1, 0, 2, 2, 1, 3, 3, 2, 0,
			4, -1, -1,
			5, 6, -1, 6, 5, 5,
			7, -1, 8, 8, 7, 9, 9, 8, 7},
		Labels:    []int32{1, 2, x, 0, 5, x, x, 3, 4, 0},
		Structure: []int32{0, 1, 6, 4, x, 7, 0, 2, 3, 5},
		Visual:    []int32{0, 1, 2, 3, 0, x, x, 0, 1, 0},
	}
}

// scramble gives every parameter but forbidden transitions a value that no
// initialisation has, so that no gradient is zero by chance.
func scramble(be kernels.Backend, m *nn.Model, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	for _, p := range m.Params() {
		v := values(be, p.Value)
		for i := range v {
			if v[i] > -1000 {
				v[i] += float32(0.5 * rng.NormFloat64())
			}
		}
		be.PutF32(p.Value.Data, v)
	}
}

func values(be kernels.Backend, m kernels.Mat) []float32 {
	v := make([]float32, m.Data.Len)
	be.GetF32(v, m.Data)
	return v
}

func mirrorOf(be kernels.Backend, m *nn.Model, spec nn.Spec, labels nn.Labels, in nn.Inputs) *mirror {
	r := &mirror{spec: spec, labels: labels, in: in, params: map[string][]float64{}}
	for _, p := range m.Params() {
		for _, v := range values(be, p.Value) {
			r.params[p.Name] = append(r.params[p.Name], float64(v))
		}
	}
	return r
}

var (
	headKinds = []string{"linear", "hierarchical", "hierarchical/published", "prototype", "hybrid", "hybrid/published", "separated"}
	lossKinds = []string{"ce", "class_balanced", "focal", "combined", "combined/published"}
	crfKinds  = []string{"none", "crf", "crf/bio", "crf/adaptive"}
)

// TestGradient compares, for every head, loss and CRF, each component of the
// loss with the mirror's and each element of the gradient of each parameter
// with central differences of the mirror's total; on the best level with the
// losses that have every part.
func TestGradient(t *testing.T) {
	levels := []string{"go"}
	if best := cpu.Levels()[0]; best != "go" {
		levels = append(levels, best)
	}
	for _, level := range levels {
		be := open(t, level, 1)
		for _, head := range headKinds {
			for _, loss := range lossKinds {
				if level != "go" && !strings.HasPrefix(loss, "combined") {
					continue
				}
				for _, crf := range crfKinds {
					t.Run(fmt.Sprintf("%s/%s/%s/%s", level, head, loss, crf), func(t *testing.T) {
						spec, labels, in := tiny(head, loss, crf)
						spec.Loss.Consistency = 0.6
						checkGradient(t, be, spec, labels, in, tinyBatch())
					})
				}
			}
		}
	}
}

// TestGradientAlone does the same with each component as the only one that
// has a weight, so that none can hide behind another.
func TestGradientAlone(t *testing.T) {
	be := open(t, "go", 1)
	only := func(change func(*nn.LossSpec)) nn.LossSpec {
		loss := nn.LossSpec{Kind: "ce", Entity: 1e-9, SeparationKind: "squared"}
		change(&loss)
		return loss
	}
	for _, c := range []struct {
		name, head, crf string
		loss            nn.LossSpec
	}{
		{"crf", "hybrid", "crf/bio", nn.LossSpec{Kind: "ce", CRF: 1, SeparationKind: "squared"}},
		{"blocks", "hybrid", "crf/adaptive", nn.LossSpec{Kind: "ce", CRF: 1, SeparationKind: "squared"}},
		{"group", "hybrid", "crf/bio", only(func(l *nn.LossSpec) { l.Group = 1 })},
		{"group without O", "hybrid/published", "none", only(func(l *nn.LossSpec) { l.Group = 1 })},
		{"squared separation", "hybrid", "crf/bio", only(func(l *nn.LossSpec) { l.Separation = 1 })},
		{"hinge separation", "prototype", "none", only(func(l *nn.LossSpec) { l.Separation, l.SeparationKind = 1, "hinge" })},
		{"signed separation", "hybrid/published", "none", only(func(l *nn.LossSpec) { l.Separation = 1 })},
		{"structure", "separated", "none", only(func(l *nn.LossSpec) { l.Structure = 1 })},
		{"visual", "separated", "none", only(func(l *nn.LossSpec) { l.Visual = 1 })},
		{"consistency", "linear", "none", only(func(l *nn.LossSpec) { l.Consistency, l.ConsistencyKind = 1, "consistency" })},
		{"consistency of products", "hierarchical/published", "crf/bio", only(func(l *nn.LossSpec) { l.Consistency, l.ConsistencyKind = 1, "consistency" })},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec, labels, in := tiny(c.head, "ce", c.crf)
			spec.Loss = c.loss
			checkGradient(t, be, spec, labels, in, tinyBatch())
		})
	}
}

// TestGradientIgnored has no valid token at all: nothing but the separation of
// prototypes is left.
func TestGradientIgnored(t *testing.T) {
	be := open(t, "go", 1)
	spec, labels, in := tiny("hybrid", "combined", "crf/bio")
	b := tinyBatch()
	for i := range b.Labels {
		b.Labels[i] = kernels.Ignore
	}
	checkGradient(t, be, spec, labels, in, b)
}

// TestEvaluate holds the loss without dropout and without gradient to the enumerated one.
func TestEvaluate(t *testing.T) {
	for _, crf := range crfKinds {
		be := open(t, "", 1)
		spec, labels, in := tiny("hybrid", "ce", crf)
		spec.Encoder.Dropout, spec.Head.Dropout = 0, 0
		m, b := build(t, be, spec, labels, in, 5), tinyBatch()
		scramble(be, m, 6)
		want, _ := mirrorOf(be, m, spec, labels, in).total(b, 0)
		p := m.Posterior(b)
		path, nll := p.Path(), p.NLL(b.Labels)
		if predicted := m.Predict(b); !slices.Equal(path, predicted) {
			t.Errorf("%s: labels %v, Predict gives %v", crf, path, predicted)
		}
		if crf == "none" {
			if nll != nil {
				t.Errorf("losses %v without a CRF", nll)
			}
			continue
		}
		var sum float64
		for _, v := range nll {
			sum += v / 7 // tokens that are not ignored
		}
		if math.Abs(sum-want["crf"]) > 1e-5 {
			t.Errorf("%s: loss %v, want %v", crf, sum, want["crf"])
		}
		b.Labels[0] = 2 // I at the start
		if nll = m.Posterior(b).NLL(b.Labels); math.IsInf(nll[0], 1) != (crf != "crf") {
			t.Errorf("%s: loss %v of a document that starts with I", crf, nll[0])
		}
	}
}

// TestConsistencyPublished counts violations of the argmax, adds the count to the
// total, and has no gradient.
func TestConsistencyPublished(t *testing.T) {
	for _, level := range cpu.Levels() {
		be := open(t, level, 1)
		spec, labels, in := tiny("linear", "ce", "none")
		spec.Loss.Consistency, spec.Loss.ConsistencyKind = 3, "consistency/published"
		checkGradient(t, be, spec, labels, in, tinyBatch())
		m, b := build(t, be, spec, labels, in, 5), tinyBatch()
		scramble(be, m, 6)
		losses, err := m.Gradient(b, nn.StepOptions{DropoutSeed: 77})
		if err != nil {
			t.Fatal(err)
		}
		if n := 10 * losses["consistency"]; math.Abs(n-math.Round(n)) > 1e-5 || n < 0.5 || n > 9.5 {
			t.Errorf("%s: %g violations in 10 tokens", level, n)
		}
	}
}

// TestMirrorCRF holds the mirror's sums over paths to enumeration.
func TestMirrorCRF(t *testing.T) {
	be := open(t, "go", 1)
	for _, crf := range crfKinds[1:] {
		spec, labels, in := tiny("linear", "ce", crf)
		m := build(t, be, spec, labels, in, 5)
		scramble(be, m, 6)
		r := mirrorOf(be, m, spec, labels, in)
		b := tinyBatch()
		scores, _ := r.scores(r.encode(b, 10, 1), 1)
		for d := range 4 {
			from, to := b.Offsets[d], b.Offsets[d+1]
			got, want := r.crf(scores[from:to], b.Labels[from:to]), r.enumerated(scores[from:to], b.Labels[from:to])
			if math.Abs(got-want) > 1e-12*(1+want) {
				t.Errorf("%s: document %d: %.15g, enumeration gives %.15g", crf, d, got, want)
			}
		}
	}
}

func checkGradient(t *testing.T, be kernels.Backend, spec nn.Spec, labels nn.Labels, in nn.Inputs, b nn.Batch) {
	t.Helper()
	m := build(t, be, spec, labels, in, 5)
	scramble(be, m, 6)
	r := mirrorOf(be, m, spec, labels, in)
	const seed = 77
	got, err := m.Gradient(b, nn.StepOptions{DropoutSeed: seed})
	if err != nil {
		t.Fatal(err)
	}
	want, total := r.total(b, seed)
	want["total"] = total
	if spec.Loss.ConsistencyKind == "consistency/published" {
		want["total"] += spec.Loss.Consistency * want["consistency"] // which the mirror leaves out of what it differentiates
	}
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, components(spec)) {
		t.Errorf("components %q, want %q", names, components(spec))
	}
	for name, v := range got {
		if math.Abs(v-want[name]) > 1e-5*(1+math.Abs(want[name])) {
			t.Errorf("%s = %.8g, want %.8g", name, v, want[name])
		}
	}
	x := r.encode(b, len(b.Labels), seed)
	for _, p := range m.Params() {
		r.encoded = nil
		if strings.HasPrefix(p.Name, "head.") || strings.HasPrefix(p.Name, "crf.") {
			r.encoded = x
		}
		// float32 with float64 sums leaves about 1e-6 of the largest element.
		grad, largest := values(be, p.Grad), 0.0
		diff := make([]float64, len(grad))
		for i := range grad {
			diff[i] = difference(r, p.Name, i, b, seed)
			largest = math.Max(largest, math.Abs(diff[i]))
		}
		for i := range grad {
			if off := math.Abs(float64(grad[i]) - diff[i]); !(off <= 2e-4*largest+1e-7) {
				t.Errorf("%s[%d]: gradient %.6g, differences give %.6g", p.Name, i, grad[i], diff[i])
				break
			}
		}
	}
}

// components are the sorted names of the losses with a weight.
func components(spec nn.Spec) []string {
	names := []string{"total"}
	if spec.Loss.Entity > 0 {
		names = append(names, "entity")
		names = append(names, map[string][]string{"ce": {"ce"}, "class_balanced": {"class_balanced"}, "focal": {"focal"},
			"combined": {"class_balanced", "focal"}, "combined/published": {"class_balanced", "focal"}}[spec.Loss.Kind]...)
	}
	if spec.CRF != "none" && spec.Loss.CRF > 0 {
		names = append(names, "crf")
	}
	for _, c := range []struct {
		name   string
		weight float64
		heads  []string
	}{
		{"group", spec.Loss.Group, []string{"hierarchical", "hierarchical/published", "hybrid", "hybrid/published"}},
		{"separation", spec.Loss.Separation, []string{"prototype", "hybrid", "hybrid/published"}},
		{"structure", spec.Loss.Structure, []string{"separated"}},
		{"visual", spec.Loss.Visual, []string{"separated"}},
		{"consistency", spec.Loss.Consistency, headKinds},
	} {
		if c.weight > 0 && slices.Contains(c.heads, spec.Head.Kind) {
			names = append(names, c.name)
		}
	}
	slices.Sort(names)
	return names
}

// difference is the derivative of the mirror's total by one element, by
// central differences whose error is about 1e-8.
func difference(r *mirror, name string, i int, b nn.Batch, seed uint64) float64 {
	const step = 1e-4
	v := &r.params[name][i]
	at := *v
	*v = at + step
	_, up := r.total(b, seed)
	*v = at - step
	_, down := r.total(b, seed)
	*v = at
	return (up - down) / (2 * step)
}
