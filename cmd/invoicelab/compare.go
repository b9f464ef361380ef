package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/urfave/cli/v2"
)

func compareCommand() *cli.Command {
	return &cli.Command{
		Name:      "compare",
		Usage:     "compare two variants of a sweep, two runs, or a sweep by factor",
		ArgsUsage: "SWEEP | SWEEP A B | RUN RUN",
		Description: `Examples:
  invoicelab compare quick
  invoicelab compare quick head=linear head=hybrid --markdown
  invoicelab compare quick head=hybrid,loss=ce head=hybrid,loss=combined --metric test/micro_f1
  invoicelab compare 3fa9 81bc

A and B select runs by the levels of one or more axes. Runs are paired by seed
and by the levels of all other axes, and compared on the same test documents:
paired bootstrap over documents, t over pairs, both at once, adjusted p per
label. A difference is B minus A; ~ marks one that may be noise. --effect is the
true difference, in points of 100, for which the pairs needed are counted.

A sweep alone is compared by factor: an analysis of variance with seed as
block, the effect of each level and each interaction, what the best variant
owes to chance, and the cells without a result.`,
		Flags: []cli.Flag{storeFlag,
			&cli.StringFlag{Name: "metric", Usage: "metric to compare by; the sweep's primary when absent"},
			&cli.IntFlag{Name: "resamples", Usage: "resamples of the documents", Value: 10000},
			&cli.Uint64Flag{Name: "seed", Usage: "seed of the resampling", Value: 1},
			&cli.Float64Flag{Name: "effect", Usage: "`POINTS` of 100 that the pairs needed are counted for; the measured difference when absent"},
			threadsFlag, jsonFlag,
			&cli.BoolFlag{Name: "markdown", Usage: "write Markdown tables"},
			&cli.BoolFlag{Name: "latex", Usage: "write LaTeX tables"},
		},
		Action: compareRun,
	}
}

func compareRun(c *cli.Context) error {
	args := c.Args().Slice()
	if len(args) < 1 || len(args) > 3 {
		return usagef("compare: %d operands; expected SWEEP, SWEEP A B, or RUN RUN (see invoicelab compare --help)", len(args))
	}
	write, err := writerOf(c)
	if err != nil {
		return err
	}
	if c.IsSet("effect") && !(c.Float64("effect") > 0) {
		return usagef("compare: --effect %v: expected points of 100, more than 0", c.Float64("effect"))
	}
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return err
	}
	defer store.Close()
	opt := experiments.CompareOptions{Metric: c.String("metric"), Resamples: c.Int("resamples"), Seed: c.Uint64("seed"), Threads: c.Int("threads"), Effect: c.Float64("effect") / 100}
	if len(args) == 1 {
		return compareFactors(c, store, args[0], opt, write)
	}
	filters := []experiments.Filter{{Runs: args[:1]}, {Runs: args[1:2]}}
	names := args
	if len(args) == 3 {
		sweep, err := store.Sweep(c.Context, args[0])
		if err != nil {
			return err
		}
		if opt.Metric == "" {
			opt.Metric = sweep.Primary
		}
		names = args[1:]
		for i, text := range names {
			if filters[i].Levels, err = parseLevels(sweep, text); err != nil {
				return err
			}
			filters[i].Sweep, filters[i].Runs = sweep.Name, nil
		}
	}
	var sides [2]experiments.Side
	err = store.AtOnce(c.Context, func(store *experiments.Store) error {
		for i, f := range filters {
			outcomes, err := store.Outcomes(c.Context, f)
			if err != nil {
				return err
			}
			if len(outcomes) == 0 {
				return fmt.Errorf("compare: no finished run of %s in %s", names[i], c.String("store"))
			}
			sides[i] = experiments.Side{Name: names[i], Outcomes: outcomes}
		}
		return nil
	})
	if err != nil {
		return err
	}
	comparison, err := experiments.Compare(sides[0], sides[1], opt)
	if err != nil {
		return err
	}
	comparison.Calibrate(func(run string) ([]experiments.Prediction, error) { return store.Predictions(c.Context, run) })
	return write(comparison)
}

// written is what compare can print.
type written interface {
	Write(w io.Writer, format experiments.Format, width int) error
}

// writerOf gives the printer that the flags ask for.
func writerOf(c *cli.Context) (func(written) error, error) {
	var chosen []string
	format := experiments.Text
	for _, f := range []struct {
		name   string
		format experiments.Format
	}{{"json", experiments.Text}, {"markdown", experiments.Markdown}, {"latex", experiments.LaTeX}} {
		if c.Bool(f.name) {
			chosen, format = append(chosen, "--"+f.name), f.format
		}
	}
	if len(chosen) > 1 {
		return nil, usagef("compare: %s: expected one of them", strings.Join(chosen, " and "))
	}
	if c.Bool("json") {
		return func(w written) error { return printJSON(c.App.Writer, w) }, nil
	}
	return func(w written) error { return w.Write(c.App.Writer, format, terminalWidth(c.App.Writer)) }, nil
}

// compareFactors compares a sweep by its factors.
func compareFactors(c *cli.Context, store *experiments.Store, name string, opt experiments.CompareOptions, write func(written) error) error {
	var sweep experiments.SweepInfo
	var runs []experiments.RunInfo
	var outcomes []experiments.Outcome
	err := store.AtOnce(c.Context, func(store *experiments.Store) (err error) {
		if sweep, err = store.Sweep(c.Context, name); err != nil {
			return err
		}
		filter := experiments.Filter{Sweep: sweep.Name}
		if runs, err = store.Runs(c.Context, filter); err != nil {
			return err
		}
		outcomes, err = store.Outcomes(c.Context, filter)
		return err
	})
	if err != nil {
		return err
	}
	table, err := experiments.CompareFactors(sweep, runs, outcomes, opt)
	if err != nil {
		return err
	}
	return write(table)
}

// parseLevels reads "axis=level,axis=level".
func parseLevels(s experiments.SweepInfo, text string) (map[string]string, error) {
	levels := map[string]string{}
	for _, part := range strings.Split(text, ",") {
		name, level, ok := strings.Cut(part, "=")
		if !ok {
			return nil, usagef("compare: %q: expected AXIS=LEVEL[,AXIS=LEVEL...]", text)
		}
		axis, err := axisOf(s, name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(axis.Levels, level) {
			return nil, usagef("compare: axis %s has no level %q%s; there are %s", name, level, didYouMean(level, axis.Levels), strings.Join(axis.Levels, ", "))
		}
		levels[name] = level
	}
	return levels, nil
}

func axisOf(s experiments.SweepInfo, name string) (experiments.AxisInfo, error) {
	var names []string
	for _, a := range s.Axes {
		if a.Name == name {
			return a, nil
		}
		names = append(names, a.Name)
	}
	return experiments.AxisInfo{}, usagef("compare: sweep %s has no axis %q%s; there are %s", s.Name, name, didYouMean(name, names), strings.Join(names, ", "))
}
