package experiments

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/nearest"
)

// picked is a trial that a filter lets through, with the attempt that stands
// for it: the one that is done, else the one that runs, else the last.
type picked struct {
	RunInfo
	trial, attempt int64
}

// pick selects trials in the order of the plan, or of their first planning
// when no sweep is named.
func (s *Store) pick(ctx context.Context, f Filter) ([]picked, error) {
	q, err := s.selection(ctx, f)
	if err != nil {
		return nil, err
	}
	return s.pickWhere(ctx, q, f.Sweep)
}

// selection is the part of a query that gives the trials t of a filter.
type selection struct {
	from, cond, order string
	args              []any
}

func (s *Store) selection(ctx context.Context, f Filter) (selection, error) {
	if len(f.Levels) > 0 && f.Sweep == "" {
		panic("experiments: Filter: levels without a sweep")
	}
	q := selection{from: "trials t", cond: "1", order: "t.id"}
	if len(f.Runs) > 0 {
		keys, err := s.keysAbout(ctx, f.Runs)
		if err != nil {
			return q, err
		}
		wanted := make([]string, len(f.Runs))
		for i, prefix := range f.Runs {
			if wanted[i], err = keys.find(prefix); err != nil {
				return q, err
			}
		}
		list, err := json.Marshal(wanted)
		if err != nil {
			return q, err
		}
		q.cond, q.args = "t.key IN (SELECT value FROM json_each(?))", append(q.args, string(list))
	}
	if f.Sweep != "" {
		id, err := s.sweepID(ctx, f.Sweep)
		if err != nil {
			return q, err
		}
		at, err := s.checkLevels(ctx, id, f)
		if err != nil {
			return q, err
		}
		q.from, q.order = "sweep_trials st JOIN trials t ON t.id = st.trial_id", "st.ord"
		q.cond, q.args = q.cond+" AND st.sweep_id = ?", append(q.args, id)
		for _, axis := range sortedKeys(at) {
			q.cond += " AND EXISTS (SELECT 1 FROM trial_levels l WHERE l.sweep_id = st.sweep_id AND l.ord = st.ord AND l.axis = ? AND l.level = ?)"
			q.args = append(q.args, axis, at[axis])
		}
	}
	return q, nil
}

// pickTrials gives trials by their ids, in that order.
func (s *Store) pickTrials(ctx context.Context, ids []int64, prefer string) ([]picked, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return s.pickWhere(ctx, selection{from: "json_each(?) k JOIN trials t ON t.id = k.value", cond: "1", order: "k.key", args: []any{string(list)}}, prefer)
}

// pickWhere reads the trials of a selection and all that RunInfo has of them but
// metrics; levels are those under the sweep called prefer, where they have one
// of that name.
func (s *Store) pickWhere(ctx context.Context, q selection, prefer string) ([]picked, error) {
	var all []picked
	err := s.each(ctx, "SELECT t.id, t.key, t.seed, c.digest FROM "+q.from+" JOIN corpora c ON c.id = t.corpus_id WHERE "+q.cond+" ORDER BY "+q.order, q.args, func(rows *sql.Rows) error {
		p := picked{RunInfo: RunInfo{State: StatePending}}
		var seed int64
		err := rows.Scan(&p.trial, &p.Key, &seed, &p.Corpus)
		p.Seed = uint64(seed)
		all = append(all, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	of := make([]string, len(all))
	for i := range all {
		of[i] = all[i].Key
	}
	keys, err := s.keysAbout(ctx, of)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Run = keys.short(all[i].Key)
	}
	if err := s.addSweeps(ctx, all, prefer); err != nil {
		return nil, err
	}
	if err := s.addTags(ctx, all); err != nil {
		return nil, err
	}
	return all, s.addAttempts(ctx, all)
}

// each calls do for every row of a query on the readers.
func (s *Store) each(ctx context.Context, query string, args []any, do func(*sql.Rows) error) error {
	rows, err := s.reads.QueryContext(ctx, query, args...)
	if err != nil {
		return s.fail("read", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows); err != nil {
			return s.fail("read", err)
		}
	}
	return s.fail("read", rows.Err())
}

// sweepID finds the latest plan of a sweep.
func (s *Store) sweepID(ctx context.Context, name string) (int64, error) {
	var id int64
	err := s.reads.QueryRowContext(ctx, `SELECT id FROM sweeps WHERE name = ? ORDER BY planned DESC, id DESC LIMIT 1`, name).Scan(&id)
	if err != sql.ErrNoRows {
		return id, s.fail("read", err)
	}
	var names []string
	err = s.each(ctx, `SELECT DISTINCT name FROM sweeps ORDER BY name`, nil, func(rows *sql.Rows) error {
		names = append(names, "")
		return rows.Scan(&names[len(names)-1])
	})
	if err != nil {
		return 0, err
	}
	if len(names) == 0 {
		return 0, &NotFoundError{fmt.Sprintf("store %s: sweep %s: the store holds no sweep yet", s.path, name)}
	}
	hint := ""
	if near, ok := nearest.Name(name, names); ok {
		hint = fmt.Sprintf("; did you mean %s?", near)
	}
	return 0, &NotFoundError{fmt.Sprintf("store %s: sweep %s: not in the store, which has %s%s", s.path, name, strings.Join(names, ", "), hint)}
}

// checkLevels refuses levels that the sweep does not have, and gives the place
// of the others: axis to level.
func (s *Store) checkLevels(ctx context.Context, id int64, f Filter) (map[int]int, error) {
	at := map[int]int{}
	if len(f.Levels) == 0 {
		return at, nil
	}
	axes, err := s.axes(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, axis := range sortedKeys(f.Levels) {
		i := slices.IndexFunc(axes, func(a AxisInfo) bool { return a.Name == axis })
		if i < 0 {
			var names []string
			for _, a := range axes {
				names = append(names, a.Name)
			}
			return nil, fmt.Errorf("sweep %s: no axis %s; it has %s", f.Sweep, axis, strings.Join(names, ", "))
		}
		if at[i] = slices.Index(axes[i].Levels, f.Levels[axis]); at[i] < 0 {
			return nil, fmt.Errorf("sweep %s: axis %s has no level %s; it has %s", f.Sweep, axis, f.Levels[axis], strings.Join(axes[i].Levels, ", "))
		}
	}
	return at, nil
}

// axes reads the axes of a sweep, with levels in the order of its file.
func (s *Store) axes(ctx context.Context, sweep int64) ([]AxisInfo, error) {
	var axes []AxisInfo
	err := s.each(ctx, `SELECT axis, axis_name, level_name FROM sweep_levels WHERE sweep_id = ? ORDER BY axis, level`, []any{sweep}, func(rows *sql.Rows) error {
		var i int
		var axis, level string
		if err := rows.Scan(&i, &axis, &level); err != nil {
			return err
		}
		if i == len(axes) {
			axes = append(axes, AxisInfo{Name: axis})
		}
		axes[i].Levels = append(axes[i].Levels, level)
		return nil
	})
	return axes, err
}

// addSweeps fills in the sweeps of each trial, the latest planned first, and
// its levels under the sweep called prefer, or else the first.
func (s *Store) addSweeps(ctx context.Context, all []picked, prefer string) error {
	index := byTrial(all)
	type place struct{ sweep, ord int64 }
	at := make([]place, len(all))
	inside := make([]bool, len(all))
	// A row for each sweep, with all its trials as texts, is read faster than a row
	// for each trial. Both texts are in one order.
	query, args := `SELECT s.id, s.name, group_concat(st.trial_id), group_concat(st.ord) FROM sweeps s JOIN sweep_trials st ON st.sweep_id = s.id`, []any{}
	if len(all) <= fewKeys {
		query, args = `SELECT s.id, s.name, group_concat(st.trial_id), group_concat(st.ord) FROM json_each(?) k CROSS JOIN sweep_trials st ON st.trial_id = k.value
			JOIN sweeps s ON s.id = st.sweep_id`, append(args, idList(index))
	}
	err := s.each(ctx, query+` GROUP BY s.id ORDER BY s.planned DESC, s.id DESC`, args, func(rows *sql.Rows) error {
		var sweep int64
		var name, trialList, ordList string
		if err := rows.Scan(&sweep, &name, &trialList, &ordList); err != nil {
			return err
		}
		trials, err := numbers(trialList)
		if err != nil {
			return err
		}
		ords, err := numbers(ordList)
		if err != nil {
			return err
		}
		for k, trial := range trials {
			i, wanted := index[trial]
			if !wanted {
				continue
			}
			if name == prefer && !inside[i] || len(all[i].Sweeps) == 0 {
				at[i] = place{sweep, ords[k]}
				inside[i] = name == prefer
			}
			if !slices.Contains(all[i].Sweeps, name) {
				all[i].Sweeps = append(all[i].Sweeps, name)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	bySweep := map[int64][]int{}
	for i, p := range at {
		if p.sweep != 0 {
			bySweep[p.sweep] = append(bySweep[p.sweep], i)
		}
	}
	for _, sweep := range sortedKeys(bySweep) {
		if err := s.addLevels(ctx, all, sweep, bySweep[sweep], func(i int) int64 { return at[i].ord }); err != nil {
			return err
		}
	}
	return nil
}

// addLevels fills in the levels of those trials of a list that which gives, by
// their place in a sweep.
func (s *Store) addLevels(ctx context.Context, all []picked, sweep int64, which []int, ord func(i int) int64) error {
	axes, err := s.axes(ctx, sweep)
	if err != nil || len(axes) == 0 {
		return err
	}
	place := make(map[int64]int, len(which))
	for _, i := range which {
		place[ord(i)] = i
		all[i].Levels = make(map[string]string, len(axes))
	}
	query, args := `SELECT l.axis, l.level, group_concat(l.ord) FROM trial_levels l WHERE l.sweep_id = ? GROUP BY l.axis, l.level`, []any{sweep}
	if len(which) <= fewKeys {
		query, args = `SELECT l.axis, l.level, group_concat(l.ord) FROM json_each(?) k CROSS JOIN trial_levels l ON l.sweep_id = ? AND l.ord = k.value GROUP BY l.axis, l.level`, []any{idList(place), sweep}
	}
	return s.each(ctx, query, args, func(rows *sql.Rows) error {
		var axis, level int
		var list string
		if err := rows.Scan(&axis, &level, &list); err != nil {
			return err
		}
		ords, err := numbers(list)
		if err != nil {
			return err
		}
		for _, ord := range ords {
			if i, wanted := place[ord]; wanted {
				all[i].Levels[axes[axis].Name] = axes[axis].Levels[level]
			}
		}
		return nil
	})
}

// numbers reads what group_concat made of ids.
func numbers(list string) ([]int64, error) {
	all := make([]int64, 0, strings.Count(list, ",")+1)
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// addAttempts fills in state, times and provenance from the attempts.
func (s *Store) addAttempts(ctx context.Context, all []picked) error {
	index := byTrial(all)
	now := time.Now()
	rank := map[string]int{"lost": 1, "stopped": 1, "failed": 2, "running": 3, "done": 4} // a later attempt of equal rank counts
	best := make([]int, len(all))
	return s.each(ctx, `SELECT a.id, a.trial_id, a.state, a.host, a.machine, a.pid, a.pid_start, a.started, a.heartbeat, coalesce(a.finished, 0), a.error, a.revision, a.device, coalesce(a.seconds, 0), a.halted IS NOT NULL
		FROM json_each(?) k CROSS JOIN attempts a ON a.trial_id = k.value ORDER BY a.id`, []any{idList(index)}, func(rows *sql.Rows) error {
		var id, trial, started, heartbeat, finished int64
		var owner process
		var state string
		var halted bool
		var r RunInfo
		if err := rows.Scan(&id, &trial, &state, &owner.host, &owner.machine, &owner.pid, &owner.start, &started, &heartbeat, &finished, &r.Error, &r.Revision, &r.Device, &r.Seconds, &halted); err != nil {
			return err
		}
		p := &all[index[trial]]
		p.Attempts++
		if state == "running" && owner.gone(s.me, time.UnixMicro(heartbeat), now) {
			state, r.Error = "lost", owner.String()+" ended without a word"
		}
		if rank[state] < best[index[trial]] {
			return nil
		}
		best[index[trial]] = rank[state]
		p.attempt, p.Error, p.Revision, p.Device, p.Seconds, p.Owner = id, r.Error, r.Revision, r.Device, r.Seconds, owner.String()
		p.Started, p.Finished = time.UnixMicro(started).UTC(), time.Time{}
		if finished > 0 {
			p.Finished = time.UnixMicro(finished).UTC()
		}
		p.State = StatePending
		switch state {
		case "running":
			p.State, p.Seconds = StateRunning, now.Sub(p.Started).Seconds()
		case "done":
			p.State = StateDone
		case "failed":
			p.State = StateFailed
		case "stopped":
			if halted {
				p.State = StateHalted
			}
		}
		return nil
	})
}

// byTrial gives the place of each trial in a list.
func byTrial(all []picked) map[int64]int {
	index := make(map[int64]int, len(all))
	for i := range all {
		index[all[i].trial] = i
	}
	return index
}

// idList is the ids of a map as JSON, for json_each.
func idList[V any](index map[int64]V) string {
	ids := sortedKeys(index)
	text, err := json.Marshal(ids)
	if err != nil {
		panic("experiments: idList: " + err.Error())
	}
	return string(text)
}
