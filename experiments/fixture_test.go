package experiments_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/train"
)

const sweepText = `
name: tiny
about: two heads, two losses
primary: test/macro_f1
seeds: {count: %d}
base: {corpus: {path: corpora/tiny, schema: sroie}, train: {epochs: 2}}
axes:
  - {name: head, key: model.head.kind, values: [linear, hybrid]}
  - name: loss
    levels:
      plain: {model.loss.kind: ce}
      mixed: {model.loss.kind: combined, model.loss.balanced_share: 0.5}
`

func writeFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func loadSweep(t testing.TB, text string) config.Sweep {
	t.Helper()
	s, err := config.LoadSweep(writeFile(t, "sweep.yaml", text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// describe stands for the data: four fields of receipts, 100 documents.
func describe(c config.Corpus) (experiments.Corpus, error) {
	schema, err := config.LoadSchema(c.Schema)
	if err != nil {
		return experiments.Corpus{}, err
	}
	return experiments.Corpus{
		Manifest: corpus.Manifest{Name: "tiny", Source: "test", Digest: strings.Repeat("0123456789abcdef", 4)}, Schema: schema,
		Data: config.Data{Entities: len(schema.Entities), Groups: len(schema.Groups()), Domains: 1, Training: 80, Validation: 10, Test: 10, Holding: make([]int, len(schema.Entities))},
	}, nil
}

func plan(t testing.TB, s config.Sweep) []experiments.Trial {
	t.Helper()
	trials, err := experiments.Plan(s, describe)
	if err != nil {
		t.Fatal(err)
	}
	return trials
}

// tiny is the sweep above and its trials: 4 variants times seeds.
func tiny(t testing.TB, seeds int) (config.Sweep, []experiments.Trial) {
	s := loadSweep(t, fmt.Sprintf(sweepText, seeds))
	return s, plan(t, s)
}

func create(t testing.TB, path string) *experiments.Store {
	t.Helper()
	s, err := experiments.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// result is the outcome that a trial of these tests has: it depends on the
// trial alone.
func result(t experiments.Trial) train.Result {
	tp := int32(t.Seed)
	return train.Result{
		Metrics: map[string]float64{"test/macro_f1": 0.5 + float64(t.Seed)/8, "test/micro_f1": math.NaN(), "validation/macro_f1": math.Inf(1), "validation/micro_f1": math.Inf(-1)},
		Test: metrics.Tally{Labels: []string{"company", "total"}, Docs: []metrics.DocCount{
			{Doc: "a", Domain: "general", Template: "classic", Labels: []metrics.LabelCount{{Label: 0, Count: metrics.Count{TP: tp, Pred: tp + 1, Gold: tp + 300}}, {Label: 1, Count: metrics.Count{Pred: 2}}}},
			{Doc: "b"},
		}},
		Heldout:    metrics.Tally{Labels: []string{"total"}, Docs: []metrics.DocCount{{Doc: "h", Labels: []metrics.LabelCount{{Label: 0, Count: metrics.Count{TP: 1, Pred: 1, Gold: 1}}}}}},
		BestEpoch:  1,
		Epochs:     2,
		Steps:      4,
		Tokens:     1000,
		TrainDocs:  map[string]int{"company": 80, "total": 3},
		Checkpoint: []byte("weights of " + t.Key),
		Device:     kernels.Device{Backend: "cpu", Name: "test", Level: "avx2", Threads: 1},
		Elapsed:    1500 * time.Millisecond,
		Parts:      map[string]float64{"crf": 0.25},
		Parameters: 42,
	}
}

// events tells the events of a run of two epochs of two steps.
func events(observe func(train.Event)) {
	for epoch := range 2 {
		for i := range 2 {
			step := 2*epoch + i
			observe(train.Event{Step: &train.StepEvent{Step: step, Epoch: epoch, Stage: epoch, Losses: map[string]float64{"entity": float64(step), "total": math.NaN()}, LearningRate: 0.001, GradNorm: math.Inf(1)}})
		}
		observe(train.Event{Epoch: &train.EpochEvent{Epoch: epoch, Stage: epoch, Steps: 2, Losses: map[string]float64{"entity": 1 / float64(epoch+1)}, Validation: map[string]float64{"macro_f1": math.NaN()}, Best: epoch == 1, Seconds: float64(epoch), Tokens: 500}})
	}
}

// quickly is a runner that ends at once.
func quickly(ctx context.Context, t experiments.Trial, observe func(train.Event)) (train.Result, error) {
	events(observe)
	return result(t), nil
}

// after is a runner that takes a while, or until ctx ends.
func after(d time.Duration) experiments.Runner {
	return func(ctx context.Context, t experiments.Trial, observe func(train.Event)) (train.Result, error) {
		events(observe)
		select {
		case <-ctx.Done():
			return train.Result{}, ctx.Err()
		case <-time.After(d):
			return result(t), nil
		}
	}
}

var errBroken = errors.New("broken on purpose")

func silent(experiments.Progress) {}

func options(workers int) experiments.RunOptions {
	return experiments.RunOptions{Workers: workers, Provenance: experiments.Provenance{Revision: "abc+dirty", GoVersion: "go1.26", Device: "cpu"}}
}

// mustRun works off a sweep and wants this many trials done by the call.
func mustRun(t testing.TB, s *experiments.Store, sweep config.Sweep, trials []experiments.Trial, done int) {
	t.Helper()
	sum, err := experiments.Run(t.Context(), s, sweep, trials, options(2), quickly, silent)
	if err != nil {
		t.Fatal(err)
	}
	want := experiments.Summary{Total: len(trials), Skipped: len(trials) - done, Done: done}
	if sum != want {
		t.Fatalf("summary %+v; want %+v", sum, want)
	}
}

// corpusSchema is a schema of one group, to tell it from the shipped one.
func corpusSchema(names ...string) *corpus.Schema {
	s := &corpus.Schema{Name: "own"}
	for _, n := range names {
		s.Entities = append(s.Entities, corpus.Entity{Name: n, Group: "g", Head: "semantic"})
	}
	return s
}
