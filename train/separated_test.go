package train_test

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/train"
)

// stamped is toy with a visual entity before the others: every third document
// ends in a stamp, which is a span and a visual type. The first line has
// structure type HEADER_SECTION. Validation documents with odd numbers have no sets.
func stamped() *corpus.Dataset {
	ds := toy(true)
	ds.Schema.Entities = append([]corpus.Entity{{Name: "STAMP_TEXT", Group: "mark", Head: "visual"}}, ds.Schema.Entities...)
	header := uint16(1) << slices.Index(corpus.StructureTypes[:], "HEADER_SECTION")
	stamp := uint16(1) << slices.Index(corpus.VisualTypes[:], "STAMP_TEXT")
	for _, split := range corpus.Splits {
		docs := ds.Docs[split]
		for i := range docs {
			d := &docs[i]
			for s := range d.Spans {
				d.Spans[s].Entity++
			}
			n := len(d.Tokens)
			if i%3 == 0 {
				last := d.Tokens[n-1]
				last.Text = "PAID"
				d.Tokens = append(d.Tokens, last)
				d.Spans = append(d.Spans, corpus.Span{Entity: 0, Start: n, End: n + 1})
			}
			if split == corpus.Validation && i%2 == 1 {
				continue
			}
			d.Structure, d.Visual = make([]uint16, len(d.Tokens)), make([]uint16, len(d.Tokens))
			for t := range d.Tokens {
				if d.Tokens[t].Line == 0 {
					d.Structure[t] = header
				}
			}
			if i%3 == 0 {
				d.Visual[n] = stamp
			}
		}
	}
	return ds
}

// TestRunSeparated trains the separated head: semantic labels are scored in the
// numbers of the full schema, the visual entity is left to the visual branch, and
// both branches are scored by tokens.
func TestRunSeparated(t *testing.T) {
	job := toyJob(stamped())
	job.Model.Head.Kind, job.Model.Loss.Structure, job.Model.Loss.Visual = "separated", 2, 4
	job.Model.Encoder.Hidden, job.Train.Epochs = 48, 20
	job.Curriculum.StageEpochs = []int{8} // the best epoch, which is chosen by entities, is one that knows the rare types too
	var validation map[string]float64
	res, err := runOn(t, "cpu", 1, job, func(e train.Event) {
		if e.Step != nil && (e.Step.Losses["structure"] == 0 || e.Step.Losses["visual"] == 0) {
			t.Fatalf("losses %v", e.Step.Losses)
		}
		if e.Epoch != nil {
			validation = e.Epoch.Validation
			// Every third of 60 documents has a stamp, which no label of the model is about.
			if d := e.Epoch.Drawn; e.Epoch.Epoch == 19 && (len(d) != 4 || d[0].Spans == 0 || d[0].Active || !d[3].Active || d[1].Spans != d[2].Spans) {
				t.Errorf("drawn %+v", d)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	m := res.Metrics
	for _, name := range []string{"test/semantic_micro_f1", "test/semantic_macro_f1", "test/structure/HEADER_SECTION", "test/structure/macro_f1",
		"test/structure/micro_f1", "test/visual/STAMP_TEXT", "test/visual/macro_f1", "test/visual/micro_f1", "validation/visual/micro_f1"} {
		if m[name] < 0.95 {
			t.Errorf("%s is %v", name, m[name])
		}
	}
	if validation["visual/STAMP_TEXT"] < 0.9 || validation["structure/macro_f1"] < 0.9 {
		t.Errorf("validation %v", validation)
	}
	if _, ok := m["test/visual/SIGNATURE"]; ok {
		t.Error("a figure for a type that no token has")
	}
	// Of 4 types the stamp is missed: 7 of the 20 test documents have one.
	if stamp := res.Test.Totals()[0]; stamp.Pred != 0 || stamp.Gold != 7 {
		t.Errorf("stamps %+v", stamp)
	}
	if want := m["test/semantic_macro_f1"] * 3 / 4; math.Abs(m["test/macro_f1"]-want) > 1e-9 {
		t.Errorf("macro F1 %v, want %v", m["test/macro_f1"], want)
	}

	be, err := device.Open("cpu", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	tagger, err := train.OpenTagger(be, bytes.NewReader(res.Checkpoint))
	if err != nil {
		t.Fatal(err)
	}
	defer tagger.Close()
	if names := tagger.Schema().Names(); !slices.Equal(names, []string{"AMOUNT", "NAME", "CODE"}) {
		t.Errorf("the saved model labels %q", names)
	}
	tagged, err := tagger.Tag(job.Data.Docs[corpus.Test][:1])
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range tagged[0].Spans {
		if want := job.Data.Docs[corpus.Test][0].Spans[i]; s.Entity != want.Entity-1 || s.Start != want.Start {
			t.Errorf("span %+v, want %+v less the stamp", s.Span, want)
		}
	}
	// In the labels of the corpus, what the model says is what was scored.
	all, err := tagger.Tag(job.Data.Docs[corpus.Test])
	if err != nil {
		t.Fatal(err)
	}
	if all, err = train.Recast(all, tagger.Schema(), job.Data.Schema); err != nil {
		t.Fatal(err)
	}
	again := metrics.Tally{Labels: job.Data.Schema.Names()}
	for i, d := range job.Data.Docs[corpus.Test] {
		again.AddDoc(d.ID, d.Domain, d.Template, d.Labels(), all[i].Labels, metrics.Strict)
		for _, s := range all[i].Spans {
			if all[i].Labels[s.Start] != 1+2*int32(s.Entity) {
				t.Errorf("span %+v where the labels are %v", s.Span, all[i].Labels)
			}
			if first := s.Alternatives[0]; first.Entity == s.Entity && !first.None {
				t.Errorf("span %+v has itself as an alternative", s.Span)
			}
		}
	}
	if !reflect.DeepEqual(again, res.Test) {
		t.Errorf("labelled again:\n%+v\nscored:\n%+v", again.Totals(), res.Test.Totals())
	}
	few := &corpus.Schema{Name: "few", Entities: tagger.Schema().Entities[:2]}
	if _, err := train.Recast(all, tagger.Schema(), few); err == nil || err.Error() != "the model labels CODE, which the schema few lacks" {
		t.Errorf("a schema with fewer types: %v", err)
	}

	job.Model.Head.Kind = "linear"
	if res, err = runOn(t, "cpu", 1, job, nil); err != nil {
		t.Fatal(err)
	}
	if res.Test.Totals()[0].TP < 6 || res.Metrics["test/semantic_micro_f1"] < 0.95 || res.Metrics["test/macro_f1"] < 0.9 {
		t.Errorf("linear: %+v, %v", res.Test.Totals()[0], res.Metrics)
	}
	if _, ok := res.Metrics["test/visual/STAMP_TEXT"]; ok {
		t.Error("the linear head has a figure for a visual type")
	}

	job = toyJob(toy(true))
	job.Model.Head.Kind = "separated"
	if _, err := runOn(t, "cpu", 1, job, nil); err == nil || !bytes.Contains([]byte(err.Error()), []byte("these have none")) {
		t.Errorf("documents without sets: %v", err)
	}
}

// TestHeads runs every head, with the parts of the loss that are not on by
// themselves.
func TestHeads(t *testing.T) {
	for _, head := range []string{"hierarchical", "hierarchical/published", "prototype", "hybrid/published"} {
		job := toyJob(toy(true))
		job.Model.Head.Kind, job.Model.CRF = head, "crf/adaptive"
		job.Model.Loss.Kind, job.Model.Loss.Consistency, job.Model.Loss.ConsistencyKind = "combined/published", 0.1, "consistency"
		res, err := runOn(t, "cpu", 1, job, nil)
		if err != nil {
			t.Fatal(err)
		}
		if f1 := res.Metrics["test/micro_f1"]; f1 < 0.9 {
			t.Errorf("%s: %v", head, f1)
		}
	}
}
