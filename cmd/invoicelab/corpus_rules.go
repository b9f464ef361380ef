package main

import (
	"fmt"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/urfave/cli/v2"
)

func corpusValidateCommand() *cli.Command {
	return &cli.Command{
		Name:        "validate",
		Usage:       "check a corpus: spans, boxes, duplicates, leaks, rules",
		ArgsUsage:   "DIR",
		Description: "Example: invoicelab corpus validate corpora/quick\nExits with 1 when something is wrong.",
		Flags:       []cli.Flag{jsonFlag},
		Action:      corpusValidate,
	}
}

func corpusStatsCommand() *cli.Command {
	return &cli.Command{
		Name:        "stats",
		Usage:       "count every label by split and domain",
		ArgsUsage:   "DIR",
		Description: "Example: invoicelab corpus stats corpora/quick",
		Flags:       []cli.Flag{jsonFlag},
		Action:      corpusStats,
	}
}

func corpusValidate(c *cli.Context) error {
	if err := operands(c, "DIR"); err != nil {
		return err
	}
	ds, err := corpus.Open(c.Args().First())
	if err != nil {
		return err
	}
	problems := corpus.Validate(ds)
	if c.Bool("json") {
		if err := printJSON(c.App.Writer, append([]corpus.Problem{}, problems...)); err != nil {
			return err
		}
	} else {
		for _, p := range problems {
			fmt.Fprintln(c.App.Writer, p)
		}
	}
	if len(problems) > 0 {
		return fmt.Errorf("corpus validate: %d problems in %s", len(problems), c.Args().First())
	}
	if !c.Bool("json") {
		fmt.Fprintln(c.App.Writer, "no problems in", c.Args().First())
	}
	return nil
}

func corpusStats(c *cli.Context) error {
	if err := operands(c, "DIR"); err != nil {
		return err
	}
	ds, err := corpus.Open(c.Args().First())
	if err != nil {
		return err
	}
	table := corpus.Tracker(ds)
	if c.Bool("json") {
		return printJSON(c.App.Writer, table)
	}
	return table.WriteText(c.App.Writer)
}
