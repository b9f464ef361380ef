package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/kernels/bench"
	"github.com/urfave/cli/v2"
)

const defaultSampleTime = 100 * time.Millisecond

// timing is the samples of one operation with a number of threads.
type timing struct {
	Name     string    `json:"name"`
	Op       string    `json:"op"`
	Threads  int       `json:"threads"`
	Level    string    `json:"level"`
	Seconds  []float64 `json:"seconds"`  // of one call, a sample each
	Flops    float64   `json:"flops"`    // of one call
	Bytes    float64   `json:"bytes"`    // that a call has to move at least
	Roofline []float64 `json:"roofline"` // the time that the roof allows over the time taken
}

func kernelsBench(c *cli.Context) error {
	if err := operands(c); err != nil {
		return err
	}
	threads, err := numberList(c.String("threads"))
	if err != nil {
		return usagef("kernels bench: --threads: %w", err)
	}
	if n := c.Int("count"); n < 1 {
		return usagef("kernels bench: --count is %d, expected at least 1", n)
	}
	if d := c.Duration("time"); d <= 0 {
		return usagef("kernels bench: --time is %v, expected more than 0", d)
	}
	all, err := opsAt(c)
	if err != nil {
		return err
	}
	ops, err := chosenOps(all, c.String("only"))
	if err != nil {
		return usagef("kernels bench: --only: %w", err)
	}
	timings := []timing{}
	for i, n := range threads {
		if err := benchThreads(c, ops, n, i == 0, &timings); err != nil {
			return err
		}
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, timings)
	}
	return nil
}

// numberList reads "1,2".
func numberList(text string) ([]int, error) {
	var list []int
	for _, part := range strings.Split(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q, expected numbers from 1, as in 1,2", part)
		}
		list = append(list, n)
	}
	return list, nil
}

// opsAt is the operations at each number of documents and of labels, once each:
// most do not depend on both.
func opsAt(c *cli.Context) ([]bench.Op, error) {
	docs, err := numberList(c.String("docs"))
	if err != nil {
		return nil, usagef("kernels bench: --docs: %w", err)
	}
	labels, err := numberList(c.String("labels"))
	if err != nil {
		return nil, usagef("kernels bench: --labels: %w", err)
	}
	s := bench.Sizes{Length: c.Int("length"), Dim: c.Int("dim")}
	for _, name := range []string{"length", "dim"} {
		if n := c.Int(name); n < 1 {
			return nil, usagef("kernels bench: --%s is %d, expected at least 1", name, n)
		}
	}
	var ops []bench.Op
	seen := map[string]bool{}
	for _, s.Docs = range docs {
		for _, s.Labels = range labels {
			for _, o := range bench.Ops(s) {
				if !seen[o.Title()] {
					seen[o.Title()] = true
					ops = append(ops, o)
				}
			}
		}
	}
	return ops, nil
}

// chosenOps is the operations of all with a name or title among those listed, or all.
func chosenOps(all []bench.Op, only string) ([]bench.Op, error) {
	if only == "" {
		return all, nil
	}
	var names []string
	for _, o := range all {
		for _, name := range []string{o.Name, o.Title()} {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	wanted := strings.Split(only, ",")
	for _, w := range wanted {
		if !slices.Contains(names, w) {
			return nil, fmt.Errorf("no operation %q%s", w, didYouMean(w, names))
		}
	}
	return slices.DeleteFunc(all, func(o bench.Op) bool {
		return !slices.Contains(wanted, o.Name) && !slices.Contains(wanted, o.Title())
	}), nil
}

// benchThreads times ops with one number of threads, and prints as it goes
// unless JSON is wanted.
func benchThreads(c *cli.Context, ops []bench.Op, threads int, first bool, timings *[]timing) (err error) {
	be, err := openDevice(c, threads)
	if err != nil {
		return err
	}
	defer func() {
		if e := be.Close(); err == nil {
			err = e
		}
	}()
	w := c.App.Writer
	if c.Bool("json") {
		w = io.Discard
	}
	dev := be.Device()
	if first {
		fmt.Fprintf(w, "goos: %s\ngoarch: %s\npkg: github.com/invoicelab/invoicelab/kernels\ncpu: %s\ndevice: %s\nlevel: %s\n",
			runtime.GOOS, runtime.GOARCH, dev.Name, dev.Backend, dev.Level)
	}
	var roof *bench.Roof
	if !c.Bool("no-roof") {
		roof = bench.NewRoof(be)
		const large = 1 << 28
		fmt.Fprintf(w, "roof-%d: %.4g GFLOP/s (%s), %.3g GB/s\n", threads, roof.Flops/1e9, roof.From, roof.Bandwidth(large)/1e9)
	}
	for _, o := range ops {
		t := timing{Name: o.Title(), Op: o.Name, Threads: threads, Level: dev.Level, Flops: o.Flops, Bytes: o.Bytes, Roofline: []float64{}}
		for _, s := range bench.Measure(be, o, c.Int("count"), c.Duration("time")) {
			if err := c.Context.Err(); err != nil {
				return err
			}
			t.Seconds = append(t.Seconds, s.Seconds)
			fmt.Fprintf(w, "Benchmark%s-%d\t%8d\t%12.0f ns/op", t.Name, threads, s.Calls, s.Seconds*1e9)
			if o.Flops > 0 {
				fmt.Fprintf(w, "\t%8.4g GFLOP/s", o.Flops/s.Seconds/1e9)
			}
			fmt.Fprintf(w, "\t%8.4g GB/s", o.Bytes/s.Seconds/1e9)
			if roof != nil {
				share := roof.Share(o, s)
				t.Roofline = append(t.Roofline, share)
				fmt.Fprintf(w, "\t%6.1f %%roofline", 100*share)
			}
			fmt.Fprintln(w)
		}
		*timings = append(*timings, t)
	}
	return nil
}
