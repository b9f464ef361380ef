package experiments

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/invoicelab/invoicelab/train"
)

// one finds the trial that a prefix of its key names.
func (s *Store) one(ctx context.Context, prefix string) (picked, error) {
	all, err := s.pick(ctx, Filter{Runs: []string{prefix}})
	if err != nil {
		return picked{}, err
	}
	return all[0], nil
}

// Show gives the details of the run that a prefix of its key names.
func (s *Store) Show(ctx context.Context, prefix string) (d Detail, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return d, err
	}
	defer end(&err)
	p, err := s.one(ctx, prefix)
	if err != nil {
		return Detail{}, err
	}
	d = Detail{RunInfo: p.RunInfo}
	err = s.reads.QueryRowContext(ctx, `SELECT c.text, f.text, o.name, h.name FROM trials t JOIN settings c ON c.id = t.canonical_id JOIN settings f ON f.id = t.settings_id
		JOIN corpora o ON o.id = t.corpus_id JOIN schemas h ON h.id = t.schema_id WHERE t.id = ?`, p.trial).Scan(&d.Canonical, &d.Settings, &d.CorpusName, &d.Schema)
	if err != nil {
		return d, s.fail("read", err)
	}
	if len(p.Sweeps) > 0 {
		err := s.reads.QueryRowContext(ctx, `SELECT primary_metric FROM sweeps WHERE name = ? ORDER BY planned DESC, id DESC LIMIT 1`, p.Sweeps[0]).Scan(&d.Primary)
		if err != nil {
			return d, s.fail("read", err)
		}
	}
	if d.Notes, err = s.notes(ctx, p.trial); err != nil || p.attempt == 0 {
		return d, err
	}
	err = s.reads.QueryRowContext(ctx, `SELECT go_version, coalesce(best_epoch, 0), coalesce(epochs, 0), coalesce(steps, 0), coalesce(tokens, 0), coalesce(parameters, 0) FROM attempts WHERE id = ?`, p.attempt).
		Scan(&d.GoVersion, &d.BestEpoch, &d.Epochs, &d.Steps, &d.Tokens, &d.Parameters)
	if err != nil {
		return d, s.fail("read", err)
	}
	list := []picked{p}
	metrics, err := s.values(ctx, "metrics", list, nil)
	if err != nil {
		return d, err
	}
	parts, err := s.values(ctx, "parts", list, nil)
	if err != nil {
		return d, err
	}
	d.Metrics, d.Parts = metrics[p.attempt], parts[p.attempt]
	if d.Environment, err = s.environmentOf(ctx, p.attempt); err != nil {
		return d, err
	}
	d.Artifacts = map[string]string{}
	err = s.each(ctx, `SELECT a.kind, f.sha256 FROM attempt_artifacts a JOIN artifacts f ON f.id = a.artifact_id WHERE a.attempt_id = ?`, []any{p.attempt}, func(rows *sql.Rows) error {
		var kind, sum string
		err := rows.Scan(&kind, &sum)
		d.Artifacts[kind] = sum
		return err
	})
	return d, err
}

// Steps reads the steps of a run in order; of one that runs, those so far.
func (s *Store) Steps(ctx context.Context, prefix string) (steps []train.StepEvent, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return nil, err
	}
	defer end(&err)
	p, err := s.one(ctx, prefix)
	if err != nil {
		return nil, err
	}
	err = s.each(ctx, `SELECT s.step, s.epoch, s.stage, l.components, s.vals FROM steps s JOIN step_layouts l ON l.id = s.layout_id WHERE s.attempt_id = ? ORDER BY s.step`,
		[]any{p.attempt}, func(rows *sql.Rows) error {
			var e train.StepEvent
			var layout string
			var vals []byte
			if err := rows.Scan(&e.Step, &e.Epoch, &e.Stage, &layout, &vals); err != nil {
				return err
			}
			if err := decodeStep(&e, layout, vals); err != nil {
				return fmt.Errorf("run %s: %w", p.Run, err)
			}
			steps = append(steps, e)
			return nil
		})
	return steps, err
}

// Checkpoint reads the weights of a finished run, as safetensors.
func (s *Store) Checkpoint(ctx context.Context, prefix string) ([]byte, error) {
	return s.artifactOf(ctx, prefix, kindCheckpoint)
}

// artifactOf reads the artifact of that kind of a run.
func (s *Store) artifactOf(ctx context.Context, prefix, kind string) (content []byte, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return nil, err
	}
	defer end(&err)
	p, err := s.one(ctx, prefix)
	if err != nil {
		return nil, err
	}
	var sum string
	err = s.reads.QueryRowContext(ctx, `SELECT f.sha256 FROM attempt_artifacts a JOIN artifacts f ON f.id = a.artifact_id WHERE a.attempt_id = ? AND a.kind = ?`, p.attempt, kind).Scan(&sum)
	if err == sql.ErrNoRows {
		if p.State != StateDone {
			return nil, fmt.Errorf("run %s: no %s: the run is %s", p.Run, kind, p.State)
		}
		return nil, fmt.Errorf("run %s: no %s was recorded", p.Run, kind)
	}
	if err != nil {
		return nil, s.fail("read", err)
	}
	return s.artifact(sum)
}

// Sweeps lists all sweeps as they were last planned, the latest first.
func (s *Store) Sweeps(ctx context.Context) (infos []SweepInfo, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return nil, err
	}
	defer end(&err)
	var names []string
	err = s.each(ctx, `SELECT name FROM sweeps GROUP BY name ORDER BY max(planned) DESC, name`, nil, func(rows *sql.Rows) error {
		names = append(names, "")
		return rows.Scan(&names[len(names)-1])
	})
	if err != nil {
		return nil, err
	}
	infos = make([]SweepInfo, len(names))
	for i, name := range names {
		if infos[i], err = s.Sweep(ctx, name); err != nil {
			return nil, err
		}
	}
	return infos, nil
}

// Sweep gives one sweep by name, as it was last planned.
func (s *Store) Sweep(ctx context.Context, name string) (info SweepInfo, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return info, err
	}
	defer end(&err)
	id, err := s.sweepID(ctx, name)
	if err != nil {
		return SweepInfo{}, err
	}
	info = SweepInfo{Name: name}
	var planned int64
	err = s.reads.QueryRowContext(ctx, `SELECT about, primary_metric, planned FROM sweeps WHERE id = ?`, id).Scan(&info.About, &info.Primary, &planned)
	if err != nil {
		return info, s.fail("read", err)
	}
	info.Planned = time.UnixMicro(planned).UTC()
	if info.Axes, err = s.axes(ctx, id); err != nil {
		return info, err
	}
	err = s.each(ctx, `SELECT seed FROM sweep_seeds WHERE sweep_id = ? ORDER BY ord`, []any{id}, func(rows *sql.Rows) error {
		var seed int64
		err := rows.Scan(&seed)
		info.Seeds = append(info.Seeds, uint64(seed))
		return err
	})
	if err != nil {
		return info, err
	}
	return info, s.countStates(ctx, id, &info)
}

// countStates counts the trials of a plan by how far they are.
func (s *Store) countStates(ctx context.Context, sweep int64, info *SweepInfo) error {
	gone, err := s.goneList(ctx)
	if err != nil {
		return err
	}
	return s.each(ctx, fmt.Sprintf(standing, stateExpr+`, count(*)`)+` JOIN sweep_trials st ON st.trial_id = t.id WHERE st.sweep_id = ? GROUP BY 1`, []any{gone, sweep}, func(rows *sql.Rows) error {
		var state State
		var n int
		err := rows.Scan(&state, &n)
		info.Trials += n
		switch state {
		case StateDone:
			info.Done = n
		case StateFailed:
			info.Failed = n
		case StateRunning:
			info.Running = n
		case StateHalted:
			info.Halted = n
		default:
			info.Pending = n
		}
		return err
	})
}
