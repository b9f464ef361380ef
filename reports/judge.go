package reports

import (
	"fmt"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// mistakes is what the runs of a variant took for what.
type mistakes struct {
	runs   int
	labels []string
	ledger metrics.Ledger
	pairs  []metrics.Confusion // ambiguous ones first, then by count
	gold   []int               // entities by label, over the runs
	found  []int
}

// trust is how far the confidence of a variant can be trusted: of all entities
// that its runs predicted, taken together.
type trust struct {
	variant *variant
	judged  int
	ece     float64
	mean    float64 // confidence
	right   float64 // share
	bins    []metrics.Bin
	risks   []metrics.Risk
	area    float64
}

// trustBins is the number of bins of the figure; the error that is told has
// metrics.DefaultBins.
const trustBins = 10

// judge reads what the runs of the candidate and its baseline said, and fills
// in mistakes and trust, or why there are none.
func (r *Report) judge() {
	if r.data.Predictions == nil {
		r.errorsReason, r.trustReason = "what the runs said of each document was not read", "what the runs said of each document was not read"
		return
	}
	sides := []*variant{r.candidate}
	if r.baseline != nil {
		sides = append(sides, r.baseline)
	}
	for _, v := range sides {
		said := make([][]experiments.Prediction, len(v.runs))
		for i, o := range v.runs {
			var err error
			if said[i], err = r.data.Predictions(o.Key); err != nil {
				r.trustReason = err.Error()
				if v == r.candidate {
					r.errorsReason = err.Error()
				}
				r.trust = nil
				return
			}
		}
		t, err := trustOf(v, said)
		switch {
		case err != nil:
			r.trust, r.trustReason = nil, err.Error()
		case t.judged == 0:
			r.trustReason = v.name + " predicted no entity"
		case r.trustReason == "":
			r.trust = append(r.trust, t)
		}
		if v == r.candidate {
			m, err := r.mistakesOf(v, said)
			if err != nil {
				r.errorsReason = err.Error()
			} else {
				r.errors = &m
			}
		}
	}
	if r.trustReason != "" {
		r.trust = nil
	}
}

func trustOf(v *variant, said [][]experiments.Prediction) (trust, error) {
	t := trust{variant: v}
	var judged []metrics.Judged
	for _, run := range said {
		for _, p := range run {
			for _, e := range p.Entities {
				judged = append(judged, metrics.Judged{Confidence: e.Confidence, Right: e.Correct})
				t.mean += e.Confidence
				if e.Correct {
					t.right++
				}
			}
		}
	}
	t.judged = len(judged)
	if t.judged == 0 {
		return t, nil
	}
	t.mean /= float64(t.judged)
	t.right /= float64(t.judged)
	var err error
	if t.ece, _, err = metrics.Calibration(judged, metrics.DefaultBins); err != nil {
		return t, fmt.Errorf("%s: %w", v.name, err)
	}
	if _, t.bins, err = metrics.Calibration(judged, trustBins); err != nil {
		return t, fmt.Errorf("%s: %w", v.name, err)
	}
	t.risks, t.area, err = metrics.Risks(judged)
	return t, err
}

// mistakesOf sets what runs said against the entities of the documents: as the
// runs recorded them, or as the documents at hand have them.
func (r *Report) mistakesOf(v *variant, said [][]experiments.Prediction) (mistakes, error) {
	m := mistakes{runs: len(said), labels: v.runs[0].Test.Labels}
	index := map[string]int32{}
	for i, l := range m.labels {
		index[l] = int32(i)
	}
	m.gold, m.found = make([]int, len(m.labels)), make([]int, len(m.labels))
	gold := goldOf(r.data.Documents)
	for i, run := range said {
		for _, p := range run {
			entities, ok := goldSpans(p, gold)
			if !ok {
				return m, fmt.Errorf("run %s was made before entities that a run missed were kept; report --corpus looks them up in the documents", v.runs[i].Run)
			}
			var g, s []metrics.Span
			for _, e := range entities {
				k, known := index[e.Type]
				if !known {
					return m, fmt.Errorf("run %s, document %s: entity type %q is not among those that were scored", v.runs[i].Run, p.Doc, e.Type)
				}
				m.gold[k]++
				g = append(g, metrics.Span{Type: k, First: int32(e.Start), Last: int32(e.End - 1)})
			}
			for _, e := range p.Entities {
				k, known := index[e.Type]
				if !known {
					return m, fmt.Errorf("run %s, document %s: entity type %q is not among those that were scored", v.runs[i].Run, p.Doc, e.Type)
				}
				if e.Correct {
					m.found[k]++
				}
				s = append(s, metrics.Span{Type: k, First: int32(e.Start), Last: int32(e.End - 1)})
			}
			m.ledger.AddSpans(g, s)
		}
	}
	var ambiguous func(a, b int32) bool
	if r.data.Ambiguous != nil {
		ambiguous = func(a, b int32) bool { return r.data.Ambiguous(m.labels[a], m.labels[b]) }
	}
	m.pairs = m.ledger.Confusions(ambiguous)
	return m, nil
}

// goldOf indexes the entities of the test documents by their ids; nil without
// documents.
func goldOf(ds *corpus.Dataset) map[string][]experiments.GoldSpan {
	if ds == nil {
		return nil
	}
	gold := map[string][]experiments.GoldSpan{}
	for i := range ds.Docs[corpus.Test] {
		d := &ds.Docs[corpus.Test][i]
		spans := make([]experiments.GoldSpan, len(d.Spans))
		for k, s := range d.Spans {
			spans[k] = experiments.GoldSpan{Type: ds.Schema.Entities[s.Entity].Name, Start: s.Start, End: s.End}
		}
		gold[d.ID] = spans
	}
	return gold
}

// goldSpans gives the entities of a document in the order of their tokens: as
// the run recorded them, or those of gold. ok is false where neither has them.
func goldSpans(p experiments.Prediction, gold map[string][]experiments.GoldSpan) (spans []experiments.GoldSpan, ok bool) {
	if p.Missed == nil {
		spans, ok = gold[p.Doc]
		return spans, ok
	}
	missed := p.Missed
	for _, e := range p.Entities {
		if !e.Correct {
			continue
		}
		for len(missed) > 0 && missed[0].Start < e.Start {
			spans, missed = append(spans, missed[0]), missed[1:]
		}
		spans = append(spans, experiments.GoldSpan{Type: e.Type, Start: e.Start, End: e.End})
	}
	return append(spans, missed...), true
}
