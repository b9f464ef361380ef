package cases_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cases"
	"github.com/invoicelab/invoicelab/kernels/cpu"
)

func eachLevel(t *testing.T, do func(t *testing.T, be kernels.Backend)) {
	for _, level := range cpu.Levels() {
		t.Run(level, func(t *testing.T) {
			be, err := cpu.New(level, 1)
			if err != nil {
				t.Fatal(err)
			}
			defer be.Close()
			do(t, be)
		})
	}
}

// ask decodes one case and runs it.
func ask(t *testing.T, be kernels.Backend, text string) cases.Answer {
	t.Helper()
	list, _, err := cases.Decode([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	answers, err := cases.Run(be, list)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return answers[0]
}

// prototypes is a case of one row at the given length along (3/5, 4/5) and prototypes
// along both axes, of lengths 1 and tall.
func prototypes(length, tall, eps float64) string {
	return fmt.Sprintf(`{"op": "prototype", "x": [[%g, %g]], "prototypes": [[1, 0], [0, %g]], "temperature": 0.5, "eps": %g, "grad_out": [[1, 1]]}`,
		0.6*length, 0.8*length, tall, eps)
}

// TestEps: norms are clamped at the eps of the case, above and below the clamp of the
// kernel. Expected are cos / max(norm, eps) / 0.5 and its gradient in closed form.
func TestEps(t *testing.T) {
	eachLevel(t, func(t *testing.T, be kernels.Backend) {
		for _, k := range []struct{ length, tall, eps float64 }{
			{1, 1, 1e-12}, {1e-10, 1, 1e-12}, {1e-13, 1, 1e-12}, {3e-9, 1, 1e-8}, {1e-7, 1, 1e-6}, {1e-5, 1, 1e-6},
			{0.2, 0.3, 0.5}, {2, 0.1, 0.5}, {1e-10, 1e-9, 0}, {0, 1, 1e-12}, {0, 1, 1e-3}, {0, 0, 0},
		} {
			got := ask(t, be, prototypes(k.length, k.tall, k.eps)).(cases.PrototypeAnswer)
			x, y := 0.0, 0.0 // the directions times what the clamp leaves of them
			if k.length > 0 {
				x = k.length / max(k.length, k.eps)
			}
			if k.tall > 0 {
				y = k.tall / max(k.tall, k.eps)
			}
			one := 1 / max(1, k.eps)
			want := []float64{0.6 * x * one / 0.5, 0.8 * x * y / 0.5}
			for i, w := range want {
				if g := float64(got.Logits[0][i]); !(math.Abs(g-w) <= 1e-6) {
					t.Errorf("%+v: logit %d is %g, expected %g", k, i, g, w)
				}
			}
			if w := want[0] + want[1]; !(math.Abs(float64(got.VJP.Loss)-w) <= 1e-6) {
				t.Errorf("%+v: loss is %g, expected %g", k, got.VJP.Loss, w)
			}
			if k.length == 0 && k.eps == 0 {
				continue // no direction: the gradient is only finite
			}
			// With a = (one, y) / 0.5 the sum of the prototypes: a / max(norm, eps), less its part
			// along x where the norm is not clamped.
			a := []float64{one / 0.5, y / 0.5}
			along := 0.6*a[0] + 0.8*a[1]
			for i, u := range []float64{0.6, 0.8} {
				w := a[i] / max(k.length, k.eps)
				if k.length > k.eps {
					w -= along * u / k.length
				}
				if g := float64(got.VJP.GradX[0][i]); !(math.Abs(g-w) <= 1e-5*(1+math.Abs(w))) {
					t.Errorf("%+v: gradient of x[%d] is %g, expected %g", k, i, g, w)
				}
			}
		}
	})
}

// TestSmallest tries empty batches, empty documents and single labels; the
// expected answers are worked out by hand.
func TestSmallest(t *testing.T) {
	const noGrad = `"grad":{"emissions":[],"transitions":[[0]],"start":[0],"end":[0]}`
	eachLevel(t, func(t *testing.T, be kernels.Backend) {
		for _, k := range []struct{ in, want string }{
			{`{"op": "crf", "lengths": [], "tags": [], "emissions": [], "transitions": [[1]], "start": [0], "end": [0]}`,
				`{"log_z":[],"gold_score":[],"nll":[],"viterbi":[],"marginals":[],` + noGrad + `}`},
			{`{"op": "crf", "lengths": [0, 1], "tags": [[], [0]], "emissions": [[], [[2.5]]], "transitions": [[1]], "start": [0.5], "end": [-1]}`,
				`{"log_z":[0,2],"gold_score":[0,2],"nll":[0,0],"viterbi":[{"path":[],"score":0},{"path":[0],"score":2}],"marginals":[[],[[1]]],` +
					`"grad":{"emissions":[[],[[0]]],"transitions":[[0]],"start":[0],"end":[0]}}`},
			// Label 1 cannot start and cannot follow: the tags have no path, the scores have one.
			{`{"op": "crf", "lengths": [2], "tags": [[0, 1]], "emissions": [[[1, 9], [2, 9]]], "transitions": [[0.5, "-inf"], [0, 0]], "start": [0, -10000], "end": [0, 0]}`,
				`{"log_z":[3.5],"gold_score":["-inf"],"nll":["inf"],"viterbi":[{"path":[0,0],"score":3.5}],"marginals":[[[1,0],[1,0]]],` +
					`"grad":{"emissions":[[[0,0],[0,0]]],"transitions":[[0,0],[0,0]],"start":[0,0],"end":[0,0]}}`},
			// Nothing known: nll is 0.
			{`{"op": "crf", "lengths": [1], "tags": [[-100]], "emissions": [[[3]]], "transitions": [[0]], "start": [0], "end": [0]}`,
				`{"log_z":[3],"gold_score":[3],"nll":[0],"viterbi":[{"path":[0],"score":3}],"marginals":[[[1]]],` +
					`"grad":{"emissions":[[[0]]],"transitions":[[0]],"start":[0],"end":[0]}}`},
			{`{"op": "loss", "logits": [], "labels": [], "counts": [3, 0], "beta": 0.9, "gamma": 0, "alpha": "ens", "w_cb": 1, "w_focal": 1}`,
				`{"weights":[1,0],"ce_mean":0,"cb":0,"focal":0,"combined":0,"grad":{"ce_mean":[],"cb":[],"focal":[],"combined":[]}}`},
			{`{"op": "loss", "logits": [[7], [-7]], "labels": [5, 0], "counts": [3], "beta": 1, "gamma": 0.5, "alpha": [2], "w_cb": 1, "w_focal": 1, "ignore_index": 5}`,
				`{"weights":[1],"ce_mean":0,"cb":0,"focal":0,"combined":0,"grad":{"ce_mean":[[0],[0]],"cb":[[0],[0]],"focal":[[0],[0]],"combined":[[0],[0]]}}`},
			{`{"op": "prototype", "x": [], "prototypes": [[1, 2]], "temperature": 1, "eps": 1e-12, "grad_out": [], "note": "no token"}`,
				`{"logits":[],"vjp":{"loss":0,"grad_x":[],"grad_prototypes":[[0,0]]}}`},
			{`{"op": "prototype", "x": [[0, 3]], "prototypes": [[0, -2]], "temperature": -0.5, "eps": 1e-12, "grad_out": [[3]], "group_logits": [[4]], "group_of": [0]}`,
				`{"logits":[[2]],"vjp":{"loss":6,"grad_x":[[0,0]],"grad_prototypes":[[0,0]],"grad_group_logits":[[0]]}}`},
		} {
			text, err := json.Marshal(ask(t, be, k.in))
			var got, want any
			if err := errors.Join(err, json.Unmarshal(text, &got), json.Unmarshal([]byte(k.want), &want)); err != nil {
				t.Fatal(err)
			}
			if !alike(got, want) {
				t.Errorf("%s\n got %s\nwant %s", k.in, text, k.want)
			}
		}
	})
}

// alike says whether two JSON values agree, numbers within a millionth.
func alike(got, want any) bool {
	switch w := want.(type) {
	case float64:
		g, ok := got.(float64)
		return ok && math.Abs(g-w) <= 1e-6
	case []any:
		g, ok := got.([]any)
		return ok && slices.EqualFunc(g, w, alike)
	case map[string]any:
		g, ok := got.(map[string]any)
		return ok && maps.EqualFunc(g, w, alike)
	}
	return got == want
}

// TestNaN: an answer that is no number is an error that names it.
func TestNaN(t *testing.T) {
	eachLevel(t, func(t *testing.T, be kernels.Backend) {
		list, array, err := cases.Decode([]byte(`[{"op": "loss", "logits": [["-inf", "-inf"]], "labels": [0], "counts": [1, 1], "beta": 0, "gamma": 2, "alpha": null, "w_cb": 0, "w_focal": 0}]`))
		if err != nil || !array {
			t.Fatal(array, err)
		}
		if _, err = cases.Run(be, list); err == nil || !strings.Contains(err.Error(), "case 0: ce_mean of the answer: number 0 of 1 is NaN") {
			t.Fatalf("%v", err)
		}
	})
}

// TestRefused: every misfit names its case and its key.
func TestRefused(t *testing.T) {
	crf := func(change ...string) string {
		return strings.NewReplacer(change...).Replace(`{"op": "crf", "lengths": [2], "tags": [[0, 1]], "emissions": [[[1, 2], [3, 4]]], "transitions": [[5, 6], [7, 8]], "start": [0, 0], "end": [0, 0]}`)
	}
	loss := func(change ...string) string {
		return strings.NewReplacer(change...).Replace(`{"op": "loss", "logits": [[1, 2]], "labels": [0], "counts": [1, 2], "beta": 0.9, "gamma": 2, "alpha": null, "w_cb": 1, "w_focal": 1}`)
	}
	proto := func(change ...string) string {
		return strings.NewReplacer(change...).Replace(`{"op": "prototype", "x": [[1, 2]], "prototypes": [[3, 4]], "temperature": 1, "eps": 1e-12, "grad_out": [[1]], "group_logits": [[1, 2]], "group_of": [1]}`)
	}
	for _, text := range []string{crf(), loss(), proto()} {
		if _, _, err := cases.Decode([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range []struct{ in, want string }{
		{``, "no JSON in it"},
		{`[1`, "not JSON"},
		{crf() + loss(), "more text follows"},
		{`[` + crf() + `, 7]`, "case 1: 7, expected an object"},
		{`{"lengths": [1]}`, "case 0: op: missing"},
		{`{"input": {"op": "crf"}}`, `the object has the key "input"`},
		{`{"op": "lost"}`, `op: "lost" is unknown (did you mean loss?): expected crf, loss, prototype`},
		{`{"op": 7}`, "op: 7, expected a text"},
		{crf(`"end"`, `"ends"`), "ends: unknown key; did you mean end?"},
		{crf(`"tags"`, `"gold"`), "tags: missing"},
		{crf(`[2]`, `2`), "lengths: 2, expected an array"},
		{crf(`[2]`, `[-1]`), "lengths[0]: -1, expected at least 0"},
		{crf(`[2]`, `[1.5]`), "lengths[0]: 1.5, expected a whole number"},
		{crf(`[2]`, `[3]`), "emissions[0]: 2 elements, expected 3"},
		{crf(`[2]`, `[2, 1]`), "emissions: 1 elements, expected 2"},
		{crf(`[3, 4]`, `[3]`), "emissions[0][1]: 1 elements, expected 2"},
		{crf(`[3, 4]`, `[3, "inf"]`), `emissions[0][1][1]: "inf", expected a number or "-inf"`},
		{crf(`[3, 4]`, `[3, null]`), `emissions[0][1][1]: null, expected a number`},
		{crf(`[[0, 1]]`, `[[0, 2]]`), "tags[0][1]: 2 is no label: expected 0 to 1, or -100"},
		{crf(`[[0, 1]]`, `[[0]]`), "tags[0]: 1 elements, expected 2"},
		{crf(`[7, 8]]`, `[7, 1e39]]`), "transitions[1][1]: 1e39 does not fit float32"},
		{crf(`[[5, 6], `, `[`), "transitions: 1 elements, expected 2"},
		{crf(`"start": [0, 0]`, `"start": []`), "start: no labels"},
		{loss(`"gamma": 2`, `"gamma": -1`), "gamma: -1, expected at least 0"},
		{loss(`"beta": 0.9`, `"beta": 1.1`), "beta: 1.1, expected 0 to 1"},
		{loss(`[1, 2], "beta"`, `[1, -2], "beta"`), "counts[1]: -2, expected at least 0"},
		{loss(`"alpha": null, `, ``), "alpha: missing"},
		{loss(`null`, `"end"`), `alpha: "end", expected null, an array, or "ens"`},
		{loss(`null`, `[1]`), "alpha: 1 elements, expected 2"},
		{loss(`[0]`, `[2]`), "labels[0]: 2 is no label: expected 0 to 1, or -100"},
		{loss(`"w_cb": 1`, `"w_cb": "inf"`), `w_cb: "inf", expected a number`},
		{proto(`"temperature": 1`, `"temperature": 0`), "temperature: 0, whose reciprocal"},
		{proto(`1e-12`, `-1`), "eps: -1, expected 0 to"},
		{proto(`[[3, 4]]`, `[[3, 4, 5]]`), "x[0]: 2 elements, expected 3"},
		{proto(`[[1]]`, `[[1, 2]]`), "grad_out[0]: 2 elements, expected 1"},
		{proto(`"group_of": [1]`, `"group_of": [2]`), "group_of[0]: 2 is no group: expected 0 to 1"},
		{proto(`, "group_of": [1]`, ``), "group_of: missing"},
		{proto(`"group_of"`, `"groups_of"`), "groups_of: unknown key; did you mean group_of?"},
	} {
		if _, _, err := cases.Decode([]byte(k.in)); err == nil || !strings.Contains(err.Error(), k.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\n got %v\nwant %s", k.in, err, k.want)
		}
	}
}
