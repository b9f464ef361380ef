package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/claims"
	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/urfave/cli/v2"
)

func reproduceCommand() *cli.Command {
	return &cli.Command{
		Name:      "reproduce",
		Usage:     "measure published numbers and say which of them hold",
		ArgsUsage: "[NAME|FILE]...",
		Description: `Examples:
  invoicelab reproduce guide status --store out/claims.db --workers 2
  invoicelab reproduce real --data corpora --plan
Says what is missing and what it may cost, runs it, and prints the ledger: what was published, what was measured, the
interval, from how many seeds, and the verdict. Runs that the store has, of whatever sweep, are not made again; the same
command goes on after an interrupt. docs/claims.md has the method. Shipped claims: ` + strings.Join(config.ClaimNames(), ", ") + `; all of them without a name.`,
		Flags: []cli.Flag{storeFlag,
			&cli.StringFlag{Name: "data", Usage: "`DIR` of the imported corpora of claims on other people's data"},
			&cli.StringSliceFlag{Name: "claim", Usage: "only the claim of this `ID`; may be given again"},
			&cli.IntFlag{Name: "workers", Usage: "trials at once", Value: 1},
			threadsFlag, deviceFlag,
			&cli.BoolFlag{Name: "plan", Usage: "say what is missing and what it may cost, and run nothing"},
			&cli.BoolFlag{Name: "no-run", Usage: "judge by what the store holds, and run nothing"},
			&cli.BoolFlag{Name: "retry", Usage: "run trials again that failed before"},
			&cli.BoolFlag{Name: "strict", Usage: "exit with 1 when a claim is contradicted"},
			&cli.BoolFlag{Name: "markdown", Usage: "write Markdown tables"},
			jsonFlag,
		},
		Action: reproduceRun,
	}
}

func reproduceRun(c *cli.Context) error {
	for _, name := range []string{"workers", "threads"} {
		if c.Int(name) < 1 {
			return usagef("reproduce: --%s is %d, expected at least 1", name, c.Int(name))
		}
	}
	if c.Bool("json") && c.Bool("markdown") {
		return usagef("reproduce: --json and --markdown: expected one of them")
	}
	if c.Bool("plan") && c.Bool("no-run") {
		return usagef("reproduce: --plan and --no-run: expected one of them")
	}
	files, err := loadClaims(c)
	if err != nil {
		return err
	}
	where, err := provenance(c.Context, c.String("device"), c.Int("threads"))
	if err != nil {
		return err
	}
	data := newCorpora()
	r := reproduction{c: c, data: data, where: where, bench: claims.Bench{
		Open: data.open, Data: c.String("data"), Revision: where.Revision, Device: where.Device, Peak: peakOf(c),
		Backend: func() (kernels.Backend, error) { return device.Open(c.String("device"), c.Int("threads")) },
	}}
	if r.plan, err = claims.NewPlan(files, r.bench); err != nil {
		return err
	}
	if c.Bool("plan") {
		if _, err := os.Stat(c.String("store")); errors.Is(err, fs.ErrNotExist) {
			return r.cost(c.App.Writer)
		}
		if r.store, err = experiments.Open(c.String("store")); err != nil {
			return err
		}
		defer r.store.Close()
		return r.cost(c.App.Writer)
	}
	if r.store, err = experiments.Create(c.String("store")); err != nil {
		return err
	}
	defer r.store.Close()
	failed := 0
	if !c.Bool("no-run") {
		if err := r.cost(c.App.ErrWriter); err != nil {
			return err
		}
		if failed, err = r.run(); err != nil {
			return err
		}
	}
	ledger, err := claims.Judge(c.Context, r.store, r.plan, r.bench)
	if err != nil {
		return err
	}
	definitions := map[string]string{}
	for _, i := range r.plan.Items {
		definitions[i.Name()] = i.Claim.Text
	}
	if err := ledger.Save(c.Context, r.store, definitions, where.Revision); err != nil {
		return err
	}
	if err := writeLedger(c, ledger); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("reproduce: %d trials or measurements failed; --retry makes failed trials again", failed)
	}
	return strict(c, ledger)
}

// loadClaims reads the files that the operands name, all shipped ones without
// any, and keeps the claims that --claim names.
func loadClaims(c *cli.Context) ([]config.ClaimFile, error) {
	names := c.Args().Slice()
	if len(names) == 0 {
		names = config.ClaimNames()
	}
	var files []config.ClaimFile
	var known []string
	for _, name := range names {
		f, err := config.LoadClaims(name)
		if err != nil {
			return nil, err
		}
		for _, claim := range f.Claims {
			known = append(known, claim.ID)
		}
		files = append(files, f)
	}
	wanted := c.StringSlice("claim")
	for _, id := range wanted {
		if !slices.Contains(known, id) {
			return nil, usagef("reproduce: --claim: no claim %q%s in %s", id, didYouMean(id, known), strings.Join(names, ", "))
		}
	}
	if len(wanted) > 0 {
		for i := range files {
			files[i].Claims = slices.DeleteFunc(files[i].Claims, func(claim config.Claim) bool { return !slices.Contains(wanted, claim.ID) })
		}
	}
	return files, nil
}

func writeLedger(c *cli.Context, l claims.Ledger) error {
	switch {
	case c.Bool("json"):
		return printJSON(c.App.Writer, l)
	case c.Bool("markdown"):
		return l.WriteMarkdown(c.App.Writer)
	}
	return l.WriteText(c.App.Writer)
}

// strict is an error with --strict when a claim is contradicted.
func strict(c *cli.Context, l claims.Ledger) error {
	var names []string
	for _, r := range l.Rows {
		if r.Verdict == claims.Contradicted {
			names = append(names, r.Name())
		}
	}
	if !c.Bool("strict") || len(names) == 0 {
		return nil
	}
	return fmt.Errorf("reproduce: %d claims are contradicted: %s", len(names), strings.Join(names, ", "))
}

// reproduction is a call of the command.
type reproduction struct {
	c     *cli.Context
	data  *corpora
	where experiments.Provenance
	bench claims.Bench
	plan  claims.Plan
	store *experiments.Store // nil when there is none yet
}

// run makes what is missing. What fails is told, counted, and does not hold
// up the others.
func (r *reproduction) run() (failed int, err error) {
	c := r.c
	states := c.String("store") + "-states"
	for _, w := range r.plan.Works {
		show := newProgress(c.App.ErrWriter, w.Sweep)
		summary, err := experiments.Run(c.Context, r.store, w.Sweep, w.Trials, experiments.RunOptions{
			Workers: c.Int("workers"), Retry: c.Bool("retry"), Provenance: r.where, Artifacts: predictions(r.data, c.String("device"), c.Int("threads")),
		}, runner(r.data, c.String("device"), c.Int("threads"), trialStates{states, r.where.Revision, stateInterval, false}), show.report)
		show.end()
		failed += summary.Failed
		if err != nil {
			return failed, interrupted(err)
		}
	}
	if err := removeEmpty(states); err != nil {
		return failed, err
	}
	for k := range r.plan.Items {
		i := &r.plan.Items[k]
		if i.Probe == "" {
			continue
		}
		_, there, err := i.Measured(c.Context, r.store)
		if err != nil {
			return failed, err
		}
		if there {
			continue
		}
		fmt.Fprintf(c.App.ErrWriter, "%s: measuring\n", i.Name())
		err = i.Take(c.Context, r.store, r.bench)
		if c.Context.Err() != nil {
			return failed, interrupted(c.Context.Err())
		}
		if err != nil {
			fmt.Fprintf(c.App.ErrWriter, "%s: failed: %v\n", i.Name(), err)
			i.Absent = "measuring it failed: " + err.Error()
			failed++
		}
	}
	return failed, nil
}

// interrupted says that the same command goes on.
func interrupted(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("reproduce: interrupted; the same command goes on from here")
	}
	return err
}
