// Package reports draws what experiments found: figures as PNG and SVG, and
// one self-contained HTML page. It reads outcomes and comparisons, trains
// nothing and knows no SQL. The same data give the same bytes.
package reports

import (
	"fmt"

	"github.com/invoicelab/invoicelab/claims"
	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// Data is everything that a report is made from.
type Data struct {
	Sweep    config.Sweep
	Corpus   corpus.Manifest       // of the documents that all outcomes were scored on
	Outcomes []experiments.Outcome // finished trials, in any order
	Missing  []string              // planned trials without an outcome, each with its reason

	// Baseline and Candidate name the two variants that are compared label by
	// label, as Name gives them. Empty: the best variant, and the best one that
	// differs from it in the sweep's first axis.
	Baseline, Candidate string

	Resamples  int                // bootstrap resamples of every interval; default 10,000, less with very many runs
	Seed       uint64             // of the resampling
	Thresholds metrics.Thresholds // of frequent and rare entity types, default metrics.LongTail

	Warnings []string // of the caller, shown beside the report's own

	// Predictions reads what a run, by its key, said of the test split; nil
	// where this is not at hand. What rests on it says so when it is missing.
	Predictions func(run string) ([]experiments.Prediction, error)
	// Documents are those that the runs were scored on, to tell what they
	// took for what; nil where they are not at hand.
	Documents *corpus.Dataset
	// Ambiguous says whether a resolution rule is about two entity types; nil
	// where there are no rules.
	Ambiguous func(a, b string) bool

	Claims claims.Ledger // published numbers and what was measured for them

	// Cache keeps intervals from one report to the next; nil computes all.
	Cache Cache
}

// Cache keeps what is computed from runs by a key that is the sha256 of all
// that it depends on. Implementations may forget at any time.
type Cache interface {
	Load(key string) (content []byte, ok bool)
	Store(key string, content []byte)
}

// Resamples of a report that does not say how many: as usual up to 60 runs,
// then so many that a large sweep takes seconds, not minutes. Captions tell.
const (
	resampleBudget = 600_000 // over all runs
	leastResamples = 1_000
)

// Report is Data with everything computed that figures and tables show.
type Report struct {
	data     Data
	variants []*variant // in the order of the sweep
	ranked   []*variant // best first, by the metric chosenBy
	chosenBy string
	best     *variant
	next     *variant // nil with one variant

	baseline, candidate *variant                // that are set side by side; baseline nil with one variant
	pairing             *experiments.Comparison // candidate - baseline; nil with pairReason
	pairReason          string
	lead                *contrast // best - next; nil with leadReason
	leadReason          string
	scores              map[*experiments.Outcome]*scores
	effects             []effect
	analysis            *metrics.Analysis // of variance over seeds; nil with analysisReason
	analysisReason      string
	crossed             []crossing // pairs of factors
	ranges              rangeTable
	errors              *mistakes // of the candidate; nil with errorsReason
	errorsReason        string
	trust               []trust // of the candidate and the baseline; empty with trustReason
	trustReason         string
	warnings            []string
}

// New computes a report. The error names what the data lack or contradict.
func New(d Data) (*Report, error) {
	if len(d.Outcomes) == 0 {
		return nil, fmt.Errorf("reports: sweep %s has no finished run", d.Sweep.Name)
	}
	if d.Resamples == 0 {
		d.Resamples = min(max(resampleBudget/len(d.Outcomes)/100*100, leastResamples), metrics.DefaultResamples)
	}
	if d.Thresholds == (metrics.Thresholds{}) {
		d.Thresholds = metrics.LongTail()
	}
	r := &Report{data: d}
	var err error
	if r.variants, err = groupVariants(&r.data); err != nil {
		return nil, err
	}
	r.rank()
	if err := r.pair(); err != nil {
		return nil, err
	}
	r.colour()
	if err := r.replicate(); err != nil {
		return nil, err
	}
	if err := r.score(); err != nil {
		return nil, err
	}
	if err := r.compareVariants(); err != nil {
		return nil, err
	}
	if err := r.compareLevels(); err != nil {
		return nil, err
	}
	r.analyse()
	if r.crossed, err = r.crossings(); err != nil {
		return nil, err
	}
	if err := r.rangeLabels(); err != nil {
		return nil, err
	}
	r.judge()
	r.warn()
	return r, nil
}
