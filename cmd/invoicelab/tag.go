package main

import (
	"fmt"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/urfave/cli/v2"
)

func tagCommand() *cli.Command {
	return &cli.Command{
		Name:      "tag",
		Usage:     "put tags on runs, or take them off",
		ArgsUsage: "RUN...",
		Description: `Example: invoicelab tag 3fa9 81bc --add paper --remove draft
A tag is a word that filters and lists know: runs --where 'tag = paper'. All runs are tagged, or none.`,
		Flags: []cli.Flag{storeFlag,
			&cli.StringSliceFlag{Name: "add", Usage: "`TAG` to put on; repeatable"},
			&cli.StringSliceFlag{Name: "remove", Usage: "`TAG` to take off; repeatable"},
		},
		Action: func(c *cli.Context) error {
			add, remove := c.StringSlice("add"), c.StringSlice("remove")
			if len(add)+len(remove) == 0 {
				return usagef("tag: expected --add TAG or --remove TAG")
			}
			for _, tag := range append(add, remove...) {
				if err := experiments.CheckTag(tag); err != nil {
					return usageError{err}
				}
			}
			return onRuns(c, func(store *experiments.Store, runs []string) error {
				return store.Tag(c.Context, runs, add, remove)
			})
		},
	}
}

func noteCommand() *cli.Command {
	return &cli.Command{
		Name:      "note",
		Usage:     "write a note on runs",
		ArgsUsage: "RUN...",
		Description: `Example: invoicelab note 3fa9 --text "the loss rises in epoch 7"
show RUN prints the notes on a run.`,
		Flags: []cli.Flag{storeFlag, &cli.StringFlag{Name: "text", Usage: "`TEXT` of the note", Required: true}},
		Action: func(c *cli.Context) error {
			return onRuns(c, func(store *experiments.Store, runs []string) error {
				return store.Remark(c.Context, runs, c.String("text"))
			})
		},
	}
}

// onRuns does something to the runs that the operands name and says to how many.
func onRuns(c *cli.Context, do func(*experiments.Store, []string) error) error {
	runs := c.Args().Slice()
	if len(runs) == 0 {
		return operands(c, "RUN")
	}
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return err
	}
	defer store.Close()
	if err := do(store, runs); err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%s: %d runs\n", commandPath(c), len(runs))
	return nil
}
