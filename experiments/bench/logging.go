package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/experiments/synthetic"
	"github.com/invoicelab/invoicelab/train"
)

// valuesOfStep is how many numbers a step of these measurements logs: learning
// rate, norm of the gradient, three loss components.
const valuesOfStep = 5

// logged is the outcome of a measurement of logging.
type logged struct {
	Values        int     `json:"values"`
	Seconds       float64 `json:"seconds"` // until the last of them was stored
	PerSecond     float64 `json:"per_second"`
	BytesPerValue float64 `json:"bytes_per_value"` // of the database, less that of a run without steps
	// Of the waits of the caller, by value: a step is one call.
	MedianWait float64 `json:"median_wait_ms"`
	P999Wait   float64 `json:"p999_wait_ms"`
	WorstWait  float64 `json:"worst_wait_ms"`
}

// logRate measures how fast the steps of a run are stored, at full speed or at
// a fixed rate.
func logRate(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("log", flag.ContinueOnError)
	flags.SetOutput(progress)
	seconds := flags.Float64("seconds", 5, "how long values are logged")
	rate := flags.Float64("rate", 0, "values a second; 0 for as many as go")
	dir := flags.String("dir", "", "folder for the store; a temporary one when absent")
	asJSON := flags.Bool("json", false, "print JSON")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" {
		made, err := os.MkdirTemp("", "bench-log-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(made)
		*dir = made
	}
	bare, err := logInto(ctx, filepath.Join(*dir, "bare.db"), 0, 0)
	if err != nil {
		return err
	}
	m, err := logInto(ctx, filepath.Join(*dir, "log.db"), time.Duration(*seconds*float64(time.Second)), *rate)
	if err != nil {
		return err
	}
	m.BytesPerValue = (m.BytesPerValue - bare.BytesPerValue) / float64(m.Values)
	if *asJSON {
		return json.NewEncoder(out).Encode(m)
	}
	_, err = fmt.Fprintf(out, "%d values in %.2f s: %.0f a second, %.1f bytes each; the caller waited %.4f ms (median), %.3f ms (p99.9), %.2f ms (worst)\n",
		m.Values, m.Seconds, m.PerSecond, m.BytesPerValue, m.MedianWait, m.P999Wait, m.WorstWait)
	return err
}

// logInto logs steps to a new store, in a run of a sweep, for a time.
// BytesPerValue of the result is the size of the whole database.
func logInto(ctx context.Context, path string, lasting time.Duration, rate float64) (m logged, err error) {
	o := synthetic.Options{Runs: synthetic.LeastRuns, Metrics: synthetic.MinMetrics}
	sweep, trials, err := synthetic.Plan(o)
	if err != nil {
		return m, err
	}
	sweep.Seeds, trials = sweep.Seeds[:1], trials[:1]
	store, err := experiments.Create(path)
	if err != nil {
		return m, err
	}
	defer store.Close()
	var waits []time.Duration
	var begin time.Time
	run := func(ctx context.Context, t experiments.Trial, observe func(train.Event)) (train.Result, error) {
		e := train.StepEvent{Losses: map[string]float64{"entity": 0, "crf": 0, "total": 0}}
		begin = time.Now()
		for lasting > 0 {
			now := time.Since(begin)
			if now >= lasting || ctx.Err() != nil {
				break
			}
			// At a fixed rate, a step that is late is told at once: the
			// caller's clock does not stop while it waits.
			if due := time.Duration(float64(e.Step) * valuesOfStep / rate * float64(time.Second)); rate > 0 && due > now {
				if due-now > 50*time.Microsecond {
					time.Sleep(due - now - 50*time.Microsecond)
				}
				continue
			}
			e.Step++
			x := float64(e.Step)
			e.LearningRate, e.GradNorm = 0.003/x, 1+1/x
			e.Losses["entity"], e.Losses["crf"], e.Losses["total"] = 1/x, 0.3/x, 1.3/x
			start := time.Now()
			observe(train.Event{Step: &e})
			waits = append(waits, time.Since(start))
		}
		return train.Result{Metrics: map[string]float64{synthetic.Primary: 0.5}, Steps: e.Step}, ctx.Err()
	}
	var failed error
	var stored time.Time
	s, err := experiments.Run(ctx, store, sweep, trials, experiments.RunOptions{Workers: 1, Provenance: experiments.Provenance{Revision: "bench"}}, run, func(p experiments.Progress) {
		switch p.Moment {
		case experiments.Finished:
			stored = time.Now()
		case experiments.Failed:
			failed = p.Err
		}
	})
	if err := errors.Join(err, failed); err != nil {
		return m, err
	}
	if s.Done != 1 {
		return m, fmt.Errorf("bench log: the run was not stored: %+v", s)
	}
	if err := store.Close(); err != nil { // the last connection moves the log into the file
		return m, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return m, err
	}
	m.Values, m.Seconds, m.BytesPerValue = len(waits)*valuesOfStep, stored.Sub(begin).Seconds(), float64(info.Size())
	m.PerSecond = float64(m.Values) / m.Seconds
	if n := len(waits); n > 0 {
		slices.Sort(waits)
		ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
		m.MedianWait, m.P999Wait, m.WorstWait = ms(waits[n/2]), ms(waits[n*999/1000]), ms(waits[n-1])
	}
	return m, nil
}
