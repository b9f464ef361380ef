package experiments

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/train"
)

// finish stores the outcome of an attempt: checkpoint and other artifacts as
// files, then all else, with the events not yet written, in one transaction.
// It gives errLost, and stores nothing but the files, when the trial was taken
// over.
func (s *Store) finish(ctx context.Context, attempt int64, log *eventLog, r train.Result, artifacts ...Artifact) error {
	if len(r.Checkpoint) > 0 {
		artifacts = append([]Artifact{{kindCheckpoint, r.Checkpoint}}, artifacts...)
	}
	sums := make([]string, len(artifacts))
	for i, f := range artifacts {
		var err error
		if sums[i], err = s.putArtifact(attempt, f.Content); err != nil {
			return err
		}
	}
	return s.inTx(ctx, fmt.Sprintf("finish attempt %d", attempt), func(tx *sql.Tx) error {
		if err := closeAttempt(tx, attempt, "done", ""); err != nil {
			return err
		}
		if err := log.write(tx, attempt); err != nil {
			return err
		}
		a := newAdder(tx)
		a.exec(`UPDATE attempts SET seconds = ?, best_epoch = ?, epochs = ?, steps = ?, tokens = ?, parameters = ? WHERE id = ?`,
			r.Elapsed.Seconds(), r.BestEpoch, r.Epochs, r.Steps, r.Tokens, r.Parameters, attempt)
		if r.Device.Backend != "" {
			a.exec(`UPDATE attempts SET device = ? WHERE id = ?`, DeviceName(r.Device), attempt)
		}
		for i, f := range artifacts {
			s.attach(a, attempt, f.Kind, sums[i], f.Content)
		}
		a.values(`INSERT INTO metrics (attempt_id, name_id, value) VALUES (?, ?, ?)`, attempt, r.Metrics)
		a.values(`INSERT INTO parts (attempt_id, name_id, value) VALUES (?, ?, ?)`, attempt, r.Parts)
		for _, name := range slices.Sorted(maps.Keys(r.TrainDocs)) {
			a.exec(`INSERT INTO training_documents (attempt_id, name_id, documents) VALUES (?, ?, ?)`, attempt, a.name(name), r.TrainDocs[name])
		}
		for _, t := range []struct {
			split string
			tally metrics.Tally
		}{{"validation", r.Validation}, {"test", r.Test}, {"heldout", r.Heldout}} {
			if len(t.tally.Docs) > 0 {
				a.exec(`INSERT INTO tallies (attempt_id, split, counts) VALUES (?, ?, ?)`, attempt, t.split, encodeTally(t.tally))
			}
		}
		return a.err
	})
}

// values inserts named values of an attempt, in the order of their names.
func (a *adder) values(query string, attempt int64, values map[string]float64) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		a.exec(query, attempt, a.name(name), realOrNull(values[name]))
	}
}
