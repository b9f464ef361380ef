// Command bench makes stores to measure on, and measures what a Go benchmark
// cannot: processes that write to one store at a time, and the wait of callers
// at a fixed rate of logging. See docs/benchmarks-store.md.
//
//	go run ./experiments/bench make -runs 10000 -metrics 500 -out FILE
//	go run ./experiments/bench log -seconds 5
//	go run ./experiments/bench log -seconds 20 -rate 50000
//	go run ./experiments/bench writers -n 8 -seconds 60
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/invoicelab/invoicelab/experiments/synthetic"
)

// command is a job of this program.
type command struct {
	name string
	run  func(ctx context.Context, args []string, out, progress io.Writer) error
}

func commands() []command {
	return []command{{"make", makeStore}, {"log", logRate}, {"writers", writers}, {"writer", writer}}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	names := ""
	for _, c := range commands() {
		if len(args) > 0 && args[0] == c.name {
			return c.run(ctx, args[1:], out, progress)
		}
		names += " " + c.name
	}
	return fmt.Errorf("bench: expected one of%s as the first argument", names)
}

// makeStore makes a store of made-up runs.
func makeStore(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("make", flag.ContinueOnError)
	flags.SetOutput(progress)
	var o synthetic.Options
	flags.IntVar(&o.Runs, "runs", synthetic.MaxRuns, "runs, a multiple of 10")
	flags.IntVar(&o.Metrics, "metrics", 500, "final metrics of a run")
	flags.IntVar(&o.Documents, "documents", 0, "test documents with counts; 0 for the usual number")
	flags.IntVar(&o.Epochs, "epochs", 0, "epochs of the curves; 0 for the usual number")
	flags.IntVar(&o.Steps, "steps", 0, "steps of an epoch; 0 for the usual number")
	flags.IntVar(&o.Failures, "failures", 100, "every so many-th run fails; 0 for none")
	flags.Uint64Var(&o.Seed, "seed", 1, "seed of the figures")
	path := flags.String("out", "", "file of the store")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *path == "" {
		return fmt.Errorf("bench make: no -out given")
	}
	begin := time.Now()
	if err := synthetic.Make(ctx, *path, o, nil); err != nil {
		return err
	}
	info, err := os.Stat(*path)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d runs of %d metrics, %.0f MB, in %.1f s\n", *path, o.Runs, o.Metrics, float64(info.Size())/1e6, time.Since(begin).Seconds())
	return nil
}
