package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/bench"
	"github.com/invoicelab/invoicelab/kernels/cases"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/urfave/cli/v2"
)

func kernelsCommand() *cli.Command {
	return &cli.Command{
		Name:  "kernels",
		Usage: "check, time and ask the kernels of a device",
		Subcommands: []*cli.Command{
			{
				Name:  "check",
				Usage: "hold every operation of a device to the contract",
				Description: `Example: invoicelab kernels check --device cpu/avx2

Runs the suite that every backend has to pass, on one, two and three threads:
against sums over all paths, closed forms and central differences in float64.
Exits with 1 where an operation is wrong.`,
				Flags:  []cli.Flag{deviceFlag, jsonFlag},
				Action: kernelsCheck,
			},
			{
				Name:  "bench",
				Usage: "time every operation, with its share of what the machine can do",
				Description: `Example: invoicelab kernels bench --threads 1,2 --count 5 --only CRF,Viterbi

Prints lines that benchstat reads. GFLOP/s and GB/s count the operations and the
bytes that a call needs at least. The roof is measured in the same run: the
greatest rate of multiply-adds, and the rate of a += over as many bytes as the call
touches. %roofline is the time that the roof allows, over the time taken.`,
				Flags: []cli.Flag{
					deviceFlag,
					&cli.StringFlag{Name: "threads", Usage: "threads, one `NUMBER` or several, as in 1,2", Value: "1"},
					&cli.StringFlag{Name: "only", Usage: "operations, as in `CRF,Viterbi`; all when empty"},
					&cli.StringFlag{Name: "docs", Usage: "documents of a batch, one `NUMBER` or several", Value: strconv.Itoa(bench.Bars().Docs)},
					&cli.IntFlag{Name: "length", Usage: "tokens of a document", Value: bench.Bars().Length},
					&cli.StringFlag{Name: "labels", Usage: "labels, one `NUMBER` or several", Value: strconv.Itoa(bench.Bars().Labels)},
					&cli.IntFlag{Name: "dim", Usage: "dimensions of the head", Value: bench.Bars().Dim},
					&cli.IntFlag{Name: "count", Usage: "samples of each", Value: 1},
					&cli.DurationFlag{Name: "time", Usage: "least time of a sample", Value: defaultSampleTime},
					&cli.BoolFlag{Name: "no-roof", Usage: "leave the roof out: a quicker start"},
					jsonFlag,
				},
				Action: kernelsBench,
			},
			{
				Name:  "eval",
				Usage: "answer cases in JSON with the kernels that training uses",
				Description: `Example: invoicelab kernels eval --device cpu --in cases.json --out answers.json

FILE holds one object or an array of them; the answer is an object or an array.
Infinities are written "inf" and "-inf". Keys by op, with what answers them:

  crf        lengths [B], tags [B][T] (-100 unknown), emissions [B][T][C],
             transitions [C][C], start [C], end [C]
             -> log_z, gold_score, nll, viterbi, marginals, grad
  loss       logits [N][C], labels [N] (-100 ignored), counts [C], beta, gamma,
             alpha (null, [C] or "ens"), w_cb, w_focal
             -> weights, ce_mean, cb, focal, combined, grad
  prototype  x [N][D], prototypes [K][D], temperature, eps, grad_out [N][K];
             with a gate group_logits [N][G] and group_of [K]
             -> logits, vjp`,
				Flags: []cli.Flag{
					deviceFlag,
					&cli.StringFlag{Name: "in", Usage: "the cases, a JSON `FILE`"},
					&cli.StringFlag{Name: "out", Usage: "write the answers to `FILE`; else to standard output"},
				},
				Action: kernelsEval,
			},
		},
	}
}

// openDevice opens the device of --device; one that cannot be had is wrong usage.
func openDevice(c *cli.Context, threads int) (kernels.Backend, error) {
	be, err := device.Open(c.String("device"), threads)
	if err != nil {
		return nil, usageError{err}
	}
	return be, nil
}

func kernelsEval(c *cli.Context) (err error) {
	if err := operands(c); err != nil {
		return err
	}
	in := c.String("in")
	if in == "" {
		return usagef("kernels eval: --in FILE is missing (see --help)")
	}
	be, err := openDevice(c, 1)
	if err != nil {
		return err
	}
	defer func() {
		if e := be.Close(); err == nil {
			err = e
		}
	}()
	data, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	list, array, err := cases.Decode(data)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	answers, err := cases.Run(be, list)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	var answer any = answers
	if !array {
		answer = answers[0]
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	text = append(text, '\n')
	if out := c.String("out"); out != "" {
		return writeFile(out, func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
	}
	_, err = c.App.Writer.Write(text)
	return err
}
