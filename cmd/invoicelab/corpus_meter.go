package main

import (
	"fmt"
	"io"
	"time"

	"github.com/invoicelab/invoicelab/corpus"
)

// meter tells how the making of a corpus goes: on a terminal one line that is
// rewritten; elsewhere only what was left by an earlier run.
type meter struct {
	w        io.Writer
	terminal bool
	began    time.Time
	last     time.Time // of the rewritten line
	resumed  bool      // it was said that documents are taken over
}

func newMeter(w io.Writer) *meter {
	return &meter{w: w, terminal: isTerminal(w), began: time.Now()}
}

func (m *meter) report(p corpus.Progress) {
	if p.Note != "" {
		fmt.Fprintln(m.w, p.Note)
		return
	}
	if p.Resumed > 0 && !m.resumed {
		m.resumed = true
		m.began = time.Now()
		fmt.Fprintf(m.w, "going on after the %d documents that an earlier run stored\n", p.Resumed)
	}
	if !m.terminal || time.Since(m.last) < redraw {
		return
	}
	m.last = time.Now()
	rate := float64(p.Done-p.Resumed) / m.last.Sub(m.began).Seconds() // documents a second
	left := time.Duration(float64(p.Total-p.Done) / rate * float64(time.Second))
	fmt.Fprintf(m.w, "\r\x1b[K%d of %d documents, %.0f a second, about %s left", p.Done, p.Total, rate, left.Round(time.Second))
}

// end clears the rewritten line.
func (m *meter) end() {
	if !m.last.IsZero() {
		fmt.Fprint(m.w, "\r\x1b[K")
	}
}
