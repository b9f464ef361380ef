package main

import (
	"strings"
	"testing"
)

// A model of the small schema gets a label of the greater one, and the result can be used.
func TestExtend(t *testing.T) {
	inFolder(t)
	write(t, "long.yaml", longExperiment)
	must(t, "train", "./long.yaml", "--set", "model.head.kind=prototype", "--set", "train.epochs=2", "--out", "m.safetensors")
	must(t, "corpus", "generate", "--documents", "120", "--schema", "enhanced-161", "--out", "c")
	got := must(t, "extend", "m.safetensors", "--label", "IBAN", "--examples", "3", "--centred", "--corpus", "c", "--out", "more.safetensors")
	if !strings.HasPrefix(got.out, "IBAN from 3 examples: F1 ") || !strings.Contains(got.out, "macro F1 of the ") {
		t.Errorf("%s", got.out)
	}
	must(t, "predict", "--model", "more.safetensors", "--split", "test", "c")
	if r := invoke("extend", "more.safetensors", "--label", "IBAN", "--corpus", "c"); r.code != 1 || !strings.Contains(r.err, "the model has it already") {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
}
