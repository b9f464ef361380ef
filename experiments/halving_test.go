package experiments_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/train"
)

const searchText = `
name: search
primary: test/macro_f1
seeds: {count: 2}
base: {corpus: {path: corpora/tiny, schema: sroie}, train: {epochs: 9}}
axes:
  - {name: rate, key: train.learning_rate, values: [0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007]}
halving: {first: 1, factor: 3}
`

// scoreAt is the validation score of a trial of the search after an epoch.
// Rate 0.004 leads at first and 0.006 later; 0.007 has one good seed alone.
func scoreAt(t experiments.Trial, epoch int) float64 {
	var rate int
	fmt.Sscanf(t.Levels["rate"], "0.00%d", &rate)
	switch {
	case rate == 7:
		return map[uint64]float64{1: 0.9, 2: 0}[t.Seed]
	case rate == 4:
		return 0.6 + 0.01*float64(epoch)
	case rate == 6:
		return 0.5 + 0.05*float64(epoch)
	}
	return 0.01*float64(rate) + 0.02*float64(t.Seed)
}

// searching trains a trial of the search from where it was left, as train.Run
// with checkpoints does: the epochs of before are told once more. trained
// counts the epochs that were really trained.
type searching struct {
	mu      sync.Mutex
	epochs  map[string]int
	trained int
	stop    func(trained int) // may end the search
}

func (s *searching) run(ctx context.Context, t experiments.Trial, observe func(train.Event)) (train.Result, error) {
	s.mu.Lock()
	done := s.epochs[t.Key]
	s.mu.Unlock()
	for epoch := range t.Experiment.Train.Epochs {
		if epoch >= done {
			if ctx.Err() != nil {
				return train.Result{}, ctx.Err()
			}
			s.mu.Lock()
			s.epochs[t.Key], s.trained = epoch+1, s.trained+1
			if s.stop != nil {
				s.stop(s.trained)
			}
			s.mu.Unlock()
		}
		observe(train.Event{Step: &train.StepEvent{Step: epoch + 1, Epoch: epoch, Losses: map[string]float64{"total": 1}}})
		observe(train.Event{Epoch: &train.EpochEvent{Epoch: epoch, Steps: epoch + 1, Losses: map[string]float64{"total": 1}, Validation: map[string]float64{"macro_f1": scoreAt(t, epoch)}}})
	}
	return result(t), nil
}

// Of 7 variants, 3 go on after 1 epoch: 0.004 (0.6), 0.006 (0.5) and 0.007
// (0.45, the mean of 0.9 and 0, not its best seed). After 3 epochs, 1 of them:
// 0.004 with 0.62 against 0.60. So 14 trials of 1 epoch, 6 of 2 more, 2 of 6
// more are trained: 38 epochs of 126, whatever the number of workers, and
// whether the search is interrupted or not.
func TestHalving(t *testing.T) {
	s := loadSweep(t, searchText)
	trials := plan(t, s)
	rungs, share := experiments.PlanRungs(s, trials)
	if len(rungs) != 3 || rungs[0] != (experiments.RungPlan{Epochs: 1, Variants: 7, Trials: 14}) || rungs[1] != (experiments.RungPlan{Epochs: 3, Variants: 3, Trials: 6}) || rungs[2] != (experiments.RungPlan{Epochs: 9, Variants: 1, Trials: 2}) || share != 38.0/126 {
		t.Errorf("planned %+v, share %v", rungs, share)
	}
	for _, c := range []struct{ workers, stopAt int }{{1, 0}, {4, 0}, {3, 17}, {1, 25}} {
		t.Run(fmt.Sprintf("%d workers, stopped after %d epochs", c.workers, c.stopAt), func(t *testing.T) {
			store := create(t, filepath.Join(t.TempDir(), "runs.db"))
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			work := &searching{epochs: map[string]int{}}
			if c.stopAt > 0 {
				work.stop = func(trained int) {
					if trained == c.stopAt {
						stop()
					}
				}
				if _, _, err := experiments.Halve(ctx, store, s, trials, options(c.workers), work.run, silent); !errors.Is(err, context.Canceled) {
					t.Fatalf("stopped: %v", err)
				}
				work.stop = nil
			}
			rungs, sum, err := experiments.Halve(t.Context(), store, s, trials, options(c.workers), work.run, silent)
			if err != nil || sum.Done+sum.Skipped != 2 || sum.Halted != 12 || sum.Failed+sum.Remaining != 0 || len(rungs) != 3 {
				t.Fatalf("%+v, %+v, %v", rungs, sum, err)
			}
			if work.trained != 38 {
				t.Errorf("%d epochs were trained; want 38", work.trained)
			}
			for k, want := range []string{"0.004 0.006 0.007 0.005 0.003 0.002 0.001", "0.004 0.006 0.007", ""} {
				var got []string
				for _, v := range rungs[k].Scores {
					got = append(got, v.Levels["rate"])
				}
				if strings.Join(got, " ") != want {
					t.Errorf("rung %d: %s; want %s", k, got, want)
				}
			}
			if rungs[0].Kept != 3 || rungs[1].Kept != 1 || *rungs[0].Scores[2].Score != 0.45 {
				t.Errorf("%+v", rungs)
			}
			outcomes, err := store.Outcomes(t.Context(), experiments.Filter{Sweep: "search"})
			if err != nil || len(outcomes) != 2 || outcomes[0].Levels["rate"] != "0.004" {
				t.Errorf("%d outcomes to compare, %v; want the 2 of rate 0.004", len(outcomes), err)
			}
			infos, err := store.Runs(t.Context(), experiments.Filter{Sweep: "search", Levels: map[string]string{"rate": "0.006"}})
			if err != nil || len(infos) != 2 || infos[0].State != experiments.StateHalted || infos[0].Error != "left out after 3 epochs: place 2 of 3 by validation/macro_f1, 1 kept" {
				t.Errorf("%+v, %v", infos, err)
			}
			info, err := store.Sweep(t.Context(), "search")
			if err != nil || info.Done != 2 || info.Halted != 12 || info.Pending != 0 {
				t.Errorf("%+v, %v", info, err)
			}
			// A sweep of the same trials to their end takes none of the halted for done.
			full := s
			full.Name, full.Halving = "full", nil
			fsum, err := experiments.Run(t.Context(), store, full, trials, options(2), work.run, silent)
			if err != nil || fsum.Skipped != 2 || fsum.Done != 12 || work.trained != 126 {
				t.Errorf("%+v, %v, %d epochs", fsum, err, work.trained)
			}
		})
	}
}

// A variant of which a trial fails goes on only where too few others are left.
func TestHalvingFailure(t *testing.T) {
	s := loadSweep(t, searchText)
	trials := plan(t, s)
	store := create(t, filepath.Join(t.TempDir(), "runs.db"))
	work := &searching{epochs: map[string]int{}}
	rungs, sum, err := experiments.Halve(t.Context(), store, s, trials, options(2), func(ctx context.Context, tr experiments.Trial, observe func(train.Event)) (train.Result, error) {
		if tr.Levels["rate"] == "0.004" && tr.Seed == 2 {
			return train.Result{}, errBroken
		}
		return work.run(ctx, tr, observe)
	}, silent)
	if err != nil || sum.Failed != 1 || sum.Done != 2 || sum.Halted != 11 {
		t.Fatalf("%+v, %v", sum, err)
	}
	last := rungs[0].Scores[6]
	if last.Levels["rate"] != "0.004" || last.Score != nil || rungs[1].Scores[0].Levels["rate"] != "0.006" {
		t.Errorf("%+v", rungs)
	}
}
