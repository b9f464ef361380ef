package main

import (
	"fmt"
	"strings"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/formats"
	"github.com/urfave/cli/v2"
)

// corpusOutFlag names the folder that a command makes.
func corpusOutFlag() cli.Flag {
	return &cli.StringFlag{Name: "out", Usage: "`DIR` to write the corpus to: new, empty, or an older corpus, which is replaced", Required: true}
}

func corpusGenerateCommand() *cli.Command {
	return &cli.Command{
		Name:        "generate",
		Usage:       "generate invoices of 8 domains",
		Description: "Example: invoicelab corpus generate --documents 600 --seed 1 --out corpora/quick",
		Flags: append([]cli.Flag{corpusOutFlag(),
			&cli.StringFlag{Name: "schema", Usage: "`NAME` of a shipped schema or path of a schema file", Value: "full-197"},
		}, append(recipeFlags(), jsonFlag)...),
		Action: corpusGenerate,
	}
}

func corpusImportCommand() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "import other people's data",
		ArgsUsage: "PATH",
		Description: `Example: invoicelab corpus import --from conll data/snips --out corpora/snips
What cannot be aligned, and what is changed, is counted and listed on standard error.
Importers: ` + importerList(),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "from", Usage: "`IMPORTER` to use", Required: true}, corpusOutFlag(),
			&cli.StringFlag{Name: "schema", Usage: "`NAME` of a shipped schema or path of a schema file"},
			&cli.Float64Flag{Name: "validation-share", Usage: "make a validation split from this share of the training documents, chosen by a hash of their id"},
			jsonFlag,
		},
		Action: corpusImport,
	}
}

// recipeFlags are the settings of a recipe, with their help and defaults.
func recipeFlags() []cli.Flag {
	var flags []cli.Flag
	for _, k := range config.Keys() {
		if name, ok := strings.CutPrefix(k.Key, "corpus.generate."); ok {
			flags = append(flags, &cli.StringFlag{Name: name, Usage: k.Help, Value: k.Default})
		}
	}
	return flags
}

func importerList() string {
	text := ""
	for _, i := range formats.Importers() {
		text += "\n  " + i.Name + ": " + i.About
	}
	return text
}

func corpusGenerate(c *cli.Context) error {
	if err := operands(c); err != nil {
		return err
	}
	e := config.Default()
	e.Corpus.Schema = c.String("schema")
	for _, f := range recipeFlags() {
		name := f.Names()[0]
		if err := e.Set("corpus.generate."+name, c.String(name)); err != nil {
			return usagef("corpus generate: --%s: %w", name, err)
		}
	}
	if err := e.Check(); err != nil {
		return usageError{err}
	}
	ds, err := openCorpus(e.Corpus)
	if err != nil {
		return err
	}
	return writeCorpus(c, ds)
}

func corpusImport(c *cli.Context) error {
	if err := operands(c, "PATH"); err != nil {
		return err
	}
	known := false
	var names []string
	for _, i := range formats.Importers() {
		names = append(names, i.Name)
		known = known || i.Name == c.String("from")
	}
	if !known {
		return usagef("corpus import: --from: no importer %q%s; there are %v", c.String("from"), didYouMean(c.String("from"), names), names)
	}
	result, err := formats.ImportPath(c.String("from"), c.Args().First())
	if err != nil {
		return err
	}
	ds := result.Dataset
	if name := c.String("schema"); name != "" {
		schema, err := config.LoadSchema(name)
		if err != nil {
			return err
		}
		if err := ds.WithSchema(schema); err != nil {
			return err
		}
	}
	if share := c.Float64("validation-share"); c.IsSet("validation-share") {
		if err := ds.HoldOutValidation(share); err != nil {
			return err
		}
	}
	for _, p := range result.Problems {
		fmt.Fprintln(c.App.ErrWriter, p)
	}
	return writeCorpus(c, ds)
}

// writeCorpus stores ds in --out and prints its manifest.
func writeCorpus(c *cli.Context, ds *corpus.Dataset) error {
	if err := ds.Write(c.String("out")); err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, ds.Manifest)
	}
	m := ds.Manifest
	fmt.Fprintf(c.App.Writer, "%s: %s, %d entity types, digest %.12s\n", c.String("out"), m.Source, len(ds.Schema.Entities), m.Digest)
	for _, split := range corpus.Splits {
		if n := m.Splits[split]; n.Documents > 0 {
			fmt.Fprintf(c.App.Writer, "  %-10s %7d documents %9d tokens %8d entities %4d labels\n", split, n.Documents, n.Tokens, n.Entities, len(n.Labels))
		}
	}
	for _, note := range m.Notes {
		fmt.Fprintln(c.App.Writer, "  note:", note)
	}
	return nil
}
