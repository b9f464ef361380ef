package train_test

import (
	"math"
	"testing"

	"github.com/invoicelab/invoicelab/train"
)

// Two batches of 4 make the steps of one of 8: as many steps, with the losses of the
// whole, up to rounding.
func TestAccumulate(t *testing.T) {
	job := toyJob(toy(false))
	job.Curriculum.Sampler, job.Curriculum.Batch = "uniform", 8
	job.Model.Encoder.Dropout, job.Model.Head.Dropout, job.Train.WordDropout = 0, 0, 0
	run := func(job train.Job) (losses []float64, res train.Result) {
		res, err := runOn(t, "cpu", 1, job, func(e train.Event) {
			if e.Step != nil {
				losses = append(losses, e.Step.Losses["total"])
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return losses, res
	}
	whole, one := run(job)
	job.Curriculum.Batch, job.Train.Accumulate = 4, 2
	parts, two := run(job)
	if len(whole) != 12*8 || len(parts) != len(whole) || one.Tokens != two.Tokens {
		t.Fatalf("%d and %d steps, %d and %d tokens", len(whole), len(parts), one.Tokens, two.Tokens)
	}
	for i := range 10 { // later on rounding is amplified
		if math.Abs(whole[i]-parts[i]) > 1e-3*whole[i] {
			t.Errorf("step %d: loss %v of whole batches, %v of parts", i, whole[i], parts[i])
		}
	}
	if f1 := two.Metrics["test/micro_f1"]; f1 < 0.95 {
		t.Errorf("micro F1 %v", f1)
	}
}

// A stage has loss weights of its own: with weight 0 there is no CRF loss in the
// first, and its weighted sum is the total in each.
func TestStageWeights(t *testing.T) {
	job := toyJob(toy(false))
	job.Train.Epochs = 5
	job.Curriculum.CRFWeights, job.Curriculum.GroupWeights = []float64{0, 0.8}, []float64{0.6, 0.2}
	if _, err := runOn(t, "cpu", 1, job, func(e train.Event) {
		if e.Step == nil {
			return
		}
		l, s := e.Step.Losses, e.Step.Stage
		want := l["entity"] + job.Curriculum.GroupWeights[s]*l["group"] + 0.01*l["separation"] + job.Curriculum.CRFWeights[s]*l["crf"]
		if _, has := l["crf"]; has != (s == 1) || math.Abs(l["total"]-want) > 1e-6 {
			t.Fatalf("stage %d: losses %v, want a total of %v", s, l, want)
		}
	}); err != nil {
		t.Fatal(err)
	}
	job.Curriculum.CRFWeights = []float64{0, 1, 2}
	if _, err := runOn(t, "cpu", 1, job, nil); err == nil || err.Error() != "curriculum.crf_weights: 3 weights for 2 stages, the last included" {
		t.Errorf("got %v", err)
	}
}
