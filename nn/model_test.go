package nn_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/nn"
)

// TestParameterCount holds the counts to the figures of the specification for
// H = 768 and D = 256, biases and the temperature counted.
func TestParameterCount(t *testing.T) {
	be := open(t, "go", 1)
	for _, c := range []struct {
		head           string
		entities, want int
		crf, wantCRF   string // of the CRF: transitions, then with start and end
	}{
		{"linear", 80, 123809, "crf/bio", "25921 26243"}, // 161 labels
		{"linear", 98, 151493, "crf/bio", "38809 39203"}, // 197 labels
		{"hierarchical", 98, 150724 + 303764, "crf/bio", "38809 39203"},
		{"hierarchical/published", 98, 165335 + 303379, "crf/bio", "38809 39203"},
		{"prototype", 98, 551573 - 303764, "crf", "38809 39203"}, // the hybrid without its group stage
		{"hybrid", 98, 551573, "crf/bio", "38809 39203"},         // 19 groups and O
		{"hybrid/published", 80, 541972, "crf/bio", "25921 26243"},
		{"separated", 71, 649885, "crf", "20449 20735"}, // 143 labels
	} {
		spec := nn.Spec{Encoder: nn.EncoderSpec{Hidden: 768}, CRF: c.crf,
			Head: nn.HeadSpec{Kind: c.head, Dim: 256, Temperature: 10}, Loss: nn.LossSpec{Kind: "ce", Entity: 1, CRF: 0.5, SeparationKind: "squared"}}
		labels := nn.Labels{Entities: c.entities, GroupOf: make([]int32, c.entities), Groups: 19, Structure: 10, Visual: 4}
		in := nn.Inputs{Features: 1, TableRows: 64, Neighbours: 1}
		got := build(t, be, spec, labels, in, 1).ParameterCount()
		if got.Head != c.want {
			t.Errorf("%s with %d entities: %d parameters, want %d", c.head, c.entities, got.Head, c.want)
		}
		if got.Embedding != 64*768+2*768 || got.Context != 0 {
			t.Errorf("encoder: %+v", got)
		}
		parts, err := nn.Count(spec, labels, in)
		if err != nil {
			t.Fatal(err)
		}
		head, crf := nn.PartCount{}, nn.PartCount{}
		for _, p := range parts {
			switch p.Group {
			case "head":
				head.Weights, head.Biases = head.Weights+p.Weights, head.Biases+p.Biases
			case "crf":
				crf.Weights, crf.Biases = crf.Weights+p.Weights, crf.Biases+p.Biases
			}
		}
		if head.Weights+head.Biases != c.want || c.want == 123809 && head.Weights != 123648 {
			t.Errorf("%s with %d entities: counted %+v, want %d", c.head, c.entities, head, c.want)
		}
		if s := fmt.Sprint(crf.Weights, " ", crf.Weights+crf.Biases); s != c.wantCRF || got.CRF != crf.Weights+crf.Biases {
			t.Errorf("CRF over %d labels: %s and %d parameters, want %s", labels.NumLabels(), s, got.CRF, c.wantCRF)
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

// TestCount checks multiply-adds a token by hand for a small model of each head,
// and that the counts are those of the model that New builds.
func TestCount(t *testing.T) {
	be := open(t, "go", 1)
	for head, want := range map[string]string{ // forward of the parts of the head, H = 6 or 12, D = 5, C = 7, G = 2
		"linear":                 "head 42",
		"hierarchical":           "head.group.stage 18, head.group.stage.norm 0, head.group.out 9, head.members 36",
		"hierarchical/published": "head.group.stage 18, head.group.stage.norm 0, head.group.out 6, head.members 48",
		"prototype":              "head.embed 30, head.embed.norm 0, head 35",
		"hybrid":                 "head.group.stage 18, head.group.stage.norm 0, head.group.out 9, head.embed 30, head.embed.norm 0, head 35",
		"hybrid/published":       "head.group.stage 18, head.group.stage.norm 0, head.group.out 6, head.embed 30, head.embed.norm 0, head 35",
		"separated": "head.semantic.stage 72, head.semantic.stage.norm 0, head.semantic.out 42, head.structure.stage 36, head.structure.stage.norm 0, " +
			"head.structure.out 9, head.visual.stage 36, head.visual.stage.norm 0, head.visual.out 6",
	} {
		spec, labels, in := tiny(head, "ce", "crf/bio")
		parts, err := nn.Count(spec, labels, in)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		sum := 0
		for _, p := range parts {
			sum += p.Weights + p.Biases
			if p.Group == "head" {
				got = append(got, fmt.Sprint(p.Part, " ", p.Forward))
			}
			back := 2 * p.Forward
			if p.Part == "embed" {
				back = p.Forward // no gradient goes to the ids
			}
			if p.Backward != back {
				t.Errorf("%s: %+v", head, p)
			}
			if wantContext := 3 * spec.Encoder.Hidden * spec.Encoder.Hidden; p.Part == "context.0" && p.Forward != wantContext || p.Part == "crf" && p.Forward != 49 {
				t.Errorf("%s: %+v", head, p)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %q, want %q", head, got, want)
		}
		if n := build(t, be, spec, labels, in, 1).ParameterCount().Total(); sum != n {
			t.Errorf("%s: %d parameters counted, the model has %d", head, sum, n)
		}
	}
	spec, labels, in := tiny("hybrid", "ce", "crf/bio")
	labels.GroupOf = nil
	if _, err := nn.Count(spec, labels, in); err == nil || !strings.Contains(err.Error(), "needs a schema with groups") {
		t.Error(err)
	}
}

// TestBlocks checks the start values and the sharing of crf/adaptive, written out
// for 3 entities, of which the first and the last are in one group: labels O, B-0,
// I-0, B-1, I-1, B-2, I-2.
func TestBlocks(t *testing.T) {
	be := open(t, "go", 1)
	spec, _, in := tiny("linear", "ce", "crf/adaptive")
	labels := nn.Labels{Entities: 3, GroupOf: []int32{0, 1, 0}, Groups: 2}
	m := build(t, be, spec, labels, in, 1)
	// From row to column: x is forbidden; equal letters are one parameter.
	const shape = `
		a b x c x b x
		d e f g x h x
		d i j g x k x
		l m x n o m x
		l m x p q m x
		d r x g x s t
		d u x g x v w`
	start := map[string]float32{
		"a": 0, "d": 0, "l": 0, // to O
		"f": 2, "j": 2, "o": 2, "q": 2, "t": 2, "w": 2, // goes on
		"b": -1, "c": -1, "g": -1, "m": -1, // to another group
		"e": -0.5, "h": -0.5, "i": -0.5, "k": -0.5, "n": -0.5, "p": -0.5, "r": -0.5, "s": -0.5, "u": -0.5, "v": -0.5,
	}
	cells := strings.Fields(shape)
	trans := denseTransitions(t, be, m)
	for i, c := range cells {
		want := start[c]
		if c == "x" {
			want = -1e4
		}
		if trans[i] != want {
			t.Errorf("%d to %d starts at %g, want %g", i/7, i%7, trans[i], want)
		}
	}
	for _, p := range m.Params() {
		v := values(be, p.Value)
		switch p.Name {
		case "crf.blocks":
			if len(v) != len(start) {
				t.Errorf("%d parameters, want %d", len(v), len(start))
			}
			for i := range v {
				v[i] = float32(i) // all different
			}
			be.PutF32(p.Value.Data, v)
		case "crf.start":
			if !slices.Equal(v, []float32{0, 0, -1e4, 0, -1e4, 0, -1e4}) {
				t.Errorf("start %v", v)
			}
		case "crf.end":
			if !slices.Equal(v, []float32{0, -0.5, -0.5, -0.5, -0.5, -0.5, -0.5}) {
				t.Errorf("end %v", v)
			}
		}
	}
	trans = denseTransitions(t, be, m)
	for i := range cells {
		for j := range cells {
			if shared := trans[i] == trans[j]; shared != (cells[i] == cells[j]) {
				t.Errorf("%s and %s: scores %g and %g", cells[i], cells[j], trans[i], trans[j])
			}
		}
	}
}

// denseTransitions reads the scores of all transitions off the model.
func denseTransitions(t *testing.T, be kernels.Backend, m *nn.Model) []float32 {
	t.Helper()
	return values(be, m.Transitions())
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
		{func(s *nn.Spec, l *nn.Labels) { s.CRF, s.Head.Kind, l.GroupOf = "crf/adaptive", "linear", nil }, "model.crf: crf/adaptive needs a schema with groups"},
		{func(s *nn.Spec, l *nn.Labels) { s.Head.Groups = 1 }, "model.head.groups: 1 is fewer than the 2 groups of the schema"},
		{func(s *nn.Spec, l *nn.Labels) { s.Head.Kind = "hybird" }, `model.head.kind: "hybird" is no head; one of ["linear" "hierarchical"`},
		{func(s *nn.Spec, l *nn.Labels) { s.Head.Kind, l.Structure = "separated", 0 }, "model.head.kind: separated needs documents with sets of structure and visual types"},
		{func(s *nn.Spec, l *nn.Labels) { s.Head.Kind, s.Encoder.Hidden = "separated", 3 }, "model.encoder.hidden: 3 is too narrow for the separated head"},
		{func(s *nn.Spec, l *nn.Labels) { s.Loss.SeparationKind = "cubed" }, `model.loss.separation: "cubed" is no separation; one of ["squared" "hinge"`},
		{func(s *nn.Spec, l *nn.Labels) { s.Loss.Consistency, s.Loss.ConsistencyKind = 1, "bio" }, `model.loss.consistency: "bio" is no consistency; one of ["consistency" "consistency/published"]`},
		{func(s *nn.Spec, l *nn.Labels) { s.Loss.Kind = "mse" }, `model.loss.kind: "mse" is no loss; one of ["ce" "class_balanced" "focal" "combined" "combined/published"]`},
		{func(s *nn.Spec, l *nn.Labels) { s.CRF = "bio" }, `model.crf: "bio" is no decoder; one of ["none" "crf" "crf/bio" "crf/adaptive"]`},
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
