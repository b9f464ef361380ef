package train

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/nn/posterior"
)

// metaHistory is the key of a checkpoint's metadata that holds the epochs so far,
// []epochRecord as JSON.
const metaHistory = "history"

// record notes an epoch for the history and gives the findings about it. In the
// first half of the epochs only what a stage lost is told: a model that has hardly
// begun has groups that are uniform.
func (r *runner) record(ev *EpochEvent, tally metrics.Tally) {
	rec := epochRecord{Stage: ev.Stage}
	weight := r.job.Model.Loss.CRF
	if w := r.weights(ev.Stage); w != nil {
		weight = w.CRF
	}
	if total := ev.Losses["total"]; total > 0 {
		rec.CRF = weight * ev.Losses["crf"] / total
	}
	totals := tally.Totals()
	var active strings.Builder
	for e := range r.data.Schema.Entities {
		mark := byte('0')
		if r.trainer.active[e] {
			mark = '1'
		}
		active.WriteByte(mark)
		full := e
		if r.view != nil {
			full = r.view.entity(e)
		}
		f1 := -1.0
		if totals[full].Gold > 0 {
			f1 = math.Round(1e4*totals[full].Score().F1) / 1e4
		}
		rec.F1 = append(rec.F1, f1)
	}
	rec.Active = active.String()
	r.History = append(r.History, rec)
	found := evidence{model: r.job.Model, history: r.History, entities: r.data.Schema.Names(), entropy: math.NaN(), similarity: math.NaN()}
	found.model.Loss.CRF = weight
	if 2*(ev.Epoch+1) < r.job.Train.Epochs {
		if f, ok := found.lost(); ok {
			ev.Findings = []Finding{f}
		}
		return
	}
	found.entropy = r.entropy
	if rows, dim := r.model.Prototypes(); rows != nil {
		found.similarity, found.closest = similarity(rows, dim, found.entities)
	}
	ev.Findings = found.findings()
}

// Diagnose looks for what is wrong with the run that the model came from, in the
// model, in the history that it carries, and in what it says of the training and
// validation documents of ds. Findings come in a fixed order. Entities of ds that the
// model does not know are left out.
func (t *Tagger) Diagnose(ds *corpus.Dataset) ([]Finding, error) {
	e, err := t.evidence(ds)
	if err != nil {
		return nil, err
	}
	return e.findings(), nil
}

// evidence is what Diagnose rests on.
func (t *Tagger) evidence(ds *corpus.Dataset) (*evidence, error) {
	schema := t.saved.Schema
	if t.f != nil && t.f.given && t.f.hidden == nil {
		return nil, errNoHidden
	}
	e := &evidence{model: t.saved.Model, history: t.saved.History, entities: schema.Names(), entropy: math.NaN(), similarity: math.NaN()}
	if t.model != nil {
		if e.notFinite = t.model.NotFinite(); e.notFinite != "" {
			return e, nil // what it predicts means nothing
		}
		if rows, dim := t.model.Prototypes(); rows != nil {
			e.similarity, e.closest = similarity(rows, dim, e.entities)
		}
	}
	n := len(schema.Entities)
	e.documents, e.examples, e.predicted = make([]int, n), make([]int, n), make([]int, n)
	place := places(ds.Schema.Names(), e.entities)
	for _, d := range ds.Docs[corpus.Train] {
		seen := map[int32]bool{}
		for _, s := range d.Spans {
			if at := place[s.Entity]; at >= 0 {
				e.examples[at]++
				if !seen[at] {
					seen[at] = true
					e.documents[at]++
				}
			}
		}
	}
	for _, split := range []corpus.Split{corpus.Train, corpus.Validation} {
		if len(ds.Docs[split]) == 0 {
			return nil, fmt.Errorf("corpus %s has no %s documents", ds.Manifest.Name, split)
		}
		totals, entropy, err := t.totals(split, ds.Docs[split], place)
		if err != nil {
			return nil, err
		}
		f1 := make([]float64, n)
		for l := range f1 {
			if f1[l] = math.NaN(); totals[l].Gold > 0 {
				f1[l] = totals[l].Score().F1
			}
			e.predicted[l] += int(totals[l].Pred)
		}
		if split == corpus.Train {
			e.training = f1
			continue
		}
		e.validation, e.entropy = f1, entropy
		for l := range f1 {
			e.gold = append(e.gold, int(totals[l].Gold))
		}
	}
	return e, nil
}

// totals labels documents and counts their entities, whose places in the model's
// schema are given. entropy is the share of the greatest entropy that the group
// probabilities of entity tokens have, NaN without a group stage.
func (t *Tagger) totals(split corpus.Split, docs []corpus.Document, place []int32) (counts []metrics.Count, entropy float64, err error) {
	tally := metrics.Tally{Labels: t.saved.Schema.Names()}
	sum, rows := 0.0, 0
	err = t.posteriors(split, docs, func(p *posterior.Posterior, part []corpus.Document) {
		path, at := p.Path(), 0
		var all []int32
		for i := range part {
			gold := part[i]
			gold.Spans = nil
			for _, s := range part[i].Spans {
				if place[s.Entity] >= 0 {
					s.Entity = corpus.EntityID(place[s.Entity])
					gold.Spans = append(gold.Spans, s)
				}
			}
			labels := gold.Labels()
			tally.AddDoc(gold.ID, gold.Domain, gold.Template, labels, path[at:at+len(labels)], metrics.Strict)
			at += len(labels)
			all = append(all, labels...)
		}
		if t.model == nil {
			return
		}
		if q, groups := t.model.GroupProbabilities(); q != nil {
			s, n := entropyShare(q, groups, func(row int) bool { return all[row] > 0 })
			sum, rows = sum+s, rows+n
		}
	})
	return tally.Totals(), sum / float64(rows), err
}

// addHistory puts the epochs so far into the metadata of a checkpoint.
func addHistory(meta map[string]string, history []epochRecord) error {
	text, err := json.Marshal(history)
	if err != nil {
		return err
	}
	meta[metaHistory] = string(text)
	return nil
}
