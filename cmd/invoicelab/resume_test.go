package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// killOnceThere starts the program and kills it as soon as a file of the pattern is there.
func killOnceThere(t *testing.T, dir, pattern string, args ...string) {
	t.Helper()
	cmd := program(t, dir, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); ; time.Sleep(time.Millisecond) {
		if found, _ := filepath.Glob(filepath.Join(dir, pattern)); len(found) > 0 {
			break
		}
		if time.Since(start) > time.Minute {
			t.Fatalf("no %s after a minute", pattern)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the run ended before it was killed")
	}
}

const longExperiment = `corpus:
  generate: {documents: 120, seed: 3}
  schema: core-73
model:
  encoder: {hidden: 16, layers: 1, buckets: 256}
train: {epochs: 8, learning_rate: 0.01}
`

// A training run that was killed goes on and writes the model of one that was not.
func TestTrainResumes(t *testing.T) {
	dir := inFolder(t)
	write(t, "long.yaml", longExperiment)
	must(t, "train", "./long.yaml", "--out", "whole.safetensors", "--drawn", "drawn.tsv")
	killOnceThere(t, dir, "state/state.safetensors", "train", "./long.yaml", "--checkpoints", "state", "--checkpoint-every", "1")
	must(t, "train", "./long.yaml", "--resume", "state", "--out", "resumed.safetensors", "--drawn", "again.tsv")
	for _, pair := range [][2]string{{"whole.safetensors", "resumed.safetensors"}, {"drawn.tsv", "again.tsv"}} {
		a, err := os.ReadFile(pair[0])
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(pair[1])
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s and %s differ (%v)", pair[0], pair[1], err)
		}
	}
	drawn, _ := os.ReadFile("drawn.tsv")
	rows := strings.Split(strings.TrimSpace(string(drawn)), "\n")
	if rows[0] != "epoch\tstage\tlabel\tdocuments\tspans\ttokens\tin_loss" || len(rows) != 1+8*36 || !strings.HasPrefix(rows[1], "1\t1\t") {
		t.Errorf("%d rows of what was drawn, from %q", len(rows), rows[:2])
	}
	if r := invoke("train", "./long.yaml", "--resume", "state", "--set", "train.clip=2"); r.code != 1 || !strings.Contains(r.err, "train.clip was 1, now it is 2") {
		t.Errorf("another run resumed: exit %d, %s", r.code, r.err)
	}
}

// A trial whose process was killed goes on from its state, and its state is gone when it is done.
func TestTrialResumes(t *testing.T) {
	dir := inFolder(t)
	sweep := strings.NewReplacer("seeds: [1, 2]", "seeds: [1]", "epochs: 3", "epochs: 8", "values: [linear, hybrid]", "values: [hybrid]").Replace(smallSweep)
	write(t, "one.yaml", sweep)
	must(t, "sweep", "run", "one.yaml", "--store", "whole.db")
	killOnceThere(t, dir, "runs.db-states/*/state.safetensors", "sweep", "run", "one.yaml", "--store", "runs.db", "--state-interval", "1ms")
	must(t, "sweep", "run", "one.yaml", "--store", "runs.db", "--state-interval", "1ms")
	whole, resumed := runsOf(t, "whole.db"), runsOf(t, "runs.db")
	if len(whole) != 1 || len(resumed) != 1 || resumed[0].State != "done" {
		t.Fatalf("runs %v and %v", whole, resumed)
	}
	for name, v := range whole[0].Metrics {
		if resumed[0].Metrics[name] != v {
			t.Errorf("%s is %v, want %v", name, resumed[0].Metrics[name], v)
		}
	}
	if _, err := os.Stat("runs.db-states"); !os.IsNotExist(err) {
		t.Errorf("states stay: %v", err)
	}
}
