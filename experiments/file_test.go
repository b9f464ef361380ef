package experiments_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
)

// Files that are no store of ours are refused in one line, and not changed.
func TestFilesThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	query := func(path, text string) string {
		db, err := sql.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
		return path
	}
	newer := filepath.Join(dir, "newer.db")
	if err := create(t, newer).Close(); err != nil {
		t.Fatal(err)
	}
	query(newer, "PRAGMA user_version = 999")
	readOnly := filepath.Join(dir, "readonly.db")
	if err := create(t, readOnly).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(readOnly, 0o444); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, want string
		open       func(string) (*experiments.Store, error)
	}{
		{write("text.db", strings.Repeat("this is a plain text file\n", 100), 0o666), "not a store of invoicelab (not an SQLite file)", experiments.Create},
		{filepath.Join(dir, "text.db"), "not a store of invoicelab (not an SQLite file)", experiments.Open},
		{query(filepath.Join(dir, "other.db"), "CREATE TABLE t (x)"), "not a store of invoicelab (an SQLite file of another program)", experiments.Create},
		{query(filepath.Join(dir, "other2.db"), "PRAGMA application_id = 77"), "not a store of invoicelab (an SQLite file of another program)", experiments.Open},
		{newer, "written by a newer invoicelab (store version 999, this program knows up to 5)", experiments.Create},
		{newer, "written by a newer invoicelab (store version 999, this program knows up to 5)", experiments.Open},
		{readOnly, "the file is read-only", experiments.Create},
		{filepath.Join(dir, "none", "runs.db"), "there is no folder " + filepath.Join(dir, "none"), experiments.Create},
		{filepath.Join(dir, "none.db"), "no such file; a sweep makes it", experiments.Open},
		{dir, "not a file", experiments.Create},
		{filepath.Join(dir, "text.db", "runs.db"), "there is no folder " + filepath.Join(dir, "text.db"), experiments.Create},
	} {
		before, _ := os.ReadFile(c.path)
		s, err := c.open(c.path)
		if err == nil {
			s.Close()
			t.Errorf("%s was opened", c.path)
			continue
		}
		if !strings.HasSuffix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v\nwant ... %s", c.path, err, c.want)
		}
		if after, _ := os.ReadFile(c.path); string(after) != string(before) {
			t.Errorf("%s was changed", c.path)
		}
	}
	for _, name := range []string{"none", "none.db"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s was made", name)
		}
	}
}

// An empty file is what a kill at the first moment can leave.
func TestEmptyFileBecomesAStore(t *testing.T) {
	path := writeFile(t, "runs.db", "")
	store := create(t, path)
	sweep, trials := tiny(t, 1)
	mustRun(t, store, sweep, trials, 4)
}

func TestChangedArtifactIsNoticed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs.db")
	store := create(t, path)
	sweep, trials := tiny(t, 1)
	mustRun(t, store, sweep, trials, 4)
	files, err := filepath.Glob(path + ".files/*/*")
	if err != nil || len(files) != 4 {
		t.Fatalf("%v, %v", files, err)
	}
	for i, f := range files {
		if i%2 == 0 {
			err = os.WriteFile(f, []byte("other weights"), 0o666)
		} else {
			err = os.Remove(f)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var changed, gone int
	for _, trial := range trials {
		_, err := store.Checkpoint(t.Context(), trial.Key)
		switch {
		case err == nil:
			t.Error("a changed checkpoint was read")
		case strings.HasSuffix(err.Error(), "was changed: its sha256 differs from its name"):
			changed++
		case strings.HasSuffix(err.Error(), "is gone"):
			gone++
		}
	}
	if changed != 2 || gone != 2 {
		t.Errorf("%d changed, %d gone", changed, gone)
	}
}
