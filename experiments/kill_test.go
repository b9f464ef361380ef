package experiments_test

import (
	"bufio"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/train"
)

// childStore names the store on which a child process works.
const childStore = "EXPERIMENTS_TEST_STORE"

// childHolds, when it is set, makes a child stay with the trials that it is at
// once it has stored so many, until it is killed.
const childHolds = "EXPERIMENTS_TEST_HOLDS"

// childSeeds is the number of seeds of the children's sweep: 4 variants each.
const childSeeds = 10

// TestMain runs this binary as a child of the tests below: it works off the
// sweep on the store, and prints the key of each trial that is stored.
func TestMain(m *testing.M) {
	if path := os.Getenv(childStore); path != "" {
		child(path)
		return
	}
	os.Exit(m.Run())
}

// child works off the sweep of the file beside the store.
func child(path string) {
	fatal := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	sweep, err := config.LoadSweep(path + ".yaml")
	fatal(err)
	trials, err := experiments.Plan(sweep, describe)
	fatal(err)
	store, err := experiments.Create(path)
	fatal(err)
	holds, err := strconv.Atoi(cmp.Or(os.Getenv(childHolds), "1000"))
	fatal(err)
	var finished atomic.Int64
	run := func(ctx context.Context, t experiments.Trial, observe func(train.Event)) (train.Result, error) {
		if finished.Load() >= int64(holds) {
			return after(time.Hour)(ctx, t, observe)
		}
		return after(3*time.Millisecond)(ctx, t, observe)
	}
	_, err = experiments.Run(context.Background(), store, sweep, trials, options(2), run, func(p experiments.Progress) {
		if p.Moment == experiments.Finished {
			finished.Add(1)
			fmt.Printf("stored %s\n", p.Trial.Key)
		}
	})
	fatal(err)
	fatal(store.Close())
	fmt.Println("all done")
}

// childFiles makes a folder with the children's sweep and names the store.
func childFiles(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "runs.db")
	if err := os.WriteFile(path+".yaml", fmt.Appendf(nil, sweepText, childSeeds), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// start runs a child; stored collects the keys that it says are stored, and
// whether it came to its end.
type started struct {
	cmd    *exec.Cmd
	mu     sync.Mutex
	stored []string
	ended  bool
	read   chan struct{}
	output strings.Builder // anything else that it prints
}

func start(t *testing.T, path string, env ...string) *started {
	t.Helper()
	s := &started{cmd: exec.Command(os.Args[0]), read: make(chan struct{})}
	s.cmd.Env = append(append(os.Environ(), childStore+"="+path), env...)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s.cmd.Stdout
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.read)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			key, ok := strings.CutPrefix(lines.Text(), "stored ")
			s.mu.Lock()
			if ok && len(key) == 64 {
				s.stored = append(s.stored, key)
			} else if lines.Text() == "all done" {
				s.ended = true
			} else if !ok {
				s.output.WriteString(lines.Text() + "\n")
			}
			s.mu.Unlock()
		}
	}()
	return s
}

func (s *started) wait() error {
	<-s.read
	return s.cmd.Wait()
}

// awaitStored waits until the child has said of n trials that they are stored.
func (s *started) awaitStored(t *testing.T, n int) {
	t.Helper()
	for {
		s.mu.Lock()
		have := len(s.stored)
		s.mu.Unlock()
		if have >= n {
			return
		}
		select {
		case <-s.read:
			s.mu.Lock()
			defer s.mu.Unlock()
			if len(s.stored) < n && !s.ended {
				t.Fatalf("a child ended after %d trials: %s", len(s.stored), s.output.String())
			}
			return
		case <-time.After(time.Millisecond):
		}
	}
}

// audit looks into the file itself: every trial done exactly once, nothing
// running, every acknowledged trial there, no half written rows.
func audit(t *testing.T, path string, stored []string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	count := func(query string, args ...any) (n int) {
		t.Helper()
		if err := db.QueryRow(query, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const all = 4 * childSeeds
	for query, want := range map[string]int{
		`SELECT count(*) FROM trials`:                                                                       all,
		`SELECT count(DISTINCT trial_id) FROM attempts WHERE state = 'done'`:                                all,
		`SELECT count(*) FROM attempts WHERE state = 'done'`:                                                all,
		`SELECT count(*) FROM attempts WHERE state IN ('running', 'failed')`:                                0,
		`SELECT count(*) FROM sweeps`:                                                                       1,
		`SELECT count(*) FROM sweep_trials`:                                                                 all,
		`SELECT count(*) FROM metrics m JOIN attempts a ON a.id = m.attempt_id WHERE a.state = 'done'`:      4 * all,
		`SELECT count(*) FROM metrics m JOIN attempts a ON a.id = m.attempt_id WHERE a.state != 'done'`:     0,
		`SELECT count(*) FROM tallies`:                                                                      2 * all,
		`SELECT count(*) FROM attempt_artifacts`:                                                            all,
		`SELECT count(*) FROM steps s JOIN attempts a ON a.id = s.attempt_id WHERE a.state = 'done'`:        4 * all,
		`SELECT count(*) FROM epoch_points p JOIN attempts a ON a.id = p.attempt_id WHERE a.state = 'done'`: 4 * all,
		`SELECT count(*) FROM pragma_integrity_check WHERE integrity_check != 'ok'`:                         0,
		`SELECT count(*) FROM pragma_foreign_key_check`:                                                     0,
	} {
		if got := count(query); got != want {
			t.Errorf("%s: %d; want %d", query, got, want)
		}
	}
	seen := map[string]bool{}
	for _, key := range stored {
		if seen[key] {
			t.Errorf("trial %s was stored twice", key)
		}
		seen[key] = true
		if count(`SELECT count(*) FROM attempts a JOIN trials t ON t.id = a.trial_id WHERE a.state = 'done' AND t.key = ?`, key) != 1 {
			t.Errorf("trial %s was said to be stored and is not", key)
		}
	}
	files, err := filepath.Glob(path + ".files/*/*")
	if err != nil || len(files) != all {
		t.Errorf("%d checkpoint files, %v; want %d", len(files), err, all)
	}
	if partial, _ := filepath.Glob(path + ".files/partial-*"); len(partial) > 0 {
		t.Errorf("half written files are left: %v", partial)
	}
}

// A sweep killed at random moments, from before its store exists to its end,
// goes on where it was. Every other child is killed at a random moment after
// its first trial is stored, the rest at one after their start, whatever they
// are at then: making the store, planning, reclaiming, running.
func TestKilledAtRandomMoments(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	path := childFiles(t)
	var stored []string
	kills := 0
	for kills < 40 && len(stored) < 4*childSeeds-8 {
		c := start(t, path)
		delay := time.Duration(random.IntN(60)) * time.Millisecond
		if kills%2 == 1 {
			c.awaitStored(t, 1)
			delay /= 4
		}
		time.Sleep(delay)
		c.cmd.Process.Kill()
		c.wait() // "signal: killed", or nothing when it was too late
		if c.output.Len() > 0 {
			t.Fatalf("a child failed: %s", c.output.String())
		}
		kills++
		stored = append(stored, c.stored...)
	}
	t.Logf("%d kills, %d trials acknowledged", kills, len(stored))
	last := start(t, path)
	if err := last.wait(); err != nil || !last.ended {
		t.Fatalf("the last child: %v: %s", err, last.output.String())
	}
	audit(t, path, append(stored, last.stored...))
}

// Two processes work off one sweep; one is killed with trials under way, and the
// other does them too.
func TestTwoProcesses(t *testing.T) {
	path := childFiles(t)
	a := start(t, path, childHolds+"=5")
	b := start(t, path)
	a.awaitStored(t, 1)
	b.awaitStored(t, 1)
	a.cmd.Process.Kill()
	a.wait()
	if err := b.wait(); err != nil || !b.ended {
		t.Fatalf("the other process: %v: %s", err, b.output.String())
	}
	audit(t, path, append(a.stored, b.stored...))
}

// Where the file can grow no further, the process ends in one line, and what
// it had said to be stored is there. The limit on the size of files stands for
// a full disk, which takes root to make; docs/benchmarks-store.md has that.
func TestNoRoomLeft(t *testing.T) {
	path := childFiles(t)
	cmd := exec.Command("sh", "-c", `ulimit -f 1600; exec "$0"`, os.Args[0]) // 800 KiB or 1600, as the shell counts
	cmd.Env = append(os.Environ(), childStore+"="+path)
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("the sweep fitted into the limit: %s", out)
	}
	var other []string
	var stored []string
	for line := range strings.Lines(string(out)) {
		if key, ok := strings.CutPrefix(strings.TrimSpace(line), "stored "); ok {
			stored = append(stored, key)
		} else {
			other = append(other, line)
		}
	}
	if len(other) != 1 || !strings.Contains(other[0], "store "+path+": ") || !strings.Contains(other[0], "file too large") || len(stored) == 0 {
		t.Errorf("%d trials stored, then: %q", len(stored), other)
	}
	last := start(t, path)
	if err := last.wait(); err != nil || !last.ended {
		t.Fatalf("with room again: %v: %s", err, last.output.String())
	}
	audit(t, path, append(stored, last.stored...))
}
