package main

import (
	"cmp"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/train"
	"github.com/urfave/cli/v2"
)

// showModel prints the parameters and the multiply-adds of the model of an
// experiment. It makes no documents.
func showModel(c *cli.Context) error {
	if err := operands(c); err != nil {
		return err
	}
	e, err := config.LoadExperiment(c.String("model"))
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
	schema, boxed, err := schemaOf(e.Corpus)
	if err != nil {
		return err
	}
	parts, err := train.Count(e.Model, schema, boxed)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, jsonParts(parts))
	}
	w := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "part\tparameters\tweights\tbiases\tforward\tbackward\t")
	row := func(name string, p nn.PartCount) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t\n", name, p.Weights+p.Biases, p.Weights, p.Biases, p.Forward, p.Backward)
	}
	var all nn.PartCount
	for len(parts) > 0 {
		var group nn.PartCount
		name := parts[0].Group
		for len(parts) > 0 && parts[0].Group == name {
			row(parts[0].Part, parts[0])
			group, parts = sum(group, parts[0]), parts[1:]
		}
		row("all of "+name, group)
		all = sum(all, group)
	}
	row("model", all)
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.App.Writer, "\nforward and backward: multiply-adds a token. Head %s, decoder %s, %d entity types of %s.\n",
		e.Model.Head.Kind, e.Model.CRF, len(schema.Entities), cmp.Or(schema.Name, "a schema without name"))
	return err
}

func sum(a, b nn.PartCount) nn.PartCount {
	return nn.PartCount{Weights: a.Weights + b.Weights, Biases: a.Biases + b.Biases, Forward: a.Forward + b.Forward, Backward: a.Backward + b.Backward}
}

// jsonPart is a row of show --model --json.
type jsonPart struct {
	Group    string `json:"group"` // embedding, context, head or crf
	Part     string `json:"part"`
	Weights  int    `json:"weights"`
	Biases   int    `json:"biases"`
	Forward  int    `json:"forward"`
	Backward int    `json:"backward"`
}

func jsonParts(parts []nn.PartCount) []jsonPart {
	out := make([]jsonPart, len(parts))
	for i, p := range parts {
		out[i] = jsonPart(p)
	}
	return out
}

// schemaOf gives the schema of the documents that spec names, and whether they
// have boxes, without making them.
func schemaOf(spec config.Corpus) (*corpus.Schema, bool, error) {
	name, boxed := spec.Schema, true // generated invoices have boxes
	if spec.Preset != "" {
		p, err := config.LoadPreset(spec.Preset)
		if err != nil {
			return nil, false, err
		}
		name = cmp.Or(name, p.Schema)
	}
	if spec.Path != "" {
		folder, err := corpus.OpenFolder(spec.Path)
		if err != nil {
			return nil, false, err
		}
		defer folder.Close()
		boxed = folder.Manifest.Boxed
		if name == "" {
			return folder.Schema, boxed, nil
		}
	}
	if name == "" {
		return nil, false, errors.New("corpus.schema: generated documents need a schema, such as full-197")
	}
	schema, err := config.LoadSchema(name)
	return schema, boxed, err
}
