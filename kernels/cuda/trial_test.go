//go:build cuda

package cuda_test

import (
	"context"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/train"
)

// trial is a trial of the shipped sweep "quick" with the hybrid head, the combined
// loss and stages, on few documents and a narrow encoder: all its labels, groups, losses and decoder.
func trial(t *testing.T) train.Job {
	t.Helper()
	sweep, err := config.LoadSweep("quick")
	if err != nil {
		t.Fatal(err)
	}
	e := sweep.Base
	for key, value := range map[string]string{
		"model.head.kind": "hybrid", "model.loss.kind": "combined", "curriculum.kind": "staged", "train.learning_rate": "0.004",
		"corpus.generate.documents": "24", "model.encoder.hidden": "16", "model.encoder.buckets": "256", "model.head.dim": "16", "train.epochs": "4",
		"curriculum.counts": "[20, 40, 60]", "curriculum.stage_epochs": "[1, 1, 1]", "curriculum.batch": "4",
	} {
		if err := e.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := config.LoadSchema(e.Corpus.Schema)
	if err != nil {
		t.Fatal(err)
	}
	data, err := invoices.Generate(schema, *e.Corpus.Generate)
	if err != nil {
		t.Fatal(err)
	}
	return train.Job{Data: data, Model: e.Model, Curriculum: e.Curriculum, Train: e.Train, Seed: 1}
}

// run trains and returns the losses of each step. observe, if not nil, sees the events.
func run(t *testing.T, be kernels.Backend, job train.Job, observe func(train.Event)) (steps []map[string]float64, result train.Result) {
	t.Helper()
	result, err := train.Run(context.Background(), be, job, func(e train.Event) {
		if e.Step != nil {
			steps = append(steps, e.Step.Losses)
		}
		if observe != nil {
			observe(e)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return steps, result
}

// Both backends round in float32, in other orders: on one step that shows in the
// seventh digit of a loss. Each step of AdamW carries it on, most where a gradient is near 0
// and its sign decides. 5e-8 was seen over 32 steps.
const (
	firstTolerance = 1e-6
	laterTolerance = 2e-5
)

// One copy to the host in a step: the losses, and the status before them.
const (
	copiesPerStep = 1
	statusBytes   = 16
	lossBytes     = 8 * 16 // at most, besides one loss a document
)

// copies holds each step to the copies to the host that it may make.
func copies(t *testing.T, documents int) func(train.Event) {
	if fake == nil {
		return nil
	}
	before := fake.Counters()
	return func(e train.Event) {
		now := fake.Counters()
		if e.Step != nil && e.Step.Step > 0 { // the first follows what was put together
			if n := now.DtoH - before.DtoH; n != copiesPerStep {
				t.Errorf("step %d makes %d copies to the host, expected %d", e.Step.Step, n, copiesPerStep)
			}
			if n := now.DtoHBytes - before.DtoHBytes; n > uint64(statusBytes+lossBytes+8*documents) {
				t.Errorf("step %d copies %d bytes to the host, more than its losses", e.Step.Step, n)
			}
		}
		before = now
	}
}

// TestTrialAgreesWithCPU trains one trial end to end on both backends.
func TestTrialAgreesWithCPU(t *testing.T) {
	job := trial(t)
	reference, err := cpu.New("", 2)
	if err != nil {
		t.Fatal(err)
	}
	defer reference.Close()
	leaked := uint64(0) // by the test that wants it
	if fake != nil {
		leaked = fake.Counters().Leaked
	}
	be := open(t)
	want, wantResult := run(t, reference, job, nil)
	got, result := run(t, be, job, copies(t, job.Curriculum.Batch))
	if len(got) != len(want) || len(got) < 10 {
		t.Fatalf("%d steps, the CPU makes %d", len(got), len(want))
	}
	worst := 0.0
	for i := range got {
		tolerance := laterTolerance
		if i == 0 {
			tolerance = firstTolerance
		}
		if len(got[i]) != len(want[i]) {
			t.Fatalf("step %d has losses %v, on the CPU %v", i, got[i], want[i])
		}
		for _, name := range slices.Sorted(maps.Keys(want[i])) {
			g, w := got[i][name], want[i][name]
			off := math.Abs(g-w) / max(1e-3, math.Abs(w))
			worst = max(worst, off)
			if !(off <= tolerance) {
				t.Errorf("step %d: %s is %v, on the CPU %v", i, name, g, w)
			}
		}
	}
	t.Logf("%d steps, losses at most %.2g apart", len(got), worst)
	if first, last := got[0]["total"], got[len(got)-1]["total"]; !(last < 0.9*first) {
		t.Errorf("total loss goes from %v to %v", first, last)
	}
	if len(result.Checkpoint) != len(wantResult.Checkpoint) {
		t.Errorf("checkpoint of %d bytes, on the CPU %d", len(result.Checkpoint), len(wantResult.Checkpoint))
	}
	if err := be.Close(); err != nil { // a buffer that train or nn did not free shows here
		t.Error(err)
	}
	if fake != nil {
		if c := fake.Counters(); c.Live != 0 || c.Leaked != leaked || c.Contexts != 0 || c.Modules != 0 || c.Streams != 0 {
			t.Errorf("after Close the driver still holds %+v", c)
		}
	}
}
