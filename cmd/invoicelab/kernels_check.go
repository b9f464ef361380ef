package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/kerneltest"
	"github.com/urfave/cli/v2"
)

// opVerdict is what all parts of the suite found of one operation.
type opVerdict struct {
	Op       string   `json:"op"`
	OK       bool     `json:"ok"`
	Parts    []string `json:"parts"` // that judged it
	Failures []string `json:"failures,omitempty"`
}

// shapes names the part of the suite that no operation can be blamed for alone.
const shapes = "refusal of misfits"

func kernelsCheck(c *cli.Context) error {
	if err := operands(c); err != nil {
		return err
	}
	be, err := openDevice(c, 1)
	if err != nil {
		return err
	}
	dev := be.Device()
	if err := be.Close(); err != nil {
		return err
	}
	var verdicts []opVerdict
	seconds, failed := 0.0, 0
	err = kerneltest.Check(func(threads int) (kernels.Backend, error) { return openDevice(c, threads) },
		kerneltest.Options{LogDomain: dev.Level == "go"}, func(v kerneltest.Verdict) {
			seconds += v.Duration.Seconds()
			ops := v.Ops
			if len(ops) == 0 {
				ops = []string{shapes}
			}
			for _, op := range ops {
				i := slices.IndexFunc(verdicts, func(k opVerdict) bool { return k.Op == op })
				if i < 0 {
					i = len(verdicts)
					verdicts = append(verdicts, opVerdict{Op: op, OK: true})
				}
				k := &verdicts[i]
				k.Parts = append(k.Parts, v.Part)
				for _, f := range v.Failures {
					k.Failures = append(k.Failures, v.Part+": "+f)
				}
				k.OK = len(k.Failures) == 0
			}
		})
	if err != nil {
		return err
	}
	for _, v := range verdicts {
		if !v.OK {
			failed++
		}
	}
	name := fmt.Sprintf("%s (%s, %s)", c.String("device"), dev.Name, dev.Level)
	if c.Bool("json") {
		if err := printJSON(c.App.Writer, verdicts); err != nil {
			return err
		}
	} else {
		t := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
		for _, v := range verdicts {
			word := "ok"
			if !v.OK {
				word = "WRONG"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\n", word, v.Op, strings.Join(v.Parts, " "))
			for _, f := range v.Failures {
				fmt.Fprintf(t, "\t\t%s\n", f)
			}
		}
		if err := t.Flush(); err != nil {
			return err
		}
		if failed == 0 {
			fmt.Fprintf(c.App.Writer, "%s: all %d agree with the contract, in %.1f s\n", name, len(verdicts), seconds)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%s: %d of %d do not agree with the contract", name, failed, len(verdicts))
	}
	return nil
}
