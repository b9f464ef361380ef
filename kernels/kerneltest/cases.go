package kerneltest

import (
	"embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/kernels"
)

// testdata holds cases worked out in higher precision by other means: closed
// forms in long double, enumeration, automatic differentiation in double.
//
//go:embed testdata/*.json
var testdata embed.FS

// number is a JSON number, "inf" or "-inf", or null for "not compared".
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"inf"`:
		*n = number(math.Inf(1))
	case `"-inf"`:
		*n = number(math.Inf(-1))
	case "null":
		*n = number(math.NaN())
	default:
		return json.Unmarshal(b, (*float64)(n))
	}
	return nil
}

// recorded is one file: the union of the three kinds of input and answer.
type recorded struct {
	Input struct {
		Op string

		Lengths     []int
		Tags        [][]int32
		Emissions   [][][]number
		Transitions [][]number
		Start, End  []number

		Logits  [][]number
		Labels  []int32
		Counts  []float64
		Beta    float64
		Gamma   float32
		Alpha   json.RawMessage // null, "ens" or one number a class
		WCB     float32         `json:"w_cb"`
		WFocal  float32         `json:"w_focal"`
		Ignored int32           `json:"ignore_index"`

		X, Prototypes [][]number
		Temperature   float64
		Eps           float64
		GradOut       [][]number `json:"grad_out"`
		GroupLogits   [][]number `json:"group_logits"`
		GroupOf       []int32    `json:"group_of"`
	}
	Expected struct {
		LogZ      []number `json:"log_z"`
		GoldScore []number `json:"gold_score"`
		NLL       []number
		Viterbi   []struct {
			Path  []int32
			Score number
		}
		Marginals []number `json:"marginals_flat"`
		Grad      struct {
			Emissions, Transitions, Start, End []number // crf

			CE                  []number `json:"ce_mean"` // loss
			CB, Focal, Combined []number
		} `json:"grad_flat"`

		Weights             []number
		CEMean              number `json:"ce_mean"`
		CB, Focal, Combined number

		Logits []number `json:"logits_flat"`
		VJP    struct {
			Loss        number
			X           []number `json:"grad_x"`
			Prototypes  []number `json:"grad_prototypes"`
			GroupLogits []number `json:"grad_group_logits"`
		}
	}
}

// cases runs every recorded case.
func cases(s *suite) {
	files, err := testdata.ReadDir("testdata")
	if err != nil || len(files) == 0 {
		s.Fatalf("testdata: %d files, %v", len(files), err)
	}
	for _, f := range files {
		raw, err := testdata.ReadFile("testdata/" + f.Name())
		if err != nil {
			s.Fatal(err)
		}
		var k recorded
		decoder := json.NewDecoder(strings.NewReader(string(raw)))
		if err := decoder.Decode(&k); err != nil {
			s.Fatalf("%s: %v", f.Name(), err)
		}
		switch k.Input.Op {
		case "crf":
			k.crf(s, f.Name())
		case "loss":
			k.loss(s, f.Name())
		case "prototype":
			k.prototype(s, f.Name())
		default:
			s.Fatalf("%s: op %q", f.Name(), k.Input.Op)
		}
	}
}

// Answers are held to 2e-4 and gradients to 2e-3, relative, or absolute below 1:
// the inputs are recorded in float64 and rounded to float32 here.
const (
	caseTolerance = 2e-4
	gradTolerance = 2e-3
)

// compare is within of recorded numbers; null is not compared.
func (s *suite) compare(what string, got []float64, want []number, tol float64) {
	s.Helper()
	expected := make([]float64, len(want))
	for i, v := range want {
		expected[i] = float64(v)
		if math.IsNaN(expected[i]) && i < len(got) && !math.IsNaN(got[i]) {
			expected[i] = got[i]
		}
	}
	s.within(what, got, expected, func(i int) float64 { return tol * max(1, math.Abs(expected[i])) })
}

func narrow(x []number) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

func flat(x [][]number) []float32 { return narrow(slices.Concat(x...)) }

// crf: the gold score is log Z less the nll.
func (k *recorded) crf(s *suite, name string) {
	in, want := k.Input, k.Expected
	d := &chain{c: len(in.Start), lengths: in.Lengths, trans: flat(in.Transitions), start: narrow(in.Start), end: narrow(in.End), labels: slices.Concat(in.Tags...)}
	for _, doc := range in.Emissions {
		d.emit = append(d.emit, flat(doc)...)
	}
	got := d.run(s)
	s.compare(name+": log_z", got.logZ, want.LogZ, caseTolerance)
	s.compare(name+": nll", got.nll, want.NLL, caseTolerance)
	s.compare(name+": gold_score", difference(got.logZ, got.nll), want.GoldScore, caseTolerance)
	s.compare(name+": marginals", widen(got.marginals), want.Marginals, caseTolerance)
	s.compare(name+": grad emissions", widen(got.emit), want.Grad.Emissions, gradTolerance)
	s.compare(name+": grad transitions", widen(got.trans), want.Grad.Transitions, gradTolerance)
	s.compare(name+": grad start", widen(got.start), want.Grad.Start, gradTolerance)
	s.compare(name+": grad end", widen(got.end), want.Grad.End, gradTolerance)
	at := d.offsets()
	for b, v := range want.Viterbi {
		s.compare(name+": viterbi score", got.score[b:b+1], []number{v.Score}, caseTolerance)
		if path := got.path[at[b]:at[b+1]]; !slices.Equal(path, v.Path) {
			s.Fatalf("%s: path %v, expected %v", name, path, v.Path)
		}
	}
}

// ensWeights are the class-balanced weights (1-beta)/(1-beta^n) by effective
// number of samples, scaled so that those of the classes that occur sum to their
// number; a class with no sample weighs 0. With beta = 1 they are the limit, 1/n.
func ensWeights(counts []float64, beta float64) []float32 {
	w, sum, present := make([]float64, len(counts)), 0.0, 0.0
	for c, n := range counts {
		if n == 0 {
			continue
		}
		w[c] = 1 / n
		if beta != 1 {
			w[c] = (1 - beta) / -math.Expm1(n*math.Log(beta))
		}
		sum += w[c]
		present++
	}
	out := make([]float32, len(counts))
	for c, v := range w {
		if v > 0 {
			out[c] = float32(v * present / sum)
		}
	}
	return out
}

// loss composes the four losses of a case out of SoftmaxLoss: one run for each
// component alone and one for w_cb cb + w_focal focal. alpha "ens" is the weights.
func (k *recorded) loss(s *suite, name string) {
	in, want := k.Input, k.Expected
	if in.Ignored != kernels.Ignore {
		s.Fatalf("%s: ignore_index %d", name, in.Ignored)
	}
	weights := ensWeights(in.Counts, in.Beta)
	s.compare(name+": weights", widen(weights), want.Weights, caseTolerance)
	var alpha []float32
	switch string(in.Alpha) {
	case "null":
	case `"ens"`:
		alpha = weights
	default:
		if err := json.Unmarshal(in.Alpha, &alpha); err != nil {
			s.Fatalf("%s: alpha: %v", name, err)
		}
	}
	run := func(p kernels.LossParams) (loss []float64, grad []float64) {
		p.Gamma = in.Gamma
		n, c := len(in.Logits), len(in.Counts)
		t := tokens{n: n, c: c, z: flat(in.Logits), labels: in.Labels, weights: weights, alpha: alpha, p: p, dz: make([]float32, n*c)}
		got := t.run(s)
		return got.f64["loss"], widen(got.f32["dz"])
	}
	for _, part := range []struct {
		name string
		p    kernels.LossParams
		loss number
		grad []number
	}{
		{"ce_mean", kernels.LossParams{CE: 1}, want.CEMean, want.Grad.CE},
		{"cb", kernels.LossParams{CB: 1}, want.CB, want.Grad.CB},
		{"focal", kernels.LossParams{Focal: 1}, want.Focal, want.Grad.Focal},
		{"combined", kernels.LossParams{CB: in.WCB, Focal: in.WFocal}, want.Combined, want.Grad.Combined},
	} {
		l, grad := run(part.p)
		total := l[0]*float64(part.p.CE) + l[1]*float64(part.p.CB) + l[2]*float64(part.p.Focal)
		s.compare(fmt.Sprintf("%s: %s", name, part.name), []float64{total}, []number{part.loss}, caseTolerance)
		s.compare(fmt.Sprintf("%s: grad %s", name, part.name), grad, part.grad, gradTolerance)
	}
}

// prototype composes a case out of Cosine with the reciprocal of its
// temperature and, with a gate, GroupLogSoftmax over the group scores and GroupAdd; the
// vector-Jacobian products run back through the same operations. The case's eps
// is below the contract's clamp of 1e-8; no row of the cases lies between the two.
func (k *recorded) prototype(s *suite, name string) {
	in, want := k.Input, k.Expected
	n, c, d := len(in.X), len(in.Prototypes), len(in.X[0])
	p := proto{n: n, c: c, d: d, x: flat(in.X), p: flat(in.Prototypes), temperature: float32(1 / in.Temperature),
		dy: flat(in.GradOut), dp: make([]float32, c*d), dt: make([]float32, 1)}
	forward, backward := p.run(s)
	out := forward.f32["y"]
	if groups := len(slices.Concat(in.GroupLogits...)) / n; groups > 0 {
		gate := flat(in.GroupLogits)
		one := make([]int32, groups) // all in one group: the plain log-softmax
		got := s.exec(func(k *call) {
			logp := k.outMat("logp", n, groups)
			k.GroupLogSoftmax(logp, k.mat(gate, n, groups), k.ints(one), 1)
			k.GroupAdd(k.accMat("y", out, n, c), logp, k.ints(in.GroupOf))
			dlogp := k.accMat("dlogp", make([]float32, n*groups), n, groups)
			k.GroupSum(dlogp, k.mat(p.dy, n, c), k.ints(in.GroupOf))
			k.GroupLogSoftmaxGrad(k.outMat("dgate", n, groups), dlogp, logp, k.ints(one), 1)
		})
		out = got.f32["y"]
		s.compare(name+": grad_group_logits", widen(got.f32["dgate"]), want.VJP.GroupLogits, gradTolerance)
	}
	s.compare(name+": logits", widen(out), want.Logits, caseTolerance)
	s.compare(name+": vjp loss", []float64{weighted(p.dy, widen(out))}, []number{want.VJP.Loss}, caseTolerance)
	s.compare(name+": grad_x", widen(backward.f32["dx"]), want.VJP.X, gradTolerance)
	s.compare(name+": grad_prototypes", widen(backward.f32["dp"]), want.VJP.Prototypes, gradTolerance)
}
