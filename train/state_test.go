package train_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/train"
)

// timeless takes what a clock gave out of an event.
func timeless(e train.Event) train.Event {
	if e.Epoch != nil {
		epoch := *e.Epoch
		epoch.Seconds = 0
		e.Epoch = &epoch
	}
	return e
}

// A run that is stopped anywhere and resumed ends with the bytes, the scores and
// the events of one that was not: in the middle of the first epoch, between
// stages, after a best epoch, twice.
func TestResumeIsBitEqual(t *testing.T) {
	job := rich(toy(false))
	job.Train.Epochs, job.Curriculum.StageEpochs = 6, []int{2}
	run := func(job train.Job, stops ...int) (train.Result, []train.Event) {
		be, err := device.Open("cpu", 1)
		if err != nil {
			t.Fatal(err)
		}
		defer be.Close()
		for {
			var events []train.Event
			steps := 0
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			res, err := train.Run(ctx, be, job, func(e train.Event) {
				events = append(events, timeless(e))
				if e.Step != nil {
					steps++
				}
				if len(stops) > 0 && steps == stops[0] {
					cancel()
				}
			})
			if len(stops) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return res, events
			}
			if !errors.Is(err, context.Canceled) || steps != stops[0] {
				t.Fatalf("ended with %v after %d steps, want context.Canceled after %d", err, steps, stops[0])
			}
			stops, job.Checkpoints.Resume = stops[1:], true
		}
	}
	whole, wholeEvents := run(job)
	for _, stops := range [][]int{{3}, {16}, {20, 37}, {24, 25}} {
		job.Checkpoints = train.Checkpoints{Dir: filepath.Join(t.TempDir(), "state")}
		res, events := run(job, stops...)
		if !bytes.Equal(res.Checkpoint, whole.Checkpoint) {
			t.Errorf("stopped at %v: another checkpoint", stops)
		}
		if !reflect.DeepEqual(res.Metrics, whole.Metrics) || !reflect.DeepEqual(res.Test, whole.Test) || res.Steps != whole.Steps ||
			res.Tokens != whole.Tokens || res.BestEpoch != whole.BestEpoch || res.Epochs != whole.Epochs {
			t.Errorf("stopped at %v: another result", stops)
		}
		if !reflect.DeepEqual(events, wholeEvents) {
			t.Errorf("stopped at %v: %d events that differ from the %d of a whole run", stops, len(events), len(wholeEvents))
		}
	}
}

// A killed process leaves the state of its last writing: the files are those of
// that step, and going on from them gives the same end.
func TestResumeFromAnEarlierStep(t *testing.T) {
	job := toyJob(toy(false))
	job.Train.Epochs, job.Curriculum.StageEpochs = 5, []int{2}
	whole, err := runOn(t, "cpu", 1, job, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir, kept := t.TempDir(), t.TempDir()
	job.Checkpoints = train.Checkpoints{Dir: dir, Every: 7}
	steps := 0
	if _, err := runOn(t, "cpu", 1, job, func(e train.Event) {
		if e.Step == nil {
			return
		}
		if steps++; steps == 34 { // the writing after step 28 is the last before
			if err := os.CopyFS(kept, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	job.Checkpoints = train.Checkpoints{Dir: kept, Resume: true}
	var first []int
	res, err := runOn(t, "cpu", 2, job, func(e train.Event) {
		if e.Step != nil {
			first = append(first, e.Step.Step)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(res.Checkpoint, whole.Checkpoint) || !reflect.DeepEqual(res.Metrics, whole.Metrics) {
		t.Error("resumed from step 28: another result")
	}
	if len(first) != whole.Steps || first[0] != 1 {
		t.Errorf("told of %d steps from %d, want %d from 1", len(first), first[0], whole.Steps)
	}
	list, err := filepath.Glob(filepath.Join(kept, "*"))
	if err != nil || len(list) != 2 {
		t.Errorf("files %v, %v, want the state and one model", list, err)
	}
}

func TestResumeRefusesAnotherRun(t *testing.T) {
	dir := t.TempDir()
	job := toyJob(toy(false))
	job.Train.Epochs, job.Curriculum.StageEpochs = 4, []int{1}
	job.Checkpoints = train.Checkpoints{Dir: dir, Every: 5}
	if _, err := runOn(t, "cpu", 1, job, nil); err != nil {
		t.Fatal(err)
	}
	job.Checkpoints.Resume = true
	for _, c := range []struct {
		change func(*train.Job)
		want   string
	}{
		{func(j *train.Job) { j.Train.LearningRate = 0.02 }, "is the state of another run: train.learning_rate was 0.01, now it is 0.02"},
		{func(j *train.Job) { j.Model.Head.Dim = 8 }, "model.head.dim was 16, now it is 8"},
		{func(j *train.Job) { j.Curriculum.Batch = 4 }, "curriculum.batch was 8, now it is 4"},
		{func(j *train.Job) { j.Seed = 9 }, "the seed was 3, now it is 9"},
		{func(j *train.Job) { j.Checkpoints.Dir = t.TempDir() }, "holds no state of a run"},
	} {
		other := job
		c.change(&other)
		if _, err := runOn(t, "cpu", 1, other, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want ...%s", err, c.want)
		}
	}
	best, _ := filepath.Glob(filepath.Join(dir, "best-*"))
	if len(best) != 1 {
		t.Fatalf("best models %v", best)
	}
	if err := os.WriteFile(best[0], []byte("another"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := runOn(t, "cpu", 1, job, nil); err == nil || !strings.Contains(err.Error(), "is not the model that") {
		t.Errorf("changed model: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "state.safetensors"), []byte("no state"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := runOn(t, "cpu", 1, job, nil); err == nil || !strings.Contains(err.Error(), "state.safetensors: ") {
		t.Errorf("broken state: %v", err)
	}
}

// A step too far makes a parameter infinite: the run ends with the step, the
// parameter and the documents of the batch.
func TestNumbersThatAreNotFiniteEndTheRun(t *testing.T) {
	ds := toy(false)
	job := toyJob(ds)
	job.Train.LearningRate, job.Train.Clip, job.Train.Warmup = 1e38, 0, 0
	told := 0
	_, err := runOn(t, "cpu", 1, job, func(train.Event) { told++ })
	var bad *train.StepError
	if !errors.As(err, &bad) {
		t.Fatalf("ended with %v", err)
	}
	if bad.Step != told+1 || bad.Epoch != 1 || len(bad.Documents) != 8 {
		t.Errorf("step %d, epoch %d, documents %v; %d steps were told", bad.Step, bad.Epoch, bad.Documents, told)
	}
	train := map[string]bool{}
	for _, d := range ds.Docs[corpus.Train] {
		train[d.ID] = true
	}
	for _, id := range bad.Documents {
		if !train[id] {
			t.Errorf("document %q is none of the training split", id)
		}
	}
	for _, part := range []string{"is NaN", "not finite", bad.Documents[0]} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("no %q in: %v", part, err)
		}
	}
}

// What training drew: without a sampler each document once an epoch, with the
// labels of a stage marked.
func TestDrawnLabels(t *testing.T) {
	job := toyJob(toy(false))
	job.Curriculum.Sampler = "uniform"
	job.Train.Epochs = 5
	var drawn [][]train.Draw
	if _, err := runOn(t, "cpu", 1, job, func(e train.Event) {
		if e.Epoch != nil {
			drawn = append(drawn, e.Epoch.Drawn)
		}
	}); err != nil {
		t.Fatal(err)
	}
	early := []train.Draw{{60, 60, 60, true}, {60, 60, 120, true}, {12, 12, 12, false}}
	late := []train.Draw{{60, 60, 60, true}, {60, 60, 120, true}, {12, 12, 12, true}}
	if !reflect.DeepEqual(drawn, [][]train.Draw{early, early, early, late, late}) {
		t.Errorf("drew %v", drawn)
	}
	// The balanced sampler draws documents with CODE more often than they occur.
	job.Curriculum.Sampler = "domain_balanced"
	if _, err := runOn(t, "cpu", 1, job, func(e train.Event) {
		if e.Epoch != nil && e.Epoch.Epoch == 4 && e.Epoch.Drawn[2].Documents <= 12 {
			t.Errorf("the balanced sampler drew %+v", e.Epoch.Drawn)
		}
	}); err != nil {
		t.Fatal(err)
	}
}
