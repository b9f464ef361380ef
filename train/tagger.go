package train

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/nn/posterior"
	"github.com/invoicelab/invoicelab/nn/sparse"
	"github.com/invoicelab/invoicelab/safetensors"
)

// Tagger labels documents with a trained model. It is used by one goroutine
// at a time.
type Tagger struct {
	saved *saved
	be    kernels.Backend

	// Compact encoder, and hidden states that are given.
	model *nn.Model
	f     *featurizer
	pack  *batcher
	sound bool // the parameters are known to be finite

	// Sparse encoder.
	sparse *sparse.Model
	attrs  *attributer
}

// OpenTagger reads a checkpoint that Run made. The backend stays the caller's.
func OpenTagger(be kernels.Backend, r io.Reader) (*Tagger, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	file, err := safetensors.Read(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	s, err := readSaved(file.Meta)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	t := &Tagger{saved: s, be: be}
	if s.Model.Encoder.Kind == "sparse" {
		if t.sparse, err = sparse.Load(bytes.NewReader(data)); err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
		if t.sparse.Labels() != s.Schema.NumLabels() {
			return nil, fmt.Errorf("model: weights for %d labels, a schema of %d", t.sparse.Labels(), s.Schema.NumLabels())
		}
		if t.attrs, err = newAttributer("model.encoder.templates", s.Model.Encoder.Templates, s.Boxed); err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
		return t, nil
	}
	if t.f, err = newFeaturizer(s.Model.Encoder, s.Boxed); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	if rows := t.f.rows(); len(s.Rows)/8 != (rows+7)/8 {
		return nil, fmt.Errorf("model: metadata %s: %d bits for %d rows", metaRows, len(s.Rows), rows)
	}
	t.f.seen = s.Rows[:t.f.rows()]
	inputs := t.f.inputs(s.Model.Encoder.Window)
	t.pack = newBatcher(t.f, inputs.Neighbours)
	labels := labelSet(s.Schema)
	labels.Counts = make([]float64, s.Schema.NumLabels())
	for i := range labels.Counts {
		labels.Counts[i] = 1 // weights of a loss that labelling does not compute
	}
	if t.model, err = nn.New(be, s.Model, labels, inputs, 0); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	if err := t.model.Load(bytes.NewReader(data)); err != nil {
		t.model.Close()
		return nil, fmt.Errorf("model: %w", err)
	}
	return t, nil
}

// Close gives the model's memory back.
func (t *Tagger) Close() {
	if t.f != nil && t.f.hidden != nil {
		t.f.hidden.Close()
	}
	if t.model != nil {
		t.model.Close()
	}
}

// Schema is the label set of the model.
func (t *Tagger) Schema() *corpus.Schema { return t.saved.Schema }

// Boxed says whether the model needs boxes.
func (t *Tagger) Boxed() bool { return t.saved.Boxed }

// Digest is that of the corpus the model was trained on.
func (t *Tagger) Digest() string { return t.saved.Digest }

// Tagged is what a model says of one document.
type Tagged struct {
	Labels []int32 // BIO label of each token
	Spans  []TaggedSpan
}

// TaggedSpan is a predicted entity.
//
// Confidence is the probability that exactly these tokens are this entity,
// under the CRF where the model has one:
//
//	P(y_s = B, y_(s+1..e-1) = I) - P(the same, and y_e = I)
//
// with e the token after the span. Alternatives are the other readings of the
// same tokens by their probability, the greatest first.
type TaggedSpan struct {
	corpus.Span
	Confidence   float64
	Alternatives []Alternative
}

// Alternative is another reading of a span's tokens: another entity type or,
// with None, that all of them are O.
type Alternative struct {
	Entity      corpus.EntityID
	None        bool
	Probability float64
}

// alternatives is how many other readings a span has.
const alternatives = 3

// Tag labels documents. A document without tokens, and one that lacks boxes,
// columns or hidden states that the model needs, is an error that names it; so is a
// model with a parameter that is not finite, whose labels would mean nothing.
func (t *Tagger) Tag(docs []corpus.Document) ([]Tagged, error) { return t.TagSplit("", docs) }

// TagSplit is Tag on documents of one split of a corpus, of which there may be others of
// the same ids in other splits.
func (t *Tagger) TagSplit(split corpus.Split, docs []corpus.Document) ([]Tagged, error) {
	out := make([]Tagged, 0, len(docs))
	err := t.posteriors(split, docs, func(p *posterior.Posterior, part []corpus.Document) { out = append(out, t.read(p, part)...) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// posteriors gives the posteriors of documents, several documents at once, in order.
func (t *Tagger) posteriors(split corpus.Split, docs []corpus.Document, add func(*posterior.Posterior, []corpus.Document)) (err error) {
	for i := range docs {
		switch d := &docs[i]; {
		case len(d.Tokens) == 0:
			return fmt.Errorf("document %s: no tokens", d.ID)
		case t.saved.Boxed && !d.Boxed:
			return fmt.Errorf("document %s: no boxes, which the model needs", d.ID)
		}
	}
	if t.sparse != nil {
		b, err := attributes(t.attrs, docs)
		if err != nil {
			return err
		}
		at := 0
		for first, p := range t.sparse.Posteriors(t.be, b) {
			n := p.Documents()
			add(p, docs[first:first+n])
			at = first + n
		}
		if at != len(docs) {
			panic(fmt.Sprintf("train: Tag: %d of %d documents", at, len(docs)))
		}
		return nil
	}
	if !t.sound {
		if name := t.model.NotFinite(); name != "" {
			return fmt.Errorf("model: parameter %s holds a number that is not finite", name)
		}
		t.sound = true
	}
	if t.f.hidden != nil {
		defer t.f.hidden.Guard(&err)()
	}
	for first := 0; first < len(docs); {
		last, tokens := first, 0
		for last < len(docs) && (last == first || tokens+len(docs[last].Tokens) <= scoreTokens) {
			tokens += len(docs[last].Tokens)
			last++
		}
		encoded, err := encode(split, unlabelled(docs[first:last], t.saved.Boxed), t.f, t.saved.Model.Encoder.Window, false)
		if err != nil {
			return err
		}
		which := make([]int, len(encoded))
		for i := range which {
			which[i] = i
		}
		add(t.model.Posterior(t.pack.pack(encoded, which, 0)), docs[first:last])
		first = last
	}
	return nil
}

// unlabelled gives the documents without spans, which may be of another
// schema, and without boxes where the model has no use for them.
func unlabelled(docs []corpus.Document, boxed bool) []corpus.Document {
	bare := slices.Clone(docs)
	for i := range bare {
		bare[i].Spans, bare[i].Boxed = nil, boxed
	}
	return bare
}

// read takes labels and spans of docs from their posterior.
func (t *Tagger) read(p *posterior.Posterior, docs []corpus.Document) []Tagged {
	path, marginals := p.Path(), p.Marginals()
	c := t.saved.Schema.NumLabels()
	out := make([]Tagged, len(docs))
	var asked readings
	at := 0
	for d := range docs {
		n := len(docs[d].Tokens)
		out[d].Labels = path[at : at+n]
		for _, s := range spansOf(out[d].Labels) {
			ts := TaggedSpan{Span: s}
			asked.add(d, s, n)
			for _, e := range likely(marginals[(at+s.Start)*c:(at+s.Start+1)*c], s.Entity) {
				ts.Alternatives = append(ts.Alternatives, Alternative{Entity: e})
				asked.add(d, corpus.Span{Entity: e, Start: s.Start, End: s.End}, n)
			}
			ts.Alternatives = append(ts.Alternatives, Alternative{None: true})
			asked.none(d, s)
			out[d].Spans = append(out[d].Spans, ts)
		}
		at += n
	}
	answers := asked.probabilities(p)
	for d := range out {
		for i := range out[d].Spans {
			s := &out[d].Spans[i]
			s.Confidence, answers = answers[0], answers[1:]
			for k := range s.Alternatives {
				s.Alternatives[k].Probability, answers = answers[0], answers[1:]
			}
			slices.SortStableFunc(s.Alternatives, func(a, b Alternative) int { return cmp.Compare(b.Probability, a.Probability) })
			s.Alternatives = s.Alternatives[:min(len(s.Alternatives), alternatives)]
		}
	}
	return out
}

// likely lists the entities, but for one, that a span most probably is by the
// marginals of its first token.
func likely(marginals []float32, but corpus.EntityID) []corpus.EntityID {
	var list []corpus.EntityID
	for e := range (len(marginals) - 1) / 2 {
		if corpus.EntityID(e) != but {
			list = append(list, corpus.EntityID(e))
		}
	}
	slices.SortStableFunc(list, func(a, b corpus.EntityID) int {
		return cmp.Compare(marginals[1+2*b], marginals[1+2*a])
	})
	return list[:min(len(list), alternatives)]
}

// readings gathers questions about spans, each of one or two queries, so that
// a batch asks them all at once.
type readings struct {
	queries []posterior.Query
	two     []bool // the question has a second query, which is taken off
}

// add asks whether tokens of document d of n tokens are exactly span s.
func (r *readings) add(d int, s corpus.Span, n int) {
	b := 1 + 2*int32(s.Entity)
	labels := make([]int32, s.End-s.Start, s.End-s.Start+1)
	for i := range labels {
		labels[i] = b + 1
	}
	labels[0] = b
	r.queries = append(r.queries, posterior.Query{Doc: d, From: s.Start, Labels: labels})
	longer := s.End < n
	if longer {
		r.queries = append(r.queries, posterior.Query{Doc: d, From: s.Start, Labels: append(slices.Clone(labels), b+1)})
	}
	r.two = append(r.two, longer)
}

// none asks whether the tokens of s are all O.
func (r *readings) none(d int, s corpus.Span) {
	r.queries = append(r.queries, posterior.Query{Doc: d, From: s.Start, Labels: make([]int32, s.End-s.Start)})
	r.two = append(r.two, false)
}

// probabilities answers in the order of asking.
func (r *readings) probabilities(p *posterior.Posterior) []float64 {
	logs := p.LogProbs(r.queries)
	out := make([]float64, len(r.two))
	for i, two := range r.two {
		v := math.Exp(logs[0])
		logs = logs[1:]
		if two {
			v -= math.Exp(logs[0])
			logs = logs[1:]
		}
		out[i] = min(max(v, 0), 1)
	}
	return out
}

// spansOf reads entities out of BIO labels, strictly: an I-x that continues no
// x is none.
func spansOf(labels []int32) []corpus.Span {
	var spans []corpus.Span
	for t := 0; t < len(labels); t++ {
		if labels[t]%2 != 1 {
			continue
		}
		end := t + 1
		for end < len(labels) && labels[end] == labels[t]+1 {
			end++
		}
		spans = append(spans, corpus.Span{Entity: corpus.EntityID((labels[t] - 1) / 2), Start: t, End: end})
		t = end - 1
	}
	return spans
}
