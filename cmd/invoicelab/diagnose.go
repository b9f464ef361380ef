package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/train"
	"github.com/urfave/cli/v2"
)

func diagnoseCommand() *cli.Command {
	return &cli.Command{
		Name:      "diagnose",
		Usage:     "say what is wrong with a run, by which evidence, and what to change",
		ArgsUsage: "[RUN]",
		Description: `Examples:
  invoicelab diagnose 3fa9 --store out/invoicelab.db
  invoicelab diagnose --model model.safetensors --corpus corpora/mine
RUN is the beginning of a run's id, whose documents are those that it was trained on. Looks for group probabilities near
uniform, prototypes that are alike, frequent labels learned by heart while rare ones stall, a CRF that dominates the loss,
labels that are never predicted, numbers that are not finite, and stages of a curriculum that lost earlier labels.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "model", Usage: "`FILE` that train --out wrote, instead of a run"},
			corpusFlag, featuresFlag, storeFlag, threadsFlag, deviceFlag, jsonFlag,
		},
		Action: diagnoseRun,
	}
}

func diagnoseRun(c *cli.Context) error {
	var found []train.Finding
	var err error
	if model := c.String("model"); model != "" {
		if err := operands(c); err != nil {
			return err
		}
		if c.String("corpus") == "" {
			return usagef("diagnose: --model needs --corpus DIR: the documents that it was trained on")
		}
		content, err := os.ReadFile(model)
		if err != nil {
			return fmt.Errorf("diagnose: model: %w", err)
		}
		ds, err := corpus.Open(c.String("corpus"))
		if err != nil {
			return err
		}
		if found, err = diagnoseModel(c, model, content, ds, c.String("features")); err != nil {
			return err
		}
	} else {
		if err := operands(c, "RUN"); err != nil {
			return err
		}
		if found, err = diagnoseStored(c, c.Args().First()); err != nil {
			return err
		}
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, append([]train.Finding{}, found...))
	}
	if len(found) == 0 {
		fmt.Fprintln(c.App.Writer, "nothing found")
	}
	writeFindings(c.App.Writer, found)
	return nil
}

// diagnoseStored diagnoses a run of the store; of one that failed there is only
// its error.
func diagnoseStored(c *cli.Context, run string) ([]train.Finding, error) {
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return nil, err
	}
	defer store.Close()
	d, err := store.Show(c.Context, run)
	if err != nil {
		return nil, err
	}
	if d.State == experiments.StateFailed {
		if f, ok := train.FailureOf(d.Error); ok {
			return []train.Finding{f}, nil
		}
		return nil, fmt.Errorf("diagnose: run %s failed: %s", d.Run, d.Error)
	}
	content, err := store.Checkpoint(c.Context, d.Key)
	if err != nil {
		return nil, err
	}
	e, err := config.ParseExperiment("run "+d.Run, []byte(d.Settings))
	if err != nil {
		return nil, err
	}
	if path := c.String("corpus"); path != "" {
		e.Corpus = config.Corpus{Path: path}
	}
	ds, err := openCorpus(e.Corpus)
	if err != nil {
		return nil, err
	}
	return diagnoseModel(c, "run "+d.Run, content, ds, cmp.Or(c.String("features"), e.Model.Encoder.Features))
}

func diagnoseModel(c *cli.Context, name string, content []byte, ds *corpus.Dataset, features string) ([]train.Finding, error) {
	be, err := device.Open(c.String("device"), c.Int("threads"))
	if err != nil {
		return nil, usageError{err}
	}
	defer be.Close()
	t, err := openModel(be, content, features)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer t.Close()
	if ds.Manifest.Digest != t.Digest() {
		fmt.Fprintf(c.App.ErrWriter, "warning: %s was trained on documents of digest %.12s, these have %.12s\n", name, t.Digest(), ds.Manifest.Digest)
	}
	return t.Diagnose(ds)
}

// writeFindings writes findings as text.
func writeFindings(w io.Writer, found []train.Finding) {
	for _, f := range found {
		fmt.Fprintf(w, "%s: %s\n", strings.ReplaceAll(f.Name, "_", " "), f.Evidence)
		for _, change := range f.Changes {
			fmt.Fprintf(w, "  - %s\n", change)
		}
	}
}

// tellFindings gives an observer that writes each kind of finding once, when a
// run first shows it.
func tellFindings(w io.Writer) func(train.Event) {
	told := map[string]bool{}
	return func(e train.Event) {
		if e.Epoch == nil {
			return
		}
		for _, f := range e.Epoch.Findings {
			if !told[f.Name] {
				told[f.Name] = true
				writeFindings(w, []train.Finding{f})
			}
		}
	}
}
