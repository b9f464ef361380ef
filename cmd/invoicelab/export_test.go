package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestExport(t *testing.T) {
	inFolder(t)
	must(t, "sweep", "run", "small.yaml", "--store", "runs.db")
	export := func(format, out string, args ...string) {
		t.Helper()
		must(t, append([]string{"export", "--store", "runs.db", "--format", format, "--out", out}, args...)...)
	}
	export("csv", "runs.csv", "--sort", "-seed")
	f, err := os.Open("runs.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for name, want := range map[string]string{"seed": "2", "corpus.generate.documents": "120", "model.encoder.hidden": "16", "state": "done", "sweep": "small"} {
		if i := slices.Index(rows[0], name); i < 0 || rows[1][i] != want {
			t.Errorf("column %s of %q: %q; want %q", name, rows[1], rows[0], want)
		}
	}
	export("jsonl", "runs.jsonl", "--where", "level.head = linear")
	if text, err := os.ReadFile("runs.jsonl"); err != nil || strings.Count(string(text), "\n") != 2 || strings.Count(string(text), `"model.head.kind":"linear"`) != 2 {
		t.Errorf("%s, %v", text, err)
	}
	export("tensorboard", "tb", "--where", "seed = 1")
	if files, err := filepath.Glob("tb/head=* seed=1 */events.out.tfevents.*.invoicelab"); err != nil || len(files) != 2 {
		t.Errorf("%v, %v", files, err)
	}
	export("mlflow", "ml", "--artifacts")
	for _, pattern := range []string{"ml/*/*/metrics/test/macro_f1", "ml/*/*/artifacts/predictions.jsonl", "ml/*/*/artifacts/checkpoint.safetensors"} {
		if files, err := filepath.Glob(pattern); err != nil || len(files) != 4 {
			t.Errorf("%s: %v, %v", pattern, files, err)
		}
	}
	for args, want := range map[string]string{
		"--format mlfow --out x":                  "did you mean mlflow?",
		"--format csv --out x --artifacts":        "--artifacts is for",
		"--format csv --out x --where sed=1":      "did you mean seed?",
		"--format tensorboard --out tb --sweep x": "sweep x",
		"--format mlflow --out ml":                "ml exists",
	} {
		r := invoke(append([]string{"export", "--store", "runs.db"}, strings.Fields(args)...)...)
		if r.code == 0 || !strings.Contains(r.err, want) {
			t.Errorf("%s: exit %d: %s", args, r.code, r.err)
		}
	}
	if left, _ := filepath.Glob(".*.*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
