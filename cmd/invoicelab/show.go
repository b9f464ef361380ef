package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/urfave/cli/v2"
)

func showCommand() *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "show one run (settings, metrics, time by part), or what a model is made of",
		ArgsUsage: "RUN",
		Description: `Examples:
  invoicelab show 3fa9 --store out/invoicelab.db
  invoicelab show 3fa9 --parts
  invoicelab show --model quick --set model.head.kind=hybrid
RUN is the beginning of a run's id, as runs lists it. --model counts the parameters and
the multiply-adds a token of the model of an experiment, part by part.`,
		Flags: []cli.Flag{storeFlag, jsonFlag, setFlag, corpusFlag,
			&cli.StringFlag{Name: "model", Usage: "show what the model of the experiment `NAME|FILE` is made of, in place of a run"},
			&cli.BoolFlag{Name: "parts", Usage: "figures by label, group, domain and template with intervals, the gap to held-out templates, confidence"},
			&cli.StringFlag{Name: "checkpoint", Usage: "write the weights to `FILE` (safetensors)"},
			&cli.StringFlag{Name: "predictions", Usage: "write what the run says of the test split to `FILE`: JSON lines, one document each, with confidence"},
			&cli.StringFlag{Name: "patch", Usage: "write the changes of the source tree that the run was made with to `FILE`, as git apply reads them"},
		},
		Action: showRun,
	}
}

func showRun(c *cli.Context) error {
	if c.IsSet("model") {
		return showModel(c)
	}
	for _, flag := range []string{"set", "corpus"} {
		if c.IsSet(flag) {
			return usagef("show: --%s has no effect without --model", flag)
		}
	}
	if err := operands(c, "RUN"); err != nil {
		return err
	}
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return err
	}
	defer store.Close()
	d, err := store.Show(c.Context, c.Args().First())
	if err != nil {
		return err
	}
	if path := c.String("checkpoint"); path != "" {
		weights, err := store.Checkpoint(c.Context, d.Key)
		if err != nil {
			return err
		}
		if err := writeBytes(path, weights); err != nil {
			return err
		}
	}
	if path := c.String("predictions"); path != "" {
		all, err := store.Predictions(c.Context, d.Key)
		if err != nil {
			return err
		}
		if err := writeFile(path, func(w io.Writer) error { return jsonLines(w, all) }); err != nil {
			return err
		}
	}
	if path := c.String("patch"); path != "" {
		patch, err := store.Patch(c.Context, d.Key)
		if err != nil {
			return err
		}
		if err := writeBytes(path, patch); err != nil {
			return err
		}
	}
	if c.Bool("parts") {
		return showParts(c, store, d)
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, d)
	}
	out := folding{c.App.Writer, terminalWidth(c.App.Writer)}
	fmt.Fprintf(out, "run        %s\nstate      %s\nsweeps     %s\nlevels     %s\nseed       %d\ncorpus     %.12s\nrevision   %s, %s\ndevice     %s\n",
		d.Key, d.State, strings.Join(d.Sweeps, " "), levels(d.Levels), d.Seed, d.Corpus, d.Revision, d.GoVersion, d.Device)
	if e := d.Environment; e != nil {
		fmt.Fprintf(out, "program    %.12s, %s/%s, %d cores, %d modules\n", e.Program, e.OS, e.Arch, e.Cores, len(e.Modules))
	}
	for _, kind := range slices.Sorted(maps.Keys(d.Artifacts)) {
		fmt.Fprintf(out, "artifact   %s %.12s\n", kind, d.Artifacts[kind])
	}
	if len(d.Tags) > 0 {
		fmt.Fprintf(out, "tags       %s\n", strings.Join(d.Tags, " "))
	}
	for _, n := range d.Notes {
		fmt.Fprintf(out, "note       %s: %s\n", n.Written.Local().Format(time.DateTime), n.Text)
	}
	if d.Error != "" {
		fmt.Fprintf(out, "error      %s\n", d.Error)
	}
	if d.State == experiments.StateDone {
		fmt.Fprintf(out, "finished   %s, %.1f s, %d epochs (best %d), %d steps, %.0f tokens/s\nparameters %d\n",
			d.Finished.Local().Format(time.DateTime), d.Seconds, d.Epochs, d.BestEpoch+1, d.Steps, rate(d), d.Parameters)
		if err := writeCurves(c, out, store, d.Key); err != nil {
			return err
		}
		fmt.Fprintln(out, "\nseconds by part")
		for _, part := range slices.SortedFunc(maps.Keys(d.Parts), func(a, b string) int { return int(1e6 * (d.Parts[b] - d.Parts[a])) }) {
			fmt.Fprintf(out, "  %-12s %7.2f  %4.1f %%  %s\n", part, d.Parts[part], 100*d.Parts[part]/d.Seconds, bar(d.Parts[part]/d.Seconds, barColumns))
		}
		fmt.Fprintln(out, "\nmetrics")
		for _, name := range slices.Sorted(maps.Keys(d.Metrics)) {
			fmt.Fprintf(out, "  %-30s %6.2f  %s\n", name, 100*d.Metrics[name], bar(d.Metrics[name], barColumns))
		}
	}
	fmt.Fprintf(out, "\nsettings\n%s", indent(d.Settings))
	return nil
}

// rate is the training throughput: tokens by the time in training steps.
func rate(d experiments.Detail) float64 {
	seconds := 0.0
	for part, s := range d.Parts {
		if part != "evaluate" {
			seconds += s
		}
	}
	if seconds == 0 {
		return 0
	}
	return float64(d.Tokens) / seconds
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ") + "\n"
}

// jsonLines writes each value as a line of JSON.
func jsonLines[T any](w io.Writer, values []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, v := range values {
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	return nil
}

// showParts prints the figures of a run by label, group, domain and template.
func showParts(c *cli.Context, store *experiments.Store, d experiments.Detail) error {
	outcomes, err := store.Outcomes(c.Context, experiments.Filter{Runs: []string{d.Key}})
	if err != nil {
		return err
	}
	if len(outcomes) == 0 {
		return fmt.Errorf("run %s is %s: a run has parts when it is done", d.Run, d.State)
	}
	opt := experiments.CompareOptions{Metric: d.Primary, Seed: 1}
	parts, err := experiments.PartsOf(outcomes[0], opt, func(run string) ([]experiments.Prediction, error) { return store.Predictions(c.Context, run) })
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, parts)
	}
	return parts.Write(c.App.Writer, experiments.Text, terminalWidth(c.App.Writer))
}

// Columns of bars and of curves in text.
const (
	barColumns   = 20
	sparkColumns = 24
)

// folding writes text line by line, each folded to a width; 0 is no limit.
type folding struct {
	io.Writer
	width int
}

func (f folding) Write(b []byte) (int, error) {
	if f.width <= 0 {
		return f.Writer.Write(b)
	}
	lines := strings.Split(string(b), "\n")
	for i := range lines {
		lines[i] = foldText(lines[i], f.width)
	}
	if _, err := io.WriteString(f.Writer, strings.Join(lines, "\n")); err != nil {
		return 0, err
	}
	return len(b), nil
}

// writeCurves draws what a run recorded by epoch, one line each.
func writeCurves(c *cli.Context, out io.Writer, store *experiments.Store, run string) error {
	outcomes, err := store.Outcomes(c.Context, experiments.Filter{Runs: []string{run}})
	if err != nil || len(outcomes) == 0 {
		return err
	}
	var names []string
	values := map[string][]float64{}
	for _, p := range outcomes[0].Curves {
		if values[p.Name] == nil {
			names = append(names, p.Name)
		}
		values[p.Name] = append(values[p.Name], p.Value)
	}
	if len(names) == 0 {
		return nil
	}
	fmt.Fprintln(out, "\nby epoch, first to last")
	for _, name := range names {
		v := values[name]
		fmt.Fprintf(out, "  %-30s %s %.4g to %.4g\n", name, spark(v, sparkColumns), v[0], v[len(v)-1])
	}
	return nil
}
