package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
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
belongs in a sweep; this command stores nothing but --out.
A run with --checkpoints that was interrupted or killed goes on with --resume and ends with the same bytes:
  invoicelab train quick --checkpoints out/state --out model.safetensors
  invoicelab train quick --resume out/state --out model.safetensors`,
		Flags: []cli.Flag{corpusFlag, setFlag, threadsFlag, deviceFlag,
			&cli.Uint64Flag{Name: "seed", Usage: "seed of initialisation, sampling and dropout", Value: 1},
			&cli.StringFlag{Name: "out", Usage: "write the weights to `FILE` (safetensors)"},
			&cli.StringFlag{Name: "predictions", Usage: "write token, gold and predicted tag of the test split to `FILE`, as score reads it"},
			&cli.StringFlag{Name: "init", Usage: "start from the model in `FILE`, of a smaller schema as well: entities are matched by name"},
			&cli.StringFlag{Name: "drawn", Usage: "write what training drew of each label in each epoch to `FILE` (tab-separated)"},
			&cli.StringFlag{Name: "checkpoints", Usage: "keep the state of the run in `FOLDER`, so that it can be resumed"},
			&cli.IntFlag{Name: "checkpoint-every", Usage: "`STEPS` between two writings of the state", Value: 200},
			&cli.StringFlag{Name: "resume", Usage: "go on from the state in `FOLDER`, and keep it there"},
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
	if job.Checkpoints, err = checkpoints(c); err != nil {
		return err
	}
	if path := c.String("init"); path != "" {
		if job.Init, err = os.ReadFile(path); err != nil {
			return fmt.Errorf("train: --init: %w", err)
		}
	}
	lines := epochLines(c.App.ErrWriter, rounds(e))
	findings := tellFindings(c.App.ErrWriter)
	var epochs []train.EpochEvent
	res, err := train.Run(c.Context, be, job, func(ev train.Event) {
		lines(ev)
		findings(ev)
		if ev.Epoch != nil {
			epochs = append(epochs, *ev.Epoch)
		}
	})
	if errors.Is(err, context.Canceled) && job.Checkpoints.Dir != "" {
		return fmt.Errorf("train: interrupted; --resume %s goes on from here", job.Checkpoints.Dir)
	}
	if err != nil {
		return err
	}
	if path := c.String("drawn"); path != "" {
		if err := writeFile(path, func(w io.Writer) error { return writeDrawn(w, ds.Schema, epochs) }); err != nil {
			return err
		}
	}
	if path := c.String("out"); path != "" {
		if err := writeBytes(path, res.Checkpoint); err != nil {
			return err
		}
	}
	if path := c.String("predictions"); path != "" {
		if err := writePredictions(path, be, res.Checkpoint, ds, e.Model.Encoder.Features); err != nil {
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

// checkpoints reads where the run keeps its state.
func checkpoints(c *cli.Context) (train.Checkpoints, error) {
	k := train.Checkpoints{Dir: c.String("checkpoints"), Every: c.Int("checkpoint-every")}
	if k.Every < 1 {
		return k, usagef("train: --checkpoint-every is %d; expected 1 or more", k.Every)
	}
	if from := c.String("resume"); from != "" {
		if k.Dir != "" && k.Dir != from {
			return k, usagef("train: --resume %s and --checkpoints %s: a run goes on in its own folder; leave --checkpoints out", from, k.Dir)
		}
		k.Dir, k.Resume = from, true
	}
	if c.IsSet("checkpoint-every") && k.Dir == "" {
		return k, usagef("train: --checkpoint-every without --checkpoints or --resume")
	}
	return k, nil
}

// writeDrawn writes the label tracker as seen by the sampler.
func writeDrawn(w io.Writer, schema *corpus.Schema, epochs []train.EpochEvent) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "epoch\tstage\tlabel\tdocuments\tspans\ttokens\tin_loss")
	for _, ev := range epochs {
		for e, n := range ev.Drawn {
			fmt.Fprintf(out, "%d\t%d\t%s\t%d\t%d\t%d\t%v\n", ev.Epoch+1, ev.Stage+1, schema.Entities[e].Name, n.Documents, n.Spans, n.Tokens, n.Active)
		}
	}
	return out.Flush()
}

// rounds is how many epochs, or iterations of the sparse encoder, a run has at most.
func rounds(e config.Experiment) int {
	if e.Model.Encoder.Kind == "sparse" {
		return e.Train.Iterations
	}
	return e.Train.Epochs
}

// writePredictions labels the test split with a checkpoint; features is the file of hidden
// states that it was trained on, if it was.
func writePredictions(path string, be kernels.Backend, checkpoint []byte, ds *corpus.Dataset, features string) error {
	tagger, err := openModel(be, checkpoint, features)
	if err != nil {
		return err
	}
	defer tagger.Close()
	docs := ds.Docs[corpus.Test]
	tagged, err := tagger.TagSplit(corpus.Test, docs)
	if err != nil {
		return err
	}
	tagged, err = train.Recast(tagged, tagger.Schema(), ds.Schema)
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
