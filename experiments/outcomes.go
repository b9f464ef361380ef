package experiments

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/invoicelab/invoicelab/metrics"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// Runs lists trials, in the order of the plan.
func (s *Store) Runs(ctx context.Context, f Filter) (infos []RunInfo, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return nil, err
	}
	defer end(&err)
	all, err := s.pick(ctx, f)
	if err != nil {
		return nil, err
	}
	values, err := s.values(ctx, "metrics", all, nil)
	return withMetrics(all, values), err
}

func withMetrics(all []picked, values map[int64]map[string]float64) []RunInfo {
	infos := make([]RunInfo, len(all))
	for i, p := range all {
		p.Metrics = values[p.attempt]
		infos[i] = p.RunInfo
	}
	return infos
}

// attemptsOf gives the place of each attempt that is done in a list.
func attemptsOf(all []picked) map[int64]int {
	index := map[int64]int{}
	for i, p := range all {
		if p.State == StateDone {
			index[p.attempt] = i
		}
	}
	return index
}

// values reads named values of the attempts that are done from table metrics
// or parts: all of them, or those of some names.
func (s *Store) values(ctx context.Context, table string, all []picked, names []string) (map[int64]map[string]float64, error) {
	values := map[int64]map[string]float64{}
	index := attemptsOf(all)
	if len(index) == 0 {
		return values, nil
	}
	known := map[int64]string{}
	query, args := `SELECT id, name FROM names`, []any{}
	if names != nil {
		list, err := json.Marshal(names)
		if err != nil {
			return nil, err
		}
		query, args = query+` WHERE name IN (SELECT value FROM json_each(?))`, append(args, string(list))
	}
	err := s.each(ctx, query, args, func(rows *sql.Rows) error {
		var id int64
		var name string
		err := rows.Scan(&id, &name)
		known[id] = name
		return err
	})
	if err != nil {
		return nil, err
	}
	query, args = `SELECT v.attempt_id, v.name_id, v.value FROM json_each(?) k CROSS JOIN `+table+` v ON v.attempt_id = k.value`, []any{idList(index)}
	switch {
	case names != nil && table == "metrics" && len(index) > fewKeys: // the values of one name lie together
		query, args = `SELECT v.attempt_id, v.name_id, v.value FROM metrics v INDEXED BY metrics_by_name WHERE v.name_id IN (SELECT value FROM json_each(?))`, []any{idList(known)}
	case names != nil:
		query, args = query+` AND v.name_id IN (SELECT value FROM json_each(?))`, append(args, idList(known))
	}
	return values, s.each(ctx, query, args, func(rows *sql.Rows) error {
		var attempt, name int64
		var value sql.NullFloat64
		if err := rows.Scan(&attempt, &name, &value); err != nil {
			return err
		}
		if _, wanted := index[attempt]; !wanted {
			return nil
		}
		if values[attempt] == nil {
			values[attempt] = map[string]float64{}
		}
		values[attempt][known[name]] = fromNull(value)
		return nil
	})
}

// Outcomes reads the finished trials, in the order of the plan. What is not
// done is left out: Runs lists it.
func (s *Store) Outcomes(ctx context.Context, f Filter) (outcomes []Outcome, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return nil, err
	}
	defer end(&err)
	all, err := s.pick(ctx, f)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(p picked) bool { return p.State != StateDone })
	values, err := s.values(ctx, "metrics", all, nil)
	if err != nil {
		return nil, err
	}
	outcomes = make([]Outcome, len(all))
	for i, p := range all {
		outcomes[i] = Outcome{
			Run: p.Run, Key: p.Key, Sweep: f.Sweep, Levels: p.Levels, Seed: p.Seed,
			CorpusDigest: p.Corpus, Revision: p.Revision, Device: p.Device, Metrics: values[p.attempt],
			TrainDocs: map[string]int{}, Groups: map[string]string{}, Heads: map[string]string{}, Finished: p.Finished, Seconds: p.Seconds,
		}
		if f.Sweep == "" && len(p.Sweeps) > 0 {
			outcomes[i].Sweep = p.Sweeps[0]
		}
	}
	for _, add := range []func(context.Context, []picked, []Outcome) error{s.addSettings, s.addGroups, s.addTrainDocs, s.addTallies, s.addCurves} {
		if err := add(ctx, all, outcomes); err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

func (s *Store) addSettings(ctx context.Context, all []picked, out []Outcome) error {
	index := byTrial(all)
	return s.each(ctx, `SELECT t.id, c.text FROM json_each(?) k CROSS JOIN trials t ON t.id = k.value JOIN settings c ON c.id = t.canonical_id`, []any{idList(index)}, func(rows *sql.Rows) error {
		var trial int64
		var text string
		err := rows.Scan(&trial, &text)
		out[index[trial]].Canonical = text
		return err
	})
}

func (s *Store) addGroups(ctx context.Context, all []picked, out []Outcome) error {
	index := byTrial(all)
	return s.each(ctx, `SELECT t.id, e.name, e.grp, e.head FROM json_each(?) k CROSS JOIN trials t ON t.id = k.value JOIN schema_entities e ON e.schema_id = t.schema_id WHERE e.grp != '' OR e.head NOT IN ('', 'semantic')`,
		[]any{idList(index)}, func(rows *sql.Rows) error {
			var trial int64
			var entity, group, head string
			if err := rows.Scan(&trial, &entity, &group, &head); err != nil {
				return err
			}
			o := &out[index[trial]]
			if group != "" {
				o.Groups[entity] = group
			}
			if head != "" && head != "semantic" {
				o.Heads[entity] = head
			}
			return nil
		})
}

func (s *Store) addTrainDocs(ctx context.Context, all []picked, out []Outcome) error {
	index := attemptsOf(all)
	return s.each(ctx, `SELECT d.attempt_id, n.name, d.documents FROM json_each(?) k CROSS JOIN training_documents d ON d.attempt_id = k.value JOIN names n ON n.id = d.name_id`,
		[]any{idList(index)}, func(rows *sql.Rows) error {
			var attempt int64
			var name string
			var documents int
			err := rows.Scan(&attempt, &name, &documents)
			if err == nil {
				out[index[attempt]].TrainDocs[name] = documents
			}
			return err
		})
}

func (s *Store) addTallies(ctx context.Context, all []picked, out []Outcome) error {
	index := attemptsOf(all)
	return s.each(ctx, `SELECT t.attempt_id, t.split, t.counts FROM json_each(?) k CROSS JOIN tallies t ON t.attempt_id = k.value WHERE t.split IN ('test', 'heldout')`,
		[]any{idList(index)}, func(rows *sql.Rows) error {
			var attempt int64
			var split string
			var counts []byte
			if err := rows.Scan(&attempt, &split, &counts); err != nil {
				return err
			}
			o := &out[index[attempt]]
			into := map[string]*metrics.Tally{"test": &o.Test, "heldout": &o.Heldout}[split]
			var err error
			if *into, err = decodeTally(counts); err != nil {
				return fmt.Errorf("run %s: %s: %w", o.Run, split, err)
			}
			return nil
		})
}

func (s *Store) addCurves(ctx context.Context, all []picked, out []Outcome) error {
	index := attemptsOf(all)
	return s.each(ctx, `SELECT p.attempt_id, n.name, p.epoch, e.stage, p.value FROM json_each(?) k CROSS JOIN epoch_points p ON p.attempt_id = k.value
		JOIN epochs e ON e.attempt_id = p.attempt_id AND e.epoch = p.epoch JOIN names n ON n.id = p.name_id ORDER BY p.attempt_id, n.name, p.epoch`,
		[]any{idList(index)}, func(rows *sql.Rows) error {
			var attempt int64
			var p Point
			var value sql.NullFloat64
			err := rows.Scan(&attempt, &p.Name, &p.Epoch, &p.Stage, &value)
			p.Value = fromNull(value)
			o := &out[index[attempt]]
			o.Curves = append(o.Curves, p)
			return err
		})
}
