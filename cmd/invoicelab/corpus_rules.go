package main

import (
	"fmt"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/audit"
	"github.com/urfave/cli/v2"
)

func corpusValidateCommand() *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "check a corpus: spans, boxes, amounts, labels against the rules, shares, leaks between splits",
		ArgsUsage: "DIR",
		Description: `Example: invoicelab corpus validate corpora/quick
Lists faults with file and line, then notes, which are worth knowing and no faults.
Amounts, labels against the rules, shares and frequencies are checked in generated corpora.
Exits with 1 when there is a fault.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "rules", Usage: "`NAME` of shipped rules or path of a file of rules", Value: "resolution"},
			&cli.IntFlag{Name: "most", Usage: "list at most `N` findings of a kind", Value: 5},
			&cli.BoolFlag{Name: "all", Usage: "list all findings"},
			jsonFlag,
		},
		Action: corpusValidate,
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
	most := c.Int("most")
	if most < 1 {
		return usagef("corpus validate: --most is %d; expected 1 or more, or --all", most)
	}
	if c.Bool("all") {
		most = 0
	}
	set, err := config.LoadRules(c.String("rules"))
	if err != nil {
		return err
	}
	f, err := corpus.OpenFolder(c.Args().First())
	if err != nil {
		return err
	}
	defer f.Close()
	report, err := audit.Run(audit.OnDisk(f), audit.Options{Rules: set, Most: most})
	if err != nil {
		return err
	}
	if c.Bool("json") {
		err = printJSON(c.App.Writer, report)
	} else {
		err = report.WriteText(c.App.Writer, most)
	}
	if err != nil {
		return err
	}
	if report.Faults > 0 {
		return fmt.Errorf("corpus validate: %d faults in %s", report.Faults, c.Args().First())
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
