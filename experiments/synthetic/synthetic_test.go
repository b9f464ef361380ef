package synthetic_test

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/experiments/synthetic"
	"github.com/invoicelab/invoicelab/train"
)

// A made store holds what was asked for, and the same figures each time.
func TestMake(t *testing.T) {
	o := synthetic.Options{Runs: 20, Metrics: 12, Documents: 3, Epochs: 2, Steps: 2, Failures: 4, Seed: 5}
	var tables [2]experiments.Table
	for i := range tables {
		path := filepath.Join(t.TempDir(), "made.db")
		if err := synthetic.Make(t.Context(), path, o, nil); err != nil {
			t.Fatal(err)
		}
		s, err := experiments.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		info, err := s.Sweep(t.Context(), synthetic.Name)
		if err != nil || info.Trials != 20 || info.Done+info.Failed != 20 || info.Failed == 0 || info.Done == 0 {
			t.Errorf("%+v, %v", info, err)
		}
		outcomes, err := s.Outcomes(t.Context(), experiments.Filter{Sweep: synthetic.Name})
		if err != nil || len(outcomes) != info.Done || len(outcomes[0].Metrics) != 12 || len(outcomes[0].Test.Docs) != 3 {
			t.Errorf("%d outcomes, %v", len(outcomes), err)
		}
		if tables[i], err = s.Find(t.Context(), experiments.Search{}, []string{"key", "state", "seconds", "test/macro_f1", "heldout/macro_f1", "level.rate"}); err != nil {
			t.Fatal(err)
		}
	}
	for i, row := range tables[0].Rows {
		if again := tables[1].Rows[i]; row[1].Text == "done" && !reflect.DeepEqual(row, again) {
			t.Errorf("%v, then %v", row, again)
		}
	}
	for _, bad := range []synthetic.Options{{Runs: 15, Metrics: 12}, {Runs: 20, Metrics: 2}, {Runs: 20, Metrics: 12, Steps: -1}} {
		if err := synthetic.Make(t.Context(), filepath.Join(t.TempDir(), "bad.db"), bad, nil); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// While a sweep runs, its progress names the runs that run and how far they
// are.
func TestSweepProgress(t *testing.T) {
	o := synthetic.Options{Runs: 10, Metrics: 6, Epochs: 2, Steps: 3}
	sweep, trials, err := synthetic.Plan(o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := experiments.Create(filepath.Join(t.TempDir(), "live.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	runner, looked := synthetic.Runner(o), false
	_, err = experiments.Run(t.Context(), s, sweep, trials, experiments.RunOptions{Workers: 1}, func(ctx context.Context, tr experiments.Trial, observe func(train.Event)) (train.Result, error) {
		r, err := runner(ctx, tr, observe)
		if tr.Key != trials[3].Key {
			return r, err
		}
		for !looked { // until what was observed is written
			p, err := s.SweepProgress(ctx, synthetic.Name)
			if err != nil {
				return r, err
			}
			if p.Done != 3 || p.Running != 1 || p.Pending != 6 || len(p.Active) != 1 || p.Active[0].Key != tr.Key || p.Active[0].Epochs != 2 {
				t.Errorf("%+v", p)
				break
			}
			looked = p.Active[0].Epoch == 2
			if a := p.Active[0]; looked && (a.Step != 6 || a.Score == nil || len(a.Losses) != 3 || p.Left <= 0) {
				t.Errorf("%+v, %v left", a, p.Left)
			}
		}
		return r, err
	}, func(experiments.Progress) {})
	if err != nil || !looked {
		t.Errorf("%v; looked: %v", err, looked)
	}
}
