package experiments

import (
	"context"
	"errors"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/train"
)

// Runner does the work of one trial. It returns soon after ctx ends.
type Runner func(ctx context.Context, t Trial, observe func(train.Event)) (train.Result, error)

// RunOptions say how a sweep is worked off.
type RunOptions struct {
	Workers    int  // trials at once, at least 1
	Retry      bool // run trials again that failed before
	Provenance Provenance

	// Artifacts, when not nil, makes files to keep from a trial's result, in
	// the goroutine that ran it. Its error is a failure of the trial.
	Artifacts func(ctx context.Context, t Trial, r train.Result) ([]Artifact, error)

	until int // epochs after which trials are halted; 0 runs them to their end
}

// Summary counts the trials of a sweep when Run returns.
type Summary struct {
	Total     int
	Skipped   int // done before this call
	Done      int // by this call, or meanwhile by another process
	Failed    int // now or before
	Remaining int // neither done nor failed: the call was stopped
	Halted    int // ended at a rung, by Halve
}

// Moment says what a Progress is about.
type Moment string

// The moments at which Run reports. Reports come from several goroutines, but
// never two at once; a report that takes long holds up the trial that it is
// about.
const (
	Planned   Moment = "planned"   // once, before anything runs
	Started   Moment = "started"   // Trial begins
	Observed  Moment = "observed"  // Trial told Event
	Finished  Moment = "finished"  // Trial is stored
	Failed    Moment = "failed"    // Trial ended with Err
	Halted    Moment = "halted"    // Trial came to its rung, and waits there
	Stopped   Moment = "stopped"   // Trial was ended by the caller's context; it is run again next time
	Reclaimed Moment = "reclaimed" // Trial was found running in a process that is gone, or was taken over by another
	Waiting   Moment = "waiting"   // nothing left to start, but Elsewhere > 0; told again every few seconds
)

// Progress is one report of Run.
type Progress struct {
	Moment    Moment
	Trial     *Trial       // nil for Planned and Waiting
	Run       string       // short id of Trial
	Event     *train.Event // of Observed
	Err       error        // of Failed
	Total     int
	Done      int // skipped ones included
	Skipped   int
	Failed    int
	Running   int           // in this process
	Elsewhere int           // in other processes
	Where     string        // of Waiting: process and host of one of these
	Left      time.Duration // estimate for what is left; 0 when not known yet
}

// How often Run looks after what goes on beside the trials.
const (
	flushEvery   = 250 * time.Millisecond // events are written
	refreshEvery = 500 * time.Millisecond // trials of other processes are looked at
	waitingEvery = 5 * time.Second        // Waiting is told
)

// Run adds the trials to the store and works off those that are not done,
// Workers at a time. A trial that fails, or panics, is recorded and the others
// go on. When ctx ends, running trials are released and Run returns with ctx's
// error; the next call goes on from there. Trials that another process runs on
// the same store are waited for, and taken over when that process dies. The
// error is about the store or ctx, never about a trial.
func Run(ctx context.Context, store *Store, sweep config.Sweep, trials []Trial, opt RunOptions, run Runner, progress func(Progress)) (Summary, error) {
	if opt.Workers < 1 {
		panic("experiments: Run: fewer than 1 worker")
	}
	if err := store.Add(ctx, sweep, trials); err != nil {
		return Summary{Total: len(trials), Remaining: len(trials)}, err
	}
	c, err := newCrew(ctx, store, trials, opt, run, progress)
	if err != nil {
		return Summary{Total: len(trials), Remaining: len(trials)}, err
	}
	return c.work()
}

// work starts the workers, looks after them and counts.
func (c *crew) work() (Summary, error) {
	c.tell(Progress{Moment: Planned})
	done := make(chan struct{})
	for range c.opt.Workers {
		c.workers.Add(1)
		go c.worker()
	}
	go func() { c.workers.Wait(); close(done) }()
	unblock := context.AfterFunc(c.ctx, c.wake)
	defer unblock()
	c.lookAfter(done)
	c.stop(nil)

	c.mu.Lock()
	defer c.mu.Unlock()
	s := Summary{Total: len(c.trials), Skipped: c.skipped}
	for _, t := range c.state {
		switch t {
		case cellDone:
			s.Done++
		case cellFailed:
			s.Failed++
		default:
			s.Remaining++
		}
	}
	s.Done -= s.Skipped
	if c.err != nil {
		return s, c.err
	}
	if s.Remaining > 0 {
		return s, context.Cause(c.outer)
	}
	return s, nil
}

// lookAfter writes events, sends heartbeats and follows other processes until
// the workers are done.
func (c *crew) lookAfter(done <-chan struct{}) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	var refreshed, waited time.Time
	beaten := time.Now()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		now := time.Now()
		err := c.flush()
		if err == nil && now.Sub(beaten) >= heartbeatEvery {
			beaten, err = now, c.beat()
		}
		if err == nil && now.Sub(refreshed) >= refreshEvery {
			refreshed, err = now, c.refresh(c.elsewhere())
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			c.stop(err)
		}
		if where := c.waiting(); where != "" && now.Sub(waited) >= waitingEvery {
			waited = now
			c.tell(Progress{Moment: Waiting, Where: where})
		}
	}
}
