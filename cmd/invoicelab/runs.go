package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

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
