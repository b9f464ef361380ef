package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/formats"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/urfave/cli/v2"
)

// corpusOutFlag names the folder that a command makes.
func corpusOutFlag() cli.Flag {
	return &cli.StringFlag{Name: "out", Usage: "`DIR` to write the corpus to: new, empty, or an older corpus, which is replaced", Required: true}
}

func corpusGenerateCommand() *cli.Command {
	return &cli.Command{
		Name:  "generate",
		Usage: "generate invoices of 8 domains",
		Description: `Examples:
  invoicelab corpus generate --documents 600 --seed 1 --out corpora/quick
  invoicelab corpus generate --preset paper --twin layout --out corpora/twins
Documents are written as they are made, in parallel; the digest depends on the recipe and the schema alone. After an
interrupt or a crash the same command goes on with what is stored in the folder .NAME.part beside the one to be made.`,
		Flags: append([]cli.Flag{corpusOutFlag(),
			&cli.StringFlag{Name: "schema", Usage: "`NAME` of a shipped schema or path of a schema file", Value: "full-197"},
			presetFlag(),
		}, append(append(append(recipeFlags(), pairFlags()...), packingFlags()...), jsonFlag)...),
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
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "from", Usage: "`IMPORTER` to use", Required: true}, corpusOutFlag(),
			&cli.StringFlag{Name: "schema", Usage: "`NAME` of a shipped schema or path of a schema file"},
			&cli.StringFlag{Name: "labels", Usage: "`FILE` that names the labels where the data has numbers: a name in each line, a JSON list, or the features of a data set"},
			&cli.StringFlag{Name: "groups", Usage: "`FILE` that gives each label its group: YAML (label: group) or CSV (label,group)"},
			&cli.Float64Flag{Name: "validation-share", Usage: "make a validation split from this share of the training documents, chosen by a hash of their id"},
			jsonFlag,
		}, packingFlags()...),
		Action: corpusImport,
	}
}

// packingFlags choose the files of a corpus.
func packingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "shard", Usage: "documents in a file at most; a split of more is several files, such as train-00000.jsonl", Value: corpus.DefaultShard},
		&cli.StringFlag{Name: "compress", Usage: "compression of the files: none, gzip or zstd", Value: string(corpus.Plain)},
	}
}

// packing reads packingFlags.
func packing(c *cli.Context) (corpus.Packing, error) {
	p := corpus.Packing{Shard: c.Int("shard"), Compression: corpus.Compression(c.String("compress"))}
	if p.Shard < 1 {
		return p, usagef("%s: --shard %d: expected 1 or more", commandPath(c), p.Shard)
	}
	var names []string
	for _, known := range corpus.Compressions {
		names = append(names, string(known))
	}
	if !slices.Contains(names, string(p.Compression)) {
		return p, usagef("%s: --compress: no compression %q%s; there are %s", commandPath(c), p.Compression, didYouMean(string(p.Compression), names), strings.Join(names, ", "))
	}
	return p, nil
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
	e, err := recipeOf(c)
	if err != nil {
		return err
	}
	p, err := packing(c)
	if err != nil {
		return err
	}
	schema, err := config.LoadSchema(e.Corpus.Schema)
	if err != nil {
		return err
	}
	g, err := invoices.New(schema, *e.Corpus.Generate)
	if err != nil {
		return err
	}
	src, paired, err := generatedSource(c, g)
	if err != nil {
		return err
	}
	meter := newMeter(c.App.ErrWriter)
	o := corpus.WriteOptions{Packing: p, Resume: true, Progress: meter.report}
	if name := c.String("preset"); name != "" && !paired {
		preset, err := config.LoadPreset(name)
		if err != nil {
			return err
		}
		src.Manifest.Name = preset.String()
		o.Accept = func(m corpus.Manifest) error { return preset.Check(m.Digest) }
	}
	m, err := corpus.WriteSource(c.Context, c.String("out"), src, o)
	meter.end()
	if err != nil {
		return err
	}
	return printManifest(c, &m, len(schema.Entities))
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
	var o formats.ImportOptions
	if file := c.String("labels"); file != "" {
		var err error
		if o.Labels, err = formats.ReadLabels(os.DirFS(filepath.Dir(file)), filepath.Base(file)); err != nil {
			return fmt.Errorf("--labels: %w", err)
		}
	}
	var groups map[string]string
	if file := c.String("groups"); file != "" {
		if c.String("schema") != "" {
			return usagef("corpus import: --groups: the groups are those of --schema")
		}
		var err error
		if groups, err = config.LoadGroups(file); err != nil {
			return err
		}
	}
	result, err := formats.ImportPath(c.String("from"), c.Args().First(), o)
	if err != nil {
		return err
	}
	ds := result.Dataset
	if groups != nil {
		if err := ds.WithGroups(groups); err != nil {
			return err
		}
	}
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
	p, err := packing(c)
	if err != nil {
		return err
	}
	if err := ds.WritePacked(c.String("out"), p); err != nil {
		return err
	}
	return printManifest(c, &ds.Manifest, len(ds.Schema.Entities))
}

// printManifest tells what was stored in --out.
func printManifest(c *cli.Context, m *corpus.Manifest, entities int) error {
	if c.Bool("json") {
		return printJSON(c.App.Writer, m)
	}
	fmt.Fprintf(c.App.Writer, "%s: %s, %d entity types, digest %.12s\n", c.String("out"), m.Source, entities, m.Digest)
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
