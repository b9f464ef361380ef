package experiments_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/train"
)

// same compares values that may be NaN.
func same(a, b map[string]float64) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		w, ok := b[k]
		if !ok || math.Float64bits(v) != math.Float64bits(w) && !(math.IsNaN(v) && math.IsNaN(w)) {
			return false
		}
	}
	return true
}

func TestEverythingIsReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a ?#%odd name.db")
	sweep, trials := tiny(t, 2)
	first := create(t, path)
	mustRun(t, first, sweep, trials, 8)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	store, err := experiments.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	outcomes, err := store.Outcomes(t.Context(), experiments.Filter{Sweep: "tiny"})
	if err != nil || len(outcomes) != len(trials) {
		t.Fatalf("%d outcomes, %v", len(outcomes), err)
	}
	for i, o := range outcomes {
		trial := trials[i]
		r := result(trial)
		if o.Key != trial.Key || o.Seed != trial.Seed || o.Canonical != trial.Canonical || o.CorpusDigest != trial.Corpus.Digest || o.Sweep != "tiny" || !reflect.DeepEqual(o.Levels, trial.Levels) {
			t.Errorf("outcome %d is %+v", i, o)
		}
		if o.Revision != "abc+dirty" || o.Device != "cpu avx2 1 thread (test)" || o.Seconds != 1.5 || time.Since(o.Finished) > time.Minute {
			t.Errorf("outcome %d: revision %q, device %q, %v s, finished %v", i, o.Revision, o.Device, o.Seconds, o.Finished)
		}
		if !same(o.Metrics, r.Metrics) {
			t.Errorf("outcome %d: metrics %v; want %v", i, o.Metrics, r.Metrics)
		}
		if !reflect.DeepEqual(o.Test, r.Test) || !reflect.DeepEqual(o.Heldout, r.Heldout) || !reflect.DeepEqual(o.TrainDocs, r.TrainDocs) {
			t.Errorf("outcome %d: counts %v %v %v", i, o.Test, o.Heldout, o.TrainDocs)
		}
		if want := map[string]string{"company": "vendor", "address": "vendor", "date": "purchase", "total": "purchase"}; !reflect.DeepEqual(o.Groups, want) {
			t.Errorf("outcome %d: groups %v", i, o.Groups)
		}
		if got := fmt.Sprint(o.Curves); got != "[{loss/entity 0 0 1} {loss/entity 1 1 0.5} {validation/macro_f1 0 0 NaN} {validation/macro_f1 1 1 NaN}]" {
			t.Errorf("outcome %d: curves %s", i, got)
		}
		weights, err := store.Checkpoint(t.Context(), o.Run)
		if err != nil || string(weights) != string(r.Checkpoint) {
			t.Errorf("outcome %d: checkpoint %q, %v", i, weights, err)
		}
		d, err := store.Show(t.Context(), o.Run)
		if err != nil || d.BestEpoch != 1 || d.Epochs != 2 || d.Steps != 4 || d.Tokens != 1000 || d.Parameters != 42 || d.Parts["crf"] != 0.25 || d.GoVersion != "go1.26" ||
			d.Primary != "test/macro_f1" || d.Schema != "sroie" || d.CorpusName != "tiny" || !strings.Contains(d.Settings, "path: corpora/tiny") || !same(d.Metrics, r.Metrics) {
			t.Errorf("outcome %d: detail %+v, %v", i, d, err)
		}
	}
	steps, err := store.Steps(t.Context(), outcomes[0].Run)
	if err != nil || len(steps) != 4 {
		t.Fatalf("%d steps, %v", len(steps), err)
	}
	last := steps[3]
	if last.Step != 3 || last.Epoch != 1 || last.Stage != 1 || last.LearningRate != 0.001 || !math.IsInf(last.GradNorm, 1) || !same(last.Losses, map[string]float64{"entity": 3, "total": math.NaN()}) {
		t.Errorf("last step %+v", last)
	}
	info, err := store.Sweep(t.Context(), "tiny")
	axes := []experiments.AxisInfo{{Name: "head", Levels: []string{"linear", "hybrid"}}, {Name: "loss", Levels: []string{"plain", "mixed"}}}
	if err != nil || info.Trials != 8 || info.Done != 8 || info.Primary != "test/macro_f1" || !reflect.DeepEqual(info.Axes, axes) || !slices.Equal(info.Seeds, []uint64{1, 2}) {
		t.Errorf("sweep %+v, %v", info, err)
	}
}

func TestRunAgainRepeatsNothing(t *testing.T) {
	store := create(t, filepath.Join(t.TempDir(), "runs.db"))
	sweep, trials := tiny(t, 2)
	mustRun(t, store, sweep, trials, 8)
	mustRun(t, store, sweep, trials, 0)
	// A sweep that shares trials runs the new ones only, and takes the name over.
	sweep3, trials3 := tiny(t, 3)
	mustRun(t, store, sweep3, trials3, 4)
	infos, err := store.Runs(t.Context(), experiments.Filter{Sweep: "tiny"})
	if err != nil || len(infos) != 12 {
		t.Fatalf("%d runs, %v", len(infos), err)
	}
	for i, r := range infos {
		if r.Key != trials3[i].Key || r.State != experiments.StateDone || r.Attempts != 1 || !slices.Equal(r.Sweeps, []string{"tiny"}) || !reflect.DeepEqual(r.Levels, trials3[i].Levels) {
			t.Errorf("run %d is %+v", i, r)
		}
	}
	// Planned again, the smaller sweep is the latest of its name.
	mustRun(t, store, sweep, trials, 0)
	if infos, err = store.Runs(t.Context(), experiments.Filter{Sweep: "tiny"}); err != nil || len(infos) != 8 {
		t.Fatalf("%d runs, %v", len(infos), err)
	}
	sweeps, err := store.Sweeps(t.Context())
	if err != nil || len(sweeps) != 1 || sweeps[0].Trials != 8 {
		t.Errorf("sweeps %+v, %v", sweeps, err)
	}
}

func TestFailuresAreRecordedAndRetried(t *testing.T) {
	store := create(t, filepath.Join(t.TempDir(), "runs.db"))
	sweep, trials := tiny(t, 2)
	broken := func(ctx context.Context, trial experiments.Trial, observe func(train.Event)) (train.Result, error) {
		switch trial.Key {
		case trials[2].Key:
			return train.Result{}, errBroken
		case trials[5].Key:
			panic("a slip")
		}
		return quickly(ctx, trial, observe)
	}
	var failed atomic.Int32
	count := func(p experiments.Progress) {
		if p.Moment == experiments.Failed {
			failed.Add(1)
		}
	}
	sum, err := experiments.Run(t.Context(), store, sweep, trials, options(2), broken, count)
	if want := (experiments.Summary{Total: 8, Done: 6, Failed: 2}); err != nil || sum != want || failed.Load() != 2 {
		t.Fatalf("summary %+v, %v, %d reports; want %+v", sum, err, failed.Load(), want)
	}
	infos, err := store.Runs(t.Context(), experiments.Filter{Sweep: "tiny", Levels: map[string]string{"head": "linear", "loss": "mixed"}})
	if err != nil || len(infos) != 2 || infos[0].State != experiments.StateFailed || infos[0].Error != errBroken.Error() || infos[1].State != experiments.StateDone {
		t.Errorf("runs %+v, %v", infos, err)
	}
	if infos, err = store.Runs(t.Context(), experiments.Filter{Runs: []string{trials[5].Key}}); err != nil || len(infos) != 1 || !strings.HasPrefix(infos[0].Error, "panic: a slip\n") {
		t.Errorf("runs %+v, %v", infos, err)
	}
	// Without Retry they stay failed; with it they run, once.
	sum, err = experiments.Run(t.Context(), store, sweep, trials, options(2), quickly, silent)
	if want := (experiments.Summary{Total: 8, Skipped: 6, Failed: 2}); err != nil || sum != want {
		t.Errorf("summary %+v, %v; want %+v", sum, err, want)
	}
	retry := options(2)
	retry.Retry = true
	sum, err = experiments.Run(t.Context(), store, sweep, trials, retry, broken, silent)
	if want := (experiments.Summary{Total: 8, Skipped: 6, Failed: 2}); err != nil || sum != want {
		t.Errorf("summary %+v, %v; want %+v", sum, err, want)
	}
	sum, err = experiments.Run(t.Context(), store, sweep, trials, retry, quickly, silent)
	if want := (experiments.Summary{Total: 8, Skipped: 6, Done: 2}); err != nil || sum != want {
		t.Errorf("summary %+v, %v; want %+v", sum, err, want)
	}
	if infos, err = store.Runs(t.Context(), experiments.Filter{Runs: []string{trials[2].Key}}); err != nil || infos[0].State != experiments.StateDone || infos[0].Attempts != 3 || infos[0].Error != "" {
		t.Errorf("runs %+v, %v", infos, err)
	}
}

func TestStoppedByTheCaller(t *testing.T) {
	store := create(t, filepath.Join(t.TempDir(), "runs.db"))
	sweep, trials := tiny(t, 2)
	ctx, cancel := context.WithCancel(t.Context())
	var stopped atomic.Int32
	// The first four trials end, the fifth and sixth run until they are stopped.
	run := func(ctx context.Context, trial experiments.Trial, observe func(train.Event)) (train.Result, error) {
		if i := slices.IndexFunc(trials, func(o experiments.Trial) bool { return o.Key == trial.Key }); i >= 4 {
			return after(time.Hour)(ctx, trial, observe)
		}
		return quickly(ctx, trial, observe)
	}
	sum, err := experiments.Run(ctx, store, sweep, trials, options(2), run, func(p experiments.Progress) {
		switch {
		case p.Moment == experiments.Started && p.Trial.Key == trials[5].Key:
			cancel()
		case p.Moment == experiments.Stopped:
			stopped.Add(1)
		}
	})
	if want := (experiments.Summary{Total: 8, Done: 4, Remaining: 4}); !errors.Is(err, context.Canceled) || sum != want || stopped.Load() != 2 {
		t.Fatalf("summary %+v, %v, %d stopped; want %+v", sum, err, stopped.Load(), want)
	}
	infos, err := store.Runs(t.Context(), experiments.Filter{Sweep: "tiny"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range infos {
		if r.State != experiments.StateDone && r.State != experiments.StatePending {
			t.Errorf("run %s is %s after a stop", r.Run, r.State)
		}
	}
	mustRun(t, store, sweep, trials, sum.Remaining)
}

// Two calls at once share the work; each sees all of it done. Their first trials
// wait for each other, so that both come to do some.
func TestTwoCallsOnOneStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs.db")
	sweep, trials := tiny(t, 4)
	var ran [2]atomic.Int32
	type answer struct {
		sum experiments.Summary
		err error
	}
	answers := make(chan answer)
	var both sync.WaitGroup
	var begun [2]sync.Once
	both.Add(2)
	for i := range 2 {
		store := create(t, path)
		go func() {
			sum, err := experiments.Run(t.Context(), store, sweep, trials, options(2), func(ctx context.Context, trial experiments.Trial, observe func(train.Event)) (train.Result, error) {
				ran[i].Add(1)
				begun[i].Do(both.Done)
				both.Wait()
				return after(15*time.Millisecond)(ctx, trial, observe)
			}, silent)
			answers <- answer{sum, err}
		}()
	}
	for range 2 {
		if a := <-answers; a.err != nil || a.sum.Done+a.sum.Skipped != 16 {
			t.Errorf("summary %+v, %v", a.sum, a.err)
		}
	}
	if a, b := ran[0].Load(), ran[1].Load(); a+b != 16 || a == 0 || b == 0 {
		t.Errorf("the calls ran %d and %d of 16 trials", a, b)
	}
}

func TestUnknownNames(t *testing.T) {
	store := create(t, filepath.Join(t.TempDir(), "runs.db"))
	ctx := t.Context()
	if _, err := store.Outcomes(ctx, experiments.Filter{Sweep: "tiny"}); err == nil || !strings.HasSuffix(err.Error(), "sweep tiny: the store holds no sweep yet") {
		t.Error(err)
	}
	sweep, trials := tiny(t, 1)
	mustRun(t, store, sweep, trials, 4)
	for _, c := range []struct {
		f    experiments.Filter
		want string
	}{
		{experiments.Filter{Sweep: "tinny"}, "sweep tinny: not in the store, which has tiny; did you mean tiny?"},
		{experiments.Filter{Sweep: "tiny", Levels: map[string]string{"heads": "linear"}}, "sweep tiny: no axis heads; it has head, loss"},
		{experiments.Filter{Sweep: "tiny", Levels: map[string]string{"head": "liner"}}, "sweep tiny: axis head has no level liner; it has linear, hybrid"},
		{experiments.Filter{Runs: []string{"zz"}}, "run zz: no run of the store begins so"},
		{experiments.Filter{Runs: []string{" "}}, `run " ": expected the beginning of a run's id`},
	} {
		if _, err := store.Runs(ctx, c.f); err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%+v: %v; want %s", c.f, err, c.want)
		}
	}
	pending := loadSweep(t, strings.Replace(fmt.Sprintf(sweepText, 1), "epochs: 2", "epochs: 3", 1))
	if err := store.Add(ctx, pending, plan(t, pending)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Checkpoint(ctx, plan(t, pending)[0].Key); err == nil || !strings.HasSuffix(err.Error(), "no checkpoint: the run is pending") {
		t.Error(err)
	}
}

// The store gives back the sweep and the corpus that were planned.
func TestDefinitionAndManifest(t *testing.T) {
	sweep, trials := tiny(t, 2)
	store, err := experiments.Create(filepath.Join(t.TempDir(), "runs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ctx := context.Background()
	if err := store.Add(ctx, sweep, trials); err != nil {
		t.Fatal(err)
	}
	got, err := store.Definition(ctx, sweep.Name)
	if err != nil || got.YAML() != sweep.YAML() {
		t.Errorf("definition (%v):\n%s\nwant\n%s", err, got.YAML(), sweep.YAML())
	}
	m, err := store.Manifest(ctx, trials[0].Corpus.Digest)
	if err != nil || !reflect.DeepEqual(m, trials[0].Corpus) {
		t.Errorf("manifest %+v (%v), want %+v", m, err, trials[0].Corpus)
	}
	if _, err := store.Manifest(ctx, "00"); err == nil || !strings.Contains(err.Error(), "no corpus of digest 00") {
		t.Errorf("an unknown digest: %v", err)
	}
}
