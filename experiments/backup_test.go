package experiments_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/train"
)

// Backups made while a sweep runs open, hold whole runs only, with artifacts,
// and can finish the sweep themselves. Runs wait for a word, so that some begin
// before each backup and end while it is made.
func TestBackupWhileASweepRuns(t *testing.T) {
	dir := t.TempDir()
	store := create(t, filepath.Join(dir, "runs.db"))
	sweep, trials := tiny(t, 10)
	begin, done := make(chan bool), make(chan error, 1)
	go func() {
		_, err := experiments.Run(t.Context(), store, sweep, trials, options(2), func(ctx context.Context, tr experiments.Trial, observe func(train.Event)) (train.Result, error) {
			<-begin
			return quickly(ctx, tr, observe)
		}, silent)
		done <- err
	}()
	const each = 8 // runs that begin before a backup
	var last string
	before := 0
	for i := range len(trials) / each {
		for range each {
			begin <- true
		}
		last = filepath.Join(dir, fmt.Sprintf("backup-%d.db", i))
		if _, err := store.Backup(t.Context(), last); err != nil {
			t.Fatal(err)
		}
		copied, err := experiments.Open(last)
		if err != nil {
			t.Fatal(err)
		}
		// Two workers: all but the last two that began have ended.
		least := (i+1)*each - 2
		info, err := copied.Sweep(t.Context(), "tiny")
		if err != nil || info.Running != 0 || info.Failed != 0 || info.Trials != len(trials) || info.Done < least || info.Done > least+2 {
			t.Errorf("backup %d: %+v, %v; want %d to %d done", i, info, err, least, least+2)
		}
		before = info.Done
		outcomes, err := copied.Outcomes(t.Context(), experiments.Filter{})
		if err != nil || len(outcomes) != info.Done {
			t.Errorf("backup %d: %d outcomes, %v; %d done", i, len(outcomes), err, info.Done)
		}
		for _, o := range outcomes {
			if weights, err := copied.Checkpoint(t.Context(), o.Key); err != nil || string(weights) != "weights of "+o.Key {
				t.Errorf("backup %d: run %s: %q, %v", i, o.Run, weights, err)
			}
		}
		if err := copied.Close(); err != nil {
			t.Fatal(err)
		}
		if i == 1 { // the others go on from here
			mustRun(t, create(t, last), sweep, trials, len(trials)-before)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if _, err := store.Backup(t.Context(), last); err == nil || !strings.Contains(err.Error(), "the file exists") {
		t.Errorf("a backup was overwritten: %v", err)
	}
}

// The store of an older release is copied as it is: neither it nor the copy is
// brought up to date, and the copy can be.
func TestBackupOfAnOldStore(t *testing.T) {
	for version, name := range oldStores {
		path := oldStore(t, name)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "copy.db")
		n, err := experiments.Backup(t.Context(), path, to)
		if err != nil || n.Older != version+1 || n.Runs < 8 || n.Artifacts < 8 {
			t.Fatalf("%s: %+v, %v", name, n, err)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s was changed, %v", name, err)
		}
		if got, want := form(t, to), form(t, path); got != want {
			t.Errorf("the copy of %s has the form\n%s\nwant\n%s", name, got, want)
		}
		copied := create(t, to)
		outcomes, err := copied.Outcomes(t.Context(), experiments.Filter{Sweep: "tiny"})
		if err != nil || len(outcomes) != 8 {
			t.Errorf("%s: %d outcomes, %v", name, len(outcomes), err)
		}
	}
	empty := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(empty, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := experiments.Backup(t.Context(), empty, empty+".copy"); err == nil || !strings.HasSuffix(err.Error(), "backup: no sweep was ever stored in it") {
		t.Errorf("backup of an empty file: %v", err)
	}
}

// A backup whose artifact is gone has no name.
func TestBackupIsWholeOrNotThere(t *testing.T) {
	dir := t.TempDir()
	store := create(t, filepath.Join(dir, "runs.db"))
	sweep, trials := tiny(t, 1)
	mustRun(t, store, sweep, trials, 4)
	files, _ := filepath.Glob(store.Path() + ".files/*/*")
	if err := os.Remove(files[1]); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Backup(t.Context(), filepath.Join(dir, "copy.db")); err == nil || !strings.Contains(err.Error(), files[1]) {
		t.Errorf("%v; want the missing %s", err, files[1])
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "copy.db*")); len(left) > 1 || len(left) == 1 && !strings.HasSuffix(left[0], ".files") {
		t.Errorf("left: %v", left)
	}
}

func TestDeleteAndCollect(t *testing.T) {
	dir := t.TempDir()
	store := create(t, filepath.Join(dir, "runs.db"))
	sweep, trials := tiny(t, 1)
	mustRun(t, store, sweep, trials, 4)
	ctx := t.Context()
	if err := store.Tag(ctx, []string{trials[0].Key}, []string{"gone"}, nil); err != nil {
		t.Fatal(err)
	}
	// Files that are not the store's, and a half of an attempt that is gone.
	keepFile, half := filepath.Join(store.Path()+".files", "README"), filepath.Join(store.Path()+".files", "partial-77")
	for _, path := range []string{keepFile, half} {
		if err := os.WriteFile(path, []byte("abcde"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Delete(ctx, []string{trials[0].Key, trials[2].Key[:16]}); err != nil {
		t.Fatal(err)
	}
	want := experiments.Collected{Files: 3, Bytes: 5 + 2*int64(len("weights of ")+64)}
	for _, dry := range []bool{true, false} {
		if n, err := store.Collect(ctx, dry); err != nil || n != want {
			t.Errorf("dry %v: collected %+v, %v; want %+v", dry, n, err, want)
		}
	}
	if n, err := store.Collect(ctx, false); err != nil || n != (experiments.Collected{}) {
		t.Errorf("collected again %+v, %v", n, err)
	}
	if _, err := os.Stat(keepFile); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(half); err == nil {
		t.Error("a half file stays")
	}
	for i, tr := range trials {
		weights, err := store.Checkpoint(ctx, tr.Key)
		if deleted := i == 0 || i == 2; deleted != (err != nil) || !deleted && !bytes.HasSuffix(weights, []byte(tr.Key)) {
			t.Errorf("trial %d: %q, %v", i, weights, err)
		}
	}
	if d, err := store.Show(ctx, trials[0].Key); err != nil || d.State != experiments.StatePending || len(d.Tags) != 0 {
		t.Errorf("%+v, %v", d, err)
	}
	mustRun(t, store, sweep, trials, 2) // the sweep makes them again
	if err := store.DeleteSweep(ctx, "tiny"); err != nil {
		t.Fatal(err)
	}
	if err := store.Delete(ctx, []string{trials[1].Key}); err != nil {
		t.Fatal(err)
	}
	if runs, err := store.Runs(ctx, experiments.Filter{}); err != nil || len(runs) != 3 {
		t.Errorf("%d runs, %v; want the 3 that no sweep has but that are done", len(runs), err)
	}
}

// A run that runs cannot be deleted, nor its half-written file collected.
func TestDeleteRefusesWhatRuns(t *testing.T) {
	store := create(t, filepath.Join(t.TempDir(), "runs.db"))
	sweep, trials := tiny(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan string, 4)
	done := make(chan error, 1)
	go func() {
		_, err := experiments.Run(ctx, store, sweep, trials, options(1), after(time.Hour), func(p experiments.Progress) {
			if p.Moment == experiments.Started {
				started <- p.Trial.Key
			}
		})
		done <- err
	}()
	key := <-started
	if err := store.Delete(t.Context(), []string{trials[3].Key, key}); err == nil || !strings.Contains(err.Error(), "runs in process") {
		t.Errorf("%v", err)
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("the sweep was not stopped")
	}
}
