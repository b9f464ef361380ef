package main

import (
	"strings"
	"testing"
)

// A second sweep skips what the first has run and says so, with the cost of
// the rest before it starts.
func TestPlanSaysReasonsAndCost(t *testing.T) {
	inFolder(t)
	if out := must(t, "sweep", "plan", "small.yaml").out; !strings.Contains(out, "4 to run, 0 skipped; nothing like them was run yet") {
		t.Errorf("%s", out)
	}
	must(t, "sweep", "run", "small.yaml", "--store", "runs.db")
	write(t, "more.yaml", strings.NewReplacer("name: small", "name: more", "seeds: [1, 2]", "seeds: [2, 3]").Replace(smallSweep))
	out := must(t, "sweep", "plan", "more.yaml", "--store", "runs.db", "--workers", "2").out
	for text, n := range map[string]int{"(skipped: done on ": 2, "(sweep small))": 2, ", from 2 runs with other seeds)": 2, "2 to run, 2 skipped; about ": 1, " with 2 at once\n": 1} {
		if strings.Count(out, text) != n {
			t.Errorf("%q is not there %d times:\n%s", text, n, out)
		}
	}
	r := must(t, "sweep", "run", "more.yaml", "--store", "runs.db")
	if before, _, _ := strings.Cut(r.err, "more: 4 trials"); !strings.Contains(before, "more: 2 to run, 2 skipped; about ") || !strings.Contains(before, "skipped: 2 trials done on ") {
		t.Errorf("%s", r.err)
	}
	if n := len(runsOf(t, "runs.db")); n != 6 {
		t.Errorf("%d runs, want 6", n)
	}
}
