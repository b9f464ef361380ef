package main

import (
	"fmt"
	"os"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/train"
	"github.com/urfave/cli/v2"
)

func extendCommand() *cli.Command {
	return &cli.Command{
		Name:      "extend",
		Usage:     "add a label to a model with prototypes, from a few examples and without training",
		ArgsUsage: "MODEL",
		Description: `Example: invoicelab extend small.safetensors --label PROMO_CODE --examples 8 --corpus corpora/mine --out larger.safetensors
MODEL is a file that train --out wrote, with a prototype or hybrid head. The label and its group are those of the corpus,
whose training split gives the examples and whose test split says how well the label is found and what the others lost.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "label", Usage: "`NAME` of the entity, as in the schema of the corpus", Required: true},
			&cli.IntFlag{Name: "examples", Usage: "documents that the label is learned from", Value: 8},
			&cli.BoolFlag{Name: "centred", Usage: "take the mean of the examples' other tokens off the prototype"},
			&cli.Uint64Flag{Name: "seed", Usage: "seed of the draw of examples", Value: 1},
			&cli.StringFlag{Name: "schema", Usage: "`NAME|FILE` of a schema for the corpus, instead of its own"},
			&cli.StringFlag{Name: "corpus", Usage: "`DIR` of the corpus", Required: true},
			&cli.StringFlag{Name: "out", Usage: "write the extended model to `FILE`"},
			featuresFlag, threadsFlag, deviceFlag, jsonFlag,
		},
		Action: extendRun,
	}
}

func extendRun(c *cli.Context) error {
	if err := operands(c, "MODEL"); err != nil {
		return err
	}
	model, err := os.ReadFile(c.Args().First())
	if err != nil {
		return fmt.Errorf("extend: %w", err)
	}
	ds, err := openCorpus(config.Corpus{Path: c.String("corpus"), Schema: c.String("schema")})
	if err != nil {
		return err
	}
	be, err := device.Open(c.String("device"), c.Int("threads"))
	if err != nil {
		return usageError{err}
	}
	defer be.Close()
	x, err := train.ExtendHidden(be, model, c.String("features"), ds, c.String("label"), c.Int("examples"), c.Bool("centred"), c.Uint64("seed"))
	if err != nil {
		return fmt.Errorf("extend: %s: %w", c.Args().First(), err)
	}
	if path := c.String("out"); path != "" {
		if err := writeBytes(path, x.Model); err != nil {
			return err
		}
	}
	type lossLine struct {
		Label  string  `json:"label"`
		Before float64 `json:"before"`
		After  float64 `json:"after"`
	}
	report := struct {
		Label     string     `json:"label"`
		Examples  []string   `json:"examples"`
		F1        float64    `json:"f1"`
		Precision float64    `json:"precision"`
		Recall    float64    `json:"recall"`
		Before    float64    `json:"macro_f1_before"` // of the labels that were there
		After     float64    `json:"macro_f1_after"`
		Changed   []lossLine `json:"changed"`
	}{Label: c.String("label"), Examples: x.Examples, F1: x.New.Score().F1, Precision: x.New.Score().Precision, Recall: x.New.Score().Recall, Changed: []lossLine{}}
	scored := 0
	for l, name := range x.Labels {
		if x.Before[l].Gold == 0 {
			continue
		}
		was, is := x.Before[l].Score().F1, x.After[l].Score().F1
		scored++
		report.Before, report.After = report.Before+was, report.After+is
		if was != is {
			report.Changed = append(report.Changed, lossLine{name, was, is})
		}
	}
	report.Before, report.After = report.Before/float64(max(scored, 1)), report.After/float64(max(scored, 1))
	if c.Bool("json") {
		return printJSON(c.App.Writer, report)
	}
	w := c.App.Writer
	fmt.Fprintf(w, "%s from %d examples: F1 %.1f (precision %.1f, recall %.1f, %d in the test split)\n", report.Label, len(x.Examples),
		100*report.F1, 100*report.Precision, 100*report.Recall, x.New.Gold)
	fmt.Fprintf(w, "macro F1 of the %d labels that were there: %.1f before, %.1f after\n", scored, 100*report.Before, 100*report.After)
	for _, l := range report.Changed {
		fmt.Fprintf(w, "  %-30s %5.1f to %5.1f\n", l.Label, 100*l.Before, 100*l.After)
	}
	return nil
}
