package experiments_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/train"
)

// A plan knows what is done in which sweep, what failed, and what the rest may
// cost: head=linear takes 2 s, head=hybrid loss=plain 4 s, hybrid mixed fails.
func TestForecast(t *testing.T) {
	store := create(t, filepath.Join(t.TempDir(), "runs.db"))
	sweep, trials := tiny(t, 1)
	if f, err := store.Forecast(t.Context(), trials, false); err != nil || f.Todo != 4 || f.Unknown != 4 || f.Skipped != 0 || f.Seconds != 0 {
		t.Errorf("%+v, %v", f, err)
	}
	_, err := experiments.Run(t.Context(), store, sweep, trials, options(1), func(_ context.Context, tr experiments.Trial, _ func(train.Event)) (train.Result, error) {
		r := result(tr)
		r.Elapsed = 2 * time.Second
		if tr.Levels["head"] == "hybrid" {
			if r.Elapsed = 4 * time.Second; tr.Levels["loss"] == "mixed" {
				return r, errBroken
			}
		}
		return r, nil
	}, silent)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("name: tiny", "name: other", "{count: %d}", "[1, 7]", "plain: {model.loss.kind: ce}", "plain: {model.loss.kind: ce}\n      long: {model.loss.kind: ce, train.epochs: 6}").Replace(sweepText)
	trials = plan(t, loadSweep(t, text))
	f, err := store.Forecast(t.Context(), trials, false)
	if err != nil || len(f.Trials) != 12 {
		t.Fatalf("%d trials, %v", len(f.Trials), err)
	}
	for i, p := range f.Trials {
		tr := trials[i]
		name := tr.Levels["head"] + " " + tr.Levels["loss"]
		want, seconds, basis := "", 0.0, ""
		switch {
		case name == "hybrid mixed" && tr.Seed == 1:
			want = "failed before (sweep tiny): broken on purpose; --retry runs it again"
		case tr.Seed == 1 && tr.Levels["loss"] != "long":
			want = "at revision abc+dirty (sweep tiny)"
		case name == "linear long": // three times the epochs of linear plain
			seconds, basis = 6, "1 runs on the same data, 1 settings differ"
		case name == "hybrid long":
			seconds, basis = 12, "1 runs on the same data, 1 settings differ"
		case name == "hybrid mixed": // linear mixed and hybrid plain: the nearer counts
			seconds, basis = 2, "1 runs on the same data, 1 settings differ"
		default:
			seconds, basis = map[string]float64{"linear": 2, "hybrid": 4}[tr.Levels["head"]], "1 runs with other seeds"
		}
		if p.Skip != (want != "") || !strings.HasSuffix(p.Reason, want) || p.Seconds != seconds || p.Basis != basis {
			t.Errorf("%s seed %d: %+v; want %q, %v s from %q", name, tr.Seed, p, want, seconds, basis)
		}
	}
	if f.Skipped != 4 || f.Todo != 8 || f.Unknown != 0 || f.Seconds != 2+2+6+6+12+12+4+2 {
		t.Errorf("%d skipped, %d to do, %v s", f.Skipped, f.Todo, f.Seconds)
	}
	f, err = store.Forecast(t.Context(), trials, true)
	if err != nil || f.Skipped != 3 || f.Todo != 9 {
		t.Errorf("with --retry %d skipped, %d to do, %v", f.Skipped, f.Todo, err)
	}
}
