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
			corpusValidateCommand(), corpusStatsCommand(), corpusResolveCommand(),
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
