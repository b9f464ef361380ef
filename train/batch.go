package train

import (
	"fmt"
	"slices"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/stream"
)

// encoded is a document as the model sees it.
type encoded struct {
	doc        *corpus.Document
	features   []int32 // [T*F]
	neighbours []int32 // [T*K], indices in the document
	labels     []int32 // [T] gold
	structure  []int32 // [T] sets of types, nil where the document has none
	visual     []int32
}

// encode turns documents into what batches are put together from. With
// learning, their features become the known ones; otherwise unknown ones are
// left out.
func encode(docs []corpus.Document, f *featurizer, window int, learning bool) ([]encoded, error) {
	out := make([]encoded, len(docs))
	for i := range docs {
		d := &docs[i]
		if len(d.Tokens) == 0 {
			return nil, fmt.Errorf("document %s has no tokens", d.ID)
		}
		if d.Boxed != f.boxed {
			return nil, fmt.Errorf("document %s: boxed is %v, but the corpus says %v", d.ID, d.Boxed, f.boxed)
		}
		ids := f.features(d)
		if learning {
			f.learn(ids)
		} else {
			ids = f.known(ids)
		}
		out[i] = encoded{doc: d, features: ids, neighbours: neighbours(d, window, f.boxed), labels: d.Labels(),
			structure: sets(d.Structure), visual: sets(d.Visual)}
	}
	return out, nil
}

// batcher packs documents into batches; its buffers are reused, so a batch
// holds until the next call.
type batcher struct {
	f        *featurizer
	k        int // neighbours of a token
	batch    nn.Batch
	mark     []bool  // rows in the batch
	active   []bool  // entities whose labels count; nil is all
	inactive string  // what becomes of the others: "mask" or "outside"
	dropout  float64 // share of tokens that lose their exact features
	marks    bool    // sets of structure and visual types go with the batch
}

func newBatcher(f *featurizer, k int) *batcher {
	return &batcher{f: f, k: k, mark: make([]bool, f.rows())}
}

// pack puts docs into one batch. Seed draws the word dropout.
func (b *batcher) pack(docs []encoded, which []int, seed uint64) nn.Batch {
	out := &b.batch
	out.Offsets = append(out.Offsets[:0], 0)
	out.Features, out.Neighbours, out.Labels = out.Features[:0], out.Neighbours[:0], out.Labels[:0]
	out.Structure, out.Visual = out.Structure[:0], out.Visual[:0]
	for _, i := range which {
		d := &docs[i]
		base := int32(len(out.Labels))
		out.Features = append(out.Features, d.features...)
		for _, n := range d.neighbours {
			if n >= 0 {
				n += base
			}
			out.Neighbours = append(out.Neighbours, n)
		}
		for _, l := range d.labels {
			out.Labels = append(out.Labels, b.trained(l))
		}
		if b.marks {
			out.Structure = appendSets(out.Structure, d.structure, len(d.labels))
			out.Visual = appendSets(out.Visual, d.visual, len(d.labels))
		}
		out.Offsets = append(out.Offsets, int32(len(out.Labels)))
	}
	if b.dropout > 0 {
		b.dropWords(seed)
	}
	b.collectRows()
	return *out
}

// trained is the label that training sees for a gold label.
func (b *batcher) trained(label int32) int32 {
	if b.active == nil || label == 0 || b.active[(label-1)/2] {
		return label
	}
	if b.inactive == "outside" {
		return 0
	}
	return kernels.Ignore
}

// dropWords takes the features that name the very word from a random share of
// the tokens.
func (b *batcher) dropWords(seed uint64) {
	r := stream.New(seed, "word_dropout")
	per := b.f.perToken()
	for t := 0; t < len(b.batch.Features); t += per {
		if r.Float64() >= b.dropout {
			continue
		}
		for s := range textSpaces {
			if textSpaces[s].exact {
				b.batch.Features[t+s] = -1
			}
		}
	}
}

func (b *batcher) collectRows() {
	rows := b.batch.Rows[:0]
	for _, id := range b.batch.Features {
		if id >= 0 && !b.mark[id] {
			b.mark[id] = true
			rows = append(rows, id)
		}
	}
	slices.Sort(rows)
	for _, id := range rows {
		b.mark[id] = false
	}
	b.batch.Rows = rows
}
