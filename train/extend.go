package train

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/safetensors"
	"github.com/invoicelab/invoicelab/stream"
)

// Extension is a model with one more label, and what that cost the others.
type Extension struct {
	Model    []byte          // safetensors, as Run makes them
	Examples []string        // documents that the label was learned from
	New      metrics.Count   // of the label on the test documents
	Labels   []string        // entities that were there before
	Before   []metrics.Count // on the test documents, of the model as it was
	After    []metrics.Count // the same of the extended one
}

// Extend adds an entity to a model with prototypes without training it: k training
// documents of ds that hold the entity, drawn by seed, give its prototypes. The
// entity, named as in the schema of ds, which says its group, must be new to the model; its
// group must not, where the head has a group stage. Centred is that of nn.Model.Extend.
func Extend(be kernels.Backend, model []byte, ds *corpus.Dataset, name string, k int, centred bool, seed uint64) (Extension, error) {
	return ExtendHidden(be, model, "", ds, name, k, centred, seed)
}

// ExtendHidden is Extend of a model that reads hidden states; features is the file with
// those of the corpus.
func ExtendHidden(be kernels.Backend, model []byte, features string, ds *corpus.Dataset, name string, k int, centred bool, seed uint64) (Extension, error) {
	file, err := safetensors.Read(bytes.NewReader(model))
	if err != nil {
		return Extension{}, fmt.Errorf("model: %w", err)
	}
	old, err := readSaved(file.Meta)
	if err != nil {
		return Extension{}, fmt.Errorf("model: %w", err)
	}
	if old.Model.Encoder.Kind == "sparse" {
		return Extension{}, fmt.Errorf("model.encoder.kind: sparse has no prototypes")
	}
	at := slices.IndexFunc(ds.Schema.Entities, func(e corpus.Entity) bool { return e.Name == name })
	if at < 0 {
		return Extension{}, fmt.Errorf("label %s is not in schema %s of the corpus", name, ds.Schema.Name)
	}
	if slices.Contains(old.Schema.Names(), name) {
		return Extension{}, fmt.Errorf("label %s: the model has it already", name)
	}
	entity := ds.Schema.Entities[at]
	if groups := old.Schema.Groups(); old.Model.Head.Kind != "prototype" && !slices.Contains(groups, entity.Group) {
		return Extension{}, fmt.Errorf("label %s is of group %q, which the model does not have: its group stage would need training", name, entity.Group)
	}
	grown := *old.Schema
	grown.Name += "+" + name
	grown.Entities = append(slices.Clone(old.Schema.Entities), entity)

	docs, err := supports(ds, at, name, k, seed)
	if err != nil {
		return Extension{}, err
	}
	x := Extension{Labels: old.Schema.Names()}
	for _, d := range docs {
		x.Examples = append(x.Examples, d.ID)
	}
	before, err := OpenTagger(be, bytes.NewReader(model))
	if err != nil {
		return x, err
	}
	defer before.Close()
	test := ds.Docs[corpus.Test]
	if old.Model.Encoder.Given() {
		if features == "" {
			return x, errNoHidden
		}
		if err := before.UseHidden(features); err != nil {
			return x, err
		}
	}
	if x.Before, _, err = before.totals(corpus.Test, test, places(ds.Schema.Names(), x.Labels)); err != nil {
		return x, err
	}
	if x.Model, err = extended(be, before, file.Meta, model, &grown, docs, ds.Schema, centred); err != nil {
		return x, err
	}
	after, err := OpenTagger(be, bytes.NewReader(x.Model))
	if err != nil {
		return x, err
	}
	defer after.Close()
	if old.Model.Encoder.Given() {
		if err := after.UseHidden(features); err != nil {
			return x, err
		}
	}
	all, _, err := after.totals(corpus.Test, test, places(ds.Schema.Names(), grown.Names()))
	if err != nil {
		return x, err
	}
	x.After, x.New = all[:len(x.Labels)], all[len(x.Labels)]
	return x, nil
}

// supports draws k training documents that hold an entity.
func supports(ds *corpus.Dataset, entity int, name string, k int, seed uint64) ([]corpus.Document, error) {
	var holding []corpus.Document
	for _, d := range ds.Docs[corpus.Train] {
		if slices.ContainsFunc(d.Spans, func(s corpus.Span) bool { return int(s.Entity) == entity }) {
			holding = append(holding, d)
		}
	}
	if k < 1 || len(holding) < k {
		return nil, fmt.Errorf("label %s: %d examples are asked for, and %d training documents hold it", name, k, len(holding))
	}
	order := stream.New(seed, "extend/"+name).Perm(len(holding))[:k]
	slices.Sort(order)
	out := make([]corpus.Document, k)
	for i, at := range order {
		out[i] = holding[at]
	}
	return out, nil
}

// extended makes the model file of a grown schema, whose last entity is new.
func extended(be kernels.Backend, t *Tagger, meta map[string]string, model []byte, grown *corpus.Schema, docs []corpus.Document, from *corpus.Schema, centred bool) ([]byte, error) {
	s := t.saved
	labels := labelSet(grown)
	labels.Counts = make([]float64, grown.NumLabels())
	for i := range labels.Counts {
		labels.Counts[i] = 1 // weights of a loss that nothing computes
	}
	inputs := t.f.inputs(s.Model.Encoder.Window)
	m, err := nn.New(be, s.Model, labels, inputs, 0)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	if err := m.Grow(bytes.NewReader(model), s.Model, labels, growth(s.Schema, grown)); err != nil {
		return nil, err
	}
	place := places(from.Names(), grown.Names())
	named := unlabelled(docs, s.Boxed)
	for i, d := range docs {
		for _, span := range d.Spans {
			if e := place[span.Entity]; e >= 0 {
				span.Entity = corpus.EntityID(e)
				named[i].Spans = append(named[i].Spans, span)
			}
		}
	}
	coded, err := encode(corpus.Train, named, t.f, s.Model.Encoder.Window, false)
	if err != nil {
		return nil, err
	}
	which := make([]int, len(coded))
	for i := range which {
		which[i] = i
	}
	if err := m.Extend(t.pack.pack(coded, which, 0), labels, len(grown.Entities)-1, centred); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := saveAs(&out, m, meta, grown); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// saveAs writes a model with the metadata of another, but for the schema and the
// history, whose entities are fewer.
func saveAs(w io.Writer, m *nn.Model, meta map[string]string, schema *corpus.Schema) error {
	text, err := schemaText(schema)
	if err != nil {
		return err
	}
	own := map[string]string{}
	for key, v := range meta {
		if key != metaHistory {
			own[key] = v
		}
	}
	own[metaSchema] = text
	return m.Save(w, own)
}
