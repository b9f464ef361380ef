package experiments

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/train"
)

// oneTrial makes a store with a single trial.
func oneTrial(t *testing.T) (*Store, Trial) {
	t.Helper()
	s, err := Create(filepath.Join(t.TempDir(), "runs.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	e := config.Default()
	trial := Trial{Key: strings.Repeat("ab", 32), Seed: 1 << 63, Experiment: e, Canonical: e.Canonical(), Corpus: corpus.Manifest{Digest: strings.Repeat("cd", 32), Name: "c"},
		Schema: &corpus.Schema{Name: "s", Entities: []corpus.Entity{{Name: "total"}}}}
	sweep := config.Sweep{Name: "one", Primary: "test/macro_f1", Seeds: []uint64{1 << 63}, Base: e}
	if err := s.Add(t.Context(), sweep, []Trial{trial}); err != nil {
		t.Fatal(err)
	}
	return s, trial
}

// A lease of another machine is taken over when its heartbeat is stale, not
// before; what its process does afterwards changes nothing.
func TestStaleLeaseIsTakenOver(t *testing.T) {
	ctx := t.Context()
	theirs, trial := oneTrial(t)
	theirs.me.machine = "another machine"
	ours, err := Create(theirs.path)
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	their, err := theirs.lease(ctx, trial.Key, "them", 0, Provenance{})
	if err != nil || their.attempt == 0 {
		t.Fatalf("%+v, %v", their, err)
	}
	if lost, err := ours.reclaim(ctx); err != nil || len(lost) != 0 {
		t.Fatalf("a fresh lease was reclaimed: %v, %v", lost, err)
	}
	if c, err := ours.lease(ctx, trial.Key, "us", 0, Provenance{}); err != nil || c.attempt != 0 || c.state != StateRunning {
		t.Fatalf("a trial that runs elsewhere was leased: %+v, %v", c, err)
	}
	age := func(d time.Duration) {
		if _, err := ours.writer.Exec(`UPDATE attempts SET heartbeat = ?`, time.Now().Add(-d).UnixMicro()); err != nil {
			t.Fatal(err)
		}
	}
	age(staleAfter - 5*time.Second)
	if lost, err := ours.reclaim(ctx); err != nil || len(lost) != 0 {
		t.Fatalf("reclaimed too early: %v, %v", lost, err)
	}
	if alive, err := theirs.beat(ctx, "them"); err != nil || !alive[their.attempt] {
		t.Fatalf("heartbeat: %v, %v", alive, err)
	}
	age(staleAfter + time.Second)
	if lost, err := ours.reclaim(ctx); err != nil || len(lost) != 1 || lost[0] != trial.Key {
		t.Fatalf("reclaimed %v, %v", lost, err)
	}
	our, err := ours.lease(ctx, trial.Key, "us", 0, Provenance{})
	if err != nil || our.attempt == 0 {
		t.Fatalf("%+v, %v", our, err)
	}
	if alive, err := theirs.beat(ctx, "them"); err != nil || len(alive) != 0 {
		t.Errorf("heartbeat of a lost lease: %v, %v", alive, err)
	}
	if lost, err := theirs.flush(ctx, map[int64]*eventLog{their.attempt: filled()}); err != nil || len(lost) != 1 {
		t.Errorf("events of a lost lease: %v, %v", lost, err)
	}
	if err := theirs.finish(ctx, their.attempt, filled(), train.Result{}); !errors.Is(err, errLost) {
		t.Errorf("result of a lost lease: %v", err)
	}
	if err := ours.finish(ctx, our.attempt, filled(), train.Result{}); err != nil {
		t.Fatal(err)
	}
	infos, err := ours.Runs(ctx, Filter{})
	if err != nil || len(infos) != 1 || infos[0].State != StateDone || infos[0].Attempts != 2 || infos[0].Seed != 1<<63 {
		t.Errorf("runs %+v, %v", infos, err)
	}
	var steps int
	if err := ours.reader.QueryRow(`SELECT count(*) FROM steps`).Scan(&steps); err != nil || steps != 1 {
		t.Errorf("%d steps are stored, %v; want those of the second attempt alone", steps, err)
	}
}

func filled() *eventLog {
	l := &eventLog{}
	l.add(train.Event{Step: &train.StepEvent{Losses: map[string]float64{"total": 1}}})
	return l
}

// On one machine a process that is gone is told by its pid and start time, at
// once; one that is alive keeps its lease however old its heartbeat.
func TestGoneOnThisMachine(t *testing.T) {
	me := thisProcess()
	long := time.Now().Add(-time.Hour)
	if me.gone(me, long, time.Now()) {
		t.Error("this process is taken for gone")
	}
	reused := me
	reused.start--
	if !reused.gone(me, time.Now(), time.Now()) {
		t.Error("an earlier process of the same pid is taken for alive")
	}
	absent := me
	absent.pid = 1 << 30 // beyond the greatest pid of Linux
	if !absent.gone(me, time.Now(), time.Now()) {
		t.Error("a pid that does not exist is taken for alive")
	}
}

// A full disk: SQLite is told that the file may not grow.
func TestFullDisk(t *testing.T) {
	s, trial := oneTrial(t)
	ctx := t.Context()
	c, err := s.lease(ctx, trial.Key, "us", 0, Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.Exec(`PRAGMA max_page_count = 1`); err != nil { // no less than it has now
		t.Fatal(err)
	}
	metrics := map[string]float64{}
	for i := range 5000 {
		metrics[strings.Repeat("m", i%100)+time.Duration(i).String()] = 1
	}
	err = s.finish(ctx, c.attempt, &eventLog{}, train.Result{Metrics: metrics})
	if err == nil || !strings.HasSuffix(err.Error(), ": the disk is full") || strings.Contains(err.Error(), "\n") {
		t.Fatalf("a full disk gives %v", err)
	}
	var state string
	var stored int
	if err := s.reader.QueryRow(`SELECT state, (SELECT count(*) FROM metrics) FROM attempts`).Scan(&state, &stored); err != nil || state != "running" || stored != 0 {
		t.Errorf("attempt is %s with %d metrics, %v; want it as it was", state, stored, err)
	}
}

// Run gives up, with the store's error, when the store fails under it.
func TestRunEndsWhenTheStoreFails(t *testing.T) {
	s, trial := oneTrial(t)
	sweep := config.Sweep{Name: "one", Primary: "test/macro_f1", Seeds: []uint64{1 << 63}, Base: trial.Experiment}
	run := func(ctx context.Context, _ Trial, _ func(train.Event)) (train.Result, error) {
		// The folder of the checkpoints is a file.
		if err := os.WriteFile(s.path+".files", nil, 0o666); err != nil {
			t.Error(err)
		}
		return train.Result{Checkpoint: []byte("weights")}, nil
	}
	sum, err := Run(t.Context(), s, sweep, []Trial{trial}, RunOptions{Workers: 1}, run, func(Progress) {})
	if err == nil || !strings.Contains(err.Error(), "write artifact: ") || !strings.HasSuffix(err.Error(), "not a directory") || sum.Remaining != 1 {
		t.Errorf("summary %+v, %v", sum, err)
	}
	var state string
	if err := s.reader.QueryRow(`SELECT state FROM attempts`).Scan(&state); err != nil || state != "stopped" {
		t.Errorf("attempt is %s, %v; want stopped", state, err)
	}
}

// The database itself refuses a second attempt at a trial that runs or is done.
func TestDatabaseRefusesDoubles(t *testing.T) {
	s, trial := oneTrial(t)
	c, err := s.lease(t.Context(), trial.Key, "us", 0, Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	double := func(state string) error {
		return s.inTx(t.Context(), "double", func(tx *sql.Tx) error {
			_, err := tx.Exec(`INSERT INTO attempts (trial_id, state, owner, host, machine, pid, pid_start, started, heartbeat, revision, go_version, device) VALUES (1, ?, '', '', '', 0, 0, 0, 0, '', '', '')`, state)
			return err
		})
	}
	if err := double("running"); err == nil {
		t.Error("two attempts run at once")
	}
	if err := s.finish(t.Context(), c.attempt, &eventLog{}, train.Result{}); err != nil {
		t.Fatal(err)
	}
	if err := double("done"); err == nil {
		t.Error("a trial is done twice")
	}
}

// With nothing left to start, Run waits for what another process runs, and
// says so.
func TestRunWaitsForAnother(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	theirs, trial := oneTrial(t)
	theirs.me.host, theirs.me.machine, theirs.me.pid = "otherhost", "another machine", 17
	ours, err := Create(theirs.path)
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	their, err := theirs.lease(ctx, trial.Key, "them", 0, Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	sweep := config.Sweep{Name: "one", Primary: "test/macro_f1", Seeds: []uint64{1 << 63}, Base: trial.Experiment}
	run := func(context.Context, Trial, func(train.Event)) (train.Result, error) {
		t.Error("a trial that runs elsewhere was run")
		return train.Result{}, nil
	}
	waited := false
	sum, err := Run(ctx, ours, sweep, []Trial{trial}, RunOptions{Workers: 2}, run, func(p Progress) {
		if p.Moment == Waiting && !waited {
			waited = true
			if p.Elsewhere != 1 || p.Running != 0 || p.Where != "process 17 on otherhost" {
				t.Errorf("waiting: %+v", p)
			}
			if err := theirs.finish(ctx, their.attempt, filled(), train.Result{}); err != nil {
				t.Error(err)
			}
		}
	})
	if want := (Summary{Total: 1, Done: 1}); err != nil || sum != want || !waited {
		t.Errorf("summary %+v, %v, waited %v; want %+v", sum, err, waited, want)
	}
}

// Two of eight trials done and half of two others in 30 s: the pace is 10 s a
// trial, and five trials' worth is left. A machine that is late makes it more.
func TestPace(t *testing.T) {
	p := pace{start: time.Now().Add(-30 * time.Second), finished: 2}
	if left := p.left(6, 1); left < 49*time.Second || left > 80*time.Second {
		t.Errorf("left %v; want 50s", left)
	}
	if left := (pace{start: time.Now()}).left(6, 0); left != 0 {
		t.Errorf("left %v before anything is done", left)
	}
}
