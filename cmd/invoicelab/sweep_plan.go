package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/urfave/cli/v2"
)

func sweepPlan(c *cli.Context) error {
	if c.Int("workers") < 1 {
		return usagef("sweep plan: --workers is %d, expected at least 1", c.Int("workers"))
	}
	s, err := loadSweep(c)
	if err != nil {
		return err
	}
	trials, err := experiments.Plan(s, newCorpora().describe)
	if err != nil {
		return err
	}
	f, err := forecast(c, trials)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, planned(s, trials, f))
	}
	fmt.Fprintf(c.App.Writer, "%s: %s\n%d trials, compared by %s\n", s.Name, s.About, len(trials), s.Primary)
	for i, t := range trials {
		p := f.Trials[i]
		note := p.Reason
		switch {
		case p.Skip:
			note = "skipped: " + note
		case p.Basis != "":
			note = fmt.Sprintf("about %s, from %s", secondsText(p.Seconds), p.Basis)
		}
		if note != "" {
			note = "  (" + note + ")"
		}
		fmt.Fprintf(c.App.Writer, "  %.8s  seed %d  %s%s\n", t.Key, t.Seed, levelText(s, t.Levels), note)
	}
	if s.Halving != nil {
		f.Seconds *= writeRungPlan(c.App.Writer, s, trials)
	}
	fmt.Fprintln(c.App.Writer, costText(f, c.Int("workers")))
	return nil
}

// plannedSweep is what sweep plan --json writes.
type plannedSweep struct {
	Sweep   string         `json:"sweep"`
	Primary string         `json:"primary"`
	Trials  []plannedTrial `json:"trials"`
	// Of a search: its rungs, the share of the epochs of all trials to their end
	// that they train, and the metric that decides.
	Rungs  []plannedRung `json:"rungs,omitempty"`
	Share  float64       `json:"share,omitempty"`
	Metric string        `json:"metric,omitempty"`
	// Of one worker, for the trials to be run; Unknown is how many of them are not
	// in Seconds.
	Todo    int     `json:"todo"`
	Skipped int     `json:"skipped"`
	Unknown int     `json:"unknown"`
	Seconds float64 `json:"seconds"`
}

type plannedTrial struct {
	Key     string            `json:"key"`
	Levels  map[string]string `json:"levels"`
	Seed    uint64            `json:"seed"`
	Corpus  string            `json:"corpus"`
	Skip    bool              `json:"skip"`
	Reason  string            `json:"reason,omitempty"`
	Seconds float64           `json:"seconds,omitempty"` // estimate, to its end
	Basis   string            `json:"basis,omitempty"`
}

type plannedRung struct {
	Epochs   int `json:"epochs"`
	Variants int `json:"variants"`
	Trials   int `json:"trials"`
}

func planned(s config.Sweep, trials []experiments.Trial, f experiments.Forecast) plannedSweep {
	p := plannedSweep{Sweep: s.Name, Primary: s.Primary, Trials: []plannedTrial{}, Todo: f.Todo, Skipped: f.Skipped, Unknown: f.Unknown, Seconds: f.Seconds}
	for i, t := range trials {
		e := f.Trials[i]
		p.Trials = append(p.Trials, plannedTrial{t.Key, t.Levels, t.Seed, t.Corpus.Digest, e.Skip, e.Reason, e.Seconds, e.Basis})
	}
	if s.Halving != nil {
		rungs, share := experiments.PlanRungs(s, trials)
		for _, r := range rungs {
			p.Rungs = append(p.Rungs, plannedRung(r))
		}
		p.Share, p.Metric = share, s.Halving.Metric
		p.Seconds *= share
	}
	return p
}

// forecast looks the trials up in the store, if there is one yet.
func forecast(c *cli.Context, trials []experiments.Trial) (experiments.Forecast, error) {
	path := c.String("store")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return experiments.Forecast{Trials: make([]experiments.Foreseen, len(trials)), Todo: len(trials), Unknown: len(trials)}, nil
	}
	store, err := experiments.Open(path)
	if err != nil {
		return experiments.Forecast{}, err
	}
	defer store.Close()
	return store.Forecast(c.Context, trials, c.Bool("retry"))
}

// costText sums a forecast up.
func costText(f experiments.Forecast, workers int) string {
	text := fmt.Sprintf("%d to run, %d skipped", f.Todo, f.Skipped)
	switch {
	case f.Todo == 0:
		return text
	case f.Unknown == f.Todo:
		return text + "; nothing like them was run yet, so their cost is not known"
	}
	// Trials are whole: the last of them keep fewer workers busy.
	text += fmt.Sprintf("; about %s with %d at once", secondsText(f.Seconds/float64(min(workers, f.Todo))), workers)
	if f.Unknown > 0 {
		text += fmt.Sprintf(", and %d of unknown cost", f.Unknown)
	}
	return text
}

func secondsText(s float64) string {
	d := time.Duration(s * float64(time.Second))
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// tellForecast says before a sweep starts what it will cost, and why trials are
// skipped: a line for each reason.
func tellForecast(w io.Writer, s config.Sweep, trials []experiments.Trial, f experiments.Forecast, workers int) {
	if f.Todo == 0 {
		return // the summary says that there is nothing to do
	}
	if s.Halving != nil {
		f.Seconds *= writeRungPlan(w, s, trials)
	}
	fmt.Fprintf(w, "%s: %s\n", s.Name, costText(f, workers))
	var reasons []string
	of := map[string][]int{}
	for i, p := range f.Trials {
		if !p.Skip {
			continue
		}
		if of[p.Reason] == nil {
			reasons = append(reasons, p.Reason)
		}
		of[p.Reason] = append(of[p.Reason], i)
	}
	for _, r := range slices.Compact(reasons) {
		first := of[r][0]
		fmt.Fprintf(w, "skipped: %d trials %s, such as %s (%s seed %d)\n", len(of[r]), r, f.Trials[first].Run, levelText(s, trials[first].Levels), trials[first].Seed)
	}
}
