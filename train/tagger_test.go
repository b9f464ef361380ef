package train_test

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/train"
)

// A checkpoint is all that labelling needs: the tagger that is made from it
// labels the test split as training scored it, for each encoder.
func TestTaggerLabelsAsTrainingScored(t *testing.T) {
	be, err := device.Open("cpu", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	ds := toy(true)
	for name, job := range map[string]train.Job{"compact": toyJob(ds), "rich": rich(ds), "sparse": sparseJob(ds)} {
		res, err := train.Run(context.Background(), be, job, func(train.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		tagger, err := train.OpenTagger(be, bytes.NewReader(res.Checkpoint))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		docs := ds.Docs[corpus.Test]
		tagged, err := tagger.Tag(docs)
		if err != nil {
			t.Fatal(err)
		}
		tally := metrics.Tally{Labels: ds.Schema.Names()}
		for i := range docs {
			tally.AddDoc(docs[i].ID, docs[i].Domain, docs[i].Template, docs[i].Labels(), tagged[i].Labels, metrics.Strict)
			checkTagged(t, name, &docs[i], tagged[i])
		}
		got, err := tally.Metric("micro_f1")
		if err != nil || got != res.Metrics["test/micro_f1"] {
			t.Errorf("%s: micro F1 %v, %v; training scored %v", name, got, err, res.Metrics["test/micro_f1"])
		}
		one, err := tagger.Tag(docs[3:4])
		if err != nil || len(one[0].Spans) != len(tagged[3].Spans) || math.Abs(one[0].Spans[0].Confidence-tagged[3].Spans[0].Confidence) > 1e-5 {
			t.Errorf("%s: alone, document 3 is read as %+v, among others as %+v (%v)", name, one, tagged[3], err)
		}
		bare := docs[0]
		bare.Boxed = false
		if _, err := tagger.Tag([]corpus.Document{bare}); err == nil || !strings.Contains(err.Error(), "no boxes, which the model needs") {
			t.Errorf("%s: without boxes: %v", name, err)
		}
		tagger.Close()
	}
	if _, err := train.OpenTagger(be, strings.NewReader("no model")); err == nil {
		t.Error("a text file opens as a model")
	}
}

// checkTagged: spans are those of the labels; the readings of a span exclude each other.
func checkTagged(t *testing.T, name string, d *corpus.Document, got train.Tagged) {
	t.Helper()
	labels := make([]int32, len(d.Tokens))
	for _, s := range got.Spans {
		sum := s.Confidence
		last := 1.0
		for _, a := range s.Alternatives {
			if a.Probability > last {
				t.Errorf("%s: %s: alternatives out of order: %+v", name, d.ID, s)
			}
			last = a.Probability
			sum += a.Probability
		}
		if s.Confidence <= 0 || sum > 1+1e-5 || len(s.Alternatives) != 3 {
			t.Errorf("%s: %s: readings of a span sum to %v: %+v", name, d.ID, sum, s)
		}
		for k := s.Start; k < s.End; k++ {
			labels[k] = 2 + 2*int32(s.Entity)
		}
		labels[s.Start]--
	}
	for k := range labels {
		if labels[k] != got.Labels[k] {
			t.Errorf("%s: %s: token %d is labelled %d, its spans say %d", name, d.ID, k, got.Labels[k], labels[k])
		}
	}
}
