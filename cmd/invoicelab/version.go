package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/urfave/cli/v2"
)

// revision is the source revision, set by the linker (see the Makefile);
// "+dirty" marks a changed tree.
var revision string

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:        "version",
		Usage:       "print revision, Go version and what this machine can run",
		Description: "Example: invoicelab version --json",
		Flags:       []cli.Flag{jsonFlag},
		Action: func(c *cli.Context) error {
			if err := operands(c); err != nil {
				return err
			}
			v := struct {
				Revision string   `json:"revision"`
				Go       string   `json:"go"`
				Platform string   `json:"platform"`
				Levels   []string `json:"levels"` // instruction levels, best first
			}{sourceRevision(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, cpu.Levels()}
			if c.Bool("json") {
				return printJSON(c.App.Writer, v)
			}
			_, err := fmt.Fprintf(c.App.Writer, "invoicelab %s, %s, %s, cpu levels %s\n", v.Revision, v.Go, v.Platform, strings.Join(v.Levels, " "))
			return err
		},
	}
}

// sourceRevision is what the linker or the Go tool recorded.
func sourceRevision() string {
	if revision != "" {
		return revision
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	rev, dirty := "unknown", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			rev = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+dirty"
		}
	}
	return rev + dirty
}
