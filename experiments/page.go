package experiments

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/invoicelab/invoicelab/train"
)

// Page is a stretch of the runs that a search selects: those from Search.Offset
// on, Search.Limit at most.
type Page struct {
	Table
	Total  int // runs that the search selects
	Offset int // of the first row among them
}

// Page lists fields of a stretch of the runs that a search selects, and how
// many there are of them. An offset past the end gives no rows.
func (s *Store) Page(ctx context.Context, q Search, columns []string) (Page, error) {
	p := Page{Offset: q.Offset}
	var err error
	p.Table, p.Total, err = s.find(ctx, q, columns)
	return p, err
}

// List gives a stretch of the runs that a search selects, in its order, with
// these of their metrics, and how many runs the search selects.
func (s *Store) List(ctx context.Context, q Search, metrics []string) (infos []RunInfo, total int, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer end(&err)
	found, err := s.search(ctx, q, nil)
	total = found.total
	if err != nil || len(found.hits) == 0 {
		return nil, total, err
	}
	ids := make([]int64, len(found.hits))
	for i, p := range found.hits {
		ids[i] = p.trial
	}
	all, err := s.pickTrials(ctx, ids, q.Sweep)
	if err != nil {
		return nil, 0, err
	}
	values, err := s.values(ctx, "metrics", all, metrics)
	return withMetrics(all, values), total, err
}

// Curve is a metric of a run by epoch: a loss component ("loss/crf") or a
// validation metric ("validation/macro_f1").
type Curve struct {
	Name   string
	Points []CurvePoint
}

// CurvePoint is a value of a Curve. Value may be NaN.
type CurvePoint struct {
	Epoch, Stage int // from 0
	Step         int // steps that the run had taken by then
	Value        float64
}

// Curves reads the curves of the run that a prefix of its key names, by name;
// of one that runs, as far as it is. names, when given, selects curves.
func (s *Store) Curves(ctx context.Context, prefix string, names ...string) (curves []Curve, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return nil, err
	}
	defer end(&err)
	p, err := s.one(ctx, prefix)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, name := range names {
		wanted[name] = true
	}
	err = s.each(ctx, `SELECT n.name, p.epoch, e.stage, e.steps, p.value FROM epoch_points p JOIN epochs e ON e.attempt_id = p.attempt_id AND e.epoch = p.epoch
		JOIN names n ON n.id = p.name_id WHERE p.attempt_id = ? ORDER BY n.name, p.epoch`, []any{p.attempt}, func(rows *sql.Rows) error {
		var name string
		var c CurvePoint
		var value sql.NullFloat64
		if err := rows.Scan(&name, &c.Epoch, &c.Stage, &c.Step, &value); err != nil {
			return err
		}
		if len(wanted) > 0 && !wanted[name] {
			return nil
		}
		if len(curves) == 0 || curves[len(curves)-1].Name != name {
			curves = append(curves, Curve{Name: name})
		}
		last := &curves[len(curves)-1]
		c.Value = fromNull(value)
		last.Points = append(last.Points, c)
		return nil
	})
	return curves, err
}

// SweepProgress is how far a sweep is, as another process sees it.
type SweepProgress struct {
	SweepInfo
	Active []ActiveRun   // that run now, the longest first
	Left   time.Duration // estimate for what is left at the pace of the runs finished last; 0 when not known
}

// ActiveRun is a run that runs.
type ActiveRun struct {
	RunInfo
	Epochs int           // planned
	Epoch  int           // ended so far
	Step   int           // last stored
	Losses Figures       // of that step
	Score  *float64      // validation macro F1 of the last epoch; nil before
	Beat   time.Duration // since its process last wrote to the store
}

// paceRuns is how many of the runs finished last an estimate of the time left
// goes by.
const paceRuns = 20

// SweepProgress reads how far the sweep of that name, as it was last planned, is.
func (s *Store) SweepProgress(ctx context.Context, name string) (p SweepProgress, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return p, err
	}
	defer end(&err)
	if p.SweepInfo, err = s.Sweep(ctx, name); err != nil {
		return p, err
	}
	id, err := s.sweepID(ctx, name)
	if err != nil {
		return p, err
	}
	if p.Active, err = s.active(ctx, id); err != nil {
		return p, err
	}
	var seconds sql.NullFloat64
	err = s.reads.QueryRowContext(ctx, `SELECT avg(seconds) FROM (SELECT a.seconds FROM sweep_trials st JOIN attempts a ON a.trial_id = st.trial_id
		WHERE st.sweep_id = ? AND a.state = 'done' ORDER BY a.finished DESC LIMIT ?)`, id, paceRuns).Scan(&seconds)
	if err != nil {
		return p, s.fail("read", err)
	}
	if seconds.Valid {
		left := float64(p.Pending) * seconds.Float64
		for _, a := range p.Active {
			left += max(0, seconds.Float64-a.Seconds)
		}
		p.Left = time.Duration(left / float64(max(1, len(p.Active))) * float64(time.Second))
	}
	return p, nil
}

// active lists the runs of a sweep that run.
func (s *Store) active(ctx context.Context, sweep int64) ([]ActiveRun, error) {
	keys, err := s.texts(ctx, `SELECT t.key FROM attempts a JOIN sweep_trials st ON st.trial_id = a.trial_id JOIN trials t ON t.id = a.trial_id
		WHERE a.state = 'running' AND st.sweep_id = ? ORDER BY a.started, a.id`, sweep)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	all, err := s.pick(ctx, Filter{Runs: keys})
	if err != nil {
		return nil, err
	}
	byKey := map[string]picked{}
	for _, p := range all {
		byKey[p.Key] = p
	}
	var active []ActiveRun
	for _, key := range keys {
		p := byKey[key]
		if p.State != StateRunning { // its process is gone, or it ended meanwhile
			continue
		}
		a := ActiveRun{RunInfo: p.RunInfo}
		if err := s.addLive(ctx, p, &a); err != nil {
			return nil, err
		}
		active = append(active, a)
	}
	return active, nil
}

// addLive fills in how far a running attempt is; by one query, since the attempt
// goes on meanwhile.
func (s *Store) addLive(ctx context.Context, p picked, a *ActiveRun) error {
	var beat int64
	var canonical string
	var epoch, step sql.NullInt64
	var score sql.NullFloat64
	var layout sql.NullString
	var vals []byte
	err := s.reads.QueryRowContext(ctx, `SELECT a.heartbeat, c.text, e.epoch + 1, v.value, s.step, l.components, s.vals
		FROM attempts a JOIN trials t ON t.id = a.trial_id JOIN settings c ON c.id = t.canonical_id
		LEFT JOIN epochs e ON e.attempt_id = a.id AND e.epoch = (SELECT max(epoch) FROM epochs WHERE attempt_id = a.id)
		LEFT JOIN epoch_points v ON v.attempt_id = a.id AND v.epoch = e.epoch AND v.name_id = (SELECT id FROM names WHERE name = 'validation/macro_f1')
		LEFT JOIN steps s ON s.attempt_id = a.id AND s.step = (SELECT max(step) FROM steps WHERE attempt_id = a.id)
		LEFT JOIN step_layouts l ON l.id = s.layout_id
		WHERE a.id = ?`, p.attempt).Scan(&beat, &canonical, &epoch, &score, &step, &layout, &vals)
	if err != nil {
		return s.fail("read", err)
	}
	a.Beat, a.Epochs = time.Since(time.UnixMicro(beat)), int(epochs(canonical))
	a.Epoch = int(epoch.Int64)
	if score.Valid {
		a.Score = &score.Float64
	}
	if !step.Valid {
		return nil
	}
	last := train.StepEvent{Step: int(step.Int64)}
	if err := decodeStep(&last, layout.String, vals); err != nil {
		return fmt.Errorf("run %s: %w", p.Run, err)
	}
	a.Step, a.Losses = last.Step, last.Losses
	return nil
}
