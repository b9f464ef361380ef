package claims

import (
	"fmt"
	"math"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/audit"
	"github.com/invoicelab/invoicelab/metrics"
)

// The two ways to label an ambiguous value, as labels of a tally whose counts
// are errors.
const (
	byGuess = iota
	byRules
)

// resolution compares two ways to label the ambiguous values of the test
// documents: the label of the rule that is most frequent in training, and
// what the rules make of the first evidence that the page gives.
func resolution(i Item, b Bench) (Reading, error) {
	p := i.Claim.Probe
	set, err := config.LoadRules(p.Rules)
	if err != nil {
		return Reading{}, err
	}
	ds, err := b.Open(b.corpus(p.Experiment.Corpus))
	if err != nil {
		return Reading{}, err
	}
	often := ds.Manifest.Splits[corpus.Train].Labels
	guess := func(labels []string) string {
		best := labels[0]
		for _, l := range labels {
			if often[l] > often[best] {
				best = l
			}
		}
		return best
	}
	errors := metrics.Tally{Labels: []string{"guess", "rules"}}
	values := 0
	test := ds.Docs[corpus.Test]
	for k := range test {
		d := &test[k]
		wrong := [2]metrics.LabelCount{{Label: byGuess}, {Label: byRules}}
		for _, value := range audit.Ambiguities(d, ds.Schema, set) {
			values++
			found, err := set.Resolve(value.Evidence[0], value.Candidates...)
			if err != nil {
				return Reading{}, fmt.Errorf("document %s: %w", d.ID, err)
			}
			for way, said := range []string{byGuess: guess(value.Candidates), byRules: found.Label} {
				wrong[way].Gold++
				if said != value.Label {
					wrong[way].Pred++
				}
			}
		}
		count := metrics.DocCount{Doc: d.ID}
		if wrong[byGuess].Gold > 0 {
			count.Labels = wrong[:]
		}
		errors.Docs = append(errors.Docs, count)
	}
	fewer := func(totals []metrics.Count) float64 {
		if totals[byGuess].Pred == 0 {
			return math.NaN()
		}
		return 100 * (1 - float64(totals[byRules].Pred)/float64(totals[byGuess].Pred))
	}
	all, err := metrics.Bootstrap(errors, []metrics.Statistic{fewer}, resampling(i.Name()))
	if err != nil {
		return Reading{}, err
	}
	if math.IsNaN(all[0].Value) {
		return Reading{}, fmt.Errorf("the guess is right on all %d ambiguous values of the test documents", values)
	}
	totals := errors.Totals()
	return Reading{
		Value: all[0].Value, Interval: &[2]float64{all[0].Low, all[0].High}, N: values, Of: "values", Documents: len(test), Method: "bootstrap over documents",
		Notes:   []string{fmt.Sprintf("%d errors by the more frequent label, %d by the rules", totals[byGuess].Pred, totals[byRules].Pred)},
		Corpora: []string{ds.Manifest.Digest},
	}, nil
}
