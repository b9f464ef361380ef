package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// runRow is what the tests read of runs --json and show --json.
type runRow struct {
	Run, Key, State string
	Seed            uint64
	Attempts        int
	Levels          map[string]string
	Metrics         map[string]float64
}

func runsOf(t *testing.T, store string) []runRow {
	t.Helper()
	var rows []runRow
	if err := json.Unmarshal([]byte(must(t, "runs", "--store", store, "--json").out), &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// The whole of the main job on a small sweep: run, run again, compare, report.
func TestSweep(t *testing.T) {
	inFolder(t)
	first := must(t, "sweep", "run", "small.yaml", "--store", "runs.db", "--workers", "2", "--report", "out")
	for _, want := range []string{"head=linear", "head=hybrid", "hybrid - linear", "which factor matters"} {
		if !strings.Contains(first.out, want) {
			t.Errorf("output lacks %q:\n%s", want, first.out)
		}
	}
	if !strings.Contains(first.err, "out/report.html") {
		t.Errorf("the report's path is not told:\n%s", first.err)
	}
	page, err := os.ReadFile("out/report.html")
	if err != nil {
		t.Fatal(err)
	}
	rows := runsOf(t, "runs.db")
	if len(rows) != 4 {
		t.Fatalf("%d runs, want 4", len(rows))
	}
	for _, r := range rows {
		if r.State != "done" || r.Attempts != 1 {
			t.Errorf("run %s is %s after %d attempts", r.Run, r.State, r.Attempts)
		}
		if !bytes.Contains(page, []byte(r.Run)) {
			t.Errorf("the report does not name run %s", r.Run)
		}
	}
	again := must(t, "sweep", "run", "small.yaml", "--store", "runs.db", "--report", "again")
	if !strings.Contains(again.err, "nothing to do: all 4 trials") {
		t.Errorf("run again:\n%s", again.err)
	}
	if after := runsOf(t, "runs.db"); !reflect.DeepEqual(after, rows) {
		t.Errorf("run again changed the runs:\n%+v\n%+v", rows, after)
	}
	if second, err := os.ReadFile("again/report.html"); err != nil || !bytes.Equal(page, second) {
		t.Errorf("the report drawn again differs (%v)", err)
	}
	var c struct {
		Pairs []struct{ A, B string } `json:"pairs"`
	}
	if err := json.Unmarshal([]byte(must(t, "compare", "small", "head=linear", "head=hybrid", "--store", "runs.db", "--resamples", "200", "--json").out), &c); err != nil || len(c.Pairs) != 2 {
		t.Errorf("compare --json: %d pairs, %v", len(c.Pairs), err)
	}
	var f struct {
		Variants []struct{ Runs []string }
		Terms    []struct{ Name string }
		Missing  []any
	}
	if err := json.Unmarshal([]byte(must(t, "compare", "small", "--store", "runs.db", "--resamples", "200", "--json").out), &f); err != nil || len(f.Variants) != 2 || len(f.Variants[0].Runs) != 2 || len(f.Terms) == 0 || len(f.Missing) != 0 {
		t.Errorf("compare by factor --json: %+v, %v", f, err)
	}
	if table := must(t, "compare", "small", "--store", "runs.db", "--resamples", "200", "--markdown").out; !strings.Contains(table, "| "+f.Variants[0].Runs[0]+" "+f.Variants[0].Runs[1]+" |") {
		t.Errorf("compare by factor --markdown does not name the runs:\n%s", table)
	}
	var parts struct {
		Documents int
		Labels    []any
	}
	if err := json.Unmarshal([]byte(must(t, "show", f.Variants[0].Runs[0], "--parts", "--json", "--store", "runs.db").out), &parts); err != nil || parts.Documents == 0 || len(parts.Labels) == 0 {
		t.Errorf("show --parts --json: %+v, %v", parts, err)
	}
	for args, want := range map[string]string{
		"compare small head=linaer head=hybrid --store runs.db": `axis head has no level "linaer" (did you mean linear?)`,
		"compare small haed=linear head=hybrid --store runs.db": `no axis "haed" (did you mean head?)`,
		"compare smal head=linear head=hybrid --store runs.db":  "small",
		"report smal --out x --store runs.db":                   "small",
		"report small --out x --store runs.db --a head=x":       `axis head has no level "x"`,
		"show zzzz --store runs.db":                             "zzzz",
	} {
		if r := invoke(strings.Fields(args)...); r.code == 0 || !strings.Contains(r.err, want) {
			t.Errorf("%s: exit %d\n%s", args, r.code, r.err)
		}
	}
}

// Equal settings and seed give equal weights and metrics, whatever the workers
// and threads.
func TestWorkersAndThreadsDoNotMatter(t *testing.T) {
	inFolder(t)
	type outcome struct {
		weights []byte
		metrics map[string]float64
	}
	var want map[string]outcome
	for _, how := range [][]string{{"--workers", "1", "--threads", "1"}, {"--workers", "2", "--threads", "2"}} {
		store := strings.Join(how, "") + ".db"
		must(t, append([]string{"sweep", "run", "small.yaml", "--store", store}, how...)...)
		got := map[string]outcome{}
		for _, r := range runsOf(t, store) {
			var detail runRow
			if err := json.Unmarshal([]byte(must(t, "show", r.Run, "--store", store, "--json", "--checkpoint", "w.safetensors").out), &detail); err != nil {
				t.Fatal(err)
			}
			weights, err := os.ReadFile("w.safetensors")
			if err != nil || len(detail.Metrics) == 0 {
				t.Fatalf("run %s: %d metrics, %v", r.Run, len(detail.Metrics), err)
			}
			got[r.Key] = outcome{weights, detail.Metrics}
		}
		if want == nil {
			want = got
		}
		for key := range want {
			if !bytes.Equal(got[key].weights, want[key].weights) || !reflect.DeepEqual(got[key].metrics, want[key].metrics) {
				t.Errorf("%v: run %.10s differs from one worker and one thread", how, key)
			}
		}
	}
	if len(want) != 4 {
		t.Errorf("%d runs, want 4", len(want))
	}
}

// A sweep whose process is killed again and again completes, and the store
// holds each trial once.
func TestSweepSurvivesKill(t *testing.T) {
	dir := inFolder(t)
	r := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for {
		cmd := program(t, dir, "sweep", "run", "small.yaml", "--store", "runs.db", "--workers", "2")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		// Six kills, later and later: before the store exists, in the first
		// trials, and near the end.
		wait := time.Duration(killed*150+r.IntN(150)) * time.Millisecond
		if killed == 6 {
			wait = 2 * time.Minute
		}
		select {
		case err := <-done:
			if err != nil {
				t.Fatalf("the sweep failed: %v", err)
			}
		case <-time.After(wait):
			if killed == 6 {
				t.Fatal("the sweep does not end")
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-done
			killed++
			continue
		}
		break
	}
	rows := runsOf(t, "runs.db")
	if len(rows) != 4 {
		t.Errorf("%d runs, want 4", len(rows))
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if row.State != "done" || seen[row.Key] {
			t.Errorf("run %s is %s, or twice there", row.Run, row.State)
		}
		seen[row.Key] = true
	}
	partial, err := filepath.Glob("runs.db.files/*/*.part*")
	if err != nil || len(partial) > 0 {
		t.Errorf("half-written files stay: %v, %v", partial, err)
	}
}

// Two processes on one store share the trials and both end well.
func TestTwoSweepsAtOnce(t *testing.T) {
	dir := inFolder(t)
	var errs [2]bytes.Buffer
	done := make(chan error, 2)
	for i := range errs {
		cmd := program(t, dir, "sweep", "run", "small.yaml", "--store", "runs.db")
		cmd.Stderr = &errs[i]
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go func() { done <- cmd.Wait() }()
	}
	for range errs {
		if err := <-done; err != nil {
			t.Errorf("a sweep ended with %v:\n%s\n%s", err, &errs[0], &errs[1])
		}
	}
	for _, r := range runsOf(t, "runs.db") {
		if r.State != "done" || r.Attempts != 1 {
			t.Errorf("run %s is %s after %d attempts", r.Run, r.State, r.Attempts)
		}
	}
}
