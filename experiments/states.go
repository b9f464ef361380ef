package experiments

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// StatesPath is the folder beside the store where trials that are under way
// keep the states from which they go on: a folder for each, whose name begins
// with the trial's key and "-".
func (s *Store) StatesPath() string { return s.path + "-states" }

// collectStates removes the states of trials that will not go on.
func collectStates(tx *sql.Tx, folder string, dry bool, n *Collected) error {
	inside, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	open := map[string]bool{} // planned and not done, or running
	if err := each(tx, `SELECT t.key FROM trials t WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.trial_id = t.id AND a.state = 'done')
		AND (EXISTS (SELECT 1 FROM sweep_trials st WHERE st.trial_id = t.id) OR EXISTS (SELECT 1 FROM attempts a WHERE a.trial_id = t.id AND a.state = 'running'))`, func(key string) { open[key] = true }); err != nil {
		return err
	}
	left := len(inside)
	for _, entry := range inside {
		key, _, ok := strings.Cut(entry.Name(), "-")
		if !ok || !entry.IsDir() || !ours(key) || open[key] {
			continue
		}
		path := filepath.Join(folder, entry.Name())
		err := filepath.WalkDir(path, func(_ string, file fs.DirEntry, err error) error {
			if err != nil || file.IsDir() {
				return err
			}
			info, err := file.Info()
			if err == nil {
				n.Files++
				n.Bytes += info.Size()
			}
			return err
		})
		if err == nil && !dry {
			err = os.RemoveAll(path)
		}
		if err != nil {
			return err
		}
		left--
	}
	if left == 0 && !dry {
		return os.Remove(folder)
	}
	return nil
}
