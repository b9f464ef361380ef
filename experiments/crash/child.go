package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/experiments/synthetic"
	"github.com/invoicelab/invoicelab/train"
)

// childJob is the variable of the environment that makes this program do a
// job on a store and be killed: "sweep PATH" or "migrate PATH".
const childJob = "INVOICELAB_CRASH_JOB"

// made is what the sweeps of the harness consist of; small, so that a sweep
// takes about as long as a process lives.
var made = synthetic.Options{Runs: trialsOfRound, Metrics: 40, Documents: 4, Epochs: 2, Steps: 6, Seed: 7}

const (
	trialsOfRound = 60
	workers       = 2
	// trialTime is how long a trial takes, spread over its steps.
	trialTime = 6 * time.Millisecond
	// noteTime lies between two notes.
	noteTime = 2 * time.Millisecond
)

// child does a job. It prints a line for each thing that is stored, once the
// store said so.
func child(job string) error {
	kind, path, _ := strings.Cut(job, " ")
	switch kind {
	case "sweep":
		return work(path)
	case "migrate":
		s, err := experiments.Open(path)
		if err != nil {
			return err
		}
		fmt.Println("migrated")
		return s.Close()
	}
	return fmt.Errorf("%s: no job %s", childJob, kind)
}

// work works off the sweep, and meanwhile writes notes on its first trial.
func work(path string) error {
	sweep, trials, err := synthetic.Plan(made)
	if err != nil {
		return err
	}
	store, err := experiments.Create(path)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	notes := make(chan error, 1)
	noted := false
	runner := synthetic.Runner(made)
	_, err = experiments.Run(ctx, store, sweep, trials, experiments.RunOptions{
		Workers: workers, Provenance: experiments.Provenance{Revision: "crash", GoVersion: "go", Device: "cpu"},
	}, func(ctx context.Context, t experiments.Trial, observe func(train.Event)) (train.Result, error) {
		return runner(ctx, t, func(e train.Event) {
			time.Sleep(trialTime / time.Duration(made.Epochs*(made.Steps+1)))
			observe(e)
		})
	}, func(p experiments.Progress) {
		switch p.Moment {
		case experiments.Planned:
			noted = true
			go func() { notes <- takeNotes(ctx, store, trials[0].Key) }()
		case experiments.Finished:
			fmt.Println("stored", p.Trial.Key)
		}
	})
	stop()
	if noted {
		if e := <-notes; e != nil && !errors.Is(e, context.Canceled) {
			err = errors.Join(err, e)
		}
	}
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	fmt.Println("all done")
	return nil
}

// takeNotes writes numbered notes until ctx ends.
func takeNotes(ctx context.Context, store *experiments.Store, run string) error {
	for i := 0; ; i++ {
		text := strconv.Itoa(os.Getpid()) + "/" + strconv.FormatInt(time.Now().UnixNano(), 36) + "/" + strconv.Itoa(i)
		if err := store.Remark(ctx, []string{run}, text); err != nil {
			return err
		}
		fmt.Println("noted", text)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(noteTime):
		}
	}
}
