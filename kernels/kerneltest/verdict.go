package kerneltest

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/invoicelab/invoicelab/kernels"
)

// Verdict is what one part of the suite found.
type Verdict struct {
	Part     string
	Ops      []string // the operations of the contract that the part judges
	Failures []string // none where they agree
	Duration time.Duration
}

// Check runs the suite and reports the verdict on each part as soon as it is
// known. An error says why the suite could not run.
func Check(open func(threads int) (kernels.Backend, error), opts Options, report func(Verdict)) error {
	top := &reporter{report: report}
	var cannot error
	top.do(func() {
		Run(top, func(threads int) kernels.Backend {
			be, err := open(threads)
			if err != nil {
				cannot = err
				runtime.Goexit()
			}
			return be
		}, opts)
	})
	if cannot == nil && len(top.failures) > 0 {
		cannot = fmt.Errorf("kerneltest: %s", top.failures[0])
	}
	return cannot
}

// reporter is a Test that keeps the failures of the part that runs.
type reporter struct {
	report   func(Verdict)
	failures []string
}

func (r *reporter) Helper() {}

func (r *reporter) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *reporter) Fatal(args ...any) {
	r.failures = append(r.failures, fmt.Sprint(args...))
	runtime.Goexit()
}

func (r *reporter) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// do calls f and waits, also where f ends by Goexit; a panic is a failure.
func (r *reporter) do(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				r.Errorf("panic: %v", p)
			}
		}()
		f()
	}()
	<-done
}

func (r *reporter) Run(name string, do func(*reporter)) bool {
	sub := &reporter{report: r.report}
	began := time.Now()
	sub.do(func() { do(sub) })
	i := slices.IndexFunc(parts, func(p part) bool { return p.name == name })
	r.report(Verdict{Part: name, Ops: parts[i].ops, Failures: sub.failures, Duration: time.Since(began)})
	return len(sub.failures) == 0
}
