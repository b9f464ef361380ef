package main

import (
	"fmt"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/urfave/cli/v2"
)

// tellSweep takes the sweep by its factors, as compare does, and writes the
// report.
func tellSweep(c *cli.Context, store *experiments.Store, s config.Sweep) error {
	filter := experiments.Filter{Sweep: s.Name}
	outcomes, err := store.Outcomes(c.Context, filter)
	if err != nil {
		return err
	}
	switch {
	case len(outcomes) == 0:
		return nil
	case len(outcomes) == 1:
		fmt.Fprintf(c.App.ErrWriter, "%s: 1 run is done, %s, and a comparison needs 2\n", s.Name, outcomes[0].Run)
	default:
		runs, err := store.Runs(c.Context, filter)
		if err != nil {
			return err
		}
		table, err := experiments.CompareFactors(sweepInfo(s), runs, outcomes, experiments.CompareOptions{Seed: 1, Threads: c.Int("threads")})
		if err != nil {
			return err
		}
		if c.Bool("json") {
			err = printJSON(c.App.Writer, table)
		} else {
			err = table.Write(c.App.Writer, experiments.Text, terminalWidth(c.App.Writer))
		}
		if err != nil {
			return err
		}
	}
	if dir := c.String("report"); dir != "" {
		_, err = drawReport(c, dir, store, s, [2]string{})
	}
	return err
}

// sweepInfo is the sweep as a store would describe it.
func sweepInfo(s config.Sweep) experiments.SweepInfo {
	info := experiments.SweepInfo{Name: s.Name, About: s.About, Primary: s.Primary, Seeds: s.Seeds}
	for _, a := range s.Axes {
		axis := experiments.AxisInfo{Name: a.Name}
		for _, l := range a.Levels {
			axis.Levels = append(axis.Levels, l.Name)
		}
		info.Axes = append(info.Axes, axis)
	}
	return info
}
