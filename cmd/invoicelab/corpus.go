package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/urfave/cli/v2"
)

var jsonFlag = &cli.BoolFlag{Name: "json", Usage: "print JSON"}

func corpusCommand() *cli.Command {
	return &cli.Command{
		Name:  "corpus",
		Usage: "make, import and inspect labelled documents",
		Subcommands: []*cli.Command{
			corpusGenerateCommand(), corpusImportCommand(),
			{
				Name:        "validate",
				Usage:       "check a corpus: spans, boxes, duplicates, leaks, rules",
				ArgsUsage:   "DIR",
				Description: "Example: invoicelab corpus validate corpora/quick\nExits with 1 when something is wrong.",
				Flags:       []cli.Flag{jsonFlag},
				Action:      corpusValidate,
			},
			{
				Name:        "stats",
				Usage:       "count every label by split and domain",
				ArgsUsage:   "DIR",
				Description: "Example: invoicelab corpus stats corpora/quick",
				Flags:       []cli.Flag{jsonFlag},
				Action:      corpusStats,
			},
			{
				Name:        "show",
				Usage:       "draw a page of a document with its labels as SVG",
				ArgsUsage:   "DIR ID",
				Description: "Example: invoicelab corpus show corpora/quick doc-0000017 --out page.svg",
				Flags: []cli.Flag{
					&cli.IntFlag{Name: "page", Usage: "page, counted from 1", Value: 1},
					&cli.StringFlag{Name: "out", Usage: "`FILE` to write; standard output when absent"},
				},
				Action: corpusShow,
			},
		},
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

func corpusShow(c *cli.Context) error {
	if err := operands(c, "DIR", "ID"); err != nil {
		return err
	}
	ds, err := corpus.Open(c.Args().First())
	if err != nil {
		return err
	}
	id := c.Args().Get(1)
	for _, split := range corpus.Splits {
		for i := range ds.Docs[split] {
			d := &ds.Docs[split][i]
			if d.ID != id {
				continue
			}
			draw := func(w io.Writer) error { return draw.SVG(w, d, ds.Schema, c.Int("page")-1) }
			if out := c.String("out"); out != "" {
				return writeFile(out, draw)
			}
			return draw(c.App.Writer)
		}
	}
	return fmt.Errorf("corpus show: %s has no document %q", c.Args().First(), id)
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// writeFile writes path as a whole or not at all.
func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
