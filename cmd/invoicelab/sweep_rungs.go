package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
)

// writeRungPlan lists the rungs of a search, and gives the share of the epochs
// of all trials to their end that it trains.
func writeRungPlan(w io.Writer, s config.Sweep, trials []experiments.Trial) (share float64) {
	rungs, share := experiments.PlanRungs(s, trials)
	for _, r := range rungs {
		fmt.Fprintf(w, "rung: to epoch %d, variants x seeds: %d x %d\n", r.Epochs, r.Variants, len(s.Seeds))
	}
	fmt.Fprintf(w, "%.0f %% of the epochs of all trials to their end; variants are kept by the mean over seeds of %s\n", 100*share, s.Halving.Metric)
	return share
}

// tellRungs says how the rungs were decided.
func tellRungs(w io.Writer, s config.Sweep, rungs []experiments.Rung) {
	for _, r := range rungs {
		for place, score := range r.Scores {
			text, fate := "none", "left out"
			if score.Score != nil {
				text = fmt.Sprintf("%.4f", *score.Score)
			}
			if place < r.Kept {
				fate = "goes on"
			}
			fmt.Fprintf(w, "epoch %d: %s %s  %s: %s\n", r.Epochs, s.Halving.Metric, text, levelText(s, score.Levels), fate)
		}
	}
}

// dropHalted removes the states of the trials that a search left out: it will
// not take them up again, and another sweep would have to run as the same
// program on the same device.
func dropHalted(ctx context.Context, store *experiments.Store, sweep, states string) error {
	where, err := experiments.ParseWhere("state = " + string(experiments.StateHalted))
	if err != nil {
		return err
	}
	keys, err := store.Keys(ctx, experiments.Search{Filter: experiments.Filter{Sweep: sweep}, Where: where})
	if err != nil {
		return err
	}
	for _, key := range keys {
		dirs, err := filepath.Glob(filepath.Join(states, key+"-*"))
		if err != nil {
			return err
		}
		for _, dir := range dirs {
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
		}
	}
	return removeEmpty(states)
}
