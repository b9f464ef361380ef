package train_test

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/safetensors"
	"github.com/invoicelab/invoicelab/stream"
	"github.com/invoicelab/invoicelab/train"
)

const hiddenWidth = 32

// exportHidden writes hidden states of a corpus as an encoder would: a vector for each word,
// and half of that of the word before.
func exportHidden(t testing.TB, ds *corpus.Dataset, width int, leaveOut string) string {
	var values []float32
	var index strings.Builder
	vector := func(word string) []float32 {
		r := stream.New(1, word)
		v := make([]float32, width)
		for i := range v {
			v[i] = float32(r.NormFloat64())
		}
		return v
	}
	for split, d := range ds.All() {
		if d.ID == leaveOut {
			continue
		}
		for i, token := range d.Tokens {
			v := vector(token.Text)
			if i > 0 {
				for k, b := range vector(d.Tokens[i-1].Text) {
					v[k] += b / 2
				}
			}
			values = append(values, v...)
		}
		fmt.Fprintf(&index, "{\"split\":%q,\"id\":%q,\"tokens\":%d}\n", split, d.ID, len(d.Tokens))
	}
	path := filepath.Join(t.TempDir(), "h.safetensors")
	var b bytes.Buffer
	rows := len(values) / width
	err := safetensors.Write(&b, map[string]*tensor.Dense{"hidden": tensor.NewDense(tensor.Float32, []int{rows, width}, tensor.WithBacking(values))},
		map[string]string{"corpus_digest": ds.Manifest.Digest})
	if err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o644)
	}
	if err == nil {
		err = os.WriteFile(strings.TrimSuffix(path, ".safetensors")+".index.jsonl", []byte(index.String()), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func hiddenJob(ds *corpus.Dataset, path string) train.Job {
	job := toyJob(ds)
	job.Model.Encoder.Kind, job.Model.Encoder.Hidden, job.Model.Encoder.Features = "features", hiddenWidth, path
	return job
}

// TestHidden trains on hidden states: it learns, gives the same bytes for any threads and any
// path of the file, and its model labels documents whose hidden states it is given.
func TestHidden(t *testing.T) {
	ds := toy(false)
	path := exportHidden(t, ds, hiddenWidth, "")
	job := hiddenJob(ds, path)
	res, err := runOn(t, "cpu", 1, job, nil)
	if err != nil {
		t.Fatal(err)
	}
	if f1 := res.Metrics["validation/macro_f1"]; f1 < 0.8 {
		t.Errorf("macro F1 %.3f", f1)
	}
	job.Model.Encoder.Features = exportHidden(t, ds, hiddenWidth, "")
	again, err := runOn(t, "cpu", 2, job, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(res.Checkpoint, again.Checkpoint) || !maps.Equal(res.Metrics, again.Metrics) {
		t.Error("another path and number of threads give another result")
	}
	if bytes.Contains(res.Checkpoint, []byte("h.safetensors")) {
		t.Error("the checkpoint has the path of the hidden states")
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
	docs := ds.Docs[corpus.Test]
	if _, err := tagger.Tag(docs); !tagger.NeedsHidden() || err == nil || !strings.Contains(err.Error(), "name the file that has those of the documents (--features FILE)") {
		t.Error(err)
	}
	if err := tagger.UseHidden(path); err != nil {
		t.Fatal(err)
	}
	tagged, err := tagger.TagSplit(corpus.Test, docs)
	if err != nil {
		t.Fatal(err)
	}
	found, gold := 0, 0
	for i := range docs {
		gold += len(docs[i].Spans)
		for _, s := range tagged[i].Spans {
			for _, g := range docs[i].Spans {
				if s.Span == g {
					found++
				}
			}
		}
	}
	if recall := float64(found) / float64(gold); math.Abs(recall-res.Metrics["test/micro_recall"]) > 1e-12 {
		t.Errorf("recall %.6f of what is labelled, %.6f was recorded", recall, res.Metrics["test/micro_recall"])
	}
	stranger := docs[0]
	stranger.ID = "stranger"
	if _, err := tagger.Tag([]corpus.Document{stranger}); err == nil || !strings.Contains(err.Error(), "document stranger is not in it") {
		t.Error(err)
	}
}

// TestHiddenGrows starts from a model of fewer labels on other hidden states of the same encoder:
// they are found by name before anything is trained.
func TestHiddenGrows(t *testing.T) {
	first, ds := smaller(), toy(false)
	job := hiddenJob(first, exportHidden(t, first, hiddenWidth, ""))
	job.Model.Head.Kind, job.Curriculum.Kind, job.Curriculum.Sampler = "linear", "none", "uniform"
	small, err := runOn(t, "cpu", 1, job, nil)
	if err != nil {
		t.Fatal(err)
	}
	job.Data, job.Init, job.Model.Encoder.Features = ds, small.Checkpoint, exportHidden(t, ds, hiddenWidth, "")
	job.Train.Epochs, job.Train.LearningRate = 1, 1e-12
	grown, err := runOn(t, "cpu", 1, job, nil)
	if err != nil {
		t.Fatal(err)
	}
	was, is := small.Test.Totals(), grown.Test.Totals() // NAME, AMOUNT and AMOUNT, NAME, CODE
	for _, pair := range [][2]int{{0, 1}, {1, 0}} {
		if a, b := was[pair[0]].Score().F1, is[pair[1]].Score().F1; a < 0.5 || b < a-0.05 {
			t.Errorf("entity %s: F1 %v, grown %v", ds.Schema.Entities[pair[1]].Name, a, b)
		}
	}
}

// TestHiddenErrors has one line for each thing that does not fit.
func TestHiddenErrors(t *testing.T) {
	ds := toy(false)
	path := exportHidden(t, ds, hiddenWidth, "")
	missing := ds.Docs[corpus.Validation][0].ID
	for want, change := range map[string]func(*train.Job){
		"model.encoder.features: missing":                                     func(j *train.Job) { j.Model.Encoder.Features = "" },
		"they are 32 wide, and model.encoder.hidden is 24":                    func(j *train.Job) { j.Model.Encoder.Hidden = 24 },
		"model.encoder.features_digest is 0123: it is another or was changed": func(j *train.Job) { j.Model.Encoder.FeaturesDigest = "0123" },
		"document " + missing + " is not in it":                               func(j *train.Job) { j.Model.Encoder.Features = exportHidden(t, ds, hiddenWidth, missing) },
	} {
		job := hiddenJob(ds, path)
		change(&job)
		if _, err := runOn(t, "cpu", 1, job, nil); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestHiddenChanges notices a file that is written to while a run reads it.
func TestHiddenChanges(t *testing.T) {
	ds := toy(false)
	job := hiddenJob(ds, exportHidden(t, ds, hiddenWidth, ""))
	job.Train.Epochs = 4
	for want, change := range map[string]func(size int64) error{
		"was changed while it was in use": func(size int64) error {
			f, err := os.OpenFile(job.Model.Encoder.Features, os.O_WRONLY, 0)
			if err == nil {
				_, err = f.WriteAt([]byte{1}, size-4)
				f.Close()
			}
			return err
		},
		"was cut short while it was in use": func(int64) error { return os.Truncate(job.Model.Encoder.Features, 100) },
	} {
		job.Model.Encoder.Features = exportHidden(t, ds, hiddenWidth, "")
		changed := false
		_, err := runOn(t, "cpu", 1, job, func(train.Event) {
			if changed {
				return
			}
			changed = true
			info, err := os.Stat(job.Model.Encoder.Features)
			if err == nil {
				err = change(info.Size())
			}
			if err != nil {
				t.Error(err)
			}
		})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
