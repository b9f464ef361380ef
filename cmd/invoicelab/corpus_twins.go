package main

import (
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/urfave/cli/v2"
)

// pairFlags ask for pairs of documents in place of documents.
func pairFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "twin", Usage: "each document followed by its twin, which differs in `PART` only: layout, locale, noise, or label:NAME for the key words of a label"},
		&cli.IntFlag{Name: "minimal-pairs", Usage: "for each pair of labels that a resolution rule tells apart, `N` documents in two versions that differ in the deciding evidence only"},
	}
}

// generatedSource gives the documents of g, or the pairs that pairFlags ask
// for; paired says which.
func generatedSource(c *cli.Context, g *invoices.Generator) (src corpus.Source, paired bool, err error) {
	switch twin, n := c.String("twin"), c.Int("minimal-pairs"); {
	case twin != "" && c.IsSet("minimal-pairs"):
		return src, false, usagef("%s: --twin and --minimal-pairs: give one of them", commandPath(c))
	case twin != "":
		t, err := invoices.ParseTwin(twin)
		if err != nil {
			return src, false, usagef("%s: --%w", commandPath(c), err)
		}
		src, err = g.TwinSource(t)
		return src, true, err
	case c.IsSet("minimal-pairs"):
		if n < 1 {
			return src, false, usagef("%s: --minimal-pairs %d: expected 1 or more", commandPath(c), n)
		}
		src, err = g.MinimalPairSource(n)
		return src, true, err
	}
	return g.Source(), false, nil
}
