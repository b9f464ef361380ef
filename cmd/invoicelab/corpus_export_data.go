package main

import (
	"fmt"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/formats"
	"github.com/urfave/cli/v2"
)

// dataFlags are the flags of the formats that hold data.
func dataFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.BoolFlag{Name: "numbers", Usage: "hf: write labels as numbers, and features.json that names them"},
	}, packingFlags()...)
}

// dataFormats lists the formats of corpus export that hold data.
func dataFormats() []exportFormat {
	all := []exportFormat{{"jsonl", "a corpus in another packing (--shard, --compress): OUT/SPLIT.jsonl or OUT/SPLIT-NUMBER.jsonl", exportCorpus}}
	for _, e := range formats.Exporters() {
		all = append(all, exportFormat{e.Name, e.About, func(c *cli.Context, f *corpus.Folder) error { return exportData(c, f, e) }})
	}
	return all
}

// exportCorpus writes the corpus once more.
func exportCorpus(c *cli.Context, f *corpus.Folder) error {
	if err := flagsOf(c, "jsonl", exportFlags(), "shard", "compress"); err != nil {
		return err
	}
	p, err := packing(c)
	if err != nil {
		return err
	}
	return f.Write(c.String("out"), p)
}

// exportData writes a corpus in a format of others, and tells what that
// cannot hold.
func exportData(c *cli.Context, f *corpus.Folder, e formats.Exporter) error {
	var allowed []string
	if e.Numbers {
		allowed = append(allowed, "numbers")
	}
	if err := flagsOf(c, e.Name, exportFlags(), allowed...); err != nil {
		return err
	}
	notes, err := formats.Export(f, e, formats.ExportOptions{Numbers: c.Bool("numbers")}, c.String("out"))
	for _, note := range notes {
		fmt.Fprintln(c.App.ErrWriter, note)
	}
	return err
}
