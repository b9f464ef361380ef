package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/train"
	"github.com/urfave/cli/v2"
)

func trainCommand() *cli.Command {
	return &cli.Command{
		Name:      "train",
		Usage:     "train one model and score it",
		ArgsUsage: "NAME|FILE",
		Description: `Examples:
  invoicelab train quick --set model.head.kind=hybrid --out model.safetensors
  invoicelab train quick --corpus corpora/snips --set corpus.schema=my-schema.yaml
Shipped experiments: ` + strings.Join(config.ExperimentNames(), ", ") + `. A run that should be kept and compared
belongs in a sweep; this command stores nothing but --out.`,
		Flags: []cli.Flag{corpusFlag, setFlag, threadsFlag, deviceFlag,
			&cli.Uint64Flag{Name: "seed", Usage: "seed of initialisation, sampling and dropout", Value: 1},
			&cli.StringFlag{Name: "out", Usage: "write the weights to `FILE` (safetensors)"},
			&cli.StringFlag{Name: "predictions", Usage: "write token, gold and predicted tag of the test split to `FILE`, as score reads it"},
			jsonFlag,
		},
		Action: trainRun,
	}
}

func trainRun(c *cli.Context) error {
	if err := operands(c, "NAME|FILE"); err != nil {
		return err
	}
	e, err := config.LoadExperiment(c.Args().First())
	if err != nil {
		return err
	}
	changes, err := overrides(c)
	if err != nil {
		return err
	}
	for _, change := range changes {
		if err := change.apply(&e); err != nil {
			return err
		}
	}
	if err := e.Check(); err != nil {
		return err
	}
	ds, err := openCorpus(e.Corpus)
	if err != nil {
		return err
	}
	if err := config.CheckAgainstData(e, config.DataOf(ds)); err != nil {
		return err
	}
	be, err := device.Open(c.String("device"), c.Int("threads"))
	if err != nil {
		return usageError{err}
	}
	defer be.Close()
	job := train.Job{Data: ds, Model: e.Model, Curriculum: e.Curriculum, Train: e.Train, Seed: c.Uint64("seed")}
	res, err := train.Run(c.Context, be, job, epochLines(c.App.ErrWriter, rounds(e)))
	if err != nil {
		return err
	}
	if path := c.String("out"); path != "" {
		if err := writeBytes(path, res.Checkpoint); err != nil {
			return err
		}
	}
	if path := c.String("predictions"); path != "" {
		if err := writePredictions(path, be, res.Checkpoint, ds); err != nil {
			return err
		}
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, struct {
			Metrics    experiments.Figures `json:"metrics"`
			Corpus     string              `json:"corpus"`
			Seed       uint64              `json:"seed"`
			Device     string              `json:"device"`
			Parameters int                 `json:"parameters"`
			BestEpoch  int                 `json:"best_epoch"` // from 1
			Epochs     int                 `json:"epochs"`
			Steps      int                 `json:"steps"`
			Tokens     int64               `json:"tokens"`
			Seconds    float64             `json:"seconds"`
			Parts      map[string]float64  `json:"seconds_by_part"`
		}{res.Metrics, ds.Manifest.Digest, job.Seed, experiments.DeviceName(res.Device), res.Parameters,
			res.BestEpoch + 1, res.Epochs, res.Steps, res.Tokens, res.Elapsed.Seconds(), res.Parts})
	}
	fmt.Fprintf(c.App.Writer, "%d parameters, best epoch %d of %d, %.1f s on %s\n", res.Parameters, res.BestEpoch+1, res.Epochs, res.Elapsed.Seconds(), experiments.DeviceName(res.Device))
	for _, name := range slices.Sorted(maps.Keys(res.Metrics)) {
		fmt.Fprintf(c.App.Writer, "  %-30s %6.2f\n", name, 100*res.Metrics[name])
	}
	return nil
}

// rounds is how many epochs, or iterations of the sparse encoder, a run has at most.
func rounds(e config.Experiment) int {
	if e.Model.Encoder.Kind == "sparse" {
		return e.Train.Iterations
	}
	return e.Train.Epochs
}

// writePredictions labels the test split with a checkpoint.
func writePredictions(path string, be kernels.Backend, checkpoint []byte, ds *corpus.Dataset) error {
	tagger, err := train.OpenTagger(be, bytes.NewReader(checkpoint))
	if err != nil {
		return err
	}
	defer tagger.Close()
	docs := ds.Docs[corpus.Test]
	tagged, err := tagger.Tag(docs)
	if err != nil {
		return err
	}
	return writeFile(path, func(w io.Writer) error {
		out := bufio.NewWriter(w)
		for i := range docs {
			gold := docs[i].Labels()
			for t, token := range docs[i].Tokens {
				fmt.Fprintf(out, "%s\t%s\t%s\n", strings.Join(strings.Fields(token.Text), "_"), ds.Schema.Label(int(gold[t])), ds.Schema.Label(int(tagged[i].Labels[t])))
			}
			fmt.Fprintln(out)
		}
		return out.Flush()
	})
}

// epochLines prints a line for every epoch.
func epochLines(w io.Writer, epochs int) func(train.Event) {
	return func(e train.Event) {
		if e.Epoch == nil {
			return
		}
		var losses []string
		for _, name := range slices.Sorted(maps.Keys(e.Epoch.Losses)) {
			losses = append(losses, fmt.Sprintf("%s %.4f", name, e.Epoch.Losses[name]))
		}
		left := e.Epoch.Seconds / float64(e.Epoch.Epoch+1) * float64(epochs-e.Epoch.Epoch-1)
		fmt.Fprintf(w, "epoch %d of %d, stage %d: validation micro F1 %.1f macro F1 %.1f; %s; about %.0f s left\n", e.Epoch.Epoch+1, epochs,
			e.Epoch.Stage+1, 100*e.Epoch.Validation["micro_f1"], 100*e.Epoch.Validation["macro_f1"], strings.Join(losses, " "), left)
	}
}

func writeBytes(path string, data []byte) error {
	return writeFile(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
