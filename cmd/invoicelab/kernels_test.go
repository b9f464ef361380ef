package main

import (
	"encoding/json"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels/cpu"
)

// A document of one token and two labels: log Z = log(e^(1+2+0.5) + e^(0+3-0.5)) by
// hand. The loss has p = 1/2 for both labels.
const (
	oneToken = `{"op": "crf", "lengths": [1], "tags": [[1]], "emissions": [[[2, 3]]], "transitions": [["-inf", 0], [0, 0]], "start": [1, 0], "end": [0.5, -0.5]}`
	evenLoss = `{"op": "loss", "logits": [[4, 4]], "labels": [0], "counts": [1, 1], "beta": 0, "gamma": 2, "alpha": null, "w_cb": 0.5, "w_focal": 0.5}`
)

func TestKernelsEval(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "one.json", oneToken)
	write(t, "two.json", "["+oneToken+","+evenLoss+"]")
	type answer struct {
		LogZ     []float64 `json:"log_z"`
		NLL      []float64
		CEMean   float64 `json:"ce_mean"`
		Focal    float64
		Combined float64
		Grad     map[string]json.RawMessage
	}
	logZ := math.Log(math.Exp(3.5) + math.Exp(2.5))
	near := func(what string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-6) {
			t.Errorf("%s is %g, expected %g", what, got, want)
		}
	}
	for _, level := range cpu.Levels() {
		var one answer
		r := must(t, "kernels", "eval", "--device", "cpu/"+level, "--in", "one.json")
		if err := json.Unmarshal([]byte(r.out), &one); err != nil {
			t.Fatal(err, r.out)
		}
		near("log_z", one.LogZ[0], logZ)
		near("nll", one.NLL[0], logZ-2.5)

		must(t, "kernels", "eval", "--in", "two.json", "--device=cpu/"+level, "--out", "answers.json")
		text, err := os.ReadFile("answers.json")
		if err != nil {
			t.Fatal(err)
		}
		var two []answer
		if err := json.Unmarshal(text, &two); err != nil || len(two) != 2 {
			t.Fatal(err, string(text))
		}
		near("log_z", two[0].LogZ[0], logZ)
		near("ce_mean", two[1].CEMean, math.Ln2)
		near("focal", two[1].Focal, math.Ln2/4)
		near("combined", two[1].Combined, 0.5*math.Ln2+0.125*math.Ln2)
	}
}

// A case that cannot be answered leaves no file.
func TestKernelsEvalRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "short.json", "["+oneToken+","+strings.Replace(oneToken, "[[2, 3]]", "[[2]]", 1)+"]")
	write(t, "nan.json", strings.Replace(evenLoss, "[[4, 4]]", `[["-inf", "-inf"]]`, 1))
	for file, want := range map[string]string{
		"short.json": "invoicelab: short.json: case 1: emissions[0][0]: 1 elements, expected 2\n",
		"nan.json":   "invoicelab: nan.json: case 0: ce_mean of the answer: number 0 of 1 is NaN\n",
	} {
		r := invoke("kernels", "eval", "--in", file, "--out", "answers.json")
		if r.code != 1 || r.err != want || r.out != "" {
			t.Errorf("%s: exit %d, %s%s", file, r.code, r.out, r.err)
		}
		if _, err := os.Stat("answers.json"); err == nil {
			t.Errorf("%s left an answer", file)
		}
	}
}

func TestKernelsCheck(t *testing.T) {
	r := must(t, "kernels", "check", "--device", "cpu/baseline")
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	for _, op := range []string{"MatMul", "CRF", "Viterbi", "SoftmaxLoss", "CosineGrad", "AdamW"} {
		if !regexp.MustCompile(`(?m)^ok +` + op + ` `).MatchString(r.out) {
			t.Errorf("no verdict on %s:\n%s", op, r.out)
		}
	}
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "cpu/baseline (") || !strings.Contains(last, "agree with the contract") {
		t.Errorf("last line: %s", last)
	}
}

// Every line is one that benchstat reads.
func TestKernelsBench(t *testing.T) {
	r := must(t, "kernels", "bench", "--only", "Argmax,CRF", "--threads", "1,2", "--count", "2", "--time", "1ms")
	line := regexp.MustCompile(`^Benchmark(Argmax|CRF)/\S+-[12]\t +\d+\t +\d+ ns/op(\t +\S+ GFLOP/s)?\t +\S+ GB/s\t +\S+ %roofline$`)
	lines := 0
	for _, l := range strings.Split(strings.TrimSpace(r.out), "\n") {
		if strings.HasPrefix(l, "Benchmark") {
			lines++
			if !line.MatchString(l) {
				t.Errorf("line %q", l)
			}
		} else if key, value, ok := strings.Cut(l, ": "); !ok || value == "" || strings.ContainsAny(key, " \t") {
			t.Errorf("configuration %q", l)
		}
	}
	if lines != 3*2*2 {
		t.Errorf("%d lines, expected 12:\n%s", lines, r.out)
	}
	var timings []timing
	r = must(t, "kernels", "bench", "--only", "CRF/bio/C=161/T=512/B=16", "--time", "1ms", "--count", "3", "--json", "--no-roof")
	if err := json.Unmarshal([]byte(r.out), &timings); err != nil || len(timings) != 1 || len(timings[0].Seconds) != 3 || timings[0].Op != "CRF" {
		t.Errorf("%v:\n%s", err, r.out)
	}
}

// Each operation is timed once at each size that it depends on.
func TestKernelsBenchSizes(t *testing.T) {
	r := must(t, "kernels", "bench", "--only", "CRF,Separation,Copy", "--docs", "2,3", "--labels", "5,7", "--length", "4", "--dim", "6", "--time", "1ns", "--no-roof", "--json")
	var timings []timing
	if err := json.Unmarshal([]byte(r.out), &timings); err != nil {
		t.Fatal(err, r.out)
	}
	var names []string
	for _, k := range timings {
		names = append(names, k.Name)
	}
	want := []string{
		"Separation/C=5/D=6", "CRF/C=5/T=4/B=2", "CRF/bio/C=5/T=4/B=2", "Copy/N=8/C=5",
		"Separation/C=7/D=6", "CRF/C=7/T=4/B=2", "CRF/bio/C=7/T=4/B=2", "Copy/N=8/C=7",
		"CRF/C=5/T=4/B=3", "CRF/bio/C=5/T=4/B=3", "Copy/N=12/C=5",
		"CRF/C=7/T=4/B=3", "CRF/bio/C=7/T=4/B=3", "Copy/N=12/C=7",
	}
	if !slices.Equal(names, want) {
		t.Errorf("timed %q, expected %q", names, want)
	}
	for _, flag := range []string{"docs", "labels", "length", "dim"} {
		if r := invoke("kernels", "bench", "--"+flag, "0"); r.code != 2 || !strings.Contains(r.err, "--"+flag+": \"0\"") && !strings.Contains(r.err, "--"+flag+" is 0") {
			t.Errorf("--%s 0: exit %d, %s", flag, r.code, r.err)
		}
	}
}
