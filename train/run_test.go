package train_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/curriculum"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/stream"
	"github.com/invoicelab/invoicelab/train"
)

// toy is a corpus whose labels follow from the word before: "total" precedes
// an AMOUNT, "from" a NAME of two words, "code" a rare CODE.
func toy(boxed bool) *corpus.Dataset {
	schema := &corpus.Schema{Name: "toy", Entities: []corpus.Entity{
		{Name: "AMOUNT", Group: "money"}, {Name: "NAME", Group: "party"}, {Name: "CODE", Group: "party"},
	}}
	ds := &corpus.Dataset{Manifest: corpus.Manifest{Name: "toy", Source: "test"}, Schema: schema, Docs: map[corpus.Split][]corpus.Document{}}
	for split, n := range map[corpus.Split]int{corpus.Train: 60, corpus.Validation: 12, corpus.Test: 20, corpus.Heldout: 5} {
		for i := range n {
			ds.Docs[split] = append(ds.Docs[split], toyDoc(fmt.Sprintf("%s-%d", split, i), i, boxed))
		}
	}
	ds.Seal()
	return ds
}

func toyDoc(id string, i int, boxed bool) corpus.Document {
	r := stream.New(1, id)
	d := corpus.Document{ID: id, Boxed: boxed, Domain: []string{"shop", "bank"}[i%2]}
	add := func(words ...string) {
		for _, w := range words {
			d.Tokens = append(d.Tokens, corpus.Token{Text: w, Line: len(d.Tokens) / 4})
		}
	}
	span := func(e corpus.EntityID, words ...string) {
		start := len(d.Tokens)
		add(words...)
		d.Spans = append(d.Spans, corpus.Span{Entity: e, Start: start, End: len(d.Tokens)})
	}
	filler := []string{"page", "thanks", "12.50", "Mary", "note", "x"}
	add(filler[r.IntN(6)], "total")
	span(0, fmt.Sprintf("%d.%02d", r.IntN(900), r.IntN(100)))
	add(filler[r.IntN(6)], "from")
	span(1, []string{"Ann", "Bob", "Cy", "Mary"}[r.IntN(4)], []string{"Lee", "Roe", "Poe"}[r.IntN(3)])
	if i%5 == 0 {
		add("code")
		span(2, fmt.Sprintf("Q%d", r.IntN(1000)))
	}
	add(filler[r.IntN(6)])
	if boxed {
		for t := range d.Tokens {
			x, y := int16(t%4*200), int16(t/4*30)
			d.Tokens[t].Box = corpus.Box{X0: x, Y0: y, X1: x + 150, Y1: y + 20}
		}
	}
	return d
}

func toyJob(ds *corpus.Dataset) train.Job {
	return train.Job{
		Data: ds,
		Model: nn.Spec{
			Encoder: nn.EncoderSpec{Hidden: 24, Layers: 1, Window: 1, Buckets: 256, Dropout: 0.1},
			Head:    nn.HeadSpec{Kind: "hybrid", Dim: 16, Temperature: 10, Dropout: 0.1},
			CRF:     "crf/bio",
			Loss:    nn.LossSpec{Kind: "combined", Beta: 0.9999, Gamma: 2, Balanced: 0.6, Entity: 1, Group: 0.3, Separation: 0.01, CRF: 0.5, SeparationKind: "squared"},
		},
		Curriculum: curriculum.Spec{
			Kind: "staged", Counts: []int{2}, StageEpochs: []int{3}, Inactive: "mask",
			Sampler: "domain_balanced", Batch: 8, RareShare: 0.5, RarePerBatch: 2,
		},
		Train: train.Spec{Epochs: 12, LearningRate: 0.01, Warmup: 0.1, Decay: 0.01, Clip: 1, WordDropout: 0.1},
		Seed:  3,
	}
}

// rich is toyJob with all kinds of hashed features.
func rich(ds *corpus.Dataset) train.Job {
	job := toyJob(ds)
	e := &job.Model.Encoder
	e.Templates, e.TemplateBuckets = []string{"lower[-1]|lower[0]", "prefix2[-1]|suffix2[1]"}, 128
	e.Wide, e.WideBuckets = []string{"standard", "lower[0]|lower[2]"}, 512
	job.Train.FeatureDropout = 0.1
	return job
}

func runOn(t *testing.T, name string, threads int, job train.Job, observe func(train.Event)) (train.Result, error) {
	t.Helper()
	be, err := device.Open(name, threads)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	if observe == nil {
		observe = func(train.Event) {}
	}
	return train.Run(context.Background(), be, job, observe)
}

func TestRunLearnsAndReports(t *testing.T) {
	for _, boxed := range []bool{false, true} {
		var steps, epochs int
		var stages []int
		best := -1
		res, err := runOn(t, "cpu", 1, toyJob(toy(boxed)), func(e train.Event) {
			if (e.Step == nil) == (e.Epoch == nil) {
				t.Fatal("an event is a step or an epoch")
			}
			if e.Step != nil {
				steps++
				for _, name := range []string{"entity", "group", "separation", "crf", "total"} {
					if v, ok := e.Step.Losses[name]; !ok || math.IsNaN(v) {
						t.Fatalf("step %d: loss %q is %v", steps, name, v)
					}
				}
				return
			}
			epochs++
			stages = append(stages, e.Epoch.Stage)
			if e.Epoch.Best {
				best = e.Epoch.Epoch
				if e.Epoch.Stage != 1 {
					t.Errorf("epoch %d of stage %d is called best", e.Epoch.Epoch, e.Epoch.Stage)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if f1 := res.Metrics["test/micro_f1"]; f1 < 0.95 {
			t.Errorf("boxed %v: test micro F1 %v, want at least 0.95", boxed, f1)
		}
		if res.Steps != steps || res.Epochs != epochs || epochs != 12 || res.BestEpoch != best {
			t.Errorf("result says %d steps, %d epochs, best %d; events %d, %d, %d", res.Steps, res.Epochs, res.BestEpoch, steps, epochs, best)
		}
		if want := []int{0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1}; !reflect.DeepEqual(stages, want) {
			t.Errorf("stages %v, want %v", stages, want)
		}
		if want := map[string]int{"AMOUNT": 60, "NAME": 60, "CODE": 12}; !reflect.DeepEqual(res.TrainDocs, want) {
			t.Errorf("training documents %v, want %v", res.TrainDocs, want)
		}
		if len(res.Test.Docs) != 20 || len(res.Heldout.Docs) != 5 || len(res.Validation.Docs) != 12 {
			t.Errorf("scored %d test, %d held-out, %d validation documents", len(res.Test.Docs), len(res.Heldout.Docs), len(res.Validation.Docs))
		}
		if v, err := res.Test.Metric("macro_f1"); err != nil || v != res.Metrics["test/macro_f1"] {
			t.Errorf("macro F1 %v in the metrics, %v of the tally (%v)", res.Metrics["test/macro_f1"], v, err)
		}
	}
}

// The same job gives the same bytes, whatever the threads; another seed does not.
func TestRunIsReproducible(t *testing.T) {
	job := rich(toy(true))
	job.Train.Epochs = 5
	run := func(threads int, seed uint64) train.Result {
		job.Seed = seed
		res, err := runOn(t, "cpu", threads, job, nil)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	one, two, other := run(1, 3), run(2, 3), run(1, 4)
	if !bytes.Equal(one.Checkpoint, two.Checkpoint) {
		t.Error("1 and 2 threads give different checkpoints")
	}
	if !reflect.DeepEqual(one.Metrics, two.Metrics) || !reflect.DeepEqual(one.Test, two.Test) {
		t.Error("1 and 2 threads give different metrics")
	}
	if bytes.Equal(one.Checkpoint, other.Checkpoint) {
		t.Error("two seeds give the same checkpoint")
	}
}

// Labels outside a stage get no gradient: with every label but AMOUNT masked
// until after the last epoch that is looked at, NAME is not learned; turned
// into O they are learned to be O.
func TestStageMasksLabels(t *testing.T) {
	job := toyJob(toy(false))
	job.Model.Head.Kind, job.Model.Loss.Kind = "linear", "ce"
	job.Curriculum.Counts, job.Curriculum.StageEpochs = []int{1}, []int{8}
	job.Train.Epochs = 9
	recall := map[string]float64{}
	precision := map[string]float64{}
	for _, inactive := range []string{"mask", "outside"} {
		job.Curriculum.Inactive = inactive
		_, err := runOn(t, "cpu", 1, job, func(e train.Event) {
			if e.Epoch != nil && e.Epoch.Epoch == 7 {
				recall[inactive], precision[inactive] = e.Epoch.Validation["micro_recall"], e.Epoch.Validation["micro_precision"]
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	// AMOUNT is 12 of the 27 entities of the validation split.
	for inactive, r := range recall {
		if math.Abs(r-12.0/27) > 0.08 {
			t.Errorf("%s: recall %v at the end of the stage, want about %v", inactive, r, 12.0/27)
		}
	}
	// Told that names are O, the model finds amounts only; unmasked nothing stops it from calling names amounts.
	if precision["outside"] < 0.95 {
		t.Errorf("outside: precision %v, want 1", precision["outside"])
	}
}

// The CRF's loss on the validation split falls as the model learns, and a model
// without a CRF has none.
func TestValidationLoss(t *testing.T) {
	for _, crf := range []string{"crf/bio", "none"} {
		job := toyJob(toy(false))
		job.Model.CRF, job.Train.Epochs = crf, 6
		var losses []float64
		sawBefore := false
		res, err := runOn(t, "cpu", 1, job, func(e train.Event) {
			if e.Epoch == nil {
				return
			}
			v, has := e.Epoch.Validation["crf_nll"]
			if has != (crf != "none") {
				t.Fatalf("%s: epoch %d has crf_nll %v: %v", crf, e.Epoch.Epoch, v, has)
			}
			losses = append(losses, v)
			// A CRF of BIO lets no violation through; without one all stay.
			before, after := e.Epoch.Validation["bio_violations_before_crf"], e.Epoch.Validation["bio_violations"]
			sawBefore = sawBefore || before > 0
			if crf != "none" && after != 0 || crf == "none" && after != before || before < 0 || before > 1000 {
				t.Errorf("%s: epoch %d: %v BIO violations in 1,000 tokens before the CRF, %v after", crf, e.Epoch.Epoch, before, after)
			}
		})
		if _, has := res.Metrics["test/bio_violations_before_crf"]; !has || !sawBefore {
			t.Errorf("%s: BIO violations are kept: %v; some in the first epochs: %v", crf, has, sawBefore)
		}
		if err != nil {
			t.Fatal(err)
		}
		if first, last := losses[0], losses[len(losses)-1]; crf != "none" && !(0 < last && last < first/2) {
			t.Errorf("%s: validation losses %v", crf, losses)
		}
	}
}

func TestEarlyStoppingCountsFromTheLastStage(t *testing.T) {
	job := toyJob(toy(false))
	job.Train.Epochs, job.Train.Patience = 60, 2
	job.Curriculum.StageEpochs = []int{4}
	res, err := runOn(t, "cpu", 1, job, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.BestEpoch < 4 || res.Epochs != res.BestEpoch+3 || res.Epochs == 60 {
		t.Errorf("best epoch %d of %d run; want one of the last stage (from 4), then 2 without a better one", res.BestEpoch, res.Epochs)
	}
}

func TestRunRefusesWhatItCannotTrainOn(t *testing.T) {
	for _, c := range []struct {
		break_ func(*train.Job)
		want   string
	}{
		{func(j *train.Job) { delete(j.Data.Docs, corpus.Validation) }, "corpus toy has no validation documents"},
		{func(j *train.Job) { j.Data.Docs[corpus.Test][3].Tokens, j.Data.Docs[corpus.Test][3].Spans = nil, nil }, "document test-3 has no tokens"},
		{func(j *train.Job) { j.Data.Docs[corpus.Train][3].Boxed = false }, "document train-3: boxed is false"},
		{func(j *train.Job) { j.Curriculum.Counts = []int{3} }, "curriculum.counts: a stage of 3 entities has no effect"},
		{func(j *train.Job) {
			for i := range j.Data.Schema.Entities {
				j.Data.Schema.Entities[i].Group = ""
			}
		}, "model.head.kind"},
	} {
		job := toyJob(toy(true))
		c.break_(&job)
		_, err := runOn(t, "cpu", 1, job, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want ...%s...", err, c.want)
		}
	}
}

func TestRunEndsBetweenSteps(t *testing.T) {
	be, err := device.Open("cpu", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	ctx, cancel := context.WithCancel(context.Background())
	steps := 0
	_, err = train.Run(ctx, be, toyJob(toy(false)), func(e train.Event) {
		if steps++; steps == 5 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || steps != 5 {
		t.Errorf("ended with %v after %d steps, want context.Canceled after 5", err, steps)
	}
}
