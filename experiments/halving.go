package experiments

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/config"
)

// Rung is one step of a search by successive halving, as it was decided. The
// last has no Scores: its variants train to their end.
type Rung struct {
	Epochs int         `json:"epochs"`
	Trials int         `json:"trials"`
	Kept   int         `json:"kept"`             // variants that went on
	Scores []RungScore `json:"scores,omitempty"` // of its variants, the best first
}

// RungScore is what a variant came to at a rung.
type RungScore struct {
	Levels map[string]string `json:"levels"`
	Runs   []string          `json:"runs"`            // keys
	Score  *float64          `json:"score,omitempty"` // mean over seeds; nil where a trial of it failed or has none
}

// RungPlan is what a search would train at a rung.
type RungPlan struct{ Epochs, Variants, Trials int }

// PlanRungs gives the rungs of a search over trials, and the share of the
// epochs of all trials to their end that it trains.
func PlanRungs(s config.Sweep, trials []Trial) (rungs []RungPlan, share float64) {
	seeds := len(s.Seeds)
	n, before, trained := len(trials)/seeds, 0, 0
	for _, e := range s.Halving.Rungs(s.Base.Train.Epochs) {
		rungs = append(rungs, RungPlan{e, n, n * seeds})
		trained += n * seeds * (e - before)
		n, before = s.Halving.Kept(n), e
	}
	return rungs, float64(trained) / float64(len(trials)*s.Base.Train.Epochs)
}

// errRung ends a trial that came to its rung.
var errRung = errors.New("experiments: the trial came to its rung")

// Halve works off a sweep by successive halving: at each rung, the trials of
// the variants that are left are run to its epochs, Workers at a time, and the
// best variants go on. Their trials are taken up where they were, if run can
// do that; those of the others stay halted, and are never compared with
// finished ones. progress is told of each rung as Run tells it of a sweep.
//
// A rung is decided by the mean over seeds of the validation metric at its
// last epoch, among equals by the order of the plan, when all of its trials are
// there. A variant with a failed trial goes on only where too few others are
// left. The outcome therefore depends on the trials alone: it is the same for
// any number of workers and processes, and after any interruption.
func Halve(ctx context.Context, store *Store, sweep config.Sweep, trials []Trial, opt RunOptions, run Runner, progress func(Progress)) ([]Rung, Summary, error) {
	sum := Summary{Total: len(trials), Remaining: len(trials)}
	if opt.Workers < 1 || sweep.Halving == nil {
		panic("experiments: Halve: fewer than 1 worker, or a sweep without rungs")
	}
	if err := store.Add(ctx, sweep, trials); err != nil {
		return nil, sum, err
	}
	variants := slices.Collect(slices.Chunk(trials, len(sweep.Seeds))) // seeds vary fastest
	all := sweep.Halving.Rungs(sweep.Base.Train.Epochs)
	var rungs []Rung
	for k, epochs := range all {
		here := slices.Concat(variants...)
		last := k == len(all)-1
		o := opt
		if !last {
			o.until = epochs
		}
		c, err := newCrew(ctx, store, here, o, run, progress)
		if err != nil {
			return rungs, sum, err
		}
		s, err := c.work()
		if k == 0 {
			sum.Skipped = s.Skipped
		}
		if err != nil {
			return rungs, sum, err
		}
		r := Rung{Epochs: epochs, Trials: len(here), Kept: len(variants)}
		if !last {
			if r.Scores, variants, err = store.decide(ctx, sweep.Halving, variants, epochs); err != nil {
				return rungs, sum, err
			}
			r.Kept = len(variants)
		}
		rungs = append(rungs, r)
	}
	return rungs, sum, store.summarise(ctx, trials, opt.Retry, &sum)
}

// decide ranks variants at a rung, gives those that go on in the order of the
// plan, and notes with the trials of the others why they were left out.
func (s *Store) decide(ctx context.Context, h *config.Halving, variants [][]Trial, epochs int) ([]RungScore, [][]Trial, error) {
	scores, err := s.scoresAt(ctx, slices.Concat(variants...), h.Metric, epochs)
	if err != nil {
		return nil, nil, err
	}
	mean := make([]float64, len(variants)) // NaN where a seed has none
	order := make([]int, len(variants))
	for i, trials := range variants {
		order[i] = i
		for _, t := range trials {
			v, ok := scores[t.Key]
			if !ok {
				v = math.NaN()
			}
			mean[i] += v / float64(len(trials))
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		if a, b := math.IsNaN(mean[i]), math.IsNaN(mean[j]); a || b {
			return map[bool]int{true: 1}[a] - map[bool]int{true: 1}[b]
		}
		return cmp.Compare(mean[j], mean[i])
	})
	kept := h.Kept(len(variants))
	ranked := make([]RungScore, len(order))
	err = s.inTx(ctx, "decide a rung", func(tx *sql.Tx) error {
		a := newAdder(tx)
		for place, i := range order {
			ranked[place] = RungScore{Levels: variants[i][0].Levels}
			if !math.IsNaN(mean[i]) {
				ranked[place].Score = &mean[i]
			}
			for _, t := range variants[i] {
				ranked[place].Runs = append(ranked[place].Runs, t.Key)
				if place >= kept {
					a.exec(`UPDATE attempts SET error = ? WHERE state = 'stopped' AND halted = ? AND trial_id = (SELECT id FROM trials WHERE key = ?)`,
						fmt.Sprintf("left out after %s: place %d of %d by %s, %d kept", count(epochs, "epoch"), place+1, len(order), h.Metric, kept), epochs, t.Key)
				}
			}
		}
		return a.err
	})
	on := slices.Sorted(slices.Values(order[:kept]))
	next := make([][]Trial, len(on))
	for k, i := range on {
		next[k] = variants[i]
	}
	return ranked, next, err
}

// scoresAt reads a validation metric of trials after so many epochs, by key.
// Every attempt that came so far has the same; the last one is taken.
func (s *Store) scoresAt(ctx context.Context, trials []Trial, metric string, epochs int) (map[string]float64, error) {
	keys := make([]string, len(trials))
	for i, t := range trials {
		keys[i] = t.Key
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	scores := map[string]float64{}
	err = s.each(ctx, `SELECT t.key, p.value FROM json_each(?) k CROSS JOIN trials t ON t.key = k.value JOIN attempts a ON a.trial_id = t.id AND (a.state = 'done' OR a.state = 'stopped' AND a.halted >= ?)
		JOIN epoch_points p ON p.attempt_id = a.id AND p.epoch = ? AND p.name_id = (SELECT id FROM names WHERE name = ?) ORDER BY a.id`, []any{string(list), epochs, epochs - 1, metric}, func(rows *sql.Rows) error {
		var key string
		var value sql.NullFloat64
		err := rows.Scan(&key, &value)
		scores[key] = fromNull(value)
		return err
	})
	return scores, err
}

// summarise counts the trials of a search that came to its end.
func (s *Store) summarise(ctx context.Context, trials []Trial, retry bool, sum *Summary) error {
	keys := make([]string, len(trials))
	for i, t := range trials {
		keys[i] = t.Key
	}
	claims, err := s.states(ctx, keys, want{epochs: 1})
	if err != nil {
		return err
	}
	sum.Done, sum.Remaining = -sum.Skipped, 0
	for _, key := range keys {
		switch claims[key].state {
		case StateDone:
			sum.Done++
		case StateFailed:
			sum.Failed++
		case StateHalted:
			sum.Halted++
		default:
			sum.Remaining++
		}
	}
	return nil
}

// halt closes an attempt that came to its rung, or gives errLost.
func (s *Store) halt(ctx context.Context, attempt int64, log *eventLog, epochs int) error {
	return s.inTx(ctx, fmt.Sprintf("halt attempt %d", attempt), func(tx *sql.Tx) error {
		if err := closeAttempt(tx, attempt, "stopped", fmt.Sprintf("halted after %s, at a rung", count(epochs, "epoch"))); err != nil {
			return err
		}
		a := s.adder(tx)
		a.exec(`UPDATE attempts SET halted = ? WHERE id = ?`, epochs, attempt)
		if a.err != nil {
			return a.err
		}
		return log.write(a, attempt)
	})
}
