package claims

import (
	"fmt"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/nearest"
	"github.com/invoicelab/invoicelab/train"
)

// compute counts what a claim asks to count, under its schema.
func compute(c config.Claim) (Reading, error) {
	schema, err := config.LoadSchema(c.Schema)
	if err != nil {
		return Reading{}, err
	}
	r := Reading{Exact: true, Method: "counted"}
	switch c.Compute.What {
	case config.Parameters:
		r.Value, err = parameters(c.Compute, schema)
	case config.Coverage:
		r.Value, r.Notes = coverage(c.Compute, schema)
	case config.Unseen:
		r.Notes, err = unseen(c.Compute.Labels, schema)
		r.Labels = len(c.Compute.Labels)
	}
	if err != nil {
		return r, fmt.Errorf("claim %s: %w", c.ID, err)
	}
	return r, nil
}

// parameters counts those of the parts of a model whose names begin so.
func parameters(c *config.Compute, schema *corpus.Schema) (float64, error) {
	parts, err := train.Count(c.Experiment.Model, schema, true)
	if err != nil {
		return 0, err
	}
	sum, found := 0, false
	var names []string
	for _, p := range parts {
		names = append(names, p.Part)
		if p.Part != c.Part && !strings.HasPrefix(p.Part, c.Part+".") {
			continue
		}
		found = true
		sum += p.Weights
		if c.Biases {
			sum += p.Biases
		}
	}
	if !found {
		return 0, fmt.Errorf("part %s: the model has %s%s", c.Part, strings.Join(names, ", "), nearest.Hint(c.Part, names))
	}
	return float64(sum), nil
}

// coverage is the percentage of the kinds of documents all of whose labels the
// schema has.
func coverage(c *config.Compute, schema *corpus.Schema) (percent float64, notes []string) {
	covered, all := 0.0, 0.0
	var lacking []string
	for _, k := range c.Kinds {
		weight := 1.0
		if c.ByWeight {
			weight = k.Share
		}
		all += weight
		var without []string
		for _, label := range k.Needs {
			if _, there := schema.Lookup(label); !there {
				without = append(without, label)
			}
		}
		if len(without) == 0 {
			covered += weight
		} else {
			lacking = append(lacking, fmt.Sprintf("%s lacks %d of %d", k.Name, len(without), len(k.Needs)))
		}
	}
	if len(lacking) > 0 {
		notes = []string{strings.Join(lacking, ", ")}
	}
	return 100 * covered / all, notes
}

// unseen makes sure that the schema has none of the labels: a model of it
// never predicts them, so that their F1 is 0.
func unseen(labels []string, schema *corpus.Schema) ([]string, error) {
	for _, l := range labels {
		if slices.Contains(schema.Names(), l) {
			return nil, fmt.Errorf("schema %s has label %s: its F1 is a matter of runs", schema.Name, l)
		}
	}
	return []string{fmt.Sprintf("%s has none of %s", schema.Name, strings.Join(labels, ", "))}, nil
}
