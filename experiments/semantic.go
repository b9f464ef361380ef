package experiments

import (
	"strings"

	"github.com/invoicelab/invoicelab/metrics"
)

// semanticPrefix begins the names of metrics over the semantic labels alone, by which the
// separated head is compared with others: semantic_macro_f1 is macro_f1 of the counts of
// these labels. Where a schema has no others they are the same.
const semanticPrefix = "semantic_"

// semantic is o with the counts of semantic labels alone. The others stay among the labels
// of the tallies, without support.
func (o Outcome) semantic() Outcome {
	o.Test, o.Heldout = o.withoutOthers(o.Test), o.withoutOthers(o.Heldout)
	return o
}

func (o Outcome) withoutOthers(t metrics.Tally) metrics.Tally {
	part := metrics.Tally{Labels: t.Labels}
	for _, d := range t.Docs {
		kept := d
		kept.Labels = nil
		for _, l := range d.Labels {
			if o.Heads[t.Labels[l.Label]] == "" {
				kept.Labels = append(kept.Labels, l)
			}
		}
		part.Docs = append(part.Docs, kept)
	}
	return part
}

// semanticPairs takes the prefix off a metric, and what it leaves out off the runs.
func semanticPairs(metric string, pairs []pair) (string, []pair) {
	plain, semantic := strings.CutPrefix(metric, semanticPrefix)
	if !semantic {
		return metric, pairs
	}
	out := make([]pair, len(pairs))
	for i, p := range pairs {
		out[i] = p
		out[i].a, out[i].b = p.a.semantic(), p.b.semantic()
	}
	return plain, out
}
