package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// A sweep's runs keep predictions that agree with their score, and take tags
// and notes.
func TestShowPredictionsTagsNotes(t *testing.T) {
	inFolder(t)
	must(t, "sweep", "run", "small.yaml", "--store", "runs.db")
	rows := runsOf(t, "runs.db")
	run := rows[0].Run
	must(t, "tag", run, "--store", "runs.db", "--add", "paper", "--add", "draft")
	must(t, "tag", run, rows[1].Run, "--store", "runs.db", "--remove", "draft")
	must(t, "note", run, "--store", "runs.db", "--text", "look at epoch 2")
	shown := must(t, "show", run, "--store", "runs.db", "--predictions", "p.jsonl").out
	for _, want := range []string{"tags       paper\n", "look at epoch 2\n", "artifact   predictions ", "program    "} {
		if !strings.Contains(shown, want) {
			t.Errorf("show lacks %q:\n%s", want, shown)
		}
	}
	text, err := os.ReadFile("p.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	// Micro precision, counted from the predictions, is that of the metrics.
	correct, all := 0.0, 0.0
	for line := range strings.Lines(string(text)) {
		var p struct{ Entities []struct{ Correct bool } }
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Entities {
			all++
			if e.Correct {
				correct++
			}
		}
	}
	if want := rows[0].Metrics["test/micro_precision"]; all == 0 || correct/all != want {
		t.Errorf("precision of the predictions %v of %v; the metric is %v", correct, all, want)
	}
	if r := invoke("show", run, "--store", "runs.db", "--patch", "x.patch"); r.code != 1 || !strings.Contains(r.err, "no patch was recorded") {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
	if r := invoke("tag", run, "--store", "runs.db"); r.code != 2 {
		t.Errorf("tag without a tag: exit %d", r.code)
	}
	if r := invoke("tag", run, "--store", "runs.db", "--add", "two words"); r.code != 2 || !strings.Contains(r.err, `"two words"`) {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
}
