package claims

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
)

// Judge gives the verdict on every claim of a plan from what a store holds.
// It runs nothing but labels documents again where a claim is counted in conll
// mode and the decoder may break BIO.
func Judge(ctx context.Context, store *experiments.Store, p Plan, b Bench) (Ledger, error) {
	finished, err := finished(ctx, store, p)
	if err != nil {
		return Ledger{}, err
	}
	l := Ledger{Rows: []Row{}}
	for _, i := range p.Items {
		row := rowOf(i)
		reading, err := read(ctx, store, i, b, finished, &row)
		if err != nil {
			return l, err
		}
		row.give(i, reading)
		l.Rows = append(l.Rows, row)
	}
	return l, nil
}

// finished reads the runs that the claims of a plan are about, by key.
func finished(ctx context.Context, store *experiments.Store, p Plan) (done map[string]experiments.Outcome, err error) {
	err = store.AtOnce(ctx, func(store *experiments.Store) error {
		done, err = finishedNow(ctx, store, p)
		return err
	})
	return done, err
}

func finishedNow(ctx context.Context, store *experiments.Store, p Plan) (map[string]experiments.Outcome, error) {
	done := map[string]experiments.Outcome{}
	known, err := store.Runs(ctx, experiments.Filter{})
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, i := range p.Items {
		for _, key := range append(slices.Clone(i.Keys), i.Other...) {
			wanted[key] = true
		}
	}
	var there []string
	for _, r := range known {
		if wanted[r.Key] && r.State == experiments.StateDone {
			there = append(there, r.Key)
		}
	}
	if len(there) == 0 {
		return done, nil
	}
	outcomes, err := store.Outcomes(ctx, experiments.Filter{Runs: there})
	if err != nil {
		return nil, err
	}
	for _, o := range outcomes {
		done[o.Key] = o
	}
	return done, nil
}

// rowOf is the row of a claim without a verdict.
func rowOf(i Item) Row {
	c := i.Claim
	r := Row{
		File: i.File, ID: c.ID, Source: c.Source, System: c.System, Metric: c.Metric, Says: c.Says, Unit: c.Unit, Note: c.Note,
		Published: [2]float64{c.Published.Low, c.Published.High}, Lower: c.Lower, Tolerance: c.Tolerance, Decides: c.Decides, Schema: c.Schema,
		Runs: []string{}, Corpora: []string{}, Revisions: []string{},
	}
	if c.Measure != nil {
		r.Variant = c.Measure.String()
	}
	return r
}

// read measures a claim; nil where nothing was run that does.
func read(ctx context.Context, store *experiments.Store, i Item, b Bench, finished map[string]experiments.Outcome, row *Row) (*Reading, error) {
	switch c := i.Claim; {
	case c.Compute != nil:
		r, err := compute(c)
		row.Revisions = append(row.Revisions, b.Revision)
		return &r, err
	case c.Probe != nil:
		r, revision, found, err := readProbe(ctx, store, i.Probe)
		if err != nil || !found {
			return nil, err
		}
		row.Revisions = append(row.Revisions, revision)
		return &r, nil
	case c.Measure != nil && i.Absent == "":
		runs := pick(store, b, i, finished)
		if len(runs.one) == 0 {
			return nil, nil
		}
		corpora, revisions := map[string]bool{}, map[string]bool{}
		for _, o := range append(slices.Clone(runs.one), runs.other...) {
			row.Runs, row.Keys = append(row.Runs, o.Run), append(row.Keys, o.Key)
			corpora[o.CorpusDigest], revisions[o.Revision] = true, true
		}
		row.Corpora, row.Revisions = slices.Sorted(maps.Keys(corpora)), slices.Sorted(maps.Keys(revisions))
		r, err := runs.measure(ctx)
		return &r, err
	}
	return nil, nil
}

// give fills in what was measured and the verdict.
func (row *Row) give(i Item, r *Reading) {
	c := i.Claim
	if r != nil {
		row.Measured = &experiments.Estimate{Value: r.Value, Interval: r.Interval}
		row.Exact, row.N, row.Of, row.Documents, row.Labels, row.Method = r.Exact, r.N, r.Of, r.Documents, r.Labels, r.Method
		row.Corpora = append(row.Corpora, r.Corpora...)
	}
	switch {
	case c.Untestable != "":
		row.Verdict, row.Reason = NotTestable, c.Untestable
		return
	case i.Absent != "":
		row.Verdict, row.Reason = Missing, i.Absent
		return
	case r == nil:
		row.Verdict, row.Reason = Missing, "nothing was run that measures it"
		return
	}
	row.Verdict, row.Reason, row.MoreSeeds = verdict(c, *r)
	if n := len(i.Keys); c.Measure != nil && r.N < n {
		row.Reason += fmt.Sprintf("; %d of %d seeds are done", r.N, n)
	}
	if len(r.Notes) > 0 {
		row.Reason += "; " + strings.Join(r.Notes, "; ")
	}
}

// verdict holds a reading against a claim, in the order of the verdicts.
func verdict(c config.Claim, r Reading) (v Verdict, reason string, more *int) {
	low, high := c.Published.Low-c.Tolerance, c.Published.High+c.Tolerance
	from, to := r.ends()
	switch {
	case c.Calibrated != "":
		return Calibrated, c.Calibrated, nil
	case r.half() > c.Decides && !r.Exact:
		return inconclusive(c, r)
	case to >= low && from <= high:
		reason = "the interval meets what was published"
		if r.Exact {
			reason = "it is what was published"
		}
		if c.Tolerance > 0 {
			reason += ", give or take " + figure(c.Tolerance)
		}
		return Reproduced, reason, nil
	case (from > high) != c.Lower: // above it where higher is better, or below it where lower is
		return Better, away(c, from, to), nil
	}
	return Contradicted, away(c, from, to), nil
}

// away says how far an interval is from what was published.
func away(c config.Claim, from, to float64) string {
	if from > c.Published.High {
		return fmt.Sprintf("at least %s above", figure(from-c.Published.High))
	}
	return fmt.Sprintf("at least %s below", figure(c.Published.Low-to))
}

// inconclusive says what a decision takes.
func inconclusive(c config.Claim, r Reading) (Verdict, string, *int) {
	if r.Interval == nil {
		more := 1
		return Inconclusive, "an interval needs 2 seeds or more", &more
	}
	reason := fmt.Sprintf("the interval is %s either way, and %s decides", figure(r.half()), figure(c.Decides))
	if r.spread == nil {
		return Inconclusive, reason + "; more documents are needed", nil
	}
	more, found := r.more(c.Decides)
	if !found {
		return Inconclusive, reason + "; no number of seeds is enough, more documents are needed", nil
	}
	if r.Of != "seeds" {
		return Inconclusive, fmt.Sprintf("%s: %d more %s", reason, more, r.Of), nil
	}
	return Inconclusive, fmt.Sprintf("%s: %d more seeds", reason, more), &more
}
