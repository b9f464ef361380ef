package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const searchSweep = `
name: search
primary: test/macro_f1
seeds: {count: 1}
base:
  corpus: {generate: {documents: 40, seed: 3}, schema: core-73}
  model: {encoder: {hidden: 16, layers: 1, buckets: 256}}
  train: {epochs: 3}
axes:
  - {name: rate, key: train.learning_rate, range: [0.002, 0.02], scale: log, count: 3}
halving: {first: 1, factor: 3}
`

// A search tells its rungs and cost first, halts two of three variants after
// an epoch, and the third comes to the very run that a sweep to the end makes.
func TestSweepHalving(t *testing.T) {
	inFolder(t)
	write(t, "search.yaml", searchSweep)
	plan := must(t, "sweep", "plan", "./search.yaml", "--store", "runs.db")
	for _, want := range []string{"to epoch 1, variants x seeds: 3 x 1", "to epoch 3, variants x seeds: 1 x 1", "56 % of the epochs"} {
		if !strings.Contains(plan.out, want) {
			t.Errorf("the plan lacks %q:\n%s", want, plan.out)
		}
	}
	var p plannedSweep
	if err := json.Unmarshal([]byte(must(t, "sweep", "plan", "./search.yaml", "--store", "runs.db", "--json").out), &p); err != nil {
		t.Fatal(err)
	}
	if want := []plannedRung{{1, 3, 3}, {3, 1, 1}}; !slices.Equal(p.Rungs, want) || p.Share < 0.55 || p.Share > 0.56 || p.Metric != "validation/macro_f1" || len(p.Trials) != 3 || p.Todo != 3 {
		t.Errorf("the plan as JSON: %+v; want rungs %v", p, want)
	}
	run := must(t, "sweep", "run", "./search.yaml", "--store", "runs.db", "--workers", "2", "--state-interval", "0")
	if strings.Count(run.err, ": left out") != 2 || strings.Count(run.err, ": goes on") != 1 {
		t.Errorf("the rung is not told:\n%s", run.err)
	}
	var done []runRow
	for _, r := range runsOf(t, "runs.db") {
		switch r.State {
		case "done":
			done = append(done, r)
		case "halted":
			if len(r.Metrics) > 0 {
				t.Errorf("halted run %s has final metrics", r.Run)
			}
		default:
			t.Errorf("run %s is %s", r.Run, r.State)
		}
	}
	if len(done) != 1 {
		t.Fatalf("%d runs are done; want 1", len(done))
	}
	var status []struct{ Trials, Done, Halted, Pending int }
	if err := json.Unmarshal([]byte(must(t, "sweep", "status", "--store", "runs.db", "--json").out), &status); err != nil || len(status) != 1 || status[0].Done != 1 || status[0].Halted != 2 || status[0].Pending != 0 {
		t.Errorf("status as JSON: %+v, %v", status, err)
	}
	lines := strings.Split(must(t, "sweep", "status", "--store", "runs.db").out, "\n")
	if place := strings.Index(lines[0], "halted"); place < 0 || strings.TrimSpace(string([]rune(lines[1])[place:place+len("halted")])) != "2" {
		t.Errorf("status:\n%s", strings.Join(lines, "\n"))
	}
	if left, _ := filepath.Glob("runs.db-states*"); len(left) > 0 {
		t.Errorf("states are left: %v", left)
	}
	write(t, "full.yaml", strings.Replace(strings.Replace(searchSweep, "name: search", "name: full", 1), "halving: {first: 1, factor: 3}", "", 1))
	must(t, "sweep", "run", "./full.yaml", "--store", "full.db")
	one, all := must(t, "show", done[0].Run, "--store", "runs.db", "--json").out, must(t, "show", done[0].Run, "--store", "full.db", "--json").out
	for _, kind := range []string{`"checkpoint": `, `"predictions": `} {
		if a, b := after(one, kind), after(all, kind); a == "" || a != b {
			t.Errorf("%s%s in the search, %s to the end", kind, a, b)
		}
	}
}

// after is the text in quotes after a key.
func after(text, key string) string {
	_, rest, _ := strings.Cut(text, key+`"`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}
