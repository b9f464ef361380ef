package corpus

import (
	"sync"
)

// ordered draws values from next in one goroutine, works on them in several,
// and hands the results to take, in the caller's goroutine and in the order
// of the values. It stops when next has no more or take gives an error, which
// it returns. The values that are drawn but not taken are at most four for
// each worker.
func ordered[In, Out any](workers int, next func() (In, bool), work func() func(In) Out, take func(Out) error) error {
	type job struct {
		in  In
		out Out
		end chan struct{} // closed when out is there
	}
	queue := make(chan *job, 2*workers) // in the order of the values
	jobs := make(chan *job, workers)
	stop := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		defer close(queue)
		defer close(jobs)
		for {
			in, ok := next()
			if !ok {
				return
			}
			j := &job{in: in, end: make(chan struct{})}
			select {
			case <-stop:
				return
			case queue <- j:
			}
			select {
			case <-stop:
				return
			case jobs <- j:
			}
		}
	})
	for range workers {
		all.Go(func() {
			do := work()
			for j := range jobs {
				j.out = do(j.in)
				close(j.end)
			}
		})
	}
	var err error
	for j := range queue {
		<-j.end
		if err = take(j.out); err != nil {
			break
		}
	}
	close(stop)
	all.Wait()
	return err
}
