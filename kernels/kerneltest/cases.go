package kerneltest

import (
	"embed"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/invoicelab/invoicelab/kernels/cases"
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

// recorded is one file: the input as it is, and the union of the answers.
type recorded struct {
	Input    json.RawMessage
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

// recordedCases holds every recorded case on every backend to its answer, and the
// backends to each other to the bit.
func recordedCases(s *suite) {
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
		if err := json.Unmarshal(raw, &k); err != nil {
			s.Fatalf("%s: %v", f.Name(), err)
		}
		list, _, err := cases.Decode(k.Input)
		if err != nil {
			s.Fatalf("%s: %v", f.Name(), err)
		}
		var first cases.Answer
		for i, be := range s.backends {
			got, err := cases.Run(be, list)
			if err != nil {
				s.Fatalf("%s: %v", f.Name(), err)
			}
			if i == 0 {
				first = got[0]
				k.check(s, f.Name(), first)
			} else if !reflect.DeepEqual(got[0], first) {
				s.Fatalf("%s: the answer with %d threads differs from that with one", f.Name(), be.Device().Threads)
			}
		}
	}
}

// Answers are held to 2e-4 and gradients to 2e-3, relative, or absolute below 1:
// the inputs are recorded in float64 and rounded to float32.
const (
	caseTolerance = 2e-4
	gradTolerance = 2e-3
)

func (k *recorded) check(s *suite, file string, got cases.Answer) {
	s.Helper()
	want := k.Expected
	compare := func(what string, got []cases.Number, want []number, tol float64) {
		s.Helper()
		s.recorded(fmt.Sprintf("%s: %s", file, what), got, want, tol)
	}
	switch got := got.(type) {
	case cases.CRFAnswer:
		compare("log_z", got.LogZ, want.LogZ, caseTolerance)
		compare("nll", got.NLL, want.NLL, caseTolerance)
		compare("gold_score", got.GoldScore, want.GoldScore, caseTolerance)
		compare("marginals", slices.Concat(slices.Concat(got.Marginals...)...), want.Marginals, caseTolerance)
		compare("grad emissions", slices.Concat(slices.Concat(got.Grad.Emissions...)...), want.Grad.Emissions, gradTolerance)
		compare("grad transitions", slices.Concat(got.Grad.Transitions...), want.Grad.Transitions, gradTolerance)
		compare("grad start", got.Grad.Start, want.Grad.Start, gradTolerance)
		compare("grad end", got.Grad.End, want.Grad.End, gradTolerance)
		for b, v := range want.Viterbi {
			compare("viterbi score", []cases.Number{got.Viterbi[b].Score}, []number{v.Score}, caseTolerance)
			if path := got.Viterbi[b].Path; !slices.Equal(path, v.Path) {
				s.Fatalf("%s: path %v, expected %v", file, path, v.Path)
			}
		}
	case cases.LossAnswer:
		compare("weights", got.Weights, want.Weights, caseTolerance)
		compare("losses", []cases.Number{got.CEMean, got.CB, got.Focal, got.Combined}, []number{want.CEMean, want.CB, want.Focal, want.Combined}, caseTolerance)
		compare("grad ce_mean", slices.Concat(got.Grad.CEMean...), want.Grad.CE, gradTolerance)
		compare("grad cb", slices.Concat(got.Grad.CB...), want.Grad.CB, gradTolerance)
		compare("grad focal", slices.Concat(got.Grad.Focal...), want.Grad.Focal, gradTolerance)
		compare("grad combined", slices.Concat(got.Grad.Combined...), want.Grad.Combined, gradTolerance)
	case cases.PrototypeAnswer:
		compare("logits", slices.Concat(got.Logits...), want.Logits, caseTolerance)
		compare("vjp loss", []cases.Number{got.VJP.Loss}, []number{want.VJP.Loss}, caseTolerance)
		compare("grad_x", slices.Concat(got.VJP.GradX...), want.VJP.X, gradTolerance)
		compare("grad_prototypes", slices.Concat(got.VJP.GradPrototypes...), want.VJP.Prototypes, gradTolerance)
		compare("grad_group_logits", slices.Concat(got.VJP.GradGroupLogits...), want.VJP.GroupLogits, gradTolerance)
	default:
		s.Fatalf("%s: an answer of type %T", file, got)
	}
}

// recorded is within of recorded numbers; null is not compared, but NaN fails.
func (s *suite) recorded(what string, got []cases.Number, want []number, tol float64) {
	s.Helper()
	have, expected := make([]float64, len(got)), make([]float64, len(want))
	for i, v := range got {
		have[i] = float64(v)
	}
	for i, v := range want {
		expected[i] = float64(v)
		if math.IsNaN(expected[i]) && i < len(have) {
			expected[i] = have[i]
		}
	}
	s.within(what, have, expected, func(i int) float64 { return tol * max(1, math.Abs(expected[i])) })
}
