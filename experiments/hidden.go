package experiments

import (
	"fmt"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/hidden"
)

// hiddenFiles are the files of hidden states of a plan that are open, by path.
type hiddenFiles map[string]*hidden.File

func (h hiddenFiles) close() {
	for _, f := range h {
		f.Close()
	}
}

// fill puts the digest of the hidden states into settings that are trained on some. The
// file must be the one that the settings have the digest of, where they have it already,
// and fit the width of the model and the documents.
func (h hiddenFiles) fill(e *config.Experiment, data Corpus) error {
	encoder := &e.Model.Encoder
	if !encoder.Given() {
		return nil
	}
	refuse := func(err error) error {
		return config.Problem{Key: "model.encoder.features", What: err.Error()}
	}
	path := encoder.Features
	if path == "" {
		return refuse(fmt.Errorf("missing; model.encoder.kind features needs the path of a safetensors file with hidden states"))
	}
	f := h[path]
	if f == nil {
		var err error
		if f, err = hidden.Open(path); err != nil {
			return refuse(err)
		}
		h[path] = f
	}
	if encoder.FeaturesDigest != "" && encoder.FeaturesDigest != f.Digest {
		return refuse(fmt.Errorf("hidden states %s: the file has digest %.12s, and model.encoder.features_digest is %.12s: it is another or was changed", path, f.Digest, encoder.FeaturesDigest))
	}
	if err := f.CheckWidth(encoder.Hidden); err != nil {
		return refuse(err)
	}
	if data.documents == nil {
		panic("experiments: Plan: describe gave a corpus without documents, which hidden states are checked against")
	}
	if err := f.Check(data.documents); err != nil {
		return refuse(err)
	}
	encoder.FeaturesDigest = f.Digest
	return nil
}

// WithHidden is r with the digest that its file of hidden states has now, or
// that at path where one is given, so that Against tells whether it is what it was. A recipe
// without hidden states is returned as it is.
func (r Recipe) WithHidden(path string, data Corpus) (Recipe, error) {
	if path != "" {
		if !r.Experiment.Model.Encoder.Given() {
			return r, fmt.Errorf("run %s: it was not trained on hidden states, so there is no use for %s", r.Run, path)
		}
		r.Experiment.Model.Encoder.Features = path
	}
	r.Experiment.Model.Encoder.FeaturesDigest = ""
	files := hiddenFiles{}
	defer files.close()
	if err := files.fill(&r.Experiment, data); err != nil {
		return r, fmt.Errorf("run %s: %w", r.Run, err)
	}
	return r, nil
}
