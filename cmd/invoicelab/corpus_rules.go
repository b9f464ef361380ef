package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/audit"
	"github.com/urfave/cli/v2"
)

// fileWidth is the width of the table of labels where it goes to no terminal.
const fileWidth = 100

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
		Name:      "stats",
		Usage:     "count every label by split, and by domain or template family",
		ArgsUsage: "DIR",
		Description: `Example: invoicelab corpus stats corpora/quick --by template
The table is as wide as COLUMNS says or the terminal is, 100 in a file.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "by", Usage: "divide the documents by domain or template", Value: string(corpus.ByDomain)},
			&cli.StringFlag{Name: "sort", Usage: "order of the labels: frequency or schema", Value: string(corpus.SortFrequency)},
			jsonFlag,
		},
		Action: corpusStats,
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
	by, err := oneOf(c, "by", string(corpus.ByDomain), string(corpus.ByTemplate))
	if err != nil {
		return err
	}
	sorting, err := oneOf(c, "sort", string(corpus.SortFrequency), string(corpus.SortSchema))
	if err != nil {
		return err
	}
	f, err := corpus.OpenFolder(c.Args().First())
	if err != nil {
		return err
	}
	defer f.Close()
	table, err := corpus.Tracker(f.Schema, f.Entries(), corpus.Division(by))
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, table)
	}
	return table.WriteText(c.App.Writer, cmp.Or(terminalWidth(c.App.Writer), fileWidth), corpus.Sorting(sorting))
}

// oneOf is the value of a flag that must be one of a few names.
func oneOf(c *cli.Context, flag string, names ...string) (string, error) {
	value := c.String(flag)
	if !slices.Contains(names, value) {
		return "", usagef("%s: --%s: %q; expected %s%s", commandPath(c), flag, value, strings.Join(names, " or "), didYouMean(value, names))
	}
	return value, nil
}
