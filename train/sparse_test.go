package train_test

import (
	"bytes"
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/nn/sparse"
	"github.com/invoicelab/invoicelab/train"
)

func sparseJob(ds *corpus.Dataset) train.Job {
	return train.Job{
		Data: ds, Seed: 1,
		Model: nn.Spec{Encoder: nn.EncoderSpec{Kind: "sparse"}, CRF: "crf/bio", Head: nn.HeadSpec{Kind: "linear"}},
		Train: train.Spec{L2: 0.05, Iterations: 100, Tolerance: 1e-5},
	}
}

// The toy corpus can be labelled from the word before: the sparse encoder must
// find every entity of documents it has not seen, whatever the seed and the threads.
func TestSparseRun(t *testing.T) {
	var first train.Result
	for i, threads := range []int{1, 2} {
		be, err := device.Open("cpu", threads)
		if err != nil {
			t.Fatal(err)
		}
		job := sparseJob(toy(true))
		job.Seed = uint64(1 + i)
		steps, epochs := 0, 0
		res, err := train.Run(context.Background(), be, job, func(e train.Event) {
			if e.Step != nil {
				steps++
			}
			if e.Epoch != nil && e.Epoch.Validation["macro_f1"] > 0 {
				epochs++
			}
		})
		be.Close()
		if err != nil {
			t.Fatal(err)
		}
		if res.Metrics["test/macro_f1"] != 1 || res.Metrics["heldout/micro_f1"] != 1 {
			t.Errorf("test %v, heldout %v", res.Metrics["test/macro_f1"], res.Metrics["heldout/micro_f1"])
		}
		if steps != res.Steps || epochs != (steps+9)/10 || res.Parameters == 0 || res.TrainDocs["CODE"] != 12 {
			t.Errorf("%d steps and %d epochs seen; result %d steps, %d parameters, %v", steps, epochs, res.Steps, res.Parameters, res.TrainDocs)
		}
		if _, err := sparse.Load(bytes.NewReader(res.Checkpoint)); err != nil {
			t.Error(err)
		}
		if i == 0 {
			first = res
		} else if !maps.Equal(first.Metrics, res.Metrics) || first.Steps != res.Steps {
			t.Error("another seed and two threads give another result")
		}
	}
}

// No epoch is chosen, so validation documents are not needed; test ones are.
func TestSparseRunWithoutSplits(t *testing.T) {
	be, err := device.Open("cpu", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	job := sparseJob(toy(false))
	delete(job.Data.Docs, corpus.Validation)
	res, err := train.Run(context.Background(), be, job, func(train.Event) {})
	if err != nil || res.Metrics["test/micro_f1"] != 1 {
		t.Errorf("without validation: %v, %v", res.Metrics, err)
	}
	delete(job.Data.Docs, corpus.Test)
	if _, err := train.Run(context.Background(), be, job, func(train.Event) {}); err == nil || !strings.Contains(err.Error(), "has no test documents") {
		t.Errorf("without test documents: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := train.Run(ctx, be, sparseJob(toy(false)), func(train.Event) {}); err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("cancelled: %v", err)
	}
}
