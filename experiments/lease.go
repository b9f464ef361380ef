package experiments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// errLost is what writing to an attempt gives after another process took its
// trial over.
var errLost = errors.New("experiments: the trial was taken over by another process")

// claim is the answer to a wish to run a trial.
type claim struct {
	state   State // StateRunning: leased when attempt > 0, else running elsewhere
	attempt int64
	where   string // of a trial that runs elsewhere
}

// lease starts an attempt at a trial that is neither done nor running, and did
// not fail in an attempt after number floor.
func (s *Store) lease(ctx context.Context, key, owner string, floor int64, p Provenance) (claim, error) {
	return s.leaseTo(ctx, key, owner, want{floor: floor}, p)
}

// want is what a crew wants of its trials.
type want struct {
	floor  int64 // failures of attempts up to this one are forgiven
	epochs int   // a trial that was halted after so many is far enough; 0 is its end
}

// leaseTo is lease for trials that need not come to their end.
func (s *Store) leaseTo(ctx context.Context, key, owner string, w want, p Provenance) (claim, error) {
	var c claim
	err := s.inTx(ctx, "lease "+key, func(tx *sql.Tx) error {
		var trial int64
		if err := tx.QueryRow(`SELECT id FROM trials WHERE key = ?`, key).Scan(&trial); err != nil {
			return err
		}
		st, err := trialState(tx, trial, w)
		if err != nil || st.state != StatePending {
			c = st
			return err
		}
		now := time.Now().UnixMicro()
		c.state = StateRunning
		a := newAdder(tx)
		c.attempt = a.insert(`INSERT INTO attempts (trial_id, state, owner, host, machine, pid, pid_start, started, heartbeat, revision, go_version, device, environment_id)
			VALUES (?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
			trial, owner, s.me.host, s.me.machine, s.me.pid, s.me.start, now, now, p.Revision, p.GoVersion, p.Device, a.environment(p.Environment))
		if len(p.Patch) > 0 && a.err == nil {
			sum, err := s.putArtifact(c.attempt, p.Patch)
			if err != nil {
				return err
			}
			s.attach(a, c.attempt, kindPatch, sum, p.Patch)
		}
		return a.err
	})
	return c, err
}

// trialState looks at the attempts at a trial.
func trialState(tx *sql.Tx, trial int64, w want) (claim, error) {
	rows, err := tx.Query(`SELECT id, state, host, pid, coalesce(halted, 0) FROM attempts WHERE trial_id = ? AND (state IN ('running', 'done', 'failed') OR halted > 0)`, trial)
	if err != nil {
		return claim{}, err
	}
	defer rows.Close()
	c := claim{state: StatePending}
	for rows.Next() {
		var id int64
		var state State
		var p process
		var halted int
		if err := rows.Scan(&id, &state, &p.host, &p.pid, &halted); err != nil {
			return c, err
		}
		switch {
		case state == StateDone:
			c = claim{state: StateDone}
		case state == StateRunning && c.state != StateDone:
			c = claim{state: StateRunning, where: p.String()}
		case w.epochs > 0 && halted >= w.epochs && (c.state == StatePending || c.state == StateFailed):
			c = claim{state: StateHalted}
		case state == StateFailed && c.state == StatePending && id > w.floor:
			c = claim{state: StateFailed}
		}
	}
	return c, rows.Err()
}

// lastAttempt is the highest number of an attempt so far.
func (s *Store) lastAttempt(ctx context.Context) (int64, error) {
	var id int64
	err := s.reads.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM attempts`).Scan(&id)
	return id, s.fail("read", err)
}

// reclaim marks as lost all attempts whose process is gone, and gives the keys
// of their trials.
func (s *Store) reclaim(ctx context.Context) ([]string, error) {
	lost, err := s.goneAttempts(ctx)
	if err != nil || len(lost) == 0 {
		return nil, err
	}
	var keys []string
	err = s.inTx(ctx, "reclaim", func(tx *sql.Tx) error {
		keys = nil
		for _, a := range lost {
			// The heartbeat is compared so that a process that came back to
			// life meanwhile keeps its trial.
			res, err := tx.Exec(`UPDATE attempts SET state = 'lost', finished = ?, error = ? WHERE id = ? AND state = 'running' AND heartbeat = ?`,
				time.Now().UnixMicro(), a.owner.String()+" ended without a word", a.id, a.heartbeat)
			if err != nil {
				return err
			}
			if n, _ := res.RowsAffected(); n == 1 {
				keys = append(keys, a.key)
			}
		}
		return nil
	})
	if err == nil {
		for _, a := range lost {
			s.dropPartial(a.id)
		}
	}
	return keys, err
}

// runningAttempt is an attempt that the store has as running.
type runningAttempt struct {
	id        int64
	key       string
	owner     process
	heartbeat int64 // microseconds
}

// goneAttempts lists the running attempts whose process is gone.
func (s *Store) goneAttempts(ctx context.Context) ([]runningAttempt, error) {
	rows, err := s.reads.QueryContext(ctx, `SELECT a.id, t.key, a.host, a.machine, a.pid, a.pid_start, a.heartbeat
		FROM attempts a JOIN trials t ON t.id = a.trial_id WHERE a.state = 'running' ORDER BY a.id`)
	if err != nil {
		return nil, s.fail("read", err)
	}
	defer rows.Close()
	var gone []runningAttempt
	now := time.Now()
	for rows.Next() {
		var a runningAttempt
		if err := rows.Scan(&a.id, &a.key, &a.owner.host, &a.owner.machine, &a.owner.pid, &a.owner.start, &a.heartbeat); err != nil {
			return nil, s.fail("read", err)
		}
		if a.owner.gone(s.me, time.UnixMicro(a.heartbeat), now) {
			gone = append(gone, a)
		}
	}
	return gone, s.fail("read", rows.Err())
}

// beat says that the attempts of an owner still run, and lists them.
func (s *Store) beat(ctx context.Context, owner string) (map[int64]bool, error) {
	alive := map[int64]bool{}
	err := s.inTx(ctx, "heartbeat", func(tx *sql.Tx) error {
		rows, err := tx.Query(`UPDATE attempts SET heartbeat = ? WHERE owner = ? AND state = 'running' RETURNING id`, time.Now().UnixMicro(), owner)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			alive[id] = true
		}
		return rows.Err()
	})
	return alive, err
}

// end closes a running attempt without a result: "failed" with its error, or
// "stopped", after which the trial is pending again.
func (s *Store) end(ctx context.Context, attempt int64, log *eventLog, state, message string) error {
	return s.inTx(ctx, fmt.Sprintf("end attempt %d", attempt), func(tx *sql.Tx) error {
		if err := closeAttempt(tx, attempt, state, message); err != nil {
			return err
		}
		return log.write(s.adder(tx), attempt)
	})
}

// closeAttempt moves a running attempt to its final state, or gives errLost.
func closeAttempt(tx *sql.Tx, attempt int64, state, message string) error {
	now := time.Now().UnixMicro()
	res, err := tx.Exec(`UPDATE attempts SET state = ?, error = ?, finished = ?, heartbeat = ?, seconds = (? - started) / 1e6 WHERE id = ? AND state = 'running'`,
		state, message, now, now, now, attempt)
	if err != nil {
		return err
	}
	if n, _ := res.RowsAffected(); n != 1 {
		return errLost
	}
	return nil
}
