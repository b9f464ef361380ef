package train

import (
	"errors"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/nn"
)

// Count counts the parts of the model that Run would train on documents of a
// schema, with boxes or without, that have all that the model needs.
func Count(model nn.Spec, schema *corpus.Schema, boxed bool) ([]nn.PartCount, error) {
	if model.Encoder.Kind == "sparse" {
		return nil, errors.New("model.encoder.kind: sparse has a weight for each attribute and label that occur together in the training documents, which a spec does not tell; train it")
	}
	if model.Head.Kind == "separated" {
		schema = semanticView(&corpus.Dataset{Schema: schema}).data.Schema
	}
	f, err := newFeaturizer(model.Encoder, boxed)
	if err != nil {
		return nil, err
	}
	labels := labelSet(schema)
	labels.Counts = make([]float64, schema.NumLabels()) // of class weights, which are no parameters
	return nn.Count(model, labels, f.inputs(model.Encoder.Window))
}
