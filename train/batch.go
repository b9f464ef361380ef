package train

import (
	"fmt"
	"math/rand/v2"
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
	wide       []int32 // [T*W]
	row        int     // first of its hidden states, where they are given
}

// encode turns documents into what batches are put together from. With
// learning, their features become the known ones; otherwise unknown ones are
// left out. Hidden states are found by split, or in any where it is empty.
func encode(split corpus.Split, docs []corpus.Document, f *featurizer, window int, learning bool) ([]encoded, error) {
	if f.given {
		return encodeHidden(split, docs, f.hidden)
	}
	out := make([]encoded, len(docs))
	for i := range docs {
		d := &docs[i]
		if len(d.Tokens) == 0 {
			return nil, fmt.Errorf("document %s has no tokens", d.ID)
		}
		if d.Boxed != f.boxed {
			return nil, fmt.Errorf("document %s: boxed is %v, but the corpus says %v", d.ID, d.Boxed, f.boxed)
		}
		ids, err := f.features(d)
		if err != nil {
			return nil, err
		}
		wide, err := f.wideFeatures(d)
		if err != nil {
			return nil, err
		}
		if learning {
			f.learn(ids)
		} else {
			ids = f.known(ids)
		}
		out[i] = encoded{doc: d, features: ids, neighbours: neighbours(d, window, f.boxed), labels: d.Labels(),
			structure: sets(d.Structure), visual: sets(d.Visual), wide: wide}
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
	wideMark []bool  // the same of the wide table
	active   []bool  // entities whose labels count; nil is all
	inactive string  // what becomes of the others: "mask" or "outside"
	dropout  float64 // share of tokens that lose their exact features
	features float64 // share of features that are dropped
	marks    bool    // sets of structure and visual types go with the batch
}

func newBatcher(f *featurizer, k int) *batcher {
	return &batcher{f: f, k: k, mark: make([]bool, f.rows()), wideMark: make([]bool, f.wideRows())}
}

// pack puts docs into one batch. Seed draws the word dropout.
func (b *batcher) pack(docs []encoded, which []int, seed uint64) nn.Batch {
	out := &b.batch
	out.Offsets = append(out.Offsets[:0], 0)
	out.Features, out.Neighbours, out.Labels = out.Features[:0], out.Neighbours[:0], out.Labels[:0]
	out.Structure, out.Visual, out.Wide = out.Structure[:0], out.Visual[:0], out.Wide[:0]
	out.Hidden = out.Hidden[:0]
	for _, i := range which {
		d := &docs[i]
		base := int32(len(out.Labels))
		if b.f.given {
			out.Hidden = appendHidden(out.Hidden, b.f.hidden, d)
		}
		out.Features = append(out.Features, d.features...)
		out.Wide = append(out.Wide, d.wide...)
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
	if b.features > 0 {
		r := stream.New(seed, "feature_dropout")
		drop(r, out.Features, b.features)
		drop(r, out.Wide, b.features)
	}
	out.Rows = collectRows(out.Rows, out.Features, b.mark)
	out.WideRows = collectRows(out.WideRows, out.Wide, b.wideMark)
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

// dropWords takes the features that name the very word, alone or with others, from
// a random share of the tokens.
func (b *batcher) dropWords(seed uint64) {
	r := stream.New(seed, "word_dropout")
	per, slots := b.f.perToken(), b.f.wideSlots()
	for t := 0; t*per < len(b.batch.Features); t++ {
		if r.Float64() >= b.dropout {
			continue
		}
		for _, s := range b.f.exact {
			b.batch.Features[t*per+s] = -1
		}
		for _, s := range b.f.exactWide {
			b.batch.Wide[t*slots+s] = -1
		}
	}
}

// drop takes a random share of ids.
func drop(r *rand.Rand, ids []int32, share float64) {
	for i := range ids {
		if r.Float64() < share {
			ids[i] = -1
		}
	}
}

// collectRows lists the ids that occur, sorted, in rows. Mark is false throughout,
// before and after.
func collectRows(rows, ids []int32, mark []bool) []int32 {
	rows = rows[:0]
	for _, id := range ids {
		if id >= 0 && !mark[id] {
			mark[id] = true
			rows = append(rows, id)
		}
	}
	slices.Sort(rows)
	for _, id := range rows {
		mark[id] = false
	}
	return rows
}
