//go:build cgo

package cpu

// #include "c_wait.h"
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// pool runs the parts of one operation on a fixed number of threads, the
// calling goroutine among them. Which worker does which part is left to
// chance, so a part must write only what is its own.
//
// The operations of a step follow each other within microseconds, and to wake a
// thread takes longer than many of them last. So a thread that has run out of
// work watches for the next job for a while (patience) before it parks.
type pool struct {
	threads int
	job     atomic.Pointer[job] // the one that runs, nil between two
	begun   *watched            // counts jobs, and the closing
	closed  atomic.Bool
	beds    []bed // one a worker; the caller, worker 0, has no use for its own
	workers sync.WaitGroup
}

// watched is a number that other threads wait for, alone on its cache lines.
type watched struct {
	_ [64]byte
	atomic.Uint32
	_ [64]byte
}

// bed is where a worker parks.
type bed struct {
	asleep atomic.Bool // whoever clears it wakes the worker
	wake   chan struct{}
	_      [48]byte // fills the cache line
}

// job is one operation: parts are claimed by counting next up, and left counts
// those that are not done.
type job struct {
	parts int64
	do    func(worker, part int)
	next  atomic.Int64
	left  atomic.Int64
	over  watched        // 1 when none is left
	done  sync.WaitGroup // 1 until then
}

// patience is how often a thread looks for work before it parks: 20 to 80
// microseconds, about what it would take to wake it.
const patience = 2000

// while waits until w is not old, or patience is over.
func (w *watched) while(old uint32) {
	if w.Load() == old {
		C.wait_while((*C.uint32_t)(unsafe.Pointer(&w.Uint32)), C.uint32_t(old), patience)
	}
}

// spareProcessor lets Go run one goroutine more than the threads that compute. Where all of Go's processors are
// in C, its monitor thread looks every 20 microseconds for one to take away, on a core that is
// computing: measured on two cores, that made some calls of a millisecond half as long again.
func spareProcessor(threads int) {
	if n := max(threads, runtime.NumCPU()) + 1; runtime.GOMAXPROCS(0) < n {
		runtime.GOMAXPROCS(n)
	}
}

func newPool(threads int) *pool {
	spareProcessor(threads)
	p := &pool{threads: threads, begun: new(watched), beds: make([]bed, threads)}
	for worker := 1; worker < threads; worker++ {
		p.beds[worker].wake = make(chan struct{}, 1)
		p.workers.Add(1)
		go p.serve(worker)
	}
	return p
}

func (p *pool) serve(worker int) {
	defer p.workers.Done()
	for seen := uint32(0); ; {
		p.begun.while(seen)
		if p.begun.Load() == seen {
			p.park(&p.beds[worker], seen)
			continue
		}
		seen = p.begun.Load()
		if p.closed.Load() {
			return
		}
		if j := p.job.Load(); j != nil {
			j.work(worker)
		}
	}
}

// park waits for a job after seen, for as long as it takes.
func (p *pool) park(b *bed, seen uint32) {
	b.asleep.Store(true)
	if p.begun.Load() != seen && b.asleep.CompareAndSwap(true, false) {
		return // a job came in between, and nobody was about to wake this worker
	}
	<-b.wake
}

// begin shows the workers that there is something new and wakes n that are parked.
func (p *pool) begin(n int) {
	p.begun.Add(1)
	for i := 1; i <= n; i++ {
		if b := &p.beds[i]; b.asleep.CompareAndSwap(true, false) {
			b.wake <- struct{}{}
		}
	}
}

func (j *job) work(worker int) {
	for {
		part := j.next.Add(1) - 1
		if part >= j.parts {
			return
		}
		j.do(worker, int(part))
		if j.left.Add(-1) == 0 {
			j.over.Store(1)
			j.done.Done()
		}
	}
}

// run calls do for each part in [0, parts) and returns when all are done.
// worker is below threads, and no two parts run on one worker at a time. A thread
// that comes too late finds no part left; nothing waits for it.
func (p *pool) run(parts int, do func(worker, part int)) {
	if parts <= 1 || p.threads == 1 {
		for part := range parts {
			do(0, part)
		}
		return
	}
	j := &job{parts: int64(parts), do: do}
	j.left.Store(int64(parts))
	j.done.Add(1)
	p.job.Store(j)
	p.begin(min(p.threads, parts) - 1)
	j.work(0)
	j.over.while(0)
	j.done.Wait()
	p.job.Store(nil)
}

// close ends the threads and returns when they have ended.
func (p *pool) close() {
	if p.closed.CompareAndSwap(false, true) {
		p.begin(p.threads - 1)
		p.workers.Wait()
	}
}

// share is the work in nanoseconds that is worth handing to another thread: a
// hand-over costs 2 to 10 microseconds.
const share = 15e3

// perThread is the most parts that split makes for each thread: with many small ones a
// thread that starts late, or is slowed by others, takes fewer, and the last ends soon.
const perThread = 16

// split calls do for consecutive parts [lo, hi) of [0, n), whose borders are
// multiples of align. cost is the nanoseconds of one item, roughly.
func (p *pool) split(n, align int, cost float64, do func(worker, lo, hi int)) {
	if n == 0 {
		return
	}
	parts := 1
	if p.threads > 1 {
		parts = min(perThread*p.threads, int(float64(n)*cost/share))
	}
	size := n
	if parts > 1 {
		size = (n + parts - 1) / parts
		size = (size + align - 1) / align * align
	}
	p.run((n+size-1)/size, func(worker, part int) {
		do(worker, part*size, min((part+1)*size, n))
	})
}

// chunk is the rows whose sum is taken at once in a reduction over rows. It is
// fixed: the sums of chunks are added in order, whatever the number of threads.
const chunk = 256

// chunks calls do for each chunk of n rows. cost is the nanoseconds of one row.
func (p *pool) chunks(n int, cost float64, do func(worker, index, lo, hi int)) {
	parts := (n + chunk - 1) / chunk
	if float64(n)*cost < 2*share {
		for i := range parts {
			do(0, i, i*chunk, min((i+1)*chunk, n))
		}
		return
	}
	p.run(parts, func(worker, i int) { do(worker, i, i*chunk, min((i+1)*chunk, n)) })
}
