package train

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/safetensors"
)

// shaping are the settings that decide the shapes of a model's parameters: a model
// can only start from one that has the same.
var shaping = []string{
	"model.encoder.kind", "model.encoder.hidden", "model.encoder.layers", "model.encoder.window", "model.encoder.buckets",
	"model.encoder.templates", "model.encoder.template_buckets", "model.encoder.wide", "model.encoder.wide_buckets",
	"model.head.kind", "model.head.dim", "model.head.groups", "model.crf",
}

// bucketsOf says which templates the buckets are of: without any they shape nothing.
var bucketsOf = map[string]string{"model.encoder.template_buckets": "model.encoder.templates", "model.encoder.wide_buckets": "model.encoder.wide"}

// readInit reads the model that a run starts from and refuses one that does not
// fit, by name.
func readInit(job Job) (*saved, error) {
	file, err := safetensors.Read(bytes.NewReader(job.Init))
	if err != nil {
		return nil, err
	}
	old, err := readSaved(file.Meta)
	if err != nil {
		return nil, err
	}
	was, is := map[string]string{}, map[string]string{}
	flatten(was, "model", reflect.ValueOf(old.Model))
	flatten(is, "model", reflect.ValueOf(job.Model))
	for _, key := range shaping {
		if list := bucketsOf[key]; list != "" && is[list] == "[]" {
			continue
		}
		if was[key] != is[key] {
			return nil, fmt.Errorf("%s is %s in that model, and %s here", key, was[key], is[key])
		}
	}
	if old.Boxed != job.boxed() {
		return nil, fmt.Errorf("boxes: %v in that model, and %v in the corpus", old.Boxed, job.Data.Manifest.Boxed)
	}
	f, err := newFeaturizer(old.Model.Encoder, old.Boxed)
	if err != nil {
		return nil, err
	}
	if n := f.rows(); len(old.Rows) < n {
		return nil, fmt.Errorf("metadata %s: %d bits for %d rows", metaRows, len(old.Rows), n)
	}
	names := job.Data.Schema.Names()
	if !slices.ContainsFunc(old.Schema.Names(), func(name string) bool { return slices.Contains(names, name) }) {
		return nil, fmt.Errorf("no entity of schema %s is in schema %s of that model", job.Data.Schema.Name, old.Schema.Name)
	}
	return old, nil
}

// growth maps entities and groups of schema to those of old by name.
func growth(old, schema *corpus.Schema) nn.Growth {
	return nn.Growth{From: labelSet(old), Entity: places(schema.Names(), old.Names()), Group: places(schema.Groups(), old.Groups())}
}

// places finds each name in a list, -1 where it is not.
func places(names, in []string) []int32 {
	at := make([]int32, len(names))
	for i, name := range names {
		at[i] = int32(slices.Index(in, name))
	}
	return at
}
