package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/urfave/cli/v2"
)

func runsCommand() *cli.Command {
	return &cli.Command{
		Name:        "runs",
		Usage:       "list the runs of a store",
		Description: "Example: invoicelab runs --sweep quick --store out/invoicelab.db",
		Flags: []cli.Flag{storeFlag,
			&cli.StringFlag{Name: "sweep", Usage: "only those of the sweep `NAME`"},
			jsonFlag,
		},
		Action: func(c *cli.Context) error {
			if err := operands(c); err != nil {
				return err
			}
			store, err := experiments.Open(c.String("store"))
			if err != nil {
				return err
			}
			defer store.Close()
			runs, err := store.Runs(c.Context, experiments.Filter{Sweep: c.String("sweep")})
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return printJSON(c.App.Writer, append([]experiments.RunInfo{}, runs...))
			}
			w := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "run\tstate\tseed\tmicro F1\tmacro F1\tseconds\tlevels")
			for _, r := range runs {
				fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%.1f\t%s\n", r.Run, r.State, r.Seed,
					percent(r.Metrics, "test/micro_f1"), percent(r.Metrics, "test/macro_f1"), r.Seconds, levels(r.Levels))
			}
			return w.Flush()
		},
	}
}

// levels writes the levels of a run, sorted by axis.
func levels(of map[string]string) string {
	var parts []string
	for _, axis := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, axis+"="+of[axis])
	}
	return strings.Join(parts, " ")
}

// percent writes a metric times 100, or "-" where there is none.
func percent(metrics map[string]float64, name string) string {
	v, ok := metrics[name]
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%.1f", 100*v)
}

func showCommand() *cli.Command {
	return &cli.Command{
		Name:        "show",
		Usage:       "show one run: settings, metrics, time by part",
		ArgsUsage:   "RUN",
		Description: "Example: invoicelab show 3fa9 --store out/invoicelab.db\nRUN is the beginning of a run's id, as runs lists it.",
		Flags: []cli.Flag{storeFlag, jsonFlag,
			&cli.StringFlag{Name: "checkpoint", Usage: "write the weights to `FILE` (safetensors)"},
		},
		Action: showRun,
	}
}

func showRun(c *cli.Context) error {
	if err := operands(c, "RUN"); err != nil {
		return err
	}
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return err
	}
	defer store.Close()
	d, err := store.Show(c.Context, c.Args().First())
	if err != nil {
		return err
	}
	if path := c.String("checkpoint"); path != "" {
		weights, err := store.Checkpoint(c.Context, d.Key)
		if err != nil {
			return err
		}
		if err := writeBytes(path, weights); err != nil {
			return err
		}
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, d)
	}
	out := c.App.Writer
	fmt.Fprintf(out, "run        %s\nstate      %s\nsweeps     %s\nlevels     %s\nseed       %d\ncorpus     %.12s\nrevision   %s, %s\ndevice     %s\n",
		d.Key, d.State, strings.Join(d.Sweeps, " "), levels(d.Levels), d.Seed, d.Corpus, d.Revision, d.GoVersion, d.Device)
	if d.Error != "" {
		fmt.Fprintf(out, "error      %s\n", d.Error)
	}
	if d.State == experiments.StateDone {
		fmt.Fprintf(out, "finished   %s, %.1f s, %d epochs (best %d), %d steps, %.0f tokens/s\nparameters %d\n",
			d.Finished.Local().Format(time.DateTime), d.Seconds, d.Epochs, d.BestEpoch+1, d.Steps, rate(d), d.Parameters)
		fmt.Fprintln(out, "\nseconds by part")
		for _, part := range slices.SortedFunc(maps.Keys(d.Parts), func(a, b string) int { return int(1e6 * (d.Parts[b] - d.Parts[a])) }) {
			fmt.Fprintf(out, "  %-12s %7.2f  %4.1f %%\n", part, d.Parts[part], 100*d.Parts[part]/d.Seconds)
		}
		fmt.Fprintln(out, "\nmetrics")
		for _, name := range slices.Sorted(maps.Keys(d.Metrics)) {
			fmt.Fprintf(out, "  %-30s %6.2f\n", name, 100*d.Metrics[name])
		}
	}
	fmt.Fprintf(out, "\nsettings\n%s", indent(d.Settings))
	return nil
}

// rate is the training throughput: tokens by the time in training steps.
func rate(d experiments.Detail) float64 {
	seconds := 0.0
	for part, s := range d.Parts {
		if part != "evaluate" {
			seconds += s
		}
	}
	if seconds == 0 {
		return 0
	}
	return float64(d.Tokens) / seconds
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ") + "\n"
}
