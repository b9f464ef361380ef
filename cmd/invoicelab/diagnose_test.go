package main

import (
	"strings"
	"testing"
)

// A run and a model file are diagnosed with their documents; what a run that failed
// shows is told as well.
func TestDiagnose(t *testing.T) {
	inFolder(t)
	write(t, "long.yaml", longExperiment)
	must(t, "corpus", "generate", "--documents", "120", "--seed", "3", "--schema", "core-73", "--out", "c")
	r := must(t, "train", "./long.yaml", "--corpus", "c", "--set", "corpus.schema=", "--set", "train.epochs=2", "--out", "m.safetensors")
	got := must(t, "diagnose", "--model", "m.safetensors", "--corpus", "c")
	if !strings.Contains(got.out, "label never predicted: ") || !strings.Contains(got.out, "\n  - ") || got.err != "" {
		t.Errorf("%s%s", got.out, got.err)
	}
	if strings.Contains(r.err, "never predicted") {
		t.Errorf("labels are judged during the run: %s", r.err)
	}
	if js := must(t, "diagnose", "--model", "m.safetensors", "--corpus", "c", "--json"); !strings.Contains(js.out, `"name": "label_never_predicted"`) {
		t.Errorf("%s", js.out)
	}
	sweep := strings.NewReplacer("seeds: [1, 2]", "seeds: [1]", "values: [linear, hybrid]", "values: [linear]").Replace(smallSweep)
	write(t, "one.yaml", sweep)
	must(t, "sweep", "run", "one.yaml", "--store", "runs.db")
	must(t, "diagnose", runsOf(t, "runs.db")[0].Run, "--store", "runs.db")
	for args, want := range map[string]string{
		"diagnose":                                    "missing operand RUN",
		"diagnose --model m.safetensors":              "--model needs --corpus DIR",
		"diagnose --model nowhere --corpus c":         "nowhere",
		"diagnose --model c/schema.json --corpus c":   "c/schema.json",
		"diagnose zzzz --store runs.db":               "zzzz",
		"diagnose --model m.safetensors --corpus c x": "surplus operand",
	} {
		if r := invoke(strings.Fields(args)...); r.code == 0 || !strings.Contains(r.err, want) {
			t.Errorf("%s: exit %d, %s", args, r.code, r.err)
		}
	}
}
