package main

import (
	"strings"

	"github.com/invoicelab/invoicelab/metrics"
	"github.com/urfave/cli/v2"
)

func scoreCommand() *cli.Command {
	return &cli.Command{
		Name:      "score",
		Usage:     "score a file of token, gold and predicted BIO tags by entity",
		ArgsUsage: "FILE",
		Description: `Example: invoicelab score predictions.tsv --mode conll --json

A row is a token, its gold tag and its predicted tag, separated by tabs or
spaces; a blank line ends a document. Mode strict is IOB2: an entity starts at
B- only. Mode conll lets an I- without its B- start one, as conlleval does.
Macro averages are over the types with an entity in gold or prediction.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "mode", Usage: "strict or conll", Value: metrics.Strict.String()},
			jsonFlag,
		},
		Action: func(c *cli.Context) error {
			if err := operands(c, "FILE"); err != nil {
				return err
			}
			mode, err := metrics.ParseMode(strings.TrimSpace(c.String("mode")))
			if err != nil {
				return usagef("score: --mode: %w", err)
			}
			score, err := metrics.ScoreFile(c.Args().First(), mode)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return printJSON(c.App.Writer, score)
			}
			return score.WriteText(c.App.Writer)
		},
	}
}
