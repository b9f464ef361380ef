// Command invoicelab is a research workbench for token labelling with large,
// long-tailed label sets: it makes or imports a corpus, runs an ablation
// sweep, compares the variants and draws the report.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program: it reads args, writes data to stdout and everything else
// to stderr, and gives the exit code: 0 done, 1 failed, 2 wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	app := newApp(stdout, stderr)
	return exitCode(stderr, app.RunContext(ctx, operandsLast(app.Commands, args)))
}
