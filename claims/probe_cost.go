package claims

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/train"
)

// rivals are the models of the smaller and of the claim's schema, trained on
// the same recipe, and the documents that both label.
type rivals struct {
	models [2][]byte // the smaller first
	docs   *corpus.Dataset
}

// newRivals trains both models.
func newRivals(ctx context.Context, i Item, b Bench) (rivals, error) {
	p := i.Claim.Probe
	var r rivals
	be, err := b.Backend()
	if err != nil {
		return r, err
	}
	defer be.Close()
	for k, schema := range []string{p.Smaller, i.Claim.Schema} {
		e := p.Experiment
		recipe, err := recipeOf(e.Corpus)
		if err != nil {
			return r, err
		}
		e.Corpus = config.Corpus{Generate: &recipe, Schema: schema}
		ds, err := b.Open(e.Corpus)
		if err != nil {
			return r, err
		}
		result, err := train.Run(ctx, be, train.Job{Data: ds, Model: e.Model, Curriculum: e.Curriculum, Train: e.Train, Seed: p.Seed}, func(train.Event) {})
		if err != nil {
			return r, fmt.Errorf("schema %s: %w", schema, err)
		}
		r.models[k], r.docs = result.Checkpoint, ds
	}
	docs := r.docs.Docs[corpus.Test]
	if len(docs) < p.Documents {
		return r, fmt.Errorf("the test split has %d documents, and %d are to be labelled", len(docs), p.Documents)
	}
	r.docs = &corpus.Dataset{Schema: r.docs.Schema, Manifest: r.docs.Manifest, Docs: map[corpus.Split][]corpus.Document{corpus.Test: docs[:p.Documents]}}
	return r, nil
}

// recipeOf is the recipe of generated documents, that of a preset included.
func recipeOf(c config.Corpus) (corpus.Recipe, error) {
	if c.Preset != "" {
		preset, err := config.LoadPreset(c.Preset)
		return preset.Recipe, err
	}
	if c.Generate == nil {
		return corpus.Recipe{}, errors.New("probe.experiment: its corpus is no recipe, which two schemas need")
	}
	return *c.Generate, nil
}

// percentMore sums pairs of (smaller, larger) up: percent by which the larger
// is more.
func percentMore(pairs [][2]float64, of, what string, scale float64) (Reading, error) {
	values := make([]float64, len(pairs))
	var means [2]float64
	for k, p := range pairs {
		values[k] = 100 * (p[1]/p[0] - 1)
		for s := range means {
			means[s] += p[s] / scale / float64(len(pairs))
		}
	}
	r, err := overSeeds(values, of)
	r.Notes = []string{fmt.Sprintf("%s to %s %s", figure(means[0]), figure(means[1]), what)}
	return r, err
}

// latency times both models on the same documents, one at a time, in turns. A
// document's time is the least of the repeats, which other work on the machine
// disturbs least; the interval is over the documents.
func latency(ctx context.Context, i Item, b Bench) (Reading, error) {
	p := i.Claim.Probe
	r, err := newRivals(ctx, i, b)
	if err != nil {
		return Reading{}, err
	}
	be, err := b.Backend()
	if err != nil {
		return Reading{}, err
	}
	defer be.Close()
	var taggers [2]*train.Tagger
	for k, model := range r.models {
		if taggers[k], err = train.OpenTagger(be, bytes.NewReader(model)); err != nil {
			return Reading{}, err
		}
		defer taggers[k].Close()
	}
	docs := r.docs.Docs[corpus.Test]
	pairs := make([][2]float64, len(docs)) // least seconds by document and model
	for n := -1; n < p.Repeats; n++ {      // repeat -1 warms up
		for d := range docs {
			for turn := range taggers {
				k := (turn + d + n + 1) % 2 // neither is always first
				if err := ctx.Err(); err != nil {
					return Reading{}, err
				}
				start := time.Now()
				if _, err := taggers[k].Tag(docs[d : d+1]); err != nil {
					return Reading{}, err
				}
				took := time.Since(start).Seconds()
				if n == 0 || n > 0 && took < pairs[d][k] {
					pairs[d][k] = took
				}
			}
		}
	}
	reading, err := percentMore(pairs, "documents", "ms a document on "+deviceOf(be), 1e-3)
	reading.Documents, reading.Corpora = len(docs), []string{r.docs.Manifest.Digest}
	return reading, err
}

// deviceOf names the device of a backend.
func deviceOf(be kernels.Backend) string { return experiments.DeviceName(be.Device()) }

// memory compares the most memory that both models need to label the same
// documents, each time in a process of its own.
func memory(ctx context.Context, i Item, b Bench) (Reading, error) {
	p := i.Claim.Probe
	r, err := newRivals(ctx, i, b)
	if err != nil {
		return Reading{}, err
	}
	pairs := make([][2]float64, p.Repeats)
	for n := range pairs {
		for k, model := range r.models {
			peak, err := b.Peak(ctx, model, r.docs)
			if err != nil {
				return Reading{}, err
			}
			pairs[n][k] = float64(peak)
		}
	}
	reading, err := percentMore(pairs, "repeats", "MB at the most", 1e6)
	reading.Documents, reading.Corpora = p.Documents, []string{r.docs.Manifest.Digest}
	return reading, err
}
