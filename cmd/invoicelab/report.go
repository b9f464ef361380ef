package main

import (
	"fmt"
	"slices"

	"github.com/invoicelab/invoicelab/claims"
	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/reports"
	"github.com/urfave/cli/v2"
)

func reportCommand() *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "draw the report of a sweep",
		ArgsUsage: "SWEEP",
		Description: `Examples:
  invoicelab report quick --store out/invoicelab.db --out out/quick
  invoicelab report quick --store out/invoicelab.db --out out/quick --errors out/quick/errors
Writes report.html, which needs no other file, the same as report.md and as tables in report.tex,
and every figure as PNG, SVG and PDF.`,
		Flags: []cli.Flag{storeFlag,
			&cli.StringFlag{Name: "out", Usage: "`DIR` to write to", Required: true},
			&cli.StringFlag{Name: "a", Usage: "`VARIANT` to set side by side with --b, as AXIS=LEVEL,... of every axis; the best one when absent"},
			&cli.StringFlag{Name: "b", Usage: "`VARIANT` to set beside --a"},
			&cli.StringFlag{Name: "errors", Usage: "write the worst documents of every entity type to `DIR`, labelled and predicted side by side; needs the documents"},
			&cli.StringFlag{Name: "corpus", Usage: "`DIR` of the documents, where the runs' own recipe or folder is not at hand; confusions of older runs need it, too"},
			&cli.BoolFlag{Name: "no-cache", Usage: "compute all intervals anew; else they are kept in STORE.cache"},
			jsonFlag,
		},
		Action: func(c *cli.Context) error {
			if err := operands(c, "SWEEP"); err != nil {
				return err
			}
			store, err := experiments.Open(c.String("store"))
			if err != nil {
				return err
			}
			defer store.Close()
			sweep, err := store.Definition(c.Context, c.Args().First())
			if err != nil {
				return err
			}
			var variants [2]string
			for i, flag := range []string{"a", "b"} {
				if variants[i], err = variantName(c, sweep, flag); err != nil {
					return err
				}
			}
			paths, err := drawReport(c, c.String("out"), store, sweep, variants)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return printJSON(c.App.Writer, paths)
			}
			return nil
		},
	}
}

// variantName is the name under which reports know the variant that a flag
// gives by the levels of every axis; empty when the flag is absent.
func variantName(c *cli.Context, sweep config.Sweep, flag string) (string, error) {
	if !c.IsSet(flag) {
		return "", nil
	}
	levels, err := parseLevels(sweepInfo(sweep), c.String(flag))
	if err != nil {
		return "", err
	}
	for _, a := range sweep.Axes {
		if _, ok := levels[a.Name]; !ok {
			return "", usagef("report: --%s %s: names no level of axis %s; a variant has one of every axis", flag, c.String(flag), a.Name)
		}
	}
	return reports.VariantName(sweep.Axes, levels), nil
}

// drawReport draws what the store holds of a sweep into dir and says where.
func drawReport(c *cli.Context, dir string, store *experiments.Store, sweep config.Sweep, variants [2]string) ([]string, error) {
	outcomes, err := store.Outcomes(c.Context, experiments.Filter{Sweep: sweep.Name})
	if err != nil {
		return nil, err
	}
	if len(outcomes) == 0 {
		return nil, fmt.Errorf("report: sweep %s has no finished run in %s", sweep.Name, c.String("store"))
	}
	manifest, err := store.Manifest(c.Context, outcomes[0].CorpusDigest)
	if err != nil {
		return nil, err
	}
	missing, err := missingTrials(c, store, sweep)
	if err != nil {
		return nil, err
	}
	data := reports.Data{
		Sweep: sweep, Corpus: manifest, Outcomes: outcomes, Missing: missing,
		Baseline: variants[0], Candidate: variants[1], Seed: 1,
		Cache:       cacheOf(c),
		Predictions: func(run string) ([]experiments.Prediction, error) { return store.Predictions(c.Context, run) },
	}
	if data.Ambiguous, err = ambiguous(outcomes[0]); err != nil {
		return nil, err
	}
	if data.Claims, err = claims.FromStore(c.Context, store); err != nil {
		return nil, err
	}
	if c.IsSet("corpus") || c.IsSet("errors") {
		if data.Documents, err = scoredDocuments(c, store, outcomes[0]); err != nil {
			return nil, err
		}
	}
	r, err := reports.New(data)
	if err != nil {
		return nil, err
	}
	paths, err := r.Write(dir)
	if err != nil {
		return nil, err
	}
	if errorsDir := c.String("errors"); errorsDir != "" {
		pages, err := r.ErrorPages(errorsDir)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(c.App.ErrWriter, "report: %s, and %d pages of entity types\n", pages[0], len(pages)-1)
		paths = append(paths, pages...)
	}
	fmt.Fprintf(c.App.ErrWriter, "report: %s, and %d files beside it\n", paths[0], len(paths)-1)
	return paths, nil
}

// missingTrials names the planned trials that are not done, with the reason.
func missingTrials(c *cli.Context, store *experiments.Store, sweep config.Sweep) ([]string, error) {
	runs, err := store.Runs(c.Context, experiments.Filter{Sweep: sweep.Name})
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, r := range runs {
		if r.State == experiments.StateDone {
			continue
		}
		reason := string(r.State)
		if r.Error != "" {
			reason += ": " + r.Error
		}
		missing = append(missing, fmt.Sprintf("%s seed %d: %s", levelText(sweep, r.Levels), r.Seed, reason))
	}
	return missing, nil
}

// ambiguous says which entity types the shipped resolution rules are about;
// nil when they are about none of those of the outcome.
func ambiguous(o experiments.Outcome) (func(a, b string) bool, error) {
	set, err := config.LoadRules("resolution")
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(set.Labels(), func(l string) bool { return slices.Contains(o.Test.Labels, l) }) {
		return nil, nil
	}
	return func(a, b string) bool { return len(set.Between(a, b)) > 0 }, nil
}

// cacheOf keeps intervals beside the store, unless the command was told not to.
func cacheOf(c *cli.Context) reports.Cache {
	if c.Bool("no-cache") {
		return nil
	}
	return intervalCache{c.String("store") + ".cache"}
}

// scoredDocuments makes or reads the documents that a run was scored on: those of
// --corpus, or what the run's settings name. Others are refused.
func scoredDocuments(c *cli.Context, store *experiments.Store, o experiments.Outcome) (*corpus.Dataset, error) {
	d, err := store.Show(c.Context, o.Key)
	if err != nil {
		return nil, err
	}
	e, err := config.ParseExperiment("run "+d.Run, []byte(d.Settings))
	if err != nil {
		return nil, err
	}
	if path := c.String("corpus"); path != "" {
		e.Corpus = config.Corpus{Path: path, Schema: e.Corpus.Schema}
	}
	ds, err := openCorpus(e.Corpus)
	if err != nil {
		return nil, fmt.Errorf("report: the documents of run %s: %w; --corpus DIR names their folder", d.Run, err)
	}
	if ds.Manifest.Digest != o.CorpusDigest {
		return nil, fmt.Errorf("report: the documents of %s have digest %.12s, run %s was scored on %.12s", e.Corpus.String(), ds.Manifest.Digest, d.Run, o.CorpusDigest)
	}
	return ds, nil
}
