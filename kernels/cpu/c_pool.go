//go:build cgo

package cpu

import (
	"sync"
	"sync/atomic"
)

// pool runs the parts of one operation on a fixed number of threads, the
// calling goroutine among them. Which worker does which part is left to
// chance, so a part must write only what is its own.
type pool struct {
	threads int
	jobs    chan *job // nil with one thread and after close
}

// job is one operation: parts are claimed by counting next up, and done counts
// the parts that are left.
type job struct {
	parts int
	next  atomic.Int64
	do    func(worker, part int)
	done  sync.WaitGroup
}

func newPool(threads int) *pool {
	p := &pool{threads: threads}
	if threads > 1 {
		p.jobs = make(chan *job, threads-1)
		for worker := 1; worker < threads; worker++ {
			go serve(p.jobs, worker)
		}
	}
	return p
}

func serve(jobs <-chan *job, worker int) {
	for j := range jobs {
		j.work(worker)
	}
}

func (j *job) work(worker int) {
	for {
		part := int(j.next.Add(1)) - 1
		if part >= j.parts {
			return
		}
		j.do(worker, part)
		j.done.Done()
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
	j := &job{parts: parts, do: do}
	j.done.Add(parts)
	for range min(p.threads, parts) - 1 {
		select {
		case p.jobs <- j:
		default: // the other threads have not even begun: the parts are done without them
		}
	}
	j.work(0)
	j.done.Wait()
}

func (p *pool) close() {
	if p.jobs != nil {
		close(p.jobs)
		p.jobs = nil
	}
}

// share is the work in nanoseconds that is worth handing to another thread: a
// hand-over costs 2 to 10 microseconds.
const share = 15e3

// split calls do for consecutive parts [lo, hi) of [0, n), whose borders are
// multiples of align. cost is the nanoseconds of one item, roughly. Parts are
// small enough for a thread that starts late, or is slowed by others, to take fewer.
func (p *pool) split(n, align int, cost float64, do func(worker, lo, hi int)) {
	if n == 0 {
		return
	}
	parts := 1
	if p.threads > 1 {
		parts = min(4*p.threads, int(float64(n)*cost/share))
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
