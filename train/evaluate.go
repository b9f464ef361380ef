package train

import (
	"fmt"
	"maps"
	"math"
	"time"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/metrics"
)

// scoreTokens is how many tokens are predicted at once, unless one document
// has more.
const scoreTokens = 4096

// violationTokens are the tokens that BIO violations are told for: they are
// rare.
const violationTokens = 1000

// score predicts a split and counts entities per document and label, strict.
// nll is the CRF's negative log-likelihood per token, NaN without a CRF, +Inf
// where it forbids the labels of a document. marks are the figures of the
// separated head's structure and visual types, and the BIO violations in 1,000
// tokens: bio_violations_before_crf of the best label of each token by itself,
// bio_violations of what is predicted.
func (r *runner) score(split corpus.Split) (tally metrics.Tally, marks map[string]float64, nll float64) {
	begin := time.Now()
	defer func() { r.scoring += time.Since(begin) }()
	docs := r.splits[split]
	tally = metrics.Tally{Labels: r.labels}
	sum, tokens := math.NaN(), 0
	if r.job.Model.CRF != "none" {
		sum = 0
	}
	structure, visual := markCounts()
	entropy, rows := 0.0, 0
	before, after := 0, 0 // BIO violations, before the CRF and in what is predicted
	for first := 0; first < len(docs); {
		var which []int
		for n := 0; first < len(docs); first++ {
			if n += len(docs[first].labels); n > scoreTokens && len(which) > 0 {
				break
			}
			which = append(which, first)
		}
		batch := r.scorer.pack(docs, which, 0)
		p := r.model.Posterior(batch)
		predicted, greedy := p.Path(), p.Greedy()
		structureSets, visualSets := r.model.Marks()
		if q, groups := r.model.GroupProbabilities(); q != nil {
			s, n := entropyShare(q, groups, func(row int) bool { return batch.Labels[row] > 0 })
			entropy, rows = entropy+s, rows+n
		}
		for _, v := range p.NLL(batch.Labels) {
			sum += v
		}
		tokens += len(predicted)
		for i, w := range which {
			d, from, to := &docs[w], batch.Offsets[i], batch.Offsets[i+1]
			gold, found := d.labels, predicted[from:to]
			before, after = before+metrics.Violations(greedy[from:to]), after+metrics.Violations(found)
			if r.view != nil {
				gold, found = r.job.Data.Docs[split][w].Labels(), r.view.full(found)
				structure.add(d.structure, structureSets[from:to])
				visual.add(d.visual, visualSets[from:to])
			}
			tally.AddDoc(d.doc.ID, d.doc.Domain, d.doc.Template, gold, found, metrics.Strict)
		}
	}
	r.entropy = entropy / float64(rows)
	marks = map[string]float64{}
	if tokens > 0 {
		marks["bio_violations_before_crf"] = violationTokens * float64(before) / float64(tokens)
		marks["bio_violations"] = violationTokens * float64(after) / float64(tokens)
	}
	structure.figures(marks)
	visual.figures(marks)
	return tally, marks, sum / float64(tokens)
}

// tally is where the result holds a split's counts.
func (res *Result) tally(split corpus.Split) *metrics.Tally {
	switch split {
	case corpus.Validation:
		return &res.Validation
	case corpus.Test:
		return &res.Test
	case corpus.Heldout:
		return &res.Heldout
	}
	panic(fmt.Sprintf("train: tally: split %s", split))
}

// scoreAll scores the splits that a model is not trained on; score gives more
// figures of a split beside its counts. TrainDocs is set.
func (res *Result) scoreAll(data *corpus.Dataset, score func(corpus.Split) (metrics.Tally, map[string]float64)) {
	res.Metrics = map[string]float64{}
	for _, split := range []corpus.Split{corpus.Validation, corpus.Test, corpus.Heldout} {
		tally, more := score(split)
		*res.tally(split) = tally
		if len(data.Docs[split]) == 0 {
			continue
		}
		all := figures(tally, res.TrainDocs)
		maps.Copy(all, semanticFigures(tally, data.Schema))
		maps.Copy(all, more)
		for name, v := range all {
			res.Metrics[string(split)+"/"+name] = v
		}
	}
}

// countTrainDocs counts the training documents that hold each entity type.
func countTrainDocs(data *corpus.Dataset) map[string]int {
	counts := make(map[string]int, len(data.Schema.Entities))
	docs := data.Docs[corpus.Train]
	for i := range docs {
		seen := map[corpus.EntityID]bool{}
		for _, s := range docs[i].Spans {
			if !seen[s.Entity] {
				seen[s.Entity] = true
				counts[data.Schema.Entities[s.Entity].Name]++
			}
		}
	}
	return counts
}

// figures are the metrics of a split by name: all of metrics.Names and, with
// the training documents per entity type, macro F1 within each bucket that
// has gold support.
func figures(t metrics.Tally, trainDocs map[string]int) map[string]float64 {
	out := map[string]float64{}
	for _, name := range metrics.Names() {
		v, err := t.Metric(name)
		if err != nil {
			panic("train: figures: " + err.Error()) // Names and Metric disagree
		}
		out[name] = v
	}
	if trainDocs == nil {
		return out
	}
	totals := t.Totals()
	buckets := metrics.Buckets(trainDocs, t.Labels, metrics.LongTail())
	sums, counts := make([]float64, len(metrics.BucketNames)), make([]int, len(metrics.BucketNames))
	for l, b := range buckets {
		if totals[l].Gold > 0 {
			sums[b] += totals[l].Score().F1
			counts[b]++
		}
	}
	for b, n := range counts {
		if n > 0 {
			out[metrics.BucketNames[b]+"_macro_f1"] = sums[b] / float64(n)
		}
	}
	return out
}
