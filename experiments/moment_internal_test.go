package experiments

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/train"
)

// What is told of a run is of one moment, while it is made, forgotten and made
// again: a run that is done has all that belongs to that, another has none of it.
func TestReadsAreOfOneMoment(t *testing.T) {
	s, trial := oneTrial(t)
	ctx := t.Context()
	stop := make(chan struct{})
	var wait sync.WaitGroup
	made := make(chan error, 1)
	wait.Go(func() {
		for {
			select {
			case <-stop:
				made <- nil
				return
			default:
			}
			c, err := s.lease(ctx, trial.Key, "us", 0, Provenance{})
			if err == nil {
				l := &eventLog{}
				l.add(train.Event{Step: &train.StepEvent{Losses: map[string]float64{"total": 1}}})
				l.add(train.Event{Epoch: &train.EpochEvent{Losses: map[string]float64{"total": 1}}})
				err = s.finish(ctx, c.attempt, l, train.Result{Metrics: map[string]float64{"test/macro_f1": 0.5}, Parameters: 17, Parts: map[string]float64{"forward": 1}})
			}
			if err == nil {
				err = s.Delete(ctx, []string{trial.Key})
			}
			if err != nil {
				made <- err
				return
			}
		}
	})
	seen := map[State]int{}
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until) && (seen[StateDone] < 20 || seen[StateRunning] < 20 || seen[StatePending] < 20); {
		r, err := s.Record(ctx, trial.Key)
		if err != nil {
			t.Fatal(err)
		}
		seen[r.State]++
		whole := len(r.Metrics) == 1 && r.Parameters == 17 && len(r.Parts) == 1 && len(r.Epochs) == 1 && len(r.Steps) == 1 && r.Attempts == 1
		none := len(r.Metrics) == 0 && r.Parameters == 0 && len(r.Parts) == 0 && len(r.Epochs) == 0 && len(r.Steps) == 0
		if r.State == StateDone && !whole || r.State != StateDone && !none || r.State == StatePending && r.Attempts != 0 {
			t.Fatalf("%s: %+v", r.State, r)
		}
		outcomes, err := s.Outcomes(ctx, Filter{Sweep: "one"})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range outcomes {
			if len(o.Metrics) != 1 || len(o.Curves) != 1 {
				t.Fatalf("an outcome of %d metrics and %d points", len(o.Metrics), len(o.Curves))
			}
		}
		p, err := s.SweepProgress(ctx, "one")
		if err != nil || p.Running != len(p.Active) || p.Done+p.Running+p.Pending != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
	}
	close(stop)
	wait.Wait()
	if err := <-made; err != nil {
		t.Fatal(err)
	}
	if seen[StateDone] == 0 || seen[StateRunning] == 0 || seen[StatePending] == 0 {
		t.Errorf("seen %v", seen)
	}
}

// Whatever is read or written when a context ends, the error is the context's.
func TestErrorsOfEndedContexts(t *testing.T) {
	s, trial := oneTrial(t)
	c, err := s.lease(t.Context(), trial.Key, "us", 0, Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.finish(t.Context(), c.attempt, filled(), train.Result{Metrics: map[string]float64{"test/macro_f1": 0.5}}); err != nil {
		t.Fatal(err)
	}
	calls := map[string]func(ctx context.Context) error{
		"show":     func(ctx context.Context) error { _, err := s.Show(ctx, trial.Key); return err },
		"record":   func(ctx context.Context) error { _, err := s.Record(ctx, trial.Key); return err },
		"outcomes": func(ctx context.Context) error { _, err := s.Outcomes(ctx, Filter{}); return err },
		"list":     func(ctx context.Context) error { _, _, err := s.List(ctx, Search{Limit: 1}, nil); return err },
		"groups": func(ctx context.Context) error {
			_, err := s.Groups(ctx, Search{}, []string{"seed"}, "test/macro_f1", 0.95)
			return err
		},
		"progress": func(ctx context.Context) error { _, err := s.SweepProgress(ctx, "one"); return err },
		"manifest": func(ctx context.Context) error { _, err := s.Manifest(ctx, trial.Corpus.Digest); return err },
		"tag":      func(ctx context.Context) error { return s.Tag(ctx, []string{trial.Key}, []string{"a"}, nil) },
		"untag":    func(ctx context.Context) error { return s.Tag(ctx, []string{trial.Key}, nil, []string{"a"}) },
		"collect":  func(ctx context.Context) error { _, err := s.Collect(ctx, false); return err },
	}
	for _, name := range sortedKeys(calls) {
		begin := time.Now()
		if err := calls[name](t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		took := time.Since(begin)
		for i := range 40 {
			ctx, cancel := context.WithTimeout(t.Context(), took*time.Duration(i)/30)
			want := context.DeadlineExceeded
			if i%2 == 0 {
				cancel()
				ctx, cancel = context.WithCancel(t.Context())
				time.AfterFunc(took*time.Duration(i)/30, cancel)
				want = context.Canceled
			}
			if err := calls[name](ctx); err != nil && err != want {
				t.Errorf("%s: %T %v", name, err, err)
			}
			cancel()
		}
	}
}
