package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/invoicelab/invoicelab/stream"
)

// harness kills processes and audits what they leave.
type harness struct {
	kills int
	seed  uint64
	old   string // store of an old form
	dir   string
	count counts

	random *rand.Rand
	old1   string // the old store, grown
}

// counts is what was done and found.
type counts struct {
	alone, ofTwo, migrating, late int // kills; late: the process had ended
	rounds, stored, noted, lost   int
	migrated, atOld, atNew        int
}

func (h *harness) killed() int { return h.count.alone + h.count.ofTwo + h.count.migrating }

func (h *harness) run(ctx context.Context) error {
	h.random = stream.New(h.seed, "crash")
	h.old1 = filepath.Join(h.dir, "old.db")
	if err := growOld(h.old, h.old1); err != nil {
		return err
	}
	for round := 0; h.killed() < h.kills; round++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := h.round(filepath.Join(h.dir, fmt.Sprintf("sweep-%d.db", round))); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
	}
	return nil
}

// killsOfRound is how many kills a sweep suffers at most before it is worked
// off and audited.
const killsOfRound = 24

// round kills processes that work off one sweep, in turn with ones that
// migrate a store, and then audits.
func (h *harness) round(path string) error {
	var ack acknowledged
	for i := 0; i < killsOfRound && h.killed() < h.kills && len(ack.stored) < trialsOfRound-6; i++ {
		var err error
		switch i % 3 {
		case 0:
			err = h.killAlone(path, &ack)
		case 1:
			err = h.killOfTwo(path, &ack)
		case 2:
			err = h.killMigrating(path + "-old")
		}
		if err != nil {
			return err
		}
	}
	last, err := start("sweep " + path)
	if err != nil {
		return err
	}
	if err := last.wait(); err != nil || !last.ended {
		return fmt.Errorf("the process that worked the sweep off: %v %s", err, last.other)
	}
	ack.add(last)
	lost, err := audit(path, ack)
	if err != nil {
		return err
	}
	h.count.rounds++
	h.count.stored, h.count.noted, h.count.lost = h.count.stored+len(ack.stored), h.count.noted+len(ack.noted), h.count.lost+lost
	return errors.Join(removeStore(path), nil)
}

// moment waits for a random time. Half of the times are counted from the start
// of the process, whatever it is at then, half from its first stored trial.
func (h *harness) moment(p *process) {
	delay := time.Duration(h.random.IntN(90)) * time.Millisecond
	if h.random.IntN(2) == 0 {
		p.awaitFirst()
		delay /= 3
	}
	select {
	case <-p.read:
	case <-time.After(delay):
	}
}

// kill ends a process and takes what it acknowledged.
func (h *harness) kill(p *process, ack *acknowledged, kind *int) error {
	p.cmd.Process.Kill()
	err := p.wait()
	ack.add(p)
	if p.ended {
		h.count.late++
		return nil
	}
	if p.other != "" {
		return fmt.Errorf("a process failed: %v %s", err, p.other)
	}
	*kind++
	return nil
}

func (h *harness) killAlone(path string, ack *acknowledged) error {
	p, err := start("sweep " + path)
	if err != nil {
		return err
	}
	h.moment(p)
	return h.kill(p, ack, &h.count.alone)
}

// killOfTwo kills one of two processes that share the sweep; the other works
// on for a while and is killed as well.
func (h *harness) killOfTwo(path string, ack *acknowledged) error {
	a, err := start("sweep " + path)
	if err != nil {
		return err
	}
	b, err := start("sweep " + path)
	if err != nil {
		return errors.Join(err, h.kill(a, ack, &h.count.ofTwo))
	}
	h.moment(a)
	err = h.kill(a, ack, &h.count.ofTwo)
	h.moment(b)
	return errors.Join(err, h.kill(b, ack, &h.count.ofTwo))
}

// killMigrating kills a process that opens an old store, then opens it.
func (h *harness) killMigrating(path string) error {
	defer removeStore(path)
	if err := copyFile(h.old1, path); err != nil {
		return err
	}
	p, err := start("migrate " + path)
	if err != nil {
		return err
	}
	// From the first byte that it writes, half of the time: the rest is its start.
	if h.random.IntN(4) > 0 {
		for wal := path + "-wal"; !p.over(); time.Sleep(200 * time.Microsecond) {
			if info, err := os.Stat(wal); err == nil && info.Size() > 0 {
				break
			}
		}
	}
	select {
	case <-p.read:
	case <-time.After(time.Duration(h.random.IntN(40)) * time.Millisecond):
	}
	var none acknowledged
	late := h.count.late
	if err := h.kill(p, &none, &h.count.migrating); err != nil {
		return err
	}
	if h.count.late > late {
		return nil
	}
	atOld, err := auditMigrated(path)
	if err != nil {
		return err
	}
	h.count.migrated++
	if atOld {
		h.count.atOld++
	} else {
		h.count.atNew++
	}
	return nil
}

// acknowledged is what processes said was stored.
type acknowledged struct{ stored, noted []string }

func (a *acknowledged) add(p *process) {
	a.stored, a.noted = append(a.stored, p.stored...), append(a.noted, p.noted...)
}

// process is a child. Its fields but cmd and read may be read once read is
// closed.
type process struct {
	cmd   *exec.Cmd
	read  chan struct{} // closed when its output ended
	first chan struct{} // closed when something was stored

	stored, noted []string
	ended         bool   // it came to its end
	other         string // whatever else it printed
}

func start(job string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(self), read: make(chan struct{}), first: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), childJob+"="+job)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stderr = p.cmd.Stdout
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.read)
		var once sync.Once
		for r := bufio.NewReader(out); ; {
			line, err := r.ReadString('\n')
			if err != nil { // a last line without its end was cut off by the kill
				return
			}
			line = strings.TrimSuffix(line, "\n")
			switch kind, what, _ := strings.Cut(line, " "); {
			case kind == "stored":
				p.stored = append(p.stored, what)
				once.Do(func() { close(p.first) })
			case kind == "noted":
				p.noted = append(p.noted, what)
			case line == "all done" || line == "migrated":
				p.ended = true
			default:
				p.other += line + "\n"
			}
		}
	}()
	return p, nil
}

func (p *process) wait() error {
	<-p.read
	return p.cmd.Wait()
}

func (p *process) over() bool {
	select {
	case <-p.read:
		return true
	default:
		return false
	}
}

func (p *process) awaitFirst() {
	select {
	case <-p.first:
	case <-p.read:
	}
}
