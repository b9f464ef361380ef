package main

import (
	"database/sql"
	"encoding/json"
	"strings"
	"testing"
)

// A run from its row alone gives the same bits; a record that was changed is
// found out, by the step.
func TestRerun(t *testing.T) {
	inFolder(t)
	must(t, "sweep", "run", "small.yaml", "--store", "runs.db")
	run := runsOf(t, "runs.db")[3].Run
	var v struct {
		Same, Checkpoint bool
		Steps            int `json:"steps_compared"`
		Compared         int `json:"metrics_compared"`
		First            *struct {
			Step, Epoch int
			Values      []struct {
				Name          string
				Recorded, Now float64
			}
		} `json:"first_step"`
		Metrics []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(must(t, "rerun", run, "--store", "runs.db", "--json", "--threads", "2").out), &v); err != nil {
		t.Fatal(err)
	}
	if !v.Same || !v.Checkpoint || v.Steps < 6 || v.Compared < 10 || v.First != nil {
		t.Errorf("%+v", v)
	}
	db, err := sql.Open("sqlite3", "runs.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// The lowest bit of the last value (a loss) of step 4, and of one metric.
	for _, change := range []string{
		`UPDATE steps SET vals = CAST(substr(vals, 1, length(vals) - 8) || CASE WHEN substr(vals, -8, 1) = x'00' THEN x'01' ELSE x'00' END || substr(vals, -7) AS BLOB) WHERE step = 4`,
		`UPDATE metrics SET value = value + 1e-9 WHERE name_id = (SELECT id FROM names WHERE name = 'test/macro_f1')`,
	} {
		if _, err := db.Exec(change); err != nil {
			t.Fatal(err)
		}
	}
	r := invoke("rerun", run, "--store", "runs.db", "--json")
	if err := json.Unmarshal([]byte(r.out), &v); err != nil || r.code != 1 {
		t.Fatalf("exit %d, %v: %s", r.code, err, r.err)
	}
	if v.Same || !v.Checkpoint || v.First == nil || v.First.Step != 4 || len(v.First.Values) != 1 || len(v.Metrics) != 1 || v.Metrics[0].Name != "test/macro_f1" {
		t.Errorf("%+v", v)
	}
	// Other data, and another revision.
	must(t, "corpus", "generate", "--documents", "60", "--seed", "9", "--schema", "core-73", "--out", "other")
	r = invoke("rerun", run, "--store", "runs.db", "--corpus", "other")
	if r.code != 1 || !strings.Contains(r.err, "differs: corpus digest: ") || !strings.Contains(r.err, "another run") {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
	if _, err := db.Exec(`UPDATE attempts SET revision = 'cafe', go_version = 'go1.1'`); err != nil {
		t.Fatal(err)
	}
	r = invoke("rerun", run, "--store", "runs.db", "--check")
	if r.code != 1 || !strings.Contains(r.err, "revision: cafe when it was made") || !strings.Contains(r.err, "Go: go1.1 when it was made") {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
}
