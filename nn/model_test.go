package nn_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/nn"
)

// TestParameterCount holds the counts to the figures of the specification for
// H = 768 and D = 256, biases and the temperature counted.
func TestParameterCount(t *testing.T) {
	be := open(t, "go", 1)
	for _, c := range []struct {
		head           string
		entities, want int
	}{
		{"linear", 80, 123809}, // 161 labels
		{"linear", 98, 151493}, // 197 labels
		{"hybrid", 98, 551573}, // 19 groups and O
	} {
		spec := nn.Spec{Encoder: nn.EncoderSpec{Hidden: 768}, CRF: "crf/bio",
			Head: nn.HeadSpec{Kind: c.head, Dim: 256, Temperature: 10}, Loss: nn.LossSpec{Kind: "ce", Entity: 1, CRF: 0.5}}
		labels := nn.Labels{Entities: c.entities, GroupOf: make([]int32, c.entities), Groups: 19}
		got := build(t, be, spec, labels, nn.Inputs{Features: 1, TableRows: 64, Neighbours: 1}, 1).ParameterCount()
		if got.Head != c.want {
			t.Errorf("%s with %d entities: %d parameters, want %d", c.head, c.entities, got.Head, c.want)
		}
		if n := labels.NumLabels(); got.CRF != n*n+2*n || n == 161 && got.CRF != 26243 {
			t.Errorf("CRF over %d labels: %d parameters", n, got.CRF)
		}
		if got.Embedding != 64*768+2*768 || got.Context != 0 {
			t.Errorf("encoder: %+v", got)
		}
	}
	spec, labels, in := tiny("hybrid", "ce", "crf")
	m := build(t, be, spec, labels, in, 1)
	sum := 0
	for _, p := range m.Params() {
		sum += p.Size()
	}
	if got := m.ParameterCount(); got.Context != 2*(3*6*6+6+2*6) || got.Total() != sum {
		t.Errorf("%+v, and Params hold %d", got, sum)
	}
}

// TestInit checks the start of each parameter: its spread, and that it does not
// depend on which other parameters there are.
func TestInit(t *testing.T) {
	be := open(t, "go", 1)
	spec, labels, in := tiny("hybrid", "ce", "crf/bio")
	spec.Encoder.Hidden, spec.Head.Dim, in.TableRows = 32, 48, 200
	start := func(m *nn.Model) map[string][]float32 {
		v := map[string][]float32{}
		for _, p := range m.Params() {
			v[p.Name] = values(be, p.Value)
		}
		return v
	}
	hybrid := start(build(t, be, spec, labels, in, 3))
	for name, std := range map[string]float64{
		"embed.table":             1 / math.Sqrt(32),
		"context.0.weight":        math.Sqrt(2.0 / (3*32 + 32)),
		"head.embed.weight":       math.Sqrt(2.0 / (32 + 48)),
		"head.group.stage.weight": math.Sqrt(2.0 / (32 + 16)),
		"head.prototypes":         1 / math.Sqrt(48),
	} {
		sum := 0.0
		for _, v := range hybrid[name] {
			sum += float64(v) * float64(v)
		}
		n := float64(len(hybrid[name]))
		// The standard error of a standard deviation is std/sqrt(2n).
		if got := math.Sqrt(sum / n); math.Abs(got-std) > 4*std/math.Sqrt(2*n) {
			t.Errorf("%s: standard deviation %.4f, want %.4f", name, got, std)
		}
	}
	for name, v := range map[string]float32{"embed.norm.gamma": 1, "embed.norm.beta": 0, "context.1.bias": 0, "head.temperature": 3, "crf.end": 0} {
		if slices.ContainsFunc(hybrid[name], func(x float32) bool { return x != v }) {
			t.Errorf("%s starts at %v, want %g", name, hybrid[name], v)
		}
	}
	spec.Head.Kind, spec.Encoder.Layers = "linear", 1
	linear := start(build(t, be, spec, labels, in, 3))
	for _, name := range []string{"embed.table", "context.0.weight", "crf.transitions"} {
		if !slices.Equal(linear[name], hybrid[name]) {
			t.Errorf("%s starts differently beside other parameters", name)
		}
	}
	other := start(build(t, be, spec, labels, in, 4))
	if slices.Equal(linear["head.weight"], other["head.weight"]) {
		t.Error("head.weight does not depend on the seed")
	}
}

// TestTransitions checks every start value of the CRF against the BIO rules,
// written out for 2 entities: labels O, B-0, I-0, B-1, I-1.
func TestTransitions(t *testing.T) {
	be := open(t, "go", 1)
	spec, _, in := tiny("linear", "ce", "crf/bio")
	legal := []string{ // from row to column
		"11010", // O
		"11110", // B-0
		"11110", // I-0
		"11011", // B-1
		"11011", // I-1
	}
	for _, kind := range []string{"crf", "crf/bio"} {
		spec.CRF = kind
		m := build(t, be, spec, nn.Labels{Entities: 2}, in, 1)
		want := func(ok byte) float32 {
			if kind == "crf/bio" && ok == '0' {
				return -1e4
			}
			return 0
		}
		for _, p := range m.Params() {
			v := values(be, p.Value)
			switch p.Name {
			case "crf.transitions":
				for i := range v {
					if w := want(legal[i/5][i%5]); v[i] != w {
						t.Errorf("%s: %d to %d is %g, want %g", kind, i/5, i%5, v[i], w)
					}
				}
			case "crf.start":
				for i := range v {
					if w := want("11010"[i]); v[i] != w {
						t.Errorf("%s: start at %d is %g, want %g", kind, i, v[i], w)
					}
				}
			}
		}
	}
}

func TestNewErrors(t *testing.T) {
	be := open(t, "go", 1)
	for _, c := range []struct {
		change func(*nn.Spec, *nn.Labels)
		want   string
	}{
		{func(s *nn.Spec, l *nn.Labels) { l.GroupOf, l.Groups = nil, 0 }, "model.head.kind: hybrid needs a schema with groups"},
		{func(s *nn.Spec, l *nn.Labels) { s.Head.Kind = "hybird" }, `model.head.kind: "hybird" is no head; one of ["linear" "hybrid"]`},
		{func(s *nn.Spec, l *nn.Labels) { s.Loss.Kind = "mse" }, `model.loss.kind: "mse" is no loss; one of ["ce" "class_balanced" "focal" "combined"]`},
		{func(s *nn.Spec, l *nn.Labels) { s.CRF = "bio" }, `model.crf: "bio" is no decoder; one of ["none" "crf" "crf/bio"]`},
		{func(s *nn.Spec, l *nn.Labels) { l.Counts = nil }, "model.loss.kind: combined needs the counts"},
		{func(s *nn.Spec, l *nn.Labels) { s.Loss.Entity, s.CRF = 0, "none" }, "model.loss.entity_weight: 0 without a weighted CRF"},
		{func(s *nn.Spec, l *nn.Labels) { s.Loss.Entity, s.Loss.CRF = 0, 0 }, "model.loss.entity_weight: 0 without a weighted CRF"},
	} {
		spec, labels, in := tiny("hybrid", "combined", "crf/bio")
		c.change(&spec, &labels)
		m, err := nn.New(be, spec, labels, in, 1)
		if m != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func TestSchedule(t *testing.T) {
	for _, c := range []struct {
		step, total  int
		warmup, want float64
	}{
		{0, 10, 0, 1},
		{5, 10, 0, 0.5},
		{9, 10, 0, 0.0244717418524232}, // (1+cos(0.9 pi))/2
		{0, 100, 0.1, 1.0 / 11},
		{9, 100, 0.1, 10.0 / 11},
		{10, 100, 0.1, 1},
		{55, 100, 0.1, 0.5},
		{40, 100, 0.1, 0.75}, // a third of the way down: cos(pi/3) = 1/2
		{0, 1, 0.9, 1},
	} {
		if got := nn.Schedule(c.step, c.total, 0.002, c.warmup); math.Abs(got-0.002*c.want) > 1e-15 {
			t.Errorf("step %d of %d, warm-up %g: %g, want %g", c.step, c.total, c.warmup, got, 0.002*c.want)
		}
	}
	for _, bad := range []struct {
		step, total int
		warmup      float64
	}{{10, 10, 0}, {-1, 10, 0}, {0, 10, 1}, {0, 10, -0.1}} {
		t.Run(fmt.Sprint(bad), func(t *testing.T) {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "nn: Schedule: ") {
					t.Errorf("panic %q", s)
				}
			}()
			nn.Schedule(bad.step, bad.total, 1, bad.warmup)
		})
	}
}
