// Command mutate breaks the kernels in small, known ways, one at a time, and
// demands that the conformance suite fails on each.
//
//	go run ./kernels/mutate              all of them
//	go run ./kernels/mutate -short       one of each file
//	go run ./kernels/mutate -only crf.h  those of files with that in their name
//	go run ./kernels/mutate -kind barrier
//	go run ./kernels/mutate -list        how many of each kind there are of each file
//
// The CUDA kernels run on the CPU (see kernels/cuda/fakecuda): each mutation compiles what it changes and
// runs the parts of the suite that are about it, those of barriers with every access watched. All of them
// take about an hour of one core's time.
//
// Each mutation is applied to a copy of the packages in a temporary folder. The
// table says which part of the suite noticed. A mutation that survives, does
// not apply exactly once, or does not build ends the program with 1. What is not
// mutated must pass first.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// mutation replaces a text that occurs once in a file.
type mutation struct {
	file     string
	kind     string // sign, bound, stride, reduction, barrier, guard, order
	old, new string
}

// suite is how to try the mutations of a set of files.
type suite struct {
	name  string
	env   []string
	args  []string    // of go test, or of the compiled test
	more  []string    // of a second run, if the first passes; nil where one will do
	setup []overwrite // of the copy, before anything is mutated
	list  []mutation

	// compiled is a folder whose test, under the tag cuda, is compiled once, since mutations do not change it,
	// to program; empty where go test does both.
	compiled, program string
}

// overwrite replaces all occurrences of old in a file, or the whole of it where old is empty.
type overwrite struct{ file, old, new string }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	short := flags.Bool("short", false, "one mutation of each file")
	only := flags.String("only", "", "mutations of files with this in their name")
	workers := flags.Int("workers", runtime.NumCPU(), "mutations at once")
	kind := flags.String("kind", "", "mutations of this kind: sign, bound, stride, reduction, barrier, guard, order")
	count := flags.Bool("list", false, "count the mutations and try none")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *count {
		return tally(w)
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	tests := compiler{root: root}
	defer tests.remove()
	var verdicts []verdict
	var failures []error // of suites that were not tried
	for _, s := range suites() {
		s.list = chosen(s.list, *short, *only, *kind)
		if len(s.list) == 0 {
			continue
		}
		if s.compiled != "" {
			if s.program, err = tests.compile(ctx, s.compiled); err != nil {
				return err
			}
		}
		found, err := s.try(ctx, root, *workers)
		if err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", s.name, err))
			continue
		}
		verdicts = append(verdicts, found...)
	}
	if len(verdicts) == 0 && failures == nil {
		return fmt.Errorf("no such mutation of a file with %q in its name", *only)
	}
	if len(verdicts) > 0 {
		failures = append(failures, report(w, verdicts))
	}
	return errors.Join(failures...)
}

// chosen is the mutations of a kind, if one is named, of files whose name contains only, one of each if short.
func chosen(list []mutation, short bool, only, kind string) []mutation {
	var out []mutation
	for _, m := range list {
		seen := slices.ContainsFunc(out, func(o mutation) bool { return o.file == m.file })
		if strings.Contains(m.file, only) && (kind == "" || m.kind == kind) && !(short && seen) {
			out = append(out, m)
		}
	}
	return out
}

// try runs the list on copies of the packages, one copy a worker.
func (s suite) try(ctx context.Context, root string, workers int) ([]verdict, error) {
	verdicts := make([]verdict, len(s.list))
	next := make(chan int, len(s.list))
	for i := range s.list {
		next <- i
	}
	close(next)
	errs := make([]error, min(workers, len(s.list)))
	var wg sync.WaitGroup
	var whole sync.Once
	var sound error
	var limit time.Duration
	for i := range errs {
		wg.Go(func() {
			c, err := newCopy(root, s)
			if err != nil {
				errs[i] = err
				return
			}
			defer c.remove()
			whole.Do(func() { limit, sound = c.sound(ctx) })
			if sound != nil {
				return
			}
			c.limit = limit
			for n := range next {
				if verdicts[n], errs[i] = c.judge(ctx, s.list[n]); errs[i] != nil {
					return
				}
				fmt.Fprintf(os.Stderr, "%s: %s: %s: %s -> %s\n", s.list[n].file, s.list[n].kind, verdicts[n].found, oneLine(s.list[n].old), oneLine(s.list[n].new))
			}
		})
	}
	wg.Wait()
	return verdicts, errors.Join(append(errs, sound)...)
}

// tally prints how many mutations there are.
func tally(w io.Writer) error {
	var files []string
	kinds := map[string]map[string]int{}
	total := 0
	for _, s := range suites() {
		for _, m := range s.list {
			if kinds[m.file] == nil {
				files = append(files, m.file)
				kinds[m.file] = map[string]int{}
			}
			kinds[m.file][m.kind]++
			total++
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FILE\tMUTATIONS\tOF KINDS")
	for _, file := range files {
		sum, each := 0, []string{}
		for _, kind := range slices.Sorted(maps.Keys(kinds[file])) {
			sum += kinds[file][kind]
			each = append(each, fmt.Sprintf("%s %d", kind, kinds[file][kind]))
		}
		fmt.Fprintf(t, "%s\t%d\t%s\n", file, sum, strings.Join(each, ", "))
	}
	fmt.Fprintf(t, "in all\t%d\t\n", total)
	return t.Flush()
}

// report prints the table and fails where a mutation was not noticed.
func report(w io.Writer, verdicts []verdict) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FILE\tKIND\tNOTICED BY\tMUTATION")
	missed := 0
	for _, v := range verdicts {
		if !v.noticed {
			missed++
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s -> %s\n", v.file, v.kind, v.found, oneLine(v.old), oneLine(v.new))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if missed > 0 {
		return fmt.Errorf("%d of %d mutations were not noticed", missed, len(verdicts))
	}
	fmt.Fprintf(w, "all %d mutations were noticed\n", len(verdicts))
	return nil
}

// oneLine is a text as the table shows it.
func oneLine(text string) string {
	const most = 60
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}
