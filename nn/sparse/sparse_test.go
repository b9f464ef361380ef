package sparse

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/nn"
)

// made is a small random set: documents of 1 to 5 tokens, each token with 1 to 3
// of 6 attributes, labels of 3.
func made(documents int) *Batch {
	r := rand.New(rand.NewPCG(1, 2))
	b := &Batch{Offsets: []int32{0}, Starts: []int64{0}}
	for range documents {
		for range 1 + r.IntN(5) {
			for _, a := range r.Perm(6)[:1+r.IntN(3)] {
				b.Attributes = append(b.Attributes, uint64(100+a))
			}
			b.Starts = append(b.Starts, int64(len(b.Attributes)))
			b.Labels = append(b.Labels, int32(r.IntN(3)))
		}
		b.Offsets = append(b.Offsets, int32(len(b.Labels)))
	}
	return b
}

func open(t testing.TB, threads int) kernels.Backend {
	t.Helper()
	be, err := cpu.New(cpu.Levels()[0], threads)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { be.Close() })
	return be
}

// enumerated is the objective by its definition: all paths of each document, in
// float64. A weight is looked up by what it stands for.
func enumerated(m *Model, b *Batch, l2 float64, x []float64) float64 {
	pair := func(hash uint64, label int32) float64 {
		a, ok := m.ids[hash]
		if !ok {
			return 0
		}
		for k := m.starts[a]; k < m.starts[a+1]; k++ {
			if m.pairs[k] == label {
				return x[k]
			}
		}
		return 0
	}
	move := func(from, to int32) float64 {
		if m.forbid != nil && m.forbid[int(from)*m.labels+int(to)] {
			return math.Inf(-1)
		}
		if k := slices.Index(m.moves, from*int32(m.labels)+to); k >= 0 {
			return x[len(m.pairs)+k]
		}
		return 0
	}
	score := func(first int32, path []int32) float64 {
		sum := float64(0)
		if m.start[path[0]] == forbidden {
			return math.Inf(-1)
		}
		for t, y := range path {
			at := int(first) + t
			for _, hash := range b.Attributes[b.Starts[at]:b.Starts[at+1]] {
				sum += pair(hash, y)
			}
			if t > 0 {
				sum += move(path[t-1], y)
			}
		}
		return sum
	}
	value := 0.0
	for _, v := range x {
		value += l2 * v * v
	}
	for d := range len(b.Offsets) - 1 {
		first, n := b.Offsets[d], int(b.Offsets[d+1]-b.Offsets[d])
		z := 0.0
		path := make([]int32, n)
		for code := range int(math.Pow(float64(m.labels), float64(n))) {
			for t := range path {
				path[t] = int32(code % m.labels)
				code /= m.labels
			}
			z += math.Exp(score(first, path))
		}
		value += math.Log(z) - score(first, b.Labels[first:int(first)+n])
	}
	return value
}

// Value and gradient at a random place against enumeration and central
// differences of it, for free and for constrained transitions.
func TestObjective(t *testing.T) {
	b := made(7)
	outside := *b
	outside.Labels = make([]int32, len(b.Labels)) // legal under BIO
	for i := range outside.Labels {
		outside.Labels[i] = int32(i % 2) // O and B
	}
	for name, c := range map[string]struct {
		data  *Batch
		legal func(from, to int32) bool
	}{"free": {b, nil}, "bio": {&outside, nn.LegalBIO}} {
		m := New(3, c.data, c.legal)
		r := rand.New(rand.NewPCG(3, 4))
		x := make([]float64, len(m.weights))
		for i := range x {
			x[i] = r.NormFloat64()
		}
		const l2, h = 0.3, 1e-4
		o := newObjective(open(t, 1), m, c.data, l2)
		grad := make([]float64, len(x))
		value := o.eval(x, grad)
		o.free()
		if want := enumerated(m, c.data, l2, x); math.Abs(value-want) > 1e-5*want {
			t.Errorf("%s: value %v, enumerated %v", name, value, want)
		}
		for i := range x {
			at := x[i]
			x[i] = at + h
			up := enumerated(m, c.data, l2, x)
			x[i] = at - h
			down := enumerated(m, c.data, l2, x)
			x[i] = at
			if want := (up - down) / (2 * h); math.Abs(grad[i]-want) > 2e-5*max(1, math.Abs(want)) {
				t.Errorf("%s: gradient %d is %v, differences give %v", name, i, grad[i], want)
			}
		}
	}
}

// Pairs and transitions have a weight if and only if they occur.
func TestNewFindsWhatOccurs(t *testing.T) {
	m := New(4, &Batch{
		Offsets: []int32{0, 3, 4}, Starts: []int64{0, 1, 3, 4, 5},
		Attributes: []uint64{7, 7, 8, 9, 8}, Labels: []int32{2, 0, 3, 1},
	}, nil)
	if want := []int32{0, 2, 0, 1, 3}; !slices.Equal(m.pairs, want) { // 7: 0 2; 8: 0 1; 9: 3
		t.Errorf("pairs %v, want %v", m.pairs, want)
	}
	if want := []int32{3, 2 * 4}; !slices.Equal(m.moves, want) { // 0 to 3, 2 to 0; not 3 to 1, which are two documents
		t.Errorf("transitions %v, want %v", m.moves, want)
	}
}

// train trains on b and returns the model and the last iteration.
func train(t *testing.T, b *Batch, threads int, opt Options) (*Model, Iteration) {
	t.Helper()
	m := New(3, b, nil)
	var last Iteration
	err := m.Train(context.Background(), open(t, threads), b, opt, func(it Iteration) error {
		if it.Number != last.Number+1 || last.Number > 0 && it.Objective > last.Objective {
			t.Errorf("iteration %+v after %+v", it, last)
		}
		last = it
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m, last
}

// The minimum is where the gradient vanishes, and nowhere near is lower.
func TestTrainReachesTheMinimum(t *testing.T) {
	b := made(40)
	m, last := train(t, b, 1, Options{L2: 0.5, Iterations: 200, Tolerance: 1e-9, Period: 10})
	if last.GradNorm > 1e-2 {
		t.Errorf("ended at %+v", last)
	}
	least := enumerated(m, b, 0.5, m.weights)
	if math.Abs(least-last.Objective) > 1e-4 {
		t.Errorf("objective %v, enumerated %v", last.Objective, least)
	}
	for i := range m.weights {
		for _, step := range []float64{-0.02, 0.02} {
			m.weights[i] += step
			if v := enumerated(m, b, 0.5, m.weights); v <= least {
				t.Errorf("weight %d moved by %v gives %v, below %v", i, step, v, least)
			}
			m.weights[i] -= step
		}
	}
}

// One thread and three give the same bits, and so do two runs.
func TestThreadsDoNotChangeTheModel(t *testing.T) {
	b := made(300)
	opt := Options{L2: 0.1, Iterations: 30, Tolerance: 1e-6, Period: 10}
	one, _ := train(t, b, 1, opt)
	three, _ := train(t, b, 3, opt)
	if !slices.Equal(one.weights, three.weights) {
		t.Error("1 and 3 threads give different weights")
	}
}

func marginals(m *Model, be kernels.Backend, b *Batch) []float32 {
	var all []float32
	for _, p := range m.Posteriors(be, b) {
		all = append(all, p.Marginals()...)
	}
	return all
}

func TestCheckpoint(t *testing.T) {
	b := made(60)
	m, _ := train(t, b, 1, Options{L2: 0.1, Iterations: 20, Tolerance: 1e-6, Period: 10})
	m.constrain(func(from, to int32) bool { return !(from == 1 && to == 2) && !(from == -1 && to == 2) })
	be := open(t, 2)
	path, p := m.Predict(be, b), marginals(m, be, b)
	for d := range len(b.Offsets) - 1 {
		for at := b.Offsets[d]; at < b.Offsets[d+1]; at++ {
			if path[at] == 2 && (at == b.Offsets[d] || path[at-1] == 1) {
				t.Errorf("a forbidden transition to token %d", at)
			}
			if sum := p[3*at] + p[3*at+1] + p[3*at+2]; math.Abs(float64(sum)-1) > 1e-5 {
				t.Errorf("marginals of token %d sum to %v", at, sum)
			}
		}
	}
	var file bytes.Buffer
	if err := m.Save(&file, map[string]string{"seed": "1"}); err != nil {
		t.Fatal(err)
	}
	raw := file.Bytes()
	back, err := Load(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got := back.Predict(be, b); !slices.Equal(got, path) {
		t.Error("the loaded model predicts another path")
	}
	var again bytes.Buffer
	if err := back.Save(&again, map[string]string{"seed": "1"}); err != nil || !bytes.Equal(again.Bytes(), raw) {
		t.Errorf("saved again it differs (%v)", err)
	}
	if _, err := Load(bytes.NewReader(raw[:len(raw)-1])); err == nil {
		t.Error("a truncated checkpoint loads")
	}
	back.weights[1] = math.Inf(1)
	var infinite bytes.Buffer
	if err := back.Save(&infinite, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(&infinite); err == nil || !strings.Contains(err.Error(), "element 1 is +Inf, which is not finite") {
		t.Errorf("an infinite weight: %v", err)
	}
	back.weights[1] = 0
	back.pairs[0] = 5 // no label of 3
	var bad bytes.Buffer
	if err := back.Save(&bad, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(&bad); err == nil || !strings.Contains(err.Error(), "sparse.labels: element 0 is 5, want 0 to 2") {
		t.Errorf("a label out of range: %v", err)
	}
}

// What was not in training has no weight: a token of unknown attributes alone
// gets the label that transitions and neighbours favour.
func TestUnknownAttributes(t *testing.T) {
	b := made(60)
	m, _ := train(t, b, 1, Options{L2: 0.1, Iterations: 20, Tolerance: 1e-6, Period: 10})
	unknown := &Batch{Offsets: []int32{0, 1}, Starts: []int64{0, 1}, Attributes: []uint64{999}}
	p := marginals(m, open(t, 1), unknown)
	for c, v := range p {
		if math.Abs(float64(v)-1.0/3) > 1e-6 {
			t.Errorf("label %d of a token without weights has probability %v", c, v)
		}
	}
}
