package claims

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/train"
)

// runsOf is the finished runs of an item, the two sides in equal order.
type runsOf struct {
	store *experiments.Store
	bench Bench
	item  Item
	one   []experiments.Outcome
	other []experiments.Outcome
}

// pick takes the finished runs of the item from those of the store. Of two
// variants it keeps the seeds that both have.
func pick(store *experiments.Store, b Bench, item Item, finished map[string]experiments.Outcome) runsOf {
	r := runsOf{store: store, bench: b, item: item}
	for k, key := range item.Keys {
		one, there := finished[key]
		if !there {
			continue
		}
		if item.Other != nil {
			other, there := finished[item.Other[k]] // of the same seed: trials are planned in the order of seeds
			if !there {
				continue
			}
			r.other = append(r.other, other)
		}
		r.one = append(r.one, one)
	}
	return r
}

// measure gives the figure that the item's measure asks for.
func (r runsOf) measure(ctx context.Context) (Reading, error) {
	m := r.item.Claim.Measure
	if slices.Contains(metrics.Names(), m.Figure) && m.Reach == 0 && m.Compare != config.Ratio {
		return r.perDocument(ctx, m)
	}
	values, err := r.values(ctx, m, r.one)
	if err != nil {
		return Reading{}, err
	}
	if m.Against != nil {
		others, err := r.values(ctx, m, r.other)
		if err != nil {
			return Reading{}, err
		}
		for k := range values {
			if m.Compare == config.Ratio {
				values[k] = 100 * (values[k]/others[k] - 1)
			} else {
				values[k] -= others[k]
			}
		}
	}
	reading, err := overSeeds(values, "seeds")
	if err != nil {
		return reading, fmt.Errorf("claim %s: %w", r.item.Name(), err)
	}
	if m.Reach == 0 && reading.Method != "" {
		reading.Method += ", documents fixed"
	}
	return reading, nil
}

// values gives the figure of each run, in the unit of the claim.
func (r runsOf) values(ctx context.Context, m *config.Measure, runs []experiments.Outcome) ([]float64, error) {
	values := make([]float64, len(runs))
	for k, o := range runs {
		if m.Reach > 0 {
			epochs, err := epochsTo(o, m.Split+"/"+m.Figure, m.Reach)
			if err != nil {
				return nil, err
			}
			values[k] = float64(epochs)
			continue
		}
		v, there := o.Metrics[m.Split+"/"+m.Figure]
		if slices.Contains(metrics.Names(), m.Figure) {
			tally, only, err := r.tally(ctx, m, o)
			if err != nil {
				return nil, err
			}
			stat, err := metrics.MetricStatistic(m.Figure, only)
			if err != nil {
				return nil, err
			}
			v, there = stat(tally.Totals()), true
		}
		if !there || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("run %s has no %s/%s", o.Run, m.Split, m.Figure)
		}
		values[k] = 100 * v
	}
	return values, nil
}

// epochsTo is the number of epochs after which a curve is at that share of its
// greatest value, from 1.
func epochsTo(o experiments.Outcome, name string, share float64) (int, error) {
	best := math.Inf(-1)
	for _, p := range o.Curves {
		if p.Name == name && !math.IsNaN(p.Value) {
			best = max(best, p.Value)
		}
	}
	if math.IsInf(best, -1) {
		return 0, fmt.Errorf("run %s has no %s by epoch", o.Run, name)
	}
	first := -1
	for _, p := range o.Curves {
		if p.Name == name && p.Value >= share*best && (first < 0 || p.Epoch < first) {
			first = p.Epoch
		}
	}
	return first + 1, nil
}

// perDocument resamples the documents that the runs were scored on.
func (r runsOf) perDocument(ctx context.Context, m *config.Measure) (Reading, error) {
	var only []bool
	gather := func(runs []experiments.Outcome) ([]metrics.Tally, error) {
		var tallies []metrics.Tally
		for _, o := range runs {
			t, labels, err := r.tally(ctx, m, o)
			if err != nil {
				return nil, err
			}
			tallies, only = append(tallies, t), labels
		}
		return tallies, nil
	}
	one, err := gather(r.one)
	if err != nil {
		return Reading{}, err
	}
	other, err := gather(r.other)
	if err != nil {
		return Reading{}, err
	}
	stat, err := metrics.MetricStatistic(m.Figure, only)
	if err != nil {
		return Reading{}, err
	}
	settled := m.Of(m.Variant).Model.Encoder.Kind == "sparse" && m.Against == nil
	reading, err := overBoth(r.item.Name(), one, other, stat, settled)
	if err != nil {
		return reading, fmt.Errorf("claim %s: %w", r.item.Name(), err)
	}
	for l, total := range one[0].Totals() {
		if total.Gold > 0 && (only == nil || only[l]) {
			reading.Labels++
		}
	}
	if reading.Labels == 0 {
		return reading, fmt.Errorf("claim %s: %s: none of them is in the %s documents", r.item.Name(), m.Labels, m.Split)
	}
	return reading, nil
}

// tally gives the counts of a run on the documents of the measure, and which
// labels it is about; nil for all.
func (r runsOf) tally(ctx context.Context, m *config.Measure, o experiments.Outcome) (metrics.Tally, []bool, error) {
	t := o.Test
	if m.Split == "heldout" {
		t = o.Heldout
	}
	if len(t.Docs) == 0 {
		return t, nil, fmt.Errorf("run %s has no %s documents", o.Run, m.Split)
	}
	if m.Mode == metrics.Conll && !keepsBIO(m.Of(m.Variant).Model.CRF) {
		var err error
		if t, err = r.again(ctx, m, o); err != nil {
			return t, nil, err
		}
	}
	if m.Labels.All() {
		return t, nil, nil
	}
	manifest, err := r.store.Manifest(ctx, o.CorpusDigest)
	if err != nil {
		return t, nil, err
	}
	documents := float64(manifest.Splits[corpus.Train].Documents)
	only := make([]bool, len(t.Labels))
	for l, name := range t.Labels {
		only[l] = m.Labels.Holds(name, float64(o.TrainDocs[name])/documents)
	}
	for _, name := range m.Labels.Names {
		if !slices.Contains(t.Labels, name) {
			return t, nil, fmt.Errorf("claim %s: label %s is not among those of run %s", r.item.Name(), name, o.Run)
		}
	}
	return t, only, nil
}

// keepsBIO says whether a decoder never breaks BIO, so that both ways of
// reading its labels give the same entities.
func keepsBIO(decoder string) bool { return decoder == "crf/bio" || decoder == "crf/adaptive" }

// again labels the documents with the run's model and counts in the mode of
// the measure: the store keeps strict counts.
func (r runsOf) again(ctx context.Context, m *config.Measure, o experiments.Outcome) (metrics.Tally, error) {
	var t metrics.Tally
	ds, err := r.bench.Open(r.bench.corpus(m.Of(m.Variant).Corpus))
	if err != nil {
		return t, err
	}
	weights, err := r.store.Checkpoint(ctx, o.Key)
	if err != nil {
		return t, err
	}
	be, err := r.bench.Backend()
	if err != nil {
		return t, err
	}
	defer be.Close()
	tagger, err := train.OpenTagger(be, bytes.NewReader(weights))
	if err != nil {
		return t, fmt.Errorf("run %s: %w", o.Run, err)
	}
	defer tagger.Close()
	t.Labels = ds.Schema.Names()
	docs := ds.Docs[corpus.Split(m.Split)]
	tagged, err := tagger.Tag(docs)
	if err == nil {
		tagged, err = train.Recast(tagged, tagger.Schema(), ds.Schema)
	}
	if err != nil {
		return t, fmt.Errorf("run %s: %w", o.Run, err)
	}
	for i := range docs {
		t.AddDoc(docs[i].ID, docs[i].Domain, docs[i].Template, docs[i].Labels(), tagged[i].Labels, m.Mode)
	}
	return t, nil
}
