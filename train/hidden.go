package train

import (
	"errors"
	"fmt"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/hidden"
)

// openHidden opens the hidden states that a job names, checks them against its settings
// and documents, and gives the job with their digest in place of their path: a run
// depends on what a file holds, not on where it lies.
func openHidden(job Job) (*hidden.File, Job, error) {
	e := &job.Model.Encoder
	if e.Features == "" {
		return nil, job, fmt.Errorf("model.encoder.features: missing; model.encoder.kind features needs the path of a safetensors file with hidden states")
	}
	f, err := hidden.Open(e.Features)
	if err != nil {
		return nil, job, fmt.Errorf("model.encoder.features: %w", err)
	}
	if err = checkHidden(f, job); err != nil {
		f.Close()
		return nil, job, fmt.Errorf("model.encoder.features: %w", err)
	}
	e.Features, e.FeaturesDigest = "", f.Digest
	return f, job, nil
}

func checkHidden(f *hidden.File, job Job) error {
	if e := job.Model.Encoder; e.FeaturesDigest != "" && e.FeaturesDigest != f.Digest {
		return fmt.Errorf("hidden states %s: the file has digest %.12s, and model.encoder.features_digest is %.12s: it is another or was changed", f.Path, f.Digest, e.FeaturesDigest)
	}
	if err := f.CheckWidth(job.Model.Encoder.Hidden); err != nil {
		return err
	}
	return f.Check(job.Data)
}

// errNoHidden is that of a tagger before UseHidden.
var errNoHidden = errors.New("the model reads hidden states: name the file that has those of the documents (--features FILE)")

// encodeHidden finds the hidden states of documents; an empty split is any.
func encodeHidden(split corpus.Split, docs []corpus.Document, f *hidden.File) ([]encoded, error) {
	if f == nil {
		return nil, errNoHidden
	}
	out := make([]encoded, len(docs))
	for i := range docs {
		d := &docs[i]
		row, err := f.Place(split, d)
		if err != nil {
			return nil, err
		}
		out[i] = encoded{doc: d, row: row, labels: d.Labels(), structure: sets(d.Structure), visual: sets(d.Visual)}
	}
	return out, nil
}

// appendHidden appends the hidden states of a document.
func appendHidden(to []float32, f *hidden.File, d *encoded) []float32 {
	n := len(to)
	for range len(d.labels) * f.Width {
		to = append(to, 0)
	}
	f.Read(to[n:], d.row)
	return to
}

// UseHidden gives the model the hidden states that its documents have, which the tagger
// closes. The documents of a split are found by it where the file has several of one id.
func (t *Tagger) UseHidden(path string) error {
	if !t.saved.Model.Encoder.Given() {
		return fmt.Errorf("hidden states %s: the model's encoder is %s, which makes its own", path, t.saved.Model.Encoder.Kind)
	}
	f, err := hidden.Open(path)
	if err != nil {
		return err
	}
	if err := f.CheckWidth(t.saved.Model.Encoder.Hidden); err != nil {
		f.Close()
		return err
	}
	t.f.hidden = f
	return nil
}

// NeedsHidden says whether the model labels nothing before UseHidden.
func (t *Tagger) NeedsHidden() bool { return t.saved.Model.Encoder.Given() }
