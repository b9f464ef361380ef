package claims

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
)

// FromStore reads the last verdict on every claim that a store holds.
func FromStore(ctx context.Context, store *experiments.Store) (Ledger, error) {
	var l Ledger
	verdicts, err := store.Verdicts(ctx)
	if err != nil {
		return l, err
	}
	for _, v := range verdicts {
		var r Row
		if err := json.Unmarshal(v.Body, &r); err != nil {
			return l, fmt.Errorf("store %s: verdict on %s: %w", store.Path(), v.Claim, err)
		}
		l.Rows = append(l.Rows, r)
	}
	return l, nil
}

// Save stores a ledger as judged now by the program of that revision.
// definitions are the claims as YAML, by the names of the rows.
func (l Ledger) Save(ctx context.Context, store *experiments.Store, definitions map[string]string, revision string) error {
	now := time.Now().UTC()
	verdicts := make([]experiments.Verdict, len(l.Rows))
	for i, r := range l.Rows {
		body, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("verdict on %s: %w", r.Name(), err)
		}
		v := experiments.Verdict{Claim: r.Name(), Definition: definitions[r.Name()], Judged: now, Verdict: string(r.Verdict), N: r.N, Runs: r.Keys, Revision: revision, Body: body}
		if r.Measured != nil {
			v.Measured, v.Interval = &r.Measured.Value, r.Measured.Interval
		}
		verdicts[i] = v
	}
	return store.AddVerdicts(ctx, verdicts)
}
