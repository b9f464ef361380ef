package experiments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Delete forgets what runs made: all attempts at these trials with their
// metrics, counts and steps, and their tags and notes. A trial that a sweep
// plans stays planned, so that the sweep's next run makes it again; one that
// no sweep has is gone. A run that runs is an error, and then nothing is
// deleted. Files stay until Collect.
func (s *Store) Delete(ctx context.Context, runs []string) error {
	if _, err := s.reclaim(ctx); err != nil {
		return err
	}
	return s.inTx(ctx, "delete", func(tx *sql.Tx) error {
		trials, err := s.within(tx).trialIDs(ctx, runs)
		if err != nil {
			return err
		}
		a := newAdder(tx)
		for i, id := range trials {
			var where process
			err := tx.QueryRow(`SELECT host, pid FROM attempts WHERE trial_id = ? AND state = 'running'`, id).Scan(&where.host, &where.pid)
			if err == nil {
				return fmt.Errorf("run %s runs in %s; nothing was deleted", runs[i], where)
			}
			if err != sql.ErrNoRows {
				return err
			}
			a.exec(`DELETE FROM attempts WHERE trial_id = ?`, id)
			a.exec(`DELETE FROM trial_tags WHERE trial_id = ?`, id)
			a.exec(`DELETE FROM trial_notes WHERE trial_id = ?`, id)
		}
		a.dropOrphans()
		return a.err
	})
}

// DeleteSweep forgets all plans of a sweep. Its runs stay.
func (s *Store) DeleteSweep(ctx context.Context, name string) error {
	return s.inTx(ctx, "delete", func(tx *sql.Tx) error {
		if _, err := s.within(tx).sweepID(ctx, name); err != nil {
			return err
		}
		a := newAdder(tx)
		a.exec(`DELETE FROM sweeps WHERE name = ?`, name)
		a.dropOrphans()
		return a.err
	})
}

// dropOrphans removes trials that were never tried and that no sweep plans,
// and the shared rows that nothing refers to any more.
func (a *adder) dropOrphans() {
	for _, query := range []string{
		`DELETE FROM trials WHERE id NOT IN (SELECT trial_id FROM attempts) AND id NOT IN (SELECT trial_id FROM sweep_trials)`,
		`DELETE FROM settings WHERE id NOT IN (SELECT canonical_id FROM trials UNION ALL SELECT settings_id FROM trials)`,
		`DELETE FROM corpora WHERE id NOT IN (SELECT corpus_id FROM trials)`,
		`DELETE FROM schemas WHERE id NOT IN (SELECT schema_id FROM trials)`,
		`DELETE FROM environments WHERE id NOT IN (SELECT environment_id FROM attempts WHERE environment_id IS NOT NULL)`,
		`DELETE FROM artifacts WHERE id NOT IN (SELECT artifact_id FROM attempt_artifacts)`,
	} {
		a.exec(query)
	}
}

// Collected counts what Collect removed.
type Collected struct {
	Files int
	Bytes int64
}

// Collect removes the files beside the store that no run refers to, the halves
// that processes which are gone left, and the states from which trials would go
// on (StatesPath) that none will: of runs that are done, or that the store does
// not know. With dry it only counts. Sweeps
// may run meanwhile: it holds the store's write lock, under which an artifact
// is referred to, and a run whose new file was collected before that writes it
// again. The space that deleted rows took in the database is given back.
func (s *Store) Collect(ctx context.Context, dry bool) (Collected, error) {
	var n Collected
	if _, err := s.reclaim(ctx); err != nil {
		return n, err
	}
	root := s.path + ".files"
	err := s.inTx(ctx, "collect garbage", func(tx *sql.Tx) error {
		n = Collected{}
		keep := map[string]bool{}
		if err := each(tx, `SELECT f.sha256 FROM artifacts f WHERE f.id IN (SELECT artifact_id FROM attempt_artifacts)`, func(text string) { keep[text] = true }); err != nil {
			return err
		}
		if err := each(tx, `SELECT id FROM attempts WHERE state = 'running'`, func(text string) { keep[partialPrefix+text] = true }); err != nil {
			return err
		}
		if err := collectStates(tx, s.StatesPath(), dry, &n); err != nil {
			return err
		}
		return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && path == root {
				return filepath.SkipAll // no artifact was ever stored
			}
			if err != nil || entry.IsDir() {
				return err
			}
			name := strings.ReplaceAll(strings.TrimPrefix(path, root+string(filepath.Separator)), string(filepath.Separator), "")
			if keep[name] || !ours(name) {
				return nil
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			n.Files++
			n.Bytes += info.Size()
			if dry {
				return nil
			}
			return os.Remove(path)
		})
	})
	if err != nil || dry {
		return n, err
	}
	if _, err := s.writer.ExecContext(ctx, `VACUUM`); err != nil {
		return n, s.fail("collect garbage", err)
	}
	return n, nil
}

// ours says whether a file in the folder of artifacts has a name that the
// store gives: a sha256, or a partial one. Others are left alone.
func ours(name string) bool {
	if number, ok := strings.CutPrefix(name, partialPrefix); ok {
		_, err := strconv.ParseUint(number, 10, 63)
		return err == nil
	}
	return len(name) == 64 && strings.Trim(name, "0123456789abcdef") == ""
}

// each reads one column within a transaction.
func each(tx *sql.Tx, query string, do func(string)) error {
	rows, err := tx.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		do(text)
	}
	return rows.Err()
}
