package experiments

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/train"
)

// Record is all that is known of a run's course, for other tools.
type Record struct {
	Detail
	Values []NamedText // every setting by dotted key, in the order of the canonical form
	Epochs []EpochPoint
	Steps  []train.StepEvent
}

// NamedText is a setting and its value.
type NamedText struct{ Name, Value string }

// EpochPoint is the value of a metric at the end of an epoch.
type EpochPoint struct {
	Name  string
	Epoch int // from 0
	Step  int // steps that the run had taken by then
	At    time.Time
	Value float64
}

// Record reads a run.
func (s *Store) Record(ctx context.Context, prefix string) (r Record, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return r, err
	}
	defer end(&err)
	d, err := s.Show(ctx, prefix)
	if err != nil {
		return Record{}, err
	}
	r = Record{Detail: d}
	for _, k := range config.Keys() {
		r.Values = append(r.Values, NamedText{k.Key, settingOf(d.Canonical, k.Key)})
	}
	p, err := s.one(ctx, d.Key)
	if err != nil {
		return r, err
	}
	err = s.each(ctx, `SELECT n.name, p.epoch, p.value, e.seconds, e.steps
		FROM epoch_points p JOIN epochs e ON e.attempt_id = p.attempt_id AND e.epoch = p.epoch JOIN names n ON n.id = p.name_id WHERE p.attempt_id = ? ORDER BY p.epoch, n.name`,
		[]any{p.attempt}, func(rows *sql.Rows) error {
			var e EpochPoint
			var value sql.NullFloat64
			var seconds float64
			err := rows.Scan(&e.Name, &e.Epoch, &value, &seconds, &e.Step)
			e.Value = fromNull(value)
			e.At = d.Started.Add(time.Duration(seconds * float64(time.Second)))
			r.Epochs = append(r.Epochs, e)
			return err
		})
	if err != nil {
		return r, err
	}
	r.Steps, err = s.Steps(ctx, d.Key)
	return r, err
}

// StepTime estimates when a step ended, which the store does not keep: the
// steps of an epoch are spread evenly between its begin and its end. A step of
// an epoch that did not end has the time of the last end.
func (r Record) StepTime(e train.StepEvent) time.Time {
	begin, end := r.Started, r.Started
	first, last := 0, 0
	for _, p := range r.Epochs {
		if p.Epoch < e.Epoch {
			begin, end, first, last = p.At, p.At, p.Step, p.Step
		}
		if p.Epoch == e.Epoch {
			end, last = p.At, p.Step
			break
		}
	}
	if last <= first {
		return begin
	}
	share := min(1, max(0, float64(e.Step-first)/float64(last-first)))
	return begin.Add(time.Duration(share * float64(end.Sub(begin))))
}

// losses lists the loss components of a step in order.
func losses(e train.StepEvent) []string {
	names := make([]string, 0, len(e.Losses))
	for name := range e.Losses {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
