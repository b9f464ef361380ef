package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/urfave/cli/v2"
)

func compareCommand() *cli.Command {
	return &cli.Command{
		Name:      "compare",
		Usage:     "compare two variants of a sweep, or two runs",
		ArgsUsage: "SWEEP A B | RUN RUN",
		Description: `Examples:
  invoicelab compare quick head=linear head=hybrid
  invoicelab compare quick head=hybrid,loss=ce head=hybrid,loss=combined --metric test/micro_f1
  invoicelab compare 3fa9 81bc

A and B select runs by the levels of one or more axes. Runs are paired by seed
and by the levels of all other axes, and compared on the same test documents:
paired bootstrap over documents, t over pairs, adjusted p per label. A
difference is B minus A; ~ marks one that may be noise.`,
		Flags: []cli.Flag{storeFlag,
			&cli.StringFlag{Name: "metric", Usage: "metric to compare by; the sweep's primary when absent"},
			&cli.IntFlag{Name: "resamples", Usage: "resamples of the documents", Value: 10000},
			&cli.Uint64Flag{Name: "seed", Usage: "seed of the resampling", Value: 1},
			threadsFlag, jsonFlag,
		},
		Action: compareRun,
	}
}

func compareRun(c *cli.Context) error {
	args := c.Args().Slice()
	if len(args) != 2 && len(args) != 3 {
		return usagef("compare: %d operands; expected SWEEP A B, or RUN RUN (see invoicelab compare --help)", len(args))
	}
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return err
	}
	defer store.Close()
	opt := experiments.CompareOptions{Metric: c.String("metric"), Resamples: c.Int("resamples"), Seed: c.Uint64("seed"), Threads: c.Int("threads")}
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
	comparison, err := experiments.Compare(sides[0], sides[1], opt)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, comparison)
	}
	return comparison.WriteText(c.App.Writer, terminalWidth())
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

// terminalWidth is the COLUMNS of the environment, or 100.
func terminalWidth() int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n >= 60 {
		return n
	}
	return 100
}
