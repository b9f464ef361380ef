package claims

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/train"
)

// extend trains a model without some labels and one with all of them, gives
// the first each label by a prototype from a few examples, and counts the
// labels whose F1 then comes to the share Enough of what training gives.
func extend(ctx context.Context, i Item, b Bench) (Reading, error) {
	p := i.Claim.Probe
	whole, err := b.Open(b.corpus(p.Experiment.Corpus))
	if err != nil {
		return Reading{}, err
	}
	less, err := without(whole, p.Labels)
	if err != nil {
		return Reading{}, err
	}
	be, err := b.Backend()
	if err != nil {
		return Reading{}, err
	}
	defer be.Close()
	job := train.Job{Model: p.Experiment.Model, Curriculum: p.Experiment.Curriculum, Train: p.Experiment.Train, Seed: p.Seed}
	fit := func(ds *corpus.Dataset) (train.Result, error) {
		job.Data = ds
		return train.Run(ctx, be, job, func(train.Event) {})
	}
	learned, err := fit(whole)
	if err != nil {
		return Reading{}, err
	}
	base, err := fit(less)
	if err != nil {
		return Reading{}, err
	}
	return added(be, i, whole, learned, base)
}

// added extends the base model by each label in turn.
func added(be kernels.Backend, i Item, whole *corpus.Dataset, learned, base train.Result) (Reading, error) {
	p := i.Claim.Probe
	totals := learned.Test.Totals()
	r := Reading{N: len(p.Labels), Of: "labels", Documents: len(learned.Test.Docs), Labels: len(p.Labels), Method: "exact binomial over labels", Corpora: []string{whole.Manifest.Digest}}
	good := 0
	var each []string
	for _, label := range p.Labels {
		x, err := train.Extend(be, base.Checkpoint, whole, label, p.Examples, false, seedOf(p, label))
		if err != nil {
			return r, err
		}
		trained := totals[slices.Index(learned.Test.Labels, label)].Score().F1
		got := x.New.Score().F1
		if trained > 0 && got >= p.Enough*trained {
			good++
		}
		each = append(each, fmt.Sprintf("%s %s of %s", label, figure(100*got), figure(100*trained)))
	}
	r.Value = float64(good) / float64(len(p.Labels))
	low, high := binomial(good, len(p.Labels), metrics.DefaultLevel)
	r.Interval = &[2]float64{low, high}
	r.Notes = []string{fmt.Sprintf("F1 by a prototype from %d documents, of F1 by training: %s", p.Examples, strings.Join(each, ", "))}
	return r, nil
}

// without is a corpus without some of its entities: their tokens are O.
func without(ds *corpus.Dataset, names []string) (*corpus.Dataset, error) {
	for _, n := range names {
		if _, there := ds.Schema.Lookup(n); !there {
			return nil, fmt.Errorf("probe.labels: schema %s has no label %s", ds.Schema.Name, n)
		}
	}
	schema := &corpus.Schema{Name: ds.Schema.Name + "-less"}
	at := make([]int, len(ds.Schema.Entities)) // in the smaller schema, -1 where left out
	for e, entity := range ds.Schema.Entities {
		at[e] = -1
		if !slices.Contains(names, entity.Name) {
			at[e] = len(schema.Entities)
			schema.Entities = append(schema.Entities, entity)
		}
	}
	less := &corpus.Dataset{Schema: schema, Manifest: ds.Manifest, Docs: map[corpus.Split][]corpus.Document{}}
	for split, docs := range ds.Docs {
		less.Docs[split] = slices.Clone(docs)
		for i := range less.Docs[split] {
			d := &less.Docs[split][i]
			spans := d.Spans
			d.Spans = nil
			for _, s := range spans {
				if at[s.Entity] >= 0 {
					s.Entity = corpus.EntityID(at[s.Entity])
					d.Spans = append(d.Spans, s)
				}
			}
		}
	}
	less.Seal()
	return less, nil
}

// binomial is the exact interval of a share (Clopper and Pearson 1934).
func binomial(good, n int, level float64) (low, high float64) {
	high = 1
	if good > 0 {
		low = distuv.Beta{Alpha: float64(good), Beta: float64(n - good + 1)}.Quantile((1 - level) / 2)
	}
	if good < n {
		high = distuv.Beta{Alpha: float64(good + 1), Beta: float64(n - good)}.Quantile((1 + level) / 2)
	}
	return low, high
}
