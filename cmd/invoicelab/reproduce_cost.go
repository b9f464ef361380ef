package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
)

// cost says what is missing and what it may cost: by the store's own runs where
// it has such, else by what the claims say.
func (r *reproduction) cost(w io.Writer) error {
	total, unknown, todo := 0.0, 0, 0
	for _, work := range r.plan.Works {
		f := experiments.Forecast{Trials: make([]experiments.Foreseen, len(work.Trials)), Todo: len(work.Trials)}
		if r.store != nil {
			var err error
			if f, err = r.store.Forecast(r.c.Context, work.Trials, r.c.Bool("retry")); err != nil {
				return err
			}
		}
		seconds, blind := 0.0, 0
		for i, p := range f.Trials {
			switch {
			case p.Skip:
			case p.Basis != "":
				seconds += p.Seconds
			case work.Costs[i] > 0:
				seconds += work.Costs[i]
			default:
				blind++
			}
		}
		workers := min(r.c.Int("workers"), max(f.Todo, 1))
		fmt.Fprintf(w, "%-30s %3d trials: %d to run, %d there%s; for %s\n", work.Sweep.Name, len(work.Trials), f.Todo, f.Skipped, aboutText(seconds/float64(workers), blind), someOf(work.For))
		total, unknown, todo = total+seconds/float64(workers), unknown+blind, todo+f.Todo
	}
	for _, i := range r.plan.Items {
		if i.Absent != "" {
			fmt.Fprintf(w, "%-30s cannot be measured: %s\n", i.Name(), i.Absent)
		}
		if i.Probe == "" {
			continue
		}
		there := false
		if r.store != nil {
			var err error
			if _, there, err = i.Measured(r.c.Context, r.store); err != nil {
				return err
			}
		}
		if there {
			fmt.Fprintf(w, "%-30s measured before\n", i.Name())
			continue
		}
		blind := 0
		if i.Claim.Probe.Costs == 0 {
			blind = 1
		}
		fmt.Fprintf(w, "%-30s to be measured%s\n", i.Name(), aboutText(i.Claim.Probe.Costs, blind))
		total, unknown, todo = total+i.Claim.Probe.Costs, unknown+blind, todo+1
	}
	if todo == 0 {
		_, err := fmt.Fprintf(w, "nothing to run for %d claims\n", len(r.plan.Items))
		return err
	}
	_, err := fmt.Fprintf(w, "%d claims%s with %d at once\n", len(r.plan.Items), aboutText(total, unknown), r.c.Int("workers"))
	return err
}

// aboutText is a cost and what of it is not known.
func aboutText(seconds float64, unknown int) string {
	var parts []string
	if seconds > 0 {
		parts = append(parts, "about "+secondsText(seconds))
	}
	if unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d of unknown cost", unknown))
	}
	if len(parts) == 0 {
		return ""
	}
	return ", " + strings.Join(parts, " and ")
}

// someOf names the first of a list and how many more there are.
func someOf(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return fmt.Sprintf("%s and %d more claims", names[0], len(names)-1)
}
