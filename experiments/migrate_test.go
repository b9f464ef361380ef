package experiments_test

import (
	"database/sql"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
)

// oldStores are the stores in testdata, one of each released form before the
// present one, from version 1 on. Each was written by the program of its time.
var oldStores = []string{"v1.db", "v2.db", "v3.db", "v4.db"}

// oldStore copies a store of an older release from testdata, artifacts
// included, to where it may be changed.
func oldStore(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, name+".files"), os.DirFS(filepath.Join("testdata", name+".files"))); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// Every old store holds the 8 runs of the sweep "tiny" with seeds 1 and 2, from
// the runner "quickly". Migrated, it gives what was put in, and takes everything
// that a new store takes.
func TestStoresOfOlderForms(t *testing.T) {
	for i, name := range oldStores {
		t.Run(name, func(t *testing.T) { useOldStore(t, name, i+1) })
	}
}

func useOldStore(t *testing.T, name string, version int) {
	store, err := experiments.Open(oldStore(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	_, trials := tiny(t, 2)
	outcomes, err := store.Outcomes(t.Context(), experiments.Filter{Sweep: "tiny"})
	if err != nil || len(outcomes) != 8 {
		t.Fatalf("%d outcomes, %v", len(outcomes), err)
	}
	for _, o := range outcomes {
		i := slices.IndexFunc(trials, func(tr experiments.Trial) bool { return maps.Equal(tr.Levels, o.Levels) && tr.Seed == o.Seed })
		if i < 0 {
			t.Fatalf("run %s of levels %v seed %d is none of the sweep", o.Run, o.Levels, o.Seed)
		}
		want := result(trials[i])
		if o.Metrics["test/macro_f1"] != want.Metrics["test/macro_f1"] || !math.IsNaN(o.Metrics["test/micro_f1"]) || !math.IsInf(o.Metrics["validation/macro_f1"], 1) || !math.IsInf(o.Metrics["validation/micro_f1"], -1) {
			t.Errorf("run %s: metrics %v; want %v", o.Run, o.Metrics, want.Metrics)
		}
		if len(o.Test.Docs) != 2 || o.Test.Docs[0].Labels[0] != want.Test.Docs[0].Labels[0] {
			t.Errorf("run %s: counts %+v", o.Run, o.Test)
		}
		weights, err := store.Checkpoint(t.Context(), o.Key)
		if err != nil || !strings.HasPrefix(string(weights), "weights of ") {
			t.Errorf("run %s: checkpoint %q, %v", o.Run, weights, err)
		}
		steps, err := store.Steps(t.Context(), o.Key)
		if err != nil || len(steps) != 4 || steps[3].Losses["entity"] != 3 || !math.IsNaN(steps[3].Losses["total"]) {
			t.Errorf("run %s: steps %+v, %v", o.Run, steps, err)
		}
		if d, err := store.Show(t.Context(), o.Key); err != nil || d.Environment != nil || d.Revision != "abc+dirty" { // options records no environment
			t.Errorf("run %s: %+v, %v", o.Run, d, err)
		}
	}
	// Use it: a tag, a note, and a sweep with more seeds.
	if err := store.Tag(t.Context(), []string{outcomes[0].Key}, []string{"old"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := store.Remark(t.Context(), []string{outcomes[0].Key}, "from an older release"); err != nil {
		t.Fatal(err)
	}
	done := len(trials)
	sweep, more := tiny(t, 3)
	trials = more
	for i, o := range outcomes { // keys changed when settings were added since: then all 12 are to be run
		if !slices.ContainsFunc(trials, func(tr experiments.Trial) bool { return tr.Key == o.Key }) {
			done = 0
		} else if done == 0 {
			t.Errorf("the keys of only some runs changed (%d)", i)
		}
	}
	mustRun(t, store, sweep, trials, len(trials)-done)
	d, err := store.Show(t.Context(), outcomes[0].Key)
	if err != nil || !slices.Contains(d.Tags, "old") || len(d.Notes) == 0 || d.Notes[len(d.Notes)-1].Text != "from an older release" {
		t.Errorf("%+v, %v", d, err)
	}
	tagged, noted := 0, 0
	for _, o := range outcomes {
		d, err := store.Show(t.Context(), o.Key)
		if err != nil {
			t.Fatal(err)
		}
		tagged, noted = tagged+len(d.Tags), noted+len(d.Notes)
	}
	// Since version 2 there are two tags and a note of old.
	if old := min(version-1, 1); tagged != 2*old+1 || noted != old+1 {
		t.Errorf("%d tags and %d notes", tagged, noted)
	}
	if version < 3 {
		return
	}
	verdicts, err := store.Verdicts(t.Context())
	if err != nil || len(verdicts) != 1 || verdicts[0].Claim != "guide/f1" || *verdicts[0].Measured != 81.5 || len(verdicts[0].Runs) != 2 {
		t.Errorf("verdicts %+v, %v", verdicts, err)
	}
	if p, found, err := store.Probe(t.Context(), strings.Repeat("ab", 32)); err != nil || !found || p.Seconds != 2.5 {
		t.Errorf("measurement %+v, %v, %v", p, found, err)
	}
}

// Every released form migrates to the tables, indexes and columns of a new
// store, and to every form there is a store in testdata.
func TestMigratedStoresAreLikeNewOnes(t *testing.T) {
	fresh := filepath.Join(t.TempDir(), "new.db")
	create(t, fresh)
	want := form(t, fresh)
	if now := versionOf(t, want); len(oldStores) != now-1 {
		t.Errorf("stores of %d older forms in testdata; the present one has version %d", len(oldStores), now)
	}
	for i, name := range oldStores {
		path := oldStore(t, name)
		before := form(t, path)
		create(t, path)
		if got := form(t, path); got != want {
			t.Errorf("%s migrated differs from a new store:\n%s\nwant\n%s", name, got, want)
		}
		if v := versionOf(t, before); v != i+1 {
			t.Errorf("%s has version %d", name, v)
		}
	}
}

// versionOf reads user_version out of a form.
func versionOf(t *testing.T, form string) (version int) {
	t.Helper()
	if _, err := fmt.Sscan(form[strings.LastIndex(form, "\n")+1:], &version); err != nil {
		t.Fatal(err)
	}
	return version
}

// form is the schema of a store and the versions in its header.
func form(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var text string
	if err := db.QueryRow(`SELECT (SELECT group_concat(x, char(10)) FROM (SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS x FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name))
		|| char(10) || (SELECT user_version FROM pragma_user_version) || ' ' || (SELECT application_id FROM pragma_application_id)`).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

// A migration is one transaction. While a process in the middle of a write keeps
// the lock, another one that opens the store leaves it in the old form.
func TestMigrationIsWhole(t *testing.T) {
	path := oldStore(t, "v1.db")
	db, err := sql.Open("sqlite3", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	opened := make(chan error, 1)
	go func() {
		s, err := experiments.Open(path)
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	if _, err := tx.Exec(`UPDATE attempts SET error = 'seen'`); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	var seen int
	if err := db.QueryRow(`SELECT count(*) FROM attempts WHERE error = 'seen' AND environment_id IS NULL`).Scan(&seen); err != nil || seen != 8 {
		t.Errorf("%d attempts with both the write and the new column, %v; want 8", seen, err)
	}
}
