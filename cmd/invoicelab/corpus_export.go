package main

import (
	"fmt"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/urfave/cli/v2"
)

// exportFormat is a row of the table of formats that corpus export knows.
type exportFormat struct {
	name, about string
	run         func(c *cli.Context, f *corpus.Folder) error
}

func exportFormats() []exportFormat {
	return append(dataFormats(), []exportFormat{
		{"png", "a picture of each page: OUT/SPLIT/ID-PAGE.png", exportDrawn},
		{"pdf", "a PDF of each document, its text selectable: OUT/SPLIT/ID.pdf", exportDrawn},
		{"images224", "a grey image of 224 by 224 pixels of each page, for training: OUT/SPLIT/ID-PAGE.png", exportDrawn},
	}...)
}

func corpusExportCommand() *cli.Command {
	about := "Example: invoicelab corpus export corpora/quick --format png --out pages\nFormats:"
	for _, f := range exportFormats() {
		about += "\n  " + f.name + ": " + f.about
	}
	return &cli.Command{
		Name:        "export",
		Usage:       "write a corpus in another format",
		ArgsUsage:   "DIR",
		Description: about,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "format", Usage: "`FORMAT` to write", Required: true},
			&cli.StringFlag{Name: "out", Usage: "`PATH` to write to", Required: true},
		}, append(exportFlags(), jsonFlag)...),
		Action: corpusExport,
	}
}

func corpusExport(c *cli.Context) error {
	if err := operands(c, "DIR"); err != nil {
		return err
	}
	var names []string
	for _, f := range exportFormats() {
		if f.name == c.String("format") {
			folder, err := corpus.OpenFolder(c.Args().First())
			if err != nil {
				return err
			}
			defer folder.Close()
			return f.run(c, folder)
		}
		names = append(names, f.name)
	}
	return usagef("corpus export: --format: no format %q%s; there are %s", c.String("format"), didYouMean(c.String("format"), names), strings.Join(names, ", "))
}

// exportFlags are the flags of all formats.
func exportFlags() []cli.Flag { return append(drawnFlags(), dataFlags()...) }

// flagsOf refuses flags that a format does not have.
func flagsOf(c *cli.Context, format string, flags []cli.Flag, allowed ...string) error {
	for _, f := range flags {
		name := f.Names()[0]
		known := false
		for _, a := range allowed {
			known = known || a == name
		}
		if c.IsSet(name) && !known {
			return usagef("corpus export: --%s: format %s does not have it", name, format)
		}
	}
	return nil
}

// documentsOf is the number of documents that a manifest counts.
func documentsOf(m *corpus.Manifest) int {
	n := 0
	for _, split := range corpus.Splits {
		n += m.Splits[split].Documents
	}
	return n
}

// perSecond is what a command did in a time, as words.
func perSecond(n int, of string, seconds float64) string {
	if n == 0 || seconds <= 0 {
		return fmt.Sprintf("%d %s", n, of)
	}
	return fmt.Sprintf("%d %s, %.0f a second", n, of, float64(n)/seconds)
}
