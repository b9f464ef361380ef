package experiments

import (
	"context"
	"database/sql"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/invoicelab/invoicelab/train"
)

// maxPending is how many steps an eventLog holds before the run that fills it
// has to wait for the store.
const maxPending = 1 << 14

// eventLog keeps the events of one attempt until the next write. It may be
// filled and written by different goroutines.
type eventLog struct {
	mu     sync.Mutex
	steps  []train.StepEvent
	epochs []train.EpochEvent
}

// add keeps a copy of an event; it tells whether the log is full.
func (l *eventLog) add(e train.Event) (full bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Step != nil {
		step := *e.Step
		step.Losses = maps.Clone(step.Losses)
		l.steps = append(l.steps, step)
	}
	if e.Epoch != nil {
		epoch := *e.Epoch
		epoch.Losses, epoch.Validation = maps.Clone(epoch.Losses), maps.Clone(epoch.Validation)
		l.epochs = append(l.epochs, epoch)
	}
	return len(l.steps) >= maxPending
}

func (l *eventLog) empty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.steps) == 0 && len(l.epochs) == 0
}

// write stores what the log holds. The log is emptied: when the transaction
// fails the run is given up, so nothing is written twice.
func (l *eventLog) write(a *adder, attempt int64) error {
	l.mu.Lock()
	steps, epochs := l.steps, l.epochs
	l.steps, l.epochs = nil, nil
	l.mu.Unlock()
	rows := make([]any, 0, 6*len(steps))
	for _, e := range steps {
		components, vals := encodeStep(e)
		layout := a.shared("layout", components, func() int64 {
			return a.insert(`INSERT INTO step_layouts (components) VALUES (?) ON CONFLICT (components) DO UPDATE SET components = components RETURNING id`, components)
		})
		rows = append(rows, attempt, e.Step, e.Epoch, e.Stage, layout, vals)
	}
	a.bulk(`INSERT INTO steps (attempt_id, step, epoch, stage, layout_id, vals)`, 6, rows)
	rows = nil
	var points []any
	for _, e := range epochs {
		rows = append(rows, attempt, e.Epoch, e.Stage, e.Steps, e.Best, e.Seconds, e.Tokens)
		for _, part := range []struct {
			prefix string
			values map[string]float64
		}{{"loss/", e.Losses}, {"validation/", e.Validation}} {
			for _, name := range slices.Sorted(maps.Keys(part.values)) {
				points = append(points, attempt, e.Epoch, a.name(part.prefix+name), realOrNull(part.values[name]))
			}
		}
	}
	a.bulk(`INSERT INTO epochs (attempt_id, epoch, stage, steps, best, seconds, tokens)`, 7, rows)
	a.bulk(`INSERT INTO epoch_points (attempt_id, epoch, name_id, value)`, 4, points)
	return a.err
}

// flush writes the logs of running attempts in one transaction. Attempts that
// were lost are left out and listed.
func (s *Store) flush(ctx context.Context, logs map[int64]*eventLog) (lost []int64, err error) {
	var full []int64
	for _, id := range slices.Sorted(maps.Keys(logs)) {
		if !logs[id].empty() {
			full = append(full, id)
		}
	}
	if len(full) == 0 {
		return nil, nil
	}
	err = s.inTx(ctx, "write events", func(tx *sql.Tx) error {
		a := s.adder(tx)
		for _, id := range full {
			var running bool
			if err := tx.QueryRow(`SELECT state = 'running' FROM attempts WHERE id = ?`, id).Scan(&running); err != nil {
				return err
			}
			if !running {
				lost = append(lost, id)
				continue
			}
			if err := logs[id].write(a, id); err != nil {
				return err
			}
		}
		return nil
	})
	return lost, err
}

// realOrNull is how a value is stored: NaN as NULL.
func realOrNull(v float64) sql.NullFloat64 {
	return sql.NullFloat64{Float64: v, Valid: !math.IsNaN(v)}
}

// fromNull reads what realOrNull wrote.
func fromNull(v sql.NullFloat64) float64 {
	if !v.Valid {
		return math.NaN()
	}
	return v.Float64
}
