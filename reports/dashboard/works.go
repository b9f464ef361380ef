package dashboard

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Limits of works.
const (
	// patience is how long a request waits for what is computed before it
	// shows a page that says so.
	patience = 50 * time.Millisecond
	// keptWorks is how many results are kept for who asks again.
	keptWorks = 24
	// lastWait is how long close waits for what cannot be interrupted.
	lastWait = 2 * time.Second
)

// works computes beside the requests, one thing at a time: sweeps that run on
// this machine need its cores more. What several ask for is computed once.
type works struct {
	ctx    context.Context
	cancel context.CancelFunc
	gate   chan struct{} // holds one while something is computed
	all    sync.WaitGroup

	mu    sync.Mutex
	byKey map[string]*work
	order []string // of byKey, the one asked for last at the end
}

// work is one result, complete when done is closed.
type work struct {
	done  chan struct{}
	value any
	err   error
}

func newWorks() *works {
	w := &works{gate: make(chan struct{}, 1), byKey: map[string]*work{}}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	return w
}

// result gives what do computes for key, which names all that it depends on.
// ready is false while it is not there yet. An error is told once; who asks
// after that has it tried again.
func result[T any](w *works, ctx context.Context, key string, do func(context.Context) (T, error)) (value T, ready bool, err error) {
	k := w.start(key, func(ctx context.Context) (any, error) { return do(ctx) })
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-k.done:
	case <-timer.C:
		return value, false, nil
	case <-ctx.Done():
		return value, false, ctx.Err()
	}
	if k.err != nil {
		w.forget(key, k)
		return value, true, k.err
	}
	return k.value.(T), true, nil
}

func (w *works) start(key string, do func(context.Context) (any, error)) *work {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := slices.Index(w.order, key); i >= 0 {
		w.order = append(slices.Delete(w.order, i, i+1), key)
		return w.byKey[key]
	}
	for i := 0; len(w.order) >= keptWorks && i < len(w.order); i++ {
		select {
		case <-w.byKey[w.order[i]].done:
			delete(w.byKey, w.order[i])
			w.order = slices.Delete(w.order, i, i+1)
		default: // somebody waits for it
		}
	}
	k := &work{done: make(chan struct{})}
	w.byKey[key], w.order = k, append(w.order, key)
	w.all.Go(func() {
		defer close(k.done)
		select {
		case w.gate <- struct{}{}:
			defer func() { <-w.gate }()
		case <-w.ctx.Done():
		}
		if k.err = w.ctx.Err(); k.err == nil {
			k.value, k.err = do(w.ctx)
		}
	})
	return k
}

func (w *works) forget(key string, k *work) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byKey[key] == k {
		delete(w.byKey, key)
		w.order = slices.DeleteFunc(w.order, func(other string) bool { return other == key })
	}
}

// close ends what is computed. Comparisons cannot be interrupted; they are
// waited for only a little while, since nobody asks for them any more.
func (w *works) close() {
	w.cancel()
	done := make(chan struct{})
	go func() { w.all.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(lastWait):
	}
}
