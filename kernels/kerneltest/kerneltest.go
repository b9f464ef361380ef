// Package kerneltest is the one suite that every backend of the kernels
// contract passes. A backend's own test is
//
//	kerneltest.Run(t, func(threads int) kernels.Backend { ... }, kerneltest.Options{})
//
// Every operation runs twice on one thread, then on two and on three: its
// outputs are poisoned with NaN first, guard cells stand round every buffer,
// inputs must come back unchanged, and all four runs must agree to the bit. The
// answers are held against float64 mirrors written here, independent of any
// backend: sums over all paths, closed forms, central differences, and the
// recorded cases in testdata.
//
// Check runs the same suite outside of go test, for a user's own device.
package kerneltest

import "github.com/invoicelab/invoicelab/kernels"

// T is what a part of the suite needs of the test that it runs in.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any) // does not return
}

// Test is a T that runs parts, each as a test of its own: *testing.T is one.
type Test[Part any] interface {
	T
	Run(name string, do func(Part)) bool
}

// Options say what the suite may expect of a backend beyond the contract.
type Options struct {
	// LogDomain: the backend computes every CRF with a log scale, so CRFFallbacks
	// stays 0. Otherwise the suite proves that the ones that
	// underflow are.
	LogDomain bool
}

// Run holds the backends that open makes to the whole contract.
func Run[Part Test[Part]](t Part, open func(threads int) kernels.Backend, opts Options) {
	s := &suite{opts: opts}
	for _, threads := range []int{1, 2, 3} {
		be := open(threads)
		if got := be.Device().Threads; be.Device().Backend == "cpu" && got != threads {
			t.Fatalf("backend opened with %d threads reports %d", threads, got)
		}
		s.backends = append(s.backends, be)
	}
	defer func() {
		for _, be := range s.backends {
			if err := be.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
	}()
	for _, p := range parts {
		t.Run(p.name, func(t Part) {
			s.T = t
			p.run(s)
		})
	}
}

// suite is what a part of it works with.
type suite struct {
	T
	backends []kernels.Backend // with 1, 2 and 3 threads
	opts     Options
}
