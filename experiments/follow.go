package experiments

import (
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// cellOf says how a state of the store looks to a crew that does not run the
// trial.
func cellOf(s State) cell {
	switch s {
	case StateDone, StateHalted: // as far as it was wanted
		return cellDone
	case StateFailed:
		return cellFailed
	case StateRunning:
		return cellElsewhere
	}
	return cellTodo
}

// elsewhere lists the trials that other processes run.
func (c *crew) elsewhere() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.where))
}

// refresh reclaims the trials of processes that are gone, and looks at how far
// some trials are.
func (c *crew) refresh(look []int) error {
	if len(look) == 0 {
		return nil
	}
	ctx := context.WithoutCancel(c.ctx)
	lost, err := c.store.reclaim(ctx)
	if err != nil {
		return err
	}
	keys := make([]string, len(look))
	for k, i := range look {
		keys[k] = c.trials[i].Key
	}
	claims, err := c.store.states(ctx, keys, c.want())
	if err != nil {
		return err
	}
	for k, i := range look {
		c.put(i, cellOf(claims[keys[k]].state), claims[keys[k]].where)
	}
	for _, i := range look {
		if slices.Contains(lost, c.trials[i].Key) {
			c.tell(Progress{Moment: Reclaimed, Trial: &c.trials[i]})
		}
	}
	return nil
}

// states looks at the attempts of many trials.
func (s *Store) states(ctx context.Context, keys []string, w want) (map[string]claim, error) {
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	rows, err := s.reads.QueryContext(ctx, `SELECT t.key, max(a.state = 'done'), max(a.state = 'running'), max(a.state = 'failed' AND a.id > ?), max(a.halted),
			max(CASE a.state WHEN 'running' THEN a.host END), max(CASE a.state WHEN 'running' THEN a.pid END)
		FROM json_each(?) k CROSS JOIN trials t ON t.key = k.value LEFT JOIN attempts a ON a.trial_id = t.id GROUP BY t.id`, w.floor, string(list))
	if err != nil {
		return nil, s.fail("read", err)
	}
	defer rows.Close()
	claims := make(map[string]claim, len(keys))
	for rows.Next() {
		var key string
		var done, running, failed sql.NullBool
		var host sql.NullString
		var pid, halted sql.NullInt64
		if err := rows.Scan(&key, &done, &running, &failed, &halted, &host, &pid); err != nil {
			return nil, s.fail("read", err)
		}
		c := claim{state: StatePending}
		switch {
		case done.Bool:
			c.state = StateDone
		case running.Bool:
			c = claim{state: StateRunning, where: process{host: host.String, pid: int(pid.Int64)}.String()}
		case w.epochs > 0 && halted.Int64 >= int64(w.epochs):
			c.state = StateHalted
		case failed.Bool:
			c.state = StateFailed
		}
		claims[key] = c
	}
	return claims, s.fail("read", rows.Err())
}

// flush writes the events of all running trials.
func (c *crew) flush() error {
	c.mu.Lock()
	logs := make(map[int64]*eventLog, len(c.active))
	for id, j := range c.active {
		logs[id] = &j.log
	}
	c.mu.Unlock()
	lost, err := c.store.flush(context.WithoutCancel(c.ctx), logs)
	c.giveUp(lost)
	return err
}

// beat says that the trials of this crew run, and gives up those that another
// process took over.
func (c *crew) beat() error {
	c.mu.Lock()
	mine := slices.Sorted(maps.Keys(c.active))
	c.mu.Unlock()
	if len(mine) == 0 {
		return nil
	}
	alive, err := c.store.beat(context.WithoutCancel(c.ctx), c.owner)
	if err != nil {
		return err
	}
	var lost []int64
	for _, id := range mine {
		if !alive[id] {
			lost = append(lost, id)
		}
	}
	c.giveUp(lost)
	return nil
}

// giveUp cancels attempts that are not ours any more. One that has just been
// settled is not among the active ones and stays as it is.
func (c *crew) giveUp(attempts []int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range attempts {
		if j := c.active[id]; j != nil {
			j.cancel(errLost)
		}
	}
}

// waiting names an owner of a trial elsewhere when nothing runs here.
func (c *crew) waiting() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.active) > 0 || len(c.where) == 0 || c.cursor < len(c.state) {
		return ""
	}
	return c.where[slices.Min(slices.Collect(maps.Keys(c.where)))]
}

// pace estimates the time left from the trials done so far in this call.
type pace struct {
	start    time.Time
	finished float64
}

func newPace() pace { return pace{start: time.Now()} }

// left is the time for what remains of open trials, of which shares (in
// trials) are done already, at the pace so far. 0 when nothing is done yet.
func (p pace) left(open, shares float64) time.Duration {
	did := p.finished + shares
	if p.start.IsZero() || did == 0 {
		return 0
	}
	return time.Duration(float64(time.Since(p.start)) / did * (open - shares))
}
