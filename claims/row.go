package claims

import (
	"github.com/invoicelab/invoicelab/experiments"
)

// Verdict is what became of a published number.
type Verdict string

// The verdicts, in the order in which they are asked for: the first that
// holds is given.
const (
	Missing      Verdict = "missing"      // nothing was run that measures it
	NotTestable  Verdict = "not testable" // nothing here can measure it
	Calibrated   Verdict = "calibrated"   // the corpus was set by this very number: agreement proves nothing
	Inconclusive Verdict = "inconclusive" // the interval is wider than the claim allows
	Reproduced   Verdict = "reproduced"   // the interval meets the published range, widened by the tolerance
	Better       Verdict = "better"       // the interval lies wholly outside, on the better side
	Contradicted Verdict = "contradicted" // the interval lies wholly outside, on the worse side
)

// Verdicts lists the verdicts in their order.
func Verdicts() []Verdict {
	return []Verdict{Missing, NotTestable, Calibrated, Inconclusive, Reproduced, Better, Contradicted}
}

// Row is a line of the ledger: a published number, what was measured, and the
// verdict. Figures are in the unit of the claim.
type Row struct {
	File   string `json:"file"` // name of the file of claims
	ID     string `json:"id"`
	Source string `json:"source"`
	System string `json:"system"`
	Metric string `json:"metric"`
	Says   string `json:"says"`
	Unit   string `json:"unit"`
	Note   string `json:"note,omitempty"` // what a reader of the verdict should know

	Published [2]float64 `json:"published"` // low and high end; equal for a single number
	Lower     bool       `json:"lower"`     // lower is better
	Tolerance float64    `json:"tolerance"`
	Decides   float64    `json:"decides"` // greatest half-width of an interval that decides; 0 where there is none
	Schema    string     `json:"schema,omitempty"`

	// Measured is nil where nothing was measured. Its interval is nil where
	// the figure is counted, which is exact, or too few runs were made.
	Measured  *experiments.Estimate `json:"measured,omitempty"`
	Exact     bool                  `json:"exact,omitempty"`  // counted, not sampled
	N         int                   `json:"n"`                // runs of the variant, or repeats
	Of        string                `json:"of,omitempty"`     // what N counts: "seeds", "runs", "repeats"
	Documents int                   `json:"documents"`        // that were scored; 0 where none were
	Labels    int                   `json:"labels,omitempty"` // entity types that the figure is over
	Method    string                `json:"method,omitempty"` // of the interval
	Variant   string                `json:"variant,omitempty"`

	Verdict Verdict `json:"verdict"`
	Reason  string  `json:"reason"` // one line
	// MoreSeeds is how many more seeds an inconclusive verdict needs; nil when
	// no number of seeds is enough or another verdict was given.
	MoreSeeds *int `json:"more_seeds,omitempty"`

	Runs      []string `json:"runs"` // short ids
	Keys      []string `json:"keys,omitempty"`
	Corpora   []string `json:"corpora"`   // digests
	Revisions []string `json:"revisions"` // of the program that ran them
}

// Name tells the row from all others: "guide/avg-f1-hybrid".
func (r Row) Name() string { return r.File + "/" + r.ID }

// Ledger is the rows of some files of claims, in the order of the files.
type Ledger struct {
	Rows []Row `json:"rows"`
}

// Count says how often each verdict was given.
func (l Ledger) Count() map[Verdict]int {
	n := map[Verdict]int{}
	for _, r := range l.Rows {
		n[r.Verdict]++
	}
	return n
}
