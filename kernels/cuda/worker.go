//go:build cuda

package cuda

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"unsafe"

	"gorgonia.org/cu"

	"github.com/invoicelab/invoicelab/kernels/cuda/cublas"
	"github.com/invoicelab/invoicelab/kernels/cuda/driver"
)

// worker is the goroutine that owns the context, its stream and the kernels.
type worker struct {
	jobs    chan func()
	context cu.CUContext
	stream  cu.Stream
	loaded  []cu.Module
	kernels map[string]cu.Function
	library *cublas.Handle // nil where own kernels multiply
	failure error          // the first, nothing runs after it
}

// backlog is the number of launches that may wait for the worker.
const backlog = 256

// what names an operation and its shapes, for errors.
type what struct {
	op    string
	shape [4]int
}

func (w what) String() string {
	shape := w.shape[:]
	for len(shape) > 0 && shape[len(shape)-1] == 0 {
		shape = shape[:len(shape)-1]
	}
	return fmt.Sprintf("%s of %v", w.op, shape)
}

// startWorker makes a context on a device and loads the kernels into it.
func startWorker(ordinal int, code code) (*worker, error) {
	w := &worker{jobs: make(chan func(), backlog), kernels: map[string]cu.Function{}}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		if err := w.open(ordinal, code); err != nil {
			if w.library != nil {
				w.library.Close()
			}
			w.context.Destroy() // and all that was made in it
			started <- err
			return
		}
		started <- nil
		for job := range w.jobs {
			job()
		}
	}()
	return w, <-started
}

func (w *worker) open(ordinal int, code code) (err error) {
	device, err := cu.GetDevice(ordinal)
	if err != nil {
		return fmt.Errorf("kernels/cuda: device %d: %s", ordinal, driver.Describe(err))
	}
	if w.context, err = device.MakeContext(cu.SchedAuto); err != nil {
		return fmt.Errorf("kernels/cuda: context on device %d: %s", ordinal, driver.Describe(err))
	}
	if w.stream, err = cu.MakeStream(cu.NonBlocking); err != nil {
		return fmt.Errorf("kernels/cuda: stream on device %d: %s", ordinal, driver.Describe(err))
	}
	if err := w.openLibrary(); err != nil {
		return err
	}
	for i, m := range modules {
		module, err := cu.LoadData(string(code.images[i]))
		if err != nil {
			return fmt.Errorf("kernels/cuda: module %s, %s: %s", m.name, code.kind, driver.Describe(err))
		}
		w.loaded = append(w.loaded, module)
		for _, name := range m.kernels {
			if w.kernels[name], err = module.Function(name); err != nil {
				return fmt.Errorf("kernels/cuda: kernel %s of module %s: %s", name, m.name, driver.Describe(err))
			}
		}
	}
	return nil
}

// close ends the worker and gives everything back.
func (w *worker) close() error {
	done := make(chan error)
	w.jobs <- func() {
		var errs []string
		note := func(what string, err error) {
			if err != nil {
				errs = append(errs, what+": "+driver.Describe(err))
			}
		}
		if w.library != nil {
			note(w.library.Name(), w.library.Close())
		}
		for _, m := range w.loaded {
			note("unload", m.Unload())
		}
		note("stream", w.stream.Destroy())
		note("context", w.context.Destroy())
		if len(errs) > 0 {
			done <- fmt.Errorf("kernels/cuda: Close: %s", strings.Join(errs, "; "))
			return
		}
		done <- nil
	}
	err := <-done
	close(w.jobs)
	return err
}

// later queues a call of the driver.
func (w *worker) later(at what, step string, do func() error) {
	w.jobs <- func() { w.run(at, step, do) }
}

// now does a call of the driver and waits for it to return; it gives back the
// first failure so far.
func (w *worker) now(at what, step string, do func() error) error {
	done := make(chan error)
	w.jobs <- func() {
		w.run(at, step, do)
		done <- w.failure
	}
	return <-done
}

func (w *worker) run(at what, step string, do func() error) {
	if w.failure != nil {
		return
	}
	if err := do(); err != nil {
		w.failure = fmt.Errorf("kernels/cuda: %v: %s: %s", at, step, driver.Describe(err))
	}
}

// arg is one argument of a kernel in its slot of 64 bits.
type arg uint64

func integer(v int) arg     { return arg(v) }
func float(v float32) arg   { return arg(math.Float32bits(v)) }
func double(v float64) arg  { return arg(math.Float64bits(v)) }
func address(p uintptr) arg { return arg(p) }
func unsigned(v uint64) arg { return arg(v) }

// launch queues a kernel on a grid of gx x gy blocks. A grid of no block is not launched.
func (w *worker) launch(at what, kernel string, gx, gy, threads int, args ...arg) {
	if gx == 0 || gy == 0 {
		return
	}
	fn, known := w.kernels[kernel]
	if !known {
		panic("kernels/cuda: no kernel " + kernel)
	}
	w.later(at, kernel, func() error {
		slots := make([]unsafe.Pointer, len(args))
		for i := range args {
			slots[i] = unsafe.Pointer(&args[i])
		}
		return fn.Launch(gx, gy, 1, threads, 1, 1, 0, w.stream, slots)
	})
}
