package train_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/train"
)

// smaller is toy with a schema that lacks CODE and has its entities in another order.
func smaller() *corpus.Dataset {
	ds := toy(false)
	ds.Schema = &corpus.Schema{Name: "smaller", Entities: []corpus.Entity{{Name: "NAME", Group: "party"}, {Name: "AMOUNT", Group: "money"}}}
	for split, docs := range ds.Docs {
		for i := range docs {
			var spans []corpus.Span
			for _, s := range docs[i].Spans {
				if s.Entity < 2 {
					s.Entity = 1 - s.Entity
					spans = append(spans, s)
				}
			}
			ds.Docs[split][i].Spans = spans
		}
	}
	ds.Seal()
	return ds
}

// A model of the smaller schema that was grown knows its entities from the first
// epoch on: with a learning rate that changes nothing, they are found under their
// names, which are in another order, and CODE is learned when training goes on.
func TestInitGrowsASchemaByName(t *testing.T) {
	first := toyJob(smaller())
	first.Curriculum.Kind, first.Curriculum.Sampler = "none", "uniform"
	small, err := runOn(t, "cpu", 1, first, nil)
	if err != nil {
		t.Fatal(err)
	}
	job := toyJob(toy(false))
	job.Curriculum.Kind, job.Curriculum.Sampler = "none", "uniform"
	job.Init = small.Checkpoint
	frozen := job
	frozen.Train.Epochs, frozen.Train.LearningRate = 1, 1e-12
	res, err := runOn(t, "cpu", 1, frozen, nil)
	if err != nil {
		t.Fatal(err)
	}
	f1 := map[string]float64{}
	for l, c := range res.Test.Totals() {
		f1[res.Test.Labels[l]] = c.Score().F1
	}
	if f1["AMOUNT"] < 0.9 || f1["NAME"] < 0.9 || f1["CODE"] > 0.3 {
		t.Errorf("grown and not trained: %v", f1)
	}
	whole, err := runOn(t, "cpu", 1, job, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m := whole.Metrics["test/macro_f1"]; m < 0.95 {
		t.Errorf("grown and trained: macro F1 %v", m)
	}
	be, err := device.Open("cpu", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	tagger, err := train.OpenTagger(be, bytes.NewReader(whole.Checkpoint))
	if err != nil {
		t.Fatal(err)
	}
	defer tagger.Close()
	if n := len(tagger.Schema().Entities); n != 3 {
		t.Errorf("the grown model has %d entities, want 3", n)
	}
}

func TestInitRefusesByName(t *testing.T) {
	first := toyJob(smaller())
	first.Curriculum.Kind, first.Curriculum.Sampler, first.Train.Epochs = "none", "uniform", 1
	small, err := runOn(t, "cpu", 1, first, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		change func(*train.Job)
		want   string
	}{
		{func(j *train.Job) { j.Model.Encoder.Hidden = 32 }, "init: model.encoder.hidden is 24 in that model, and 32 here"},
		{func(j *train.Job) { j.Model.Encoder.Wide, j.Model.Encoder.WideBuckets = []string{"lower[0]"}, 64 }, "init: model.encoder.wide is [] in that model, and [lower[0]] here"},
		{func(j *train.Job) { j.Model.CRF = "crf" }, "init: model.crf is crf/bio in that model, and crf here"},
		{func(j *train.Job) { j.Data = toy(true) }, "init: boxes: false in that model, and true in the corpus"},
		{func(j *train.Job) {
			for i := range j.Data.Schema.Entities {
				j.Data.Schema.Entities[i].Name += "_X"
			}
		}, "init: no entity of schema toy is in schema smaller of that model"},
		{func(j *train.Job) { j.Init = []byte("no model") }, "init: "},
	} {
		job := toyJob(toy(false))
		job.Init = small.Checkpoint
		c.change(&job)
		if _, err := runOn(t, "cpu", 1, job, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want ...%s", err, c.want)
		}
	}
}
