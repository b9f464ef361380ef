package main

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
)

// Runs are filtered, sorted and listed by fields, in every format.
func TestRunsWhere(t *testing.T) {
	inFolder(t)
	must(t, "sweep", "run", "small.yaml", "--store", "runs.db")
	list := func(args ...string) string {
		return must(t, append([]string{"runs", "--store", "runs.db"}, args...)...).out
	}
	rows, err := csv.NewReader(strings.NewReader(list("--where", "level.head = hybrid", "--sort", "-seed", "--columns", "run,seed,level.head,test/macro_f1,model.head.kind", "--format", "csv"))).ReadAll()
	if err != nil || len(rows) != 3 || strings.Join(rows[0], " ") != "run seed level.head test/macro_f1 model.head.kind" ||
		rows[1][1] != "2" || rows[2][1] != "1" || rows[1][2] != "hybrid" || rows[1][4] != "hybrid" {
		t.Errorf("%q, %v", rows, err)
	}
	var values []float64
	for line := range strings.Lines(list("--sort", "-test/macro_f1", "--limit", "3", "--format", "jsonl")) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		values = append(values, row["test/macro_f1"].(float64))
		if len(row["key"].(string)) != 64 || row["state"] != "done" {
			t.Errorf("%v", row)
		}
	}
	if len(values) != 3 || values[0] < values[1] || values[1] < values[2] {
		t.Errorf("the best three macro F1 are %v", values)
	}
	if out := list("--where", "state = failed"); strings.Count(out, "\n") != 1 {
		t.Errorf("failed runs:\n%s", out)
	}
	if out := list("--columns", "seed,state"); !strings.HasPrefix(out, "seed  state\n1     done\n") {
		t.Errorf("%s", out)
	}
	for args, want := range map[string]string{
		"--where stat=done": "did you mean state?",
		"--where state=":    "expected a value",
		"--sort macro":      "field macro",
		"--columns run,sed": "did you mean seed?",
		"--format cvs":      "did you mean csv?",
		"--limit -1":        "--limit is -1",
	} {
		r := invoke(append([]string{"runs", "--store", "runs.db"}, strings.Fields(args)...)...)
		if r.code != 2 || !strings.Contains(r.err, want) {
			t.Errorf("%s: exit %d: %s", args, r.code, r.err)
		}
	}
}
