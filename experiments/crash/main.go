// Command crash kills processes that work on a store, with SIGKILL and at
// random moments, and looks whether the store kept its word:
//
//	go run ./experiments/crash -kills 500
//
// A third of the kills hit the only process of a sweep, a third one of two
// that share a sweep, and a third a process that brings an old store up to
// date. After each round the sweep is worked off, and then every trial is done
// exactly once with exactly the rows that it should have, every row that a
// process said was stored is there, and nothing runs.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

func main() {
	if job := os.Getenv(childJob); job != "" {
		if err := child(job); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("crash", flag.ContinueOnError)
	var h harness
	flags.IntVar(&h.kills, "kills", 500, "processes to kill")
	flags.Uint64Var(&h.seed, "seed", 1, "seed of the moments")
	flags.StringVar(&h.old, "old", "experiments/testdata/v1.db", "store of an old form, for the kills during migration")
	flags.StringVar(&h.dir, "dir", "", "folder for the stores, which stay there; a temporary one when absent")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 || h.kills < 1 {
		return fmt.Errorf("expected flags alone, and 1 kill or more")
	}
	if h.dir == "" {
		dir, err := os.MkdirTemp("", "crash-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		h.dir = dir
	}
	begin := time.Now()
	if err := h.run(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d processes killed in %.0f s: %d alone in their sweep, %d of two, %d during migration; %d came too late\n",
		h.count.alone+h.count.ofTwo+h.count.migrating, time.Since(begin).Seconds(), h.count.alone, h.count.ofTwo, h.count.migrating, h.count.late)
	fmt.Fprintf(out, "%d sweeps of %d trials audited: %d trials and %d notes were acknowledged, all are there once; %d attempts were lost and done again\n",
		h.count.rounds, trialsOfRound, h.count.stored, h.count.noted, h.count.lost)
	fmt.Fprintf(out, "%d stores migrated after %d kills: %d had been left at the old form, %d at the new\n", h.count.migrated, h.count.migrating, h.count.atOld, h.count.atNew)
	return nil
}
