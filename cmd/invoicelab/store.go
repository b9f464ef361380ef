package main

import (
	"fmt"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/urfave/cli/v2"
)

func storeCommand() *cli.Command {
	return &cli.Command{
		Name:  "store",
		Usage: "back up a store, delete runs, collect garbage",
		Subcommands: []*cli.Command{
			{
				Name:      "backup",
				Usage:     "copy the store and its artifacts, also while a sweep runs",
				ArgsUsage: "FILE",
				Description: `Example: invoicelab store backup backups/monday.db --store out/invoicelab.db
FILE is new; artifacts are copied to FILE.files. The copy is of one moment, and a store in itself: a run that was under
way is pending in it. FILE appears once all of it is on the disk.`,
				Flags:  []cli.Flag{storeFlag},
				Action: storeBackup,
			},
			{
				Name:      "delete",
				Usage:     "delete what runs made",
				ArgsUsage: "[RUN...]",
				Description: `Examples:
  invoicelab store delete 3fa9 81bc
  invoicelab store delete --where 'tag = draft and finished < 2026-01-01' --yes
  invoicelab store delete --plans first
Attempts, metrics, counts, steps, tags and notes go; a run that a sweep plans is pending again. --plans forgets the plans of
a sweep and keeps its runs. With --where the runs are listed, and deleted with --yes. Files go with "store gc".`,
				Flags: []cli.Flag{storeFlag,
					&cli.StringFlag{Name: "where", Usage: "the runs that the `FILTER` lets through (see runs --help)"},
					&cli.BoolFlag{Name: "yes", Usage: "delete what --where lists"},
					&cli.StringFlag{Name: "plans", Usage: "forget the plans of the sweep `NAME`"},
				},
				Action: storeDelete,
			},
			{
				Name:        "gc",
				Usage:       "remove files that no run refers to, and give space back",
				Description: "Example: invoicelab store gc --dry\nIt may be used while a sweep runs; writers wait for it.",
				Flags:       []cli.Flag{storeFlag, &cli.BoolFlag{Name: "dry", Usage: "only say what would be removed"}},
				Action:      storeCollect,
			},
		},
	}
}

func storeBackup(c *cli.Context) error {
	if err := operands(c, "FILE"); err != nil {
		return err
	}
	start := time.Now()
	n, err := experiments.Backup(c.Context, c.String("store"), c.Args().First())
	if err != nil {
		return err
	}
	if n.Older > 0 {
		fmt.Fprintf(c.App.ErrWriter, "%s has the form of an older release (version %d) and so has the copy; any other command brings a store up to date\n", c.String("store"), n.Older)
	}
	fmt.Fprintf(c.App.ErrWriter, "%s: %d runs, %d artifacts copied, %s in %.1f s\n", c.Args().First(), n.Runs, n.Artifacts, sizeText(n.Bytes), time.Since(start).Seconds())
	return nil
}

func storeDelete(c *cli.Context) error {
	runs, filter, plans := c.Args().Slice(), c.String("where"), c.String("plans")
	given := 0
	for _, is := range []bool{len(runs) > 0, c.IsSet("where"), plans != ""} {
		if is {
			given++
		}
	}
	if given != 1 {
		return usagef("store delete: expected either RUN..., --where FILTER or --plans NAME")
	}
	where, err := experiments.ParseWhere(filter)
	if err != nil {
		return usageError{err}
	}
	if c.IsSet("where") && where == (experiments.Where{}) {
		return usagef("store delete: --where is empty; it would delete every run")
	}
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return err
	}
	defer store.Close()
	if plans != "" {
		return store.DeleteSweep(c.Context, plans)
	}
	if c.IsSet("where") {
		found, _, err := store.List(c.Context, experiments.Search{Where: where}, shownMetrics)
		if err != nil {
			return asUsage(err)
		}
		if !c.Bool("yes") {
			if err := writeRuns(c.App.Writer, found); err != nil {
				return err
			}
			fmt.Fprintf(c.App.ErrWriter, "%d runs; --yes deletes them\n", len(found))
			return nil
		}
		for _, r := range found {
			runs = append(runs, r.Key)
		}
	}
	if err := store.Delete(c.Context, runs); err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%d runs deleted; \"%s store gc\" removes their files\n", len(runs), c.App.Name)
	return nil
}

func storeCollect(c *cli.Context) error {
	if err := operands(c); err != nil {
		return err
	}
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return err
	}
	defer store.Close()
	n, err := store.Collect(c.Context, c.Bool("dry"))
	if err != nil {
		return err
	}
	verb := "removed"
	if c.Bool("dry") {
		verb = "would be removed"
	}
	fmt.Fprintf(c.App.ErrWriter, "%d files of %s %s\n", n.Files, sizeText(n.Bytes), verb)
	return nil
}

// sizeText writes a number of bytes for people.
func sizeText(bytes int64) string {
	switch {
	case bytes < 1000:
		return fmt.Sprintf("%d bytes", bytes)
	case bytes < 1e6:
		return fmt.Sprintf("%.1f kB", float64(bytes)/1e3)
	case bytes < 1e9:
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
}
