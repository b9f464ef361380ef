package train_test

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/safetensors"
	"github.com/invoicelab/invoicelab/stream"
	"github.com/invoicelab/invoicelab/train"
)

// diagnosed runs a job and gives the findings of all of its epochs and of its model.
func diagnosed(t *testing.T, job train.Job) (during, after []train.Finding) {
	t.Helper()
	res, err := runOn(t, "cpu", 1, job, func(e train.Event) {
		if e.Epoch != nil {
			during = append(during, e.Epoch.Findings...)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return during, diagnose(t, res.Checkpoint, job.Data)
}

func diagnose(t *testing.T, checkpoint []byte, ds *corpus.Dataset) []train.Finding {
	t.Helper()
	be, err := device.Open("cpu", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	tagger, err := train.OpenTagger(be, bytes.NewReader(checkpoint))
	if err != nil {
		t.Fatal(err)
	}
	defer tagger.Close()
	found, err := tagger.Diagnose(ds)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// edit changes the tensors of a model file.
func edit(t *testing.T, model []byte, name string, change func(values []float32, cols int)) []byte {
	t.Helper()
	file, err := safetensors.Read(bytes.NewReader(model))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*tensor.Dense{}
	for _, n := range file.Names() {
		if all[n], err = file.Dense(n); err != nil {
			t.Fatal(err)
		}
	}
	shape := all[name].Shape()
	change(all[name].Float32s(), shape[len(shape)-1])
	var out bytes.Buffer
	if err := safetensors.Write(&out, all, file.Meta); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// has finds a finding by name, and holds its suggestions to what is expected.
func has(t *testing.T, what string, found []train.Finding, name, evidence string, changes ...string) {
	t.Helper()
	i := slices.IndexFunc(found, func(f train.Finding) bool { return f.Name == name })
	if i < 0 {
		t.Errorf("%s: no %s in %+v", what, name, found)
		return
	}
	if !strings.Contains(found[i].Evidence, evidence) {
		t.Errorf("%s: %s by %q, want ...%s", what, name, found[i].Evidence, evidence)
	}
	for _, c := range changes {
		if !slices.ContainsFunc(found[i].Changes, func(s string) bool { return strings.Contains(s, c) }) {
			t.Errorf("%s: %s suggests %q, want ...%s", what, name, found[i].Changes, c)
		}
	}
}

func TestHealthyRunsHaveNoFinding(t *testing.T) {
	for _, head := range []string{"linear", "hierarchical", "prototype", "hybrid"} {
		for _, kind := range []string{"none", "staged"} {
			job := toyJob(toy(false))
			job.Model.Head.Kind, job.Curriculum.Kind = head, kind
			job.Train.Epochs = 20
			if during, after := diagnosed(t, job); len(during)+len(after) > 0 {
				t.Errorf("%s, %s: %+v and %+v", head, kind, during, after)
			}
		}
	}
	if after := func() []train.Finding { _, a := diagnosed(t, sparseJob(toy(false))); return a }(); len(after) > 0 {
		t.Errorf("sparse: %+v", after)
	}
}

// A run that starts from a group stage that says nothing keeps it at a small
// learning rate.
func TestDiagnoseGroups(t *testing.T) {
	job := toyJob(toy(false))
	first, err := runOn(t, "cpu", 1, job, nil)
	if err != nil {
		t.Fatal(err)
	}
	job.Init = edit(t, first.Checkpoint, "head.group.out.weight", func(v []float32, _ int) { clear(v) })
	job.Init = edit(t, job.Init, "head.group.out.bias", func(v []float32, _ int) { clear(v) })
	job.Train.LearningRate = 1e-6
	during, after := diagnosed(t, job)
	has(t, "during", during, "groups_uniform", "100 % of the greatest entropy", "raise model.loss.group_weight from 0.3 to 0.5", "map from labels to groups")
	has(t, "after", after, "groups_uniform", "100 % of the greatest entropy")
}

// The first stage knows CODE alone, which looks like AMOUNT; then AMOUNT, more
// frequent, takes its place: CODE is lost.
func TestDiagnoseLostStage(t *testing.T) {
	ds := toy(false)
	for _, docs := range ds.Docs {
		for i := range docs {
			for _, s := range docs[i].Spans {
				if s.Entity == 2 {
					docs[i].Tokens[s.Start-1].Text, docs[i].Tokens[s.Start].Text = "total", docs[i].Tokens[2].Text
				}
			}
		}
	}
	ds.Seal()
	job := toyJob(ds)
	job.Model.Head.Kind, job.Model.Loss.Kind = "linear", "ce"
	job.Model.Encoder.Window, job.Model.Encoder.Layers = 0, 0
	job.Curriculum.Kind, job.Curriculum.Counts, job.Curriculum.StageEpochs, job.Curriculum.Sampler = "reverse", []int{1}, []int{5}, "uniform"
	during, after := diagnosed(t, job)
	has(t, "during", during, "stage_lost_labels", "CODE 0.", "curriculum.stage_epochs")
	has(t, "after", after, "stage_lost_labels", "the labels of stage 1 lost")
}

// Every AMOUNT and every CODE is the same two words, and there are five times as many of
// AMOUNT: CODE is said nowhere.
func TestDiagnoseNever(t *testing.T) {
	ds := toy(false)
	for _, docs := range ds.Docs {
		for i := range docs {
			for _, s := range docs[i].Spans {
				if s.Entity != 1 {
					docs[i].Tokens[s.Start-1].Text, docs[i].Tokens[s.Start].Text = "total", "9.00"
				}
			}
		}
	}
	ds.Seal()
	job := toyJob(ds)
	job.Model.Head.Kind, job.Model.Loss.Kind, job.Model.CRF = "linear", "ce", "none"
	job.Model.Encoder.Window, job.Model.Encoder.Layers, job.Curriculum.Kind = 0, 0, "none"
	_, after := diagnosed(t, job)
	has(t, "after", after, "label_never_predicted", "1 labels are predicted in no training and no validation document: CODE (12 training examples, 3 in validation)",
		"examples of these labels", "model.loss.kind to combined", "6 to 8 documents")
}

// A label that the model says of its training documents, but not of validation, where
// nothing announces it, is not one that is never predicted.
func TestDiagnoseRareIsNotNever(t *testing.T) {
	ds := toy(false)
	for i := range ds.Docs[corpus.Validation] {
		d := &ds.Docs[corpus.Validation][i]
		for _, s := range d.Spans {
			if s.Entity == 2 {
				d.Tokens[s.Start-1].Text, d.Tokens[s.Start].Text = "page", "12.50"
			}
		}
	}
	ds.Seal()
	job := toyJob(ds)
	job.Curriculum.Kind, job.Train.Epochs = "none", 20
	res, err := runOn(t, "cpu", 1, job, nil)
	if err != nil {
		t.Fatal(err)
	}
	if f1 := res.Metrics["validation/macro_f1"]; math.Abs(f1-2.0/3) > 0.05 {
		t.Errorf("validation macro F1 %v: CODE should be missed there, the others found", f1)
	}
	for _, f := range diagnose(t, res.Checkpoint, ds) {
		if f.Name == "label_never_predicted" {
			t.Error(f)
		}
	}
}

func TestDiagnoseCRF(t *testing.T) {
	job := toyJob(toy(false))
	job.Model.Loss.CRF = 50
	during, after := diagnosed(t, job)
	has(t, "during", during, "crf_dominates", "% of the loss of epoch", "lower model.loss.crf_weight from 50 to 0.3", "start the CRF later")
	has(t, "after", after, "crf_dominates", "% of the loss of epoch")
}

// A run that starts from prototypes that are all the same keeps them at a small
// learning rate.
func TestDiagnosePrototypes(t *testing.T) {
	job := toyJob(toy(false))
	first, err := runOn(t, "cpu", 1, job, nil)
	if err != nil {
		t.Fatal(err)
	}
	job.Init = edit(t, first.Checkpoint, "head.prototypes", func(v []float32, cols int) {
		for i := range v {
			v[i] = v[i%cols]
		}
	})
	job.Train.LearningRate = 1e-6
	during, after := diagnosed(t, job)
	has(t, "during", during, "prototypes_similar", "is 1.00", "raise model.loss.separation_weight from 0.01 to 0.05", "raise model.head.dim from 16 to 384")
	has(t, "after", after, "prototypes_similar", "is 1.00")
}

// Entities are words at random. With stages that leave the rare one a single epoch the frequent ones
// are learned by heart, and it stalls; without stages it is learned by heart like them, which is another fault.
func TestDiagnoseOverfitting(t *testing.T) {
	ds := toy(false)
	for split, docs := range ds.Docs {
		for i := range docs {
			r := stream.New(7, docs[i].ID)
			d := corpus.Document{ID: docs[i].ID, Domain: docs[i].Domain}
			for range 8 {
				word := ""
				for range 7 {
					word += string(rune('a' + r.IntN(26)))
				}
				d.Tokens = append(d.Tokens, corpus.Token{Text: word})
			}
			at := r.Perm(8)
			for e := range 3 {
				if e < 2 || i%6 == 0 {
					d.Spans = append(d.Spans, corpus.Span{Entity: corpus.EntityID(e), Start: at[e], End: at[e] + 1})
				}
			}
			slices.SortFunc(d.Spans, func(a, b corpus.Span) int { return a.Start - b.Start })
			ds.Docs[split][i] = d
		}
	}
	ds.Seal()
	job := toyJob(ds)
	job.Model.Head.Kind, job.Curriculum.Sampler = "linear", "uniform"
	job.Curriculum.Counts, job.Curriculum.StageEpochs = []int{2}, []int{14}
	job.Model.Encoder.Buckets, job.Model.Encoder.Layers, job.Model.Encoder.Dropout = 4096, 0, 0
	job.Train.WordDropout, job.Train.Epochs = 0, 15
	_, after := diagnosed(t, job)
	has(t, "stages", after, "frequent_overfit_rare_stall", "CODE (10 examples)", "6 to 8 documents", "domain_balanced", "the rarest has 10, 5000 are wanted")
	job.Curriculum.Kind = "none"
	if during, after := diagnosed(t, job); len(during)+len(after) > 0 {
		t.Errorf("no stages: %+v and %+v", during, after)
	}
}

func TestDiagnoseNotFinite(t *testing.T) {
	job := toyJob(toy(false))
	job.Train.LearningRate, job.Train.Clip, job.Train.Warmup = 1e38, 0, 0
	_, err := runOn(t, "cpu", 1, job, nil)
	if err == nil {
		t.Fatal("no error")
	}
	f, ok := train.FailureOf(err.Error())
	if !ok || f.Name != "not_finite" || !strings.Contains(f.Evidence, "step ") || !strings.Contains(f.Evidence, "documents of the batch") {
		t.Errorf("%v is %+v, %v", err, f, ok)
	}
	job = toyJob(toy(false))
	job.Train.Epochs = 4
	res, err := runOn(t, "cpu", 1, job, nil)
	if err != nil {
		t.Fatal(err)
	}
	broken := edit(t, res.Checkpoint, "head.group.out.bias", func(v []float32, _ int) { v[0] = float32(math.NaN()) })
	has(t, "file", diagnose(t, broken, job.Data), "not_finite", "head.group.out.bias")
	job.Init = broken
	if _, err := runOn(t, "cpu", 1, job, nil); err == nil || !strings.Contains(err.Error(), "init: parameter head.group.out.bias of the model holds a number that is not finite") {
		t.Errorf("a run starts from it: %v", err)
	}
	be, err := device.Open("cpu", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	tagger, err := train.OpenTagger(be, bytes.NewReader(broken))
	if err != nil {
		t.Fatal(err)
	}
	defer tagger.Close()
	if _, err := tagger.Tag(job.Data.Docs[corpus.Test]); err == nil || !strings.Contains(err.Error(), "parameter head.group.out.bias holds a number that is not finite") {
		t.Errorf("it labels documents: %v", err)
	}
	if _, ok := train.FailureOf("no step"); ok {
		t.Error("another failure is taken for a number that is not finite")
	}
}
