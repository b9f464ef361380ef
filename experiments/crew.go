package experiments

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/invoicelab/invoicelab/train"
)

// cell is how far a trial is, as one call of Run sees it.
type cell uint8

const (
	cellTodo      cell = iota
	cellMine           // runs in this call
	cellElsewhere      // runs in another
	cellDone
	cellFailed
)

// crew is one call of Run: its workers and what they share.
type crew struct {
	store    *Store
	trials   []Trial
	opt      RunOptions
	run      Runner
	progress func(Progress)
	owner    string
	floor    int64           // failures of attempts up to this one are forgiven
	outer    context.Context // the caller's
	ctx      context.Context // ends with outer, or on a failure of the store
	cancel   context.CancelFunc
	workers  sync.WaitGroup
	report   sync.Mutex // one report at a time

	mu      sync.Mutex
	changed *sync.Cond // state changed, or ctx ended
	state   []cell
	cursor  int            // no cell before it is todo
	where   map[int]string // owner of cells elsewhere
	active  map[int64]*job // by attempt
	skipped int
	pace    pace
	err     error // of the store; ends the crew
}

// job is a trial that a worker is at.
type job struct {
	index  int
	log    eventLog
	cancel context.CancelCauseFunc
	share  float64 // of its epochs that are done
}

func newCrew(ctx context.Context, store *Store, trials []Trial, opt RunOptions, run Runner, progress func(Progress)) (*crew, error) {
	c := &crew{
		store: store, trials: trials, opt: opt, run: run, progress: progress,
		owner: newOwner(), outer: ctx,
		state: make([]cell, len(trials)), where: map[int]string{}, active: map[int64]*job{},
	}
	c.changed = sync.NewCond(&c.mu)
	c.ctx, c.cancel = context.WithCancel(ctx)
	if opt.Retry {
		var err error
		if c.floor, err = store.lastAttempt(ctx); err != nil {
			return nil, err
		}
	}
	all := make([]int, len(trials))
	for i := range all {
		all[i] = i
	}
	if err := c.refresh(all); err != nil {
		return nil, err
	}
	for _, s := range c.state {
		if s == cellDone {
			c.skipped++
		}
	}
	c.pace = newPace()
	return c, nil
}

func (c *crew) want() want { return want{floor: c.floor, epochs: c.opt.until} }

// stop ends the crew, for a reason when the store failed.
func (c *crew) stop(err error) {
	c.mu.Lock()
	if c.err == nil {
		c.err = err
	}
	c.mu.Unlock()
	c.cancel()
}

// wake lets idle workers look again.
func (c *crew) wake() {
	c.mu.Lock()
	c.changed.Broadcast()
	c.mu.Unlock()
}

// tell fills in the counts and reports.
func (c *crew) tell(p Progress) {
	c.report.Lock()
	defer c.report.Unlock()
	c.mu.Lock()
	p.Total, p.Skipped = len(c.trials), c.skipped
	var todo int
	for _, s := range c.state {
		switch s {
		case cellTodo:
			todo++
		case cellMine:
			p.Running++
		case cellElsewhere:
			p.Elsewhere++
		case cellDone:
			p.Done++
		case cellFailed:
			p.Failed++
		}
	}
	shares := 0.0
	for _, j := range c.active {
		shares += j.share
	}
	p.Left = c.pace.left(float64(todo+p.Running), shares)
	c.mu.Unlock()
	if p.Trial != nil {
		p.Run = shortOf(p.Trial.Key)
	}
	c.progress(p)
}

// next takes the first trial that waits to be run. With none, it waits while
// trials that run could yet come back. ok is false when all is done.
func (c *crew) next() (i int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.ctx.Err() == nil {
		for c.cursor < len(c.state) && c.state[c.cursor] != cellTodo {
			c.cursor++
		}
		if c.cursor < len(c.state) {
			i, c.state[c.cursor] = c.cursor, cellMine
			return i, true
		}
		if len(c.where) == 0 && len(c.active) == 0 {
			return 0, false
		}
		c.changed.Wait()
	}
	return 0, false
}

// put notes how far a trial is.
func (c *crew) put(i int, s cell, where string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state[i] = s
	delete(c.where, i)
	switch s {
	case cellElsewhere:
		c.where[i] = where
	case cellTodo:
		c.cursor = min(c.cursor, i)
	}
	c.changed.Broadcast()
}

func (c *crew) worker() {
	defer c.workers.Done()
	for {
		i, ok := c.next()
		if !ok {
			c.wake()
			return
		}
		if err := c.try(i); err != nil {
			c.stop(err)
		}
	}
}

// try leases trial i and runs it. The error is about the store.
func (c *crew) try(i int) error {
	trial := &c.trials[i]
	claim, err := c.store.leaseTo(c.ctx, trial.Key, c.owner, c.want(), c.opt.Provenance)
	if err != nil {
		c.put(i, cellTodo, "")
		if c.ctx.Err() != nil {
			return nil
		}
		return err
	}
	if claim.attempt == 0 {
		c.put(i, cellOf(claim.state), claim.where)
		return nil
	}
	ctx, cancel := context.WithCancelCause(c.ctx)
	defer cancel(nil)
	j := &job{index: i, cancel: cancel}
	c.mu.Lock()
	c.active[claim.attempt] = j
	c.mu.Unlock()
	c.tell(Progress{Moment: Started, Trial: trial})
	result, artifacts, failure := c.guarded(ctx, *trial, claim.attempt, j)
	return c.settle(ctx, claim.attempt, j, result, artifacts, failure)
}

// guarded calls the runner and makes the artifacts; a panic in them is a
// failure of their trial.
func (c *crew) guarded(ctx context.Context, t Trial, attempt int64, j *job) (r train.Result, artifacts []Artifact, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	r, err = c.run(ctx, t, func(e train.Event) { c.observe(t, attempt, j, e) })
	if err == nil && c.opt.Artifacts != nil {
		artifacts, err = c.opt.Artifacts(ctx, t, r)
	}
	return r, artifacts, err
}

// observe takes an event of a running trial.
func (c *crew) observe(t Trial, attempt int64, j *job, e train.Event) {
	if full := j.log.add(e); full {
		if err := c.flush(); err != nil {
			c.stop(err)
		}
	}
	if e.Epoch != nil {
		all := t.Experiment.Train.Epochs
		if c.opt.until > 0 {
			all = c.opt.until
		}
		c.mu.Lock()
		j.share = min(1, float64(e.Epoch.Epoch+1)/float64(max(1, all)))
		c.mu.Unlock()
	}
	c.tell(Progress{Moment: Observed, Trial: &t, Event: &e})
	if e.Epoch != nil && e.Epoch.Epoch+1 == c.opt.until {
		j.cancel(errRung)
	}
}

// settle stores how an attempt ended. It does so even when the caller's
// context has ended: that is what leaves a clean store.
func (c *crew) settle(ctx context.Context, attempt int64, j *job, r train.Result, artifacts []Artifact, failure error) error {
	keep := context.WithoutCancel(c.ctx)
	trial := &c.trials[j.index]
	c.mu.Lock()
	delete(c.active, attempt)
	c.mu.Unlock()
	var err error
	switch {
	case errors.Is(context.Cause(ctx), errLost):
		err = errLost
	case failure == nil:
		if err = c.store.finish(keep, attempt, &j.log, r, artifacts...); err == nil {
			c.mu.Lock()
			c.pace.finished++
			c.mu.Unlock()
			c.put(j.index, cellDone, "")
			c.tell(Progress{Moment: Finished, Trial: trial})
		}
	case errors.Is(context.Cause(ctx), errRung):
		if err = c.store.halt(keep, attempt, &j.log, c.opt.until); err == nil {
			c.mu.Lock()
			c.pace.finished++
			c.mu.Unlock()
			c.put(j.index, cellDone, "")
			c.tell(Progress{Moment: Halted, Trial: trial})
		}
	case c.ctx.Err() != nil:
		if err = c.store.end(keep, attempt, &j.log, "stopped", ""); err == nil {
			c.put(j.index, cellTodo, "")
			c.tell(Progress{Moment: Stopped, Trial: trial})
		}
	default:
		if err = c.store.end(keep, attempt, &j.log, "failed", failure.Error()); err == nil {
			c.put(j.index, cellFailed, "")
			c.tell(Progress{Moment: Failed, Trial: trial, Err: failure})
		}
	}
	if errors.Is(err, errLost) {
		c.put(j.index, cellElsewhere, "another process")
		c.tell(Progress{Moment: Reclaimed, Trial: trial})
		return nil
	}
	if err != nil {
		// The store failed, so this may fail as well; then the trial is
		// reclaimed when this process is gone.
		c.store.end(keep, attempt, &eventLog{}, "stopped", err.Error())
		c.put(j.index, cellTodo, "")
	}
	return err
}
