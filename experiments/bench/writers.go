package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/experiments/synthetic"
)

// maxSpread is how many times as much the fastest writer may write as the
// slowest.
const maxSpread = 1.5

// writers starts processes that all write to one store for a while, and says
// how evenly they came through.
func writers(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("writers", flag.ContinueOnError)
	flags.SetOutput(progress)
	n := flags.Int("n", 8, "processes")
	seconds := flags.Float64("seconds", 60, "how long they write")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-writers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "writers.db")
	if err := synthetic.Make(ctx, path, synthetic.Options{Runs: synthetic.LeastRuns, Metrics: synthetic.MinMetrics}, nil); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	begin := time.Now().Add(time.Second) // all are up by then
	children := make([]*exec.Cmd, *n)
	said := make([]strings.Builder, *n)
	for i := range children {
		children[i] = exec.CommandContext(ctx, self, "writer", path, strconv.FormatInt(begin.UnixNano(), 10), fmt.Sprint(*seconds))
		children[i].Stdout, children[i].Stderr = &said[i], &said[i]
		if err := children[i].Start(); err != nil {
			return err
		}
	}
	var failed error
	least, most, total := 0, 0, 0
	var counts []string
	for i, c := range children {
		err := c.Wait()
		text := strings.TrimSpace(said[i].String())
		written, parse := strconv.Atoi(text)
		if err != nil || parse != nil {
			failed = errors.Join(failed, fmt.Errorf("writer %d: %v %s", i, err, text))
			continue
		}
		if i == 0 || written < least {
			least = written
		}
		most, total = max(most, written), total+written
		counts = append(counts, text)
	}
	if failed != nil {
		return failed
	}
	store, err := experiments.Open(path)
	if err != nil {
		return err
	}
	defer store.Close()
	first, err := store.Keys(ctx, experiments.Search{Limit: 1})
	if err != nil {
		return err
	}
	d, err := store.Show(ctx, first[0])
	if err != nil {
		return err
	}
	spread := float64(most) / float64(least)
	fmt.Fprintf(out, "%d processes wrote %d transactions in %.0f s (%.0f a second), no lock error; each %s; fastest to slowest %.3f; %d rows are there\n",
		*n, total, *seconds, float64(total) / *seconds, strings.Join(counts, " "), spread, len(d.Notes))
	if len(d.Notes) != total {
		return fmt.Errorf("bench writers: %d rows are there of %d acknowledged ones", len(d.Notes), total)
	}
	if spread > maxSpread {
		return fmt.Errorf("bench writers: fastest to slowest is %.2f; expected at most %.1f", spread, maxSpread)
	}
	return nil
}

// writer is one of these processes: from a moment on it writes row after row,
// each in a transaction of its own, and prints how many were acknowledged.
func writer(ctx context.Context, args []string, out, progress io.Writer) error {
	if len(args) != 3 {
		return errors.New("bench writer: expected STORE BEGIN SECONDS; it is started by bench writers")
	}
	begin, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseFloat(args[2], 64)
	if err != nil {
		return err
	}
	store, err := experiments.Open(args[0])
	if err != nil {
		return err
	}
	defer store.Close()
	first, err := store.Keys(ctx, experiments.Search{Limit: 1})
	if err != nil {
		return err
	}
	time.Sleep(time.Until(time.Unix(0, begin)))
	written := 0
	for end := time.Now().Add(time.Duration(seconds * float64(time.Second))); time.Now().Before(end); written++ {
		if err := store.Remark(ctx, first, fmt.Sprintf("%d %d", os.Getpid(), written)); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(out, written)
	return err
}
