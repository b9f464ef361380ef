package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "github.com/mattn/go-sqlite3" // to look into the file itself

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/experiments/synthetic"
	"github.com/invoicelab/invoicelab/train"
)

// audit looks into the file of a sweep that was worked off, and compares every
// run with what its trial computes. It gives the attempts that were lost.
func audit(path string, ack acknowledged) (lost int, err error) {
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	steps, epochs := made.Epochs*made.Steps, made.Epochs
	var faults []error
	count := func(query string, args ...any) (n int) {
		if err := db.QueryRow(query, args...).Scan(&n); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", query, err))
		}
		return n
	}
	for _, c := range []struct {
		query string
		want  int
	}{
		{`SELECT count(*) FROM sweeps`, 1},
		{`SELECT count(*) FROM trials`, trialsOfRound},
		{`SELECT count(*) FROM sweep_trials`, trialsOfRound},
		{`SELECT count(*) FROM attempts WHERE state = 'done'`, trialsOfRound},
		{`SELECT count(DISTINCT trial_id) FROM attempts WHERE state = 'done'`, trialsOfRound},
		{`SELECT count(*) FROM attempts WHERE state NOT IN ('done', 'lost')`, 0},
		// Batches are whole: a run that is done has all of its rows, a lost one
		// its first steps without a gap and no outcome.
		{fmt.Sprintf(`SELECT count(*) FROM attempts a WHERE state = 'done' AND (SELECT count(*) FROM steps WHERE attempt_id = a.id) != %d`, steps), 0},
		{fmt.Sprintf(`SELECT count(*) FROM attempts a WHERE state = 'done' AND (SELECT count(*) FROM epochs WHERE attempt_id = a.id) != %d`, epochs), 0},
		{`SELECT count(*) FROM attempts a WHERE state = 'done' AND (SELECT count(*) FROM tallies WHERE attempt_id = a.id) != 2`, 0},
		{`SELECT count(*) FROM (SELECT max(step) AS last, count(*) AS n FROM steps GROUP BY attempt_id) WHERE last != n`, 0},
		{`SELECT count(*) FROM attempts a WHERE state = 'lost' AND (EXISTS (SELECT 1 FROM metrics WHERE attempt_id = a.id) OR EXISTS (SELECT 1 FROM tallies WHERE attempt_id = a.id))`, 0},
		{`SELECT count(*) FROM epochs e WHERE (SELECT count(*) FROM epoch_points p WHERE p.attempt_id = e.attempt_id AND p.epoch = e.epoch) != 5`, 0},
		{`SELECT count(*) FROM pragma_integrity_check WHERE integrity_check != 'ok'`, 0},
		{`SELECT count(*) FROM pragma_foreign_key_check`, 0},
	} {
		if got := count(c.query); got != c.want {
			faults = append(faults, fmt.Errorf("%s: %d; want %d", c.query, got, c.want))
		}
	}
	seen := map[string]bool{}
	for _, key := range ack.stored {
		if seen[key] {
			faults = append(faults, fmt.Errorf("trial %s was said to be stored twice", key))
		}
		seen[key] = true
		if count(`SELECT count(*) FROM attempts a JOIN trials t ON t.id = a.trial_id WHERE a.state = 'done' AND t.key = ?`, key) != 1 {
			faults = append(faults, fmt.Errorf("trial %s was said to be stored and is not", key))
		}
	}
	for _, text := range ack.noted {
		if count(`SELECT count(*) FROM trial_notes WHERE text = ?`, text) != 1 {
			faults = append(faults, fmt.Errorf("note %s was said to be stored and is not there once", text))
		}
	}
	lost = count(`SELECT count(*) FROM attempts WHERE state = 'lost'`)
	faults = append(faults, compareRuns(path))
	return lost, errors.Join(faults...)
}

// compareRuns compares what the store has of each run with what its trial
// computes.
func compareRuns(path string) error {
	store, err := experiments.Open(path)
	if err != nil {
		return err
	}
	defer store.Close()
	_, trials, err := synthetic.Plan(made)
	if err != nil {
		return err
	}
	runner := synthetic.Runner(made)
	for _, t := range trials {
		want, err := runner(context.Background(), t, func(train.Event) {})
		if err != nil {
			return err
		}
		d, err := store.Show(context.Background(), t.Key)
		if err != nil {
			return err
		}
		if !maps.Equal(d.Metrics, want.Metrics) || d.Steps != want.Steps {
			return fmt.Errorf("run %s has other figures than its trial computes", d.Run)
		}
	}
	return nil
}

// oldMetrics is how many metrics the grown old store has of each run: enough
// for its migration to take about as long as a process takes to start.
const oldMetrics = 20_000

// growOld copies an old store and adds metrics to its runs.
func growOld(from, to string) error {
	if err := copyFile(from, to); err != nil {
		return err
	}
	db, err := sql.Open("sqlite3", "file:"+to+"?_journal_mode=DELETE")
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(fmt.Sprintf(`WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO names (name) SELECT 'test/grown_' || i FROM n;
		INSERT INTO metrics (attempt_id, name_id, value) SELECT a.id, n.id, n.id / 7.0 FROM attempts a JOIN names n ON n.name LIKE 'test/grown_%%' WHERE a.state = 'done'`, oldMetrics))
	return err
}

// auditMigrated looks whether a store was left at the old or the new form, all
// of it, and whether it then opens with all of its runs.
func auditMigrated(path string) (atOld bool, err error) {
	before, err := formOf(path)
	if err != nil {
		return false, err
	}
	store, err := experiments.Open(path)
	if err != nil {
		return false, err
	}
	defer store.Close()
	runs, _, err := store.List(context.Background(), experiments.Search{}, []string{"test/grown_1"})
	if err != nil {
		return false, err
	}
	for _, r := range runs {
		if r.State != experiments.StateDone || len(r.Metrics) != 1 {
			return false, fmt.Errorf("run %s of the migrated store is %s with %d of 1 metrics", r.Run, r.State, len(r.Metrics))
		}
	}
	if len(runs) == 0 {
		return false, errors.New("the migrated store has no runs")
	}
	after, err := formOf(path)
	if err != nil {
		return false, err
	}
	if before.version != 1 && !slices.Equal(before.parts, after.parts) {
		return false, fmt.Errorf("a store of version %d was half migrated: it had %s", before.version, strings.Join(before.parts, " "))
	}
	if after.version <= 1 || after.rows != before.rows {
		return false, fmt.Errorf("opened, the store has version %d and %d rows; it had %d rows", after.version, after.rows, before.rows)
	}
	return before.version == 1, nil
}

// form is what the form of a store comes to.
type form struct {
	version, rows int
	parts         []string // tables and indexes
}

func formOf(path string) (f form, err error) {
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=rw")
	if err != nil {
		return f, err
	}
	defer db.Close()
	var parts, ok string
	err = db.QueryRow(`SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM metrics), (SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema ORDER BY name)), (SELECT min(integrity_check) FROM pragma_integrity_check)`).Scan(&f.version, &f.rows, &parts, &ok)
	f.parts = strings.Fields(parts)
	if err == nil && ok != "ok" {
		err = fmt.Errorf("%s: %s", path, ok)
	}
	return f, err
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o666)
}

// removeStore removes a store and what stands beside it.
func removeStore(path string) error {
	files, err := filepath.Glob(path + "*")
	if err != nil {
		return err
	}
	for _, f := range files {
		if e := os.RemoveAll(f); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
