package experiments

import (
	"context"
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
}

// Summary counts the trials of a sweep when Run returns.
type Summary struct {
	Total     int
	Skipped   int // done before this call
	Done      int // by this call, or meanwhile by another process
	Failed    int // now or before
	Remaining int // neither done nor failed: the call was stopped
}

// Moment says what a Progress is about.
type Moment string

// The moments at which Run reports. Events of a run come from its worker's
// goroutine, but never two reports at once.
const (
	Planned   Moment = "planned"   // once, before anything runs
	Started   Moment = "started"   // Trial begins
	Observed  Moment = "observed"  // Trial told Event
	Finished  Moment = "finished"  // Trial is stored
	Failed    Moment = "failed"    // Trial ended with Err
	Stopped   Moment = "stopped"   // Trial was ended by the caller's context; it is run again next time
	Reclaimed Moment = "reclaimed" // Trial was found running in a process that is gone
	Waiting   Moment = "waiting"   // nothing left to start, but Elsewhere > 0
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
	Where     string        // of Waiting: host and process of one of these
	Left      time.Duration // estimate for what is left; 0 when not known yet
}

// Run adds the trials to the store and works off those that are not done,
// Workers at a time. A trial that fails is recorded and the others go on. When
// ctx ends, running trials are released and Run returns with ctx's error; the
// next call goes on from there. Trials that another process runs on the same
// store are waited for. The error is about the store or ctx, never about a
// trial.
func Run(ctx context.Context, store *Store, sweep config.Sweep, trials []Trial, opt RunOptions, run Runner, progress func(Progress)) (Summary, error) {
	panic("experiments: Run: body follows")
}
