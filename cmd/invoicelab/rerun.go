package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/train"
	"github.com/urfave/cli/v2"
)

func rerunCommand() *cli.Command {
	return &cli.Command{
		Name:      "rerun",
		Usage:     "run a finished run again, from its row alone, and prove that it gives the same bits",
		ArgsUsage: "RUN",
		Description: `Example: invoicelab rerun 3fa9 --store out/invoicelab.db
First it names what is not as it was: data, settings, revision, patch, program, Go, modules, device. Other data or
settings are another run, which is an error. Then it trains again, on the instruction level that is recorded, and compares
weights, metrics and the losses of every step. It ends with exit status 1 and the first step that differs when one does.
Nothing is stored. A patch that was recorded is written by "show RUN --patch FILE".`,
		Flags: []cli.Flag{storeFlag,
			&cli.StringFlag{Name: "device", Usage: "device to run on; the recorded one when absent"},
			threadsFlag,
			&cli.StringFlag{Name: "corpus", Usage: "`DIR` where the corpus is now"},
			&cli.StringFlag{Name: "features", Usage: "`FILE` where the hidden states are now that the run was trained on"},
			&cli.BoolFlag{Name: "check", Usage: "only name what differs; exit status 1 if anything does"},
			jsonFlag,
		},
		Action: rerun,
	}
}

func rerun(c *cli.Context) error {
	if err := operands(c, "RUN"); err != nil {
		return err
	}
	if c.Int("threads") < 1 {
		return usagef("rerun: --threads is %d, expected at least 1", c.Int("threads"))
	}
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return err
	}
	defer store.Close()
	recipe, err := store.Recipe(c.Context, c.Args().First())
	if err != nil {
		return err
	}
	e := recipe.Experiment
	if c.IsSet("corpus") {
		e.Corpus.Preset, e.Corpus.Path, e.Corpus.Generate = "", c.String("corpus"), nil
	}
	ds, err := openCorpus(e.Corpus)
	if err != nil {
		return fmt.Errorf("run %s: %w", recipe.Run, err)
	}
	dev := c.String("device")
	if dev == "" {
		dev = recipe.Level()
	}
	now, err := provenance(c.Context, dev, c.Int("threads"))
	if err != nil {
		return err
	}
	data := experiments.Describe(ds)
	if recipe, err = recipe.WithHidden(c.String("features"), data); err != nil {
		return err
	}
	e = recipe.Experiment
	differences := recipe.Against(data, now)
	other := false
	for _, d := range differences {
		fmt.Fprintf(c.App.ErrWriter, "differs: %s\n", d)
		other = other || d.Input
	}
	if other {
		return fmt.Errorf("run %s: its data or settings are not what they were, so this would be another run", recipe.Run)
	}
	if c.Bool("check") {
		if len(differences) > 0 {
			return fmt.Errorf("run %s: %d things are not as they were", recipe.Run, len(differences))
		}
		_, err := fmt.Fprintf(c.App.Writer, "run %s: everything is as it was\n", recipe.Run)
		return err
	}
	be, err := device.Open(dev, c.Int("threads"))
	if err != nil {
		return err
	}
	defer be.Close()
	var steps []train.StepEvent
	told := epochLines(c.App.ErrWriter, rounds(e))
	job := train.Job{Data: ds, Model: e.Model, Curriculum: e.Curriculum, Train: e.Train, Seed: recipe.Seed}
	result, err := train.Run(c.Context, be, job, func(ev train.Event) {
		if ev.Step != nil {
			steps = append(steps, *ev.Step)
		}
		told(ev)
	})
	if err != nil {
		return err
	}
	verdict, err := store.Replay(c.Context, recipe, result, steps)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		err = printJSON(c.App.Writer, struct {
			Run         string                   `json:"run"`
			Differences []experiments.Difference `json:"differences"`
			experiments.Replayed
		}{recipe.Key, differences, verdict})
	} else {
		err = writeReplayed(c.App.Writer, recipe.Run, verdict)
	}
	if err == nil && !verdict.Same {
		err = errors.New("run " + recipe.Run + ": run again, it is not the same")
	}
	return err
}

func writeReplayed(w io.Writer, run string, v experiments.Replayed) error {
	if v.Same {
		_, err := fmt.Fprintf(w, "run %s: the same bits: weights, %d metrics, the losses of %d steps\n", run, v.Compared, v.Steps)
		return err
	}
	fmt.Fprintf(w, "run %s: weights equal: %v; %d of %d metrics differ\n", run, v.Checkpoint, len(v.Metrics), v.Compared)
	for _, m := range v.Metrics {
		fmt.Fprintf(w, "  %-30s %v when it was made, %v now\n", m.Name, m.Recorded, m.Now)
	}
	if s := v.FirstStep; s != nil {
		fmt.Fprintf(w, "first step that differs: %d, in epoch %d\n", s.Step, s.Epoch+1)
		for _, m := range s.Values {
			fmt.Fprintf(w, "  %-30s %v when it was made, %v now\n", m.Name, m.Recorded, m.Now)
		}
	} else {
		fmt.Fprintf(w, "no step that is recorded differs (%d)\n", v.Steps)
	}
	return nil
}
