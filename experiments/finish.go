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
		a := s.adder(tx)
		if err := log.write(a, attempt); err != nil {
			return err
		}
		a.exec(`UPDATE attempts SET seconds = ?, best_epoch = ?, epochs = ?, steps = ?, tokens = ?, parameters = ? WHERE id = ?`,
			r.Elapsed.Seconds(), r.BestEpoch, r.Epochs, r.Steps, r.Tokens, r.Parameters, attempt)
		if r.Device.Backend != "" {
			a.exec(`UPDATE attempts SET device = ? WHERE id = ?`, DeviceName(r.Device), attempt)
		}
		for i, f := range artifacts {
			s.attach(a, attempt, f.Kind, sums[i], f.Content)
		}
		a.values("metrics", attempt, r.Metrics)
		a.values("parts", attempt, r.Parts)
		var holding []any
		for _, name := range slices.Sorted(maps.Keys(r.TrainDocs)) {
			holding = append(holding, attempt, a.name(name), r.TrainDocs[name])
		}
		a.bulk(`INSERT INTO training_documents (attempt_id, name_id, documents)`, 3, holding)
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
