package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
)

// progress tells how a sweep goes: on a terminal one line that is rewritten,
// elsewhere a line for every trial that ends.
type progress struct {
	w        io.Writer
	sweep    config.Sweep
	terminal bool
	drawn    bool
	last     time.Time // of the rewritten line
}

func newProgress(w io.Writer, s config.Sweep) *progress {
	return &progress{w: w, sweep: s, terminal: isTerminal(w)}
}

// isTerminal says whether w is a terminal whose line can be rewritten.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// redraw is how often the line is rewritten at most.
const redraw = 200 * time.Millisecond

func (p *progress) report(e experiments.Progress) {
	switch e.Moment {
	case experiments.Planned:
		if e.Done < e.Total {
			p.line("%s: %d trials, %d done before, %d to go", p.sweep.Name, e.Total, e.Done, e.Total-e.Done)
		}
	case experiments.Reclaimed:
		p.line("%s  %s seed %d: its process is gone; running it again", e.Run, levelText(p.sweep, e.Trial.Levels), e.Trial.Seed)
	case experiments.Finished:
		p.line("%s  %s seed %d: done, %d of %d%s", e.Run, levelText(p.sweep, e.Trial.Levels), e.Trial.Seed, e.Done, e.Total, timeLeft(e))
	case experiments.Halted:
		p.line("%s  %s seed %d: at its rung, %d of %d%s", e.Run, levelText(p.sweep, e.Trial.Levels), e.Trial.Seed, e.Done, e.Total, timeLeft(e))
	case experiments.Failed:
		p.line("%s  %s seed %d: failed: %v", e.Run, levelText(p.sweep, e.Trial.Levels), e.Trial.Seed, e.Err)
	case experiments.Observed:
		p.status(e)
	case experiments.Waiting:
		if !p.drawn || p.terminal {
			p.rewrite("waiting for %d trials that run in %s", e.Elsewhere, e.Where)
		}
	}
}

// status rewrites the line on a terminal.
func (p *progress) status(e experiments.Progress) {
	if !p.terminal || time.Since(p.last) < redraw {
		return
	}
	epoch := 0
	switch {
	case e.Event.Step != nil:
		epoch = e.Event.Step.Epoch
	case e.Event.Epoch != nil:
		epoch = e.Event.Epoch.Epoch
	}
	p.rewrite("%d of %d done, %d running%s; %s %s seed %d: epoch %d of %d", e.Done, e.Total, e.Running, timeLeft(e),
		e.Run, levelText(p.sweep, e.Trial.Levels), e.Trial.Seed, epoch+1, e.Trial.Experiment.Train.Epochs)
}

func timeLeft(e experiments.Progress) string {
	if e.Left <= 0 {
		return ""
	}
	return ", about " + e.Left.Round(time.Second).String() + " left"
}

// line prints a line that stays.
func (p *progress) line(format string, args ...any) {
	p.end()
	fmt.Fprintf(p.w, format+"\n", args...)
}

func (p *progress) rewrite(format string, args ...any) {
	p.last, p.drawn = time.Now(), true
	if p.terminal {
		fmt.Fprintf(p.w, "\r\x1b[K"+format, args...)
		return
	}
	fmt.Fprintf(p.w, format+"\n", args...)
}

// end clears the rewritten line.
func (p *progress) end() {
	if p.drawn && p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.drawn = false
}
