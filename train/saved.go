package train

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/nn"
)

// Keys of a checkpoint's metadata: with them the file is all that labelling
// new documents needs.
const (
	metaFormat = "format" // savedFormat
	metaModel  = "model"  // nn.Spec as JSON
	metaSchema = "schema" // corpus.Schema as JSON
	metaBoxed  = "boxed"  // "true" where tokens have boxes
	metaRows   = "rows"   // compact encoder: rows of the embedding table that training used, a bit each, base64
	metaSeed   = "seed"
	metaEpoch  = "epoch" // from 0
	metaDigest = "corpus_digest"
)

// savedFormat names the version of the metadata.
const savedFormat = "invoicelab 3"

// saved is what a checkpoint says about itself.
type saved struct {
	Model   nn.Spec
	Schema  *corpus.Schema
	Boxed   bool
	Rows    []bool // nil for the sparse encoder
	Seed    uint64
	Epoch   int
	Digest  string        // of the corpus it was trained on
	History []epochRecord // up to its epoch; nil for the sparse encoder
}

// describe gives the metadata of a checkpoint of job. Rows may be nil.
func describe(job Job, epoch int, rows []bool) (map[string]string, error) {
	model, err := json.Marshal(job.Model)
	if err != nil {
		return nil, err
	}
	schema, err := json.Marshal(job.Data.Schema)
	if err != nil {
		return nil, err
	}
	meta := map[string]string{
		metaFormat: savedFormat, metaModel: string(model), metaSchema: string(schema), metaBoxed: strconv.FormatBool(job.boxed()),
		metaSeed: strconv.FormatUint(job.Seed, 10), metaEpoch: strconv.Itoa(epoch), metaDigest: job.Data.Manifest.Digest,
	}
	if rows != nil {
		bits := make([]byte, (len(rows)+7)/8)
		for i, in := range rows {
			if in {
				bits[i/8] |= 1 << (i % 8)
			}
		}
		meta[metaRows] = base64.StdEncoding.EncodeToString(bits)
	}
	return meta, nil
}

// boxed says whether the model of a job reads boxes.
func (j Job) boxed() bool { return j.Data.Manifest.Boxed && !j.Model.Encoder.Given() }

// readSaved decodes what describe wrote; what is missing or unreadable is
// named by its key.
func readSaved(meta map[string]string) (*saved, error) {
	if got := meta[metaFormat]; got != savedFormat {
		return nil, fmt.Errorf("metadata %s is %q, expected %q: this is no model file of this program's present form", metaFormat, got, savedFormat)
	}
	s := &saved{Schema: &corpus.Schema{}, Digest: meta[metaDigest]}
	decode := func(key string, into any) error {
		if err := json.Unmarshal([]byte(meta[key]), into); err != nil {
			return fmt.Errorf("metadata %s: %w", key, err)
		}
		return nil
	}
	for key, into := range map[string]any{metaModel: &s.Model, metaSchema: s.Schema, metaBoxed: &s.Boxed, metaSeed: &s.Seed, metaEpoch: &s.Epoch} {
		if err := decode(key, into); err != nil {
			return nil, err
		}
	}
	if _, ok := meta[metaHistory]; ok {
		if err := decode(metaHistory, &s.History); err != nil {
			return nil, err
		}
	}
	if text, ok := meta[metaRows]; ok {
		bits, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("metadata %s: %w", metaRows, err)
		}
		s.Rows = make([]bool, 8*len(bits))
		for i := range s.Rows {
			s.Rows[i] = bits[i/8]>>(i%8)&1 == 1
		}
	}
	return s, nil
}

// schemaText is a schema as the metadata has it.
func schemaText(schema *corpus.Schema) (string, error) {
	text, err := json.Marshal(schema)
	return string(text), err
}
