package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/train"
	"github.com/urfave/cli/v2"
)

// Flags that several commands share.
var (
	storeFlag   = &cli.StringFlag{Name: "store", Usage: "`FILE` of the runs", Value: "invoicelab.db", EnvVars: []string{"INVOICELAB_STORE"}}
	deviceFlag  = &cli.StringFlag{Name: "device", Usage: "cpu, or one instruction level of it, such as cpu/avx2", Value: "cpu"}
	threadsFlag = &cli.IntFlag{Name: "threads", Usage: "threads of one trial; results do not depend on it", Value: 1}
	corpusFlag  = &cli.StringFlag{Name: "corpus", Usage: "`DIR` of the corpus, instead of the one that the file names"}
	setFlag     = &cli.StringSliceFlag{Name: "set", Usage: "`KEY=VALUE` of a setting, instead of the file's; repeatable"}
)

func sweepCommand() *cli.Command {
	shipped := "Shipped sweeps: " + strings.Join(config.SweepNames(), ", ") + "."
	return &cli.Command{
		Name:  "sweep",
		Usage: "plan, run and watch an ablation sweep",
		Subcommands: []*cli.Command{
			{
				Name:      "plan",
				Usage:     "list the trials of a sweep and what they may cost, without running any",
				ArgsUsage: "NAME|FILE",
				Description: `Example: invoicelab sweep plan quick --store out/invoicelab.db
A trial that the store has, from whatever sweep, is skipped, with the reason. The cost is estimated from finished runs of
the store: of the same settings with other seeds, else of the nearest settings on the same data. ` + shipped,
				Flags: []cli.Flag{storeFlag,
					&cli.IntFlag{Name: "workers", Usage: "trials at once", Value: 1},
					&cli.BoolFlag{Name: "retry", Usage: "count trials that failed before as to be run"},
					corpusFlag, setFlag, jsonFlag,
				},
				Action: sweepPlan,
			},
			{
				Name:      "run",
				Usage:     "run what is missing of a sweep, then compare its variants",
				ArgsUsage: "NAME|FILE",
				Description: `Example: invoicelab sweep run quick --workers 2 --report out/quick
Trials that the store holds already are not run again, so an interrupted sweep
goes on where it was. ` + shipped,
				Flags: []cli.Flag{storeFlag,
					&cli.IntFlag{Name: "workers", Usage: "trials at once", Value: 1},
					threadsFlag, deviceFlag, corpusFlag, setFlag,
					&cli.DurationFlag{Name: "state-interval", Usage: "`TIME` between two writings of a trial's state, from which it goes on when its process was killed; 0 keeps none", Value: stateInterval},
					&cli.BoolFlag{Name: "retry", Usage: "run trials again that failed before"},
					&cli.StringFlag{Name: "report", Usage: "write the report to `DIR`"},
					jsonFlag,
				},
				Action: sweepRun,
			},
			{
				Name:      "status",
				Usage:     "say how far the sweeps of a store are",
				ArgsUsage: "[NAME]",
				Description: `Example: invoicelab sweep status --store out/invoicelab.db
Halted trials are those that successive halving left out; what is to go may be halted yet.`,
				Flags:  []cli.Flag{storeFlag, jsonFlag},
				Action: sweepStatus,
			},
		},
	}
}

// loadSweep reads the sweep that the operand names and applies --corpus and --set.
func loadSweep(c *cli.Context) (config.Sweep, error) {
	if err := operands(c, "NAME|FILE"); err != nil {
		return config.Sweep{}, err
	}
	s, err := config.LoadSweep(c.Args().First())
	if err != nil {
		return s, err
	}
	changes, err := overrides(c)
	if err != nil {
		return s, err
	}
	for _, change := range changes {
		for _, a := range s.Axes {
			for _, l := range a.Levels {
				for _, set := range l.Set {
					if set.Key == change.key {
						return s, usagef("--set %s: axis %s of sweep %s sets it", change.key, a.Name, s.Name)
					}
				}
			}
		}
		if err := change.apply(&s.Base); err != nil {
			return s, err
		}
	}
	return s, nil
}

// override is a setting given on the command line.
type override struct{ flag, key, value string }

func (o override) apply(e *config.Experiment) error {
	if o.flag == "corpus" {
		e.Corpus.Preset, e.Corpus.Path, e.Corpus.Generate = "", o.value, nil
		return nil
	}
	if err := e.Set(o.key, o.value); err != nil {
		return usagef("--set %s=%s: %w", o.key, o.value, err)
	}
	return nil
}

func overrides(c *cli.Context) ([]override, error) {
	var out []override
	if c.IsSet("corpus") {
		out = append(out, override{flag: "corpus", key: "corpus.path", value: c.String("corpus")})
	}
	for _, text := range c.StringSlice("set") {
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef("--set %s: expected KEY=VALUE", text)
		}
		out = append(out, override{flag: "set", key: key, value: value})
	}
	return out, nil
}

// levelText writes the levels of a trial in the order of the sweep's axes.
func levelText(s config.Sweep, levels map[string]string) string {
	var parts []string
	for _, a := range s.Axes {
		parts = append(parts, a.Name+"="+levels[a.Name])
	}
	return strings.Join(parts, " ")
}

func sweepRun(c *cli.Context) error {
	for _, name := range []string{"workers", "threads"} {
		if c.Int(name) < 1 {
			return usagef("sweep run: --%s is %d, expected at least 1", name, c.Int(name))
		}
	}
	s, err := loadSweep(c)
	if err != nil {
		return err
	}
	data := newCorpora()
	trials, err := experiments.Plan(s, data.describe)
	if err != nil {
		return err
	}
	where, err := provenance(c.Context, c.String("device"), c.Int("threads"))
	if err != nil {
		return err
	}
	store, err := experiments.Create(c.String("store"))
	if err != nil {
		return err
	}
	defer store.Close()
	forecast, err := store.Forecast(c.Context, trials, c.Bool("retry"))
	if err != nil {
		return err
	}
	tellForecast(c.App.ErrWriter, s, trials, forecast, c.Int("workers"))
	show := newProgress(c.App.ErrWriter, s)
	states := store.StatesPath()
	options := experiments.RunOptions{Workers: c.Int("workers"), Retry: c.Bool("retry"), Provenance: where, Artifacts: predictions(data, c.String("device"), c.Int("threads"))}
	keep := trialStates{states, where.Revision, c.Duration("state-interval"), s.Halving != nil}
	work := runner(data, c.String("device"), c.Int("threads"), keep)
	var summary experiments.Summary
	var rungs []experiments.Rung
	if s.Halving == nil {
		summary, err = experiments.Run(c.Context, store, s, trials, options, work, show.report)
	} else {
		rungs, summary, err = experiments.Halve(c.Context, store, s, trials, options, work, show.report)
	}
	show.end()
	tellRungs(c.App.ErrWriter, s, rungs)
	if err := removeEmpty(states); err != nil {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("sweep %s: interrupted with %d of %d trials done; the same command goes on from here", s.Name, summary.Skipped+summary.Done, summary.Total)
	}
	if err != nil {
		return err
	}
	if summary.Done == 0 && summary.Failed == 0 {
		fmt.Fprintf(c.App.ErrWriter, "nothing to do: all %d trials of %s are in %s\n", summary.Total, s.Name, c.String("store"))
	}
	if s.Halving != nil {
		if err := dropHalted(c.Context, store, s.Name, states); err != nil {
			return err
		}
	}
	if err := tellSweep(c, store, s); err != nil {
		return err
	}
	if summary.Failed > 0 {
		return fmt.Errorf("sweep %s: %d of %d trials failed; %s runs --sweep %s lists them, --retry runs them again", s.Name, summary.Failed, summary.Total, c.App.Name, s.Name)
	}
	return nil
}

// stateInterval is the usual time between two writings of a trial's state: what a
// trial that is killed loses at most. Shorter trials write none.
const stateInterval = time.Minute

// trialStates says where trials keep their states.
type trialStates struct {
	dir      string
	revision string // of the program
	interval time.Duration
	rungs    bool // trials go on from rung to rung, so that states are kept even where interval is 0
}

// of is where trial t on device d keeps its state. Another device rounds
// differently, and another program may compute something else: their states are of
// no use to it.
func (s trialStates) of(t experiments.Trial, d kernels.Device) train.Checkpoints {
	if s.interval <= 0 && !s.rungs || t.Experiment.Model.Encoder.Kind == "sparse" {
		return train.Checkpoints{}
	}
	dir := filepath.Join(s.dir, fmt.Sprintf("%s-%s-%s-%.12s", t.Key, d.Backend, d.Level, s.revision))
	return train.Checkpoints{Dir: dir, Interval: s.interval, Resume: train.HasState(dir)}
}

// runner trains one trial on a backend of its own. A trial that takes long goes on
// from its state when its process was killed.
func runner(data *corpora, dev string, threads int, states trialStates) experiments.Runner {
	return func(ctx context.Context, t experiments.Trial, observe func(train.Event)) (train.Result, error) {
		ds, err := data.open(t.Experiment.Corpus)
		if err != nil {
			return train.Result{}, err
		}
		be, err := device.Open(dev, threads)
		if err != nil {
			return train.Result{}, err
		}
		defer be.Close()
		e := t.Experiment
		job := train.Job{Data: ds, Model: e.Model, Curriculum: e.Curriculum, Train: e.Train, Seed: t.Seed}
		job.Checkpoints = states.of(t, be.Device())
		res, err := train.Run(ctx, be, job, observe)
		if dir := job.Checkpoints.Dir; err == nil && dir != "" {
			err = os.RemoveAll(dir)
		}
		return res, err
	}
}

// removeEmpty removes a folder that holds nothing.
func removeEmpty(dir string) error {
	inside, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(inside) > 0 {
		return nil
	}
	if err == nil {
		err = os.Remove(dir)
	}
	return err
}

func sweepStatus(c *cli.Context) error {
	if c.Args().Len() > 1 {
		return operands(c, "NAME")
	}
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return err
	}
	defer store.Close()
	var sweeps []experiments.SweepInfo
	if name := c.Args().First(); name != "" {
		one, err := store.Sweep(c.Context, name)
		if err != nil {
			return err
		}
		sweeps = append(sweeps, one)
	} else if sweeps, err = store.Sweeps(c.Context); err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, append([]experiments.SweepInfo{}, sweeps...))
	}
	columns := []column{{head: "sweep", words: true}, {head: "done", words: true, whole: true}, {head: "running"}, {head: "failed"}, {head: "halted", drop: 2}, {head: "to go"}, {head: "planned", drop: 1}}
	var rows [][]string
	for _, s := range sweeps {
		rows = append(rows, []string{s.Name, progressBar(s.Done, s.Trials, progressColumns), fmt.Sprint(s.Running), fmt.Sprint(s.Failed), fmt.Sprint(s.Halted), fmt.Sprint(s.Pending),
			s.Planned.Local().Format("2006-01-02 15:04")})
	}
	return writeColumns(c.App.Writer, terminalWidth(c.App.Writer), columns, rows)
}
