package experiments

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Forecast says what a call of Run would do with trials, and what it may cost.
type Forecast struct {
	Trials  []Foreseen
	Skipped int     // not to be run
	Todo    int     // to be run
	Seconds float64 // of one worker, for those of Todo that can be estimated
	Unknown int     // of Todo: nothing like them was run
}

// Foreseen is a trial of a forecast.
type Foreseen struct {
	Run     string // short id, or the beginning of the key of a trial that the store does not have
	Skip    bool
	Reason  string  // why it is skipped, or why it is run although it was tried before
	Seconds float64 // estimate of what is to be run; 0 when nothing like it was run
	Basis   string  // what the estimate is from
}

// Forecast looks up trials. A trial is one wherever it was planned: one that
// another sweep has run is skipped, with that sweep named.
//
// The estimate is the mean time of the finished runs with the same settings
// and data and other seeds; without one, that of the runs on the same data
// whose settings differ least, in proportion to the number of epochs. It takes
// devices and threads as they were.
func (s *Store) Forecast(ctx context.Context, trials []Trial, retry bool) (f Forecast, err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return f, err
	}
	defer end(&err)
	f = Forecast{Trials: make([]Foreseen, len(trials))}
	known, err := s.pick(ctx, Filter{})
	if err != nil {
		return f, err
	}
	byKey := make(map[string]*RunInfo, len(known))
	for i := range known {
		byKey[known[i].Key] = &known[i].RunInfo
	}
	past, err := s.past(ctx)
	if err != nil {
		return f, err
	}
	type like struct{ canonical, corpus string }
	costs := map[like]Foreseen{}
	for i, t := range trials {
		p := &f.Trials[i]
		p.Run = shortOf(t.Key)
		if r := byKey[t.Key]; r != nil {
			p.Run = r.Run
			p.Skip, p.Reason = reason(r, retry)
		}
		if p.Skip {
			f.Skipped++
			continue
		}
		f.Todo++
		id := like{t.Canonical, t.Corpus.Digest}
		cost, ok := costs[id]
		if !ok {
			cost.Seconds, cost.Basis = estimate(past[id.corpus], t.Canonical)
			costs[id] = cost
		}
		p.Seconds, p.Basis = cost.Seconds, cost.Basis
		f.Seconds += p.Seconds
		if p.Basis == "" {
			f.Unknown++
		}
	}
	return f, nil
}

// reason says whether a trial that the store has is skipped, and why.
func reason(r *RunInfo, retry bool) (skip bool, why string) {
	planned := ""
	if len(r.Sweeps) > 0 {
		planned = " (sweep " + strings.Join(r.Sweeps, ", ") + ")"
	}
	switch r.State {
	case StateDone:
		return true, fmt.Sprintf("done on %s at revision %s%s", r.Finished.Format(time.DateOnly), orAbsent(r.Revision), planned)
	case StateRunning:
		return true, "runs in " + r.Owner + planned
	case StateFailed:
		line, _, _ := strings.Cut(r.Error, "\n")
		if retry {
			return false, "failed before: " + line
		}
		return true, fmt.Sprintf("failed before%s: %s; --retry runs it again", planned, line)
	}
	if r.State == StateHalted {
		return false, r.Error + planned
	}
	if r.Attempts > 0 {
		return false, "was interrupted before" + planned
	}
	return false, ""
}

// pastRun is the mean cost of the finished runs of the same settings and data.
type pastRun struct {
	canonical string
	lines     []string
	runs      int
	seconds   float64 // mean
}

// maxPast is how many settings of a corpus, the latest ones, are looked
// through for an estimate.
const maxPast = 200

// past lists the costs of finished runs by the digest of their corpus, the
// latest first.
func (s *Store) past(ctx context.Context) (map[string][]pastRun, error) {
	past := map[string][]pastRun{}
	err := s.each(ctx, `SELECT c.digest, s.text, count(*), avg(a.seconds) FROM attempts a JOIN trials t ON t.id = a.trial_id JOIN corpora c ON c.id = t.corpus_id JOIN settings s ON s.id = t.canonical_id
		WHERE a.state = 'done' GROUP BY c.id, s.id ORDER BY max(a.id) DESC`, nil, func(rows *sql.Rows) error {
		var digest string
		var p pastRun
		err := rows.Scan(&digest, &p.canonical, &p.runs, &p.seconds)
		past[digest] = append(past[digest], p)
		return err
	})
	for _, list := range past {
		for i := range list[:min(len(list), maxPast)] {
			list[i].lines = strings.Split(list[i].canonical, "\n")
		}
	}
	return past, err
}

// estimate gives the seconds that a run of these settings may take, and from
// what that is known; 0 and nothing when it is not.
func estimate(past []pastRun, canonical string) (seconds float64, basis string) {
	for _, p := range past {
		if p.canonical == canonical {
			return p.seconds, fmt.Sprintf("%d runs with other seeds", p.runs)
		}
	}
	lines := strings.Split(canonical, "\n")
	least, n, runs := len(lines)+1, 0, 0
	for _, p := range past[:min(len(past), maxPast)] {
		differ := 0
		for _, line := range p.lines {
			if !slices.Contains(lines, line) {
				differ++
			}
		}
		if differ > least {
			continue
		}
		if differ < least {
			least, n, runs, seconds = differ, 0, 0, 0
		}
		n, runs = n+1, runs+p.runs
		seconds += p.seconds * epochs(canonical) / epochs(p.canonical)
	}
	if n == 0 {
		return 0, ""
	}
	return seconds / float64(n), fmt.Sprintf("%d runs on the same data, %d settings differ", runs, max(least, 1))
}

// epochs is how often canonical settings go through the data, at least 1.
func epochs(canonical string) float64 {
	n, err := strconv.ParseFloat(settingOf(canonical, "train.epochs"), 64)
	if err != nil || n < 1 {
		return 1
	}
	return n
}
