// Package fakecuda builds, for tests, a CUDA driver that runs kernels on the
// CPU: the .cu sources, compiled by g++ with host.h, and runtime/, which
// provides the calls of libcuda.so.1. A program under test loads it through
// package driver and notices no difference, but for what the fake is strict
// about:
//
//   - threads of a block are fibers of one OS thread, blocks run one after the
//     other, in order or shuffled by a seed;
//   - a barrier or a warp operation that not all threads reach is an error;
//   - device memory holds NaN until it is written, lies between pages that
//     fault, with bytes on either side that no kernel may change, and faults
//     after it was freed; a pointer argument must point to it;
//   - a kernel must be an entry of the PTX that is loaded, with parameters of
//     the same sizes as in its source;
//   - a launch beyond the limits of a device, its launch bounds or 48 KiB of
//     shared memory is refused.
//
// Errors of kernels name kernel, block and thread; as with a real driver the
// next call answers them, and every call after it. cuGetErrorString gives the
// message of the last error. What was counted is read with [Fake.Counters].
//
// The flavour Checked also finds races between threads. No flavour shows
// asynchronous order, the rounding of the device's own functions, or speed:
// those need a GPU.
package fakecuda

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Variables of the environment that the fake reads when it is initialised.
const (
	libraryVariable = "INVOICELAB_LIBCUDA"        // which driver package driver loads
	stateVariable   = "INVOICELAB_FAKECUDA_STATE" // the file of the state
	flavourVariable = "INVOICELAB_FAKECUDA_BUILD" // the flavour that Load builds
	scratchVariable = "INVOICELAB_CUDA_SCRATCH"   // how the backend allocates, see there
	gemmVariable    = "INVOICELAB_CUDA_GEMM"      // and what multiplies
	codeVariable    = "INVOICELAB_CUDA_CODE"      // and which form of the kernels it loads
)

// Fake is the fake driver of this process.
type Fake struct {
	Path    string // of its libcuda.so.1
	Flavour Flavour
	state   *state
}

// Load builds the fake driver for the .cu files of dir and has this process
// use it: package driver must not have loaded another one, and a process can
// load only one. The environment variable INVOICELAB_FAKECUDA_BUILD chooses
// the flavour by its name, INVOICELAB_FAKECUDA_SHUFFLE a seed for the order of
// threads and blocks. Under all flavours but Plain the backend's scratch memory is
// separate allocations, so that an access beyond one is seen. Matrices are
// multiplied by own kernels, unless the environment says otherwise.
func Load(dir string) (*Fake, error) {
	flavour, err := ParseFlavour(os.Getenv(flavourVariable))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flavourVariable, err)
	}
	path, err := build(dir, flavour)
	if err != nil {
		return nil, err
	}
	st, file, err := newState()
	if err != nil {
		return nil, err
	}
	settings := map[string]string{libraryVariable: path, stateVariable: file, codeVariable: "ptx"}
	if os.Getenv(gemmVariable) == "" {
		settings[gemmVariable] = "own" // a real cuBLAS would ask this driver for what it lacks
	}
	if flavour != Plain {
		settings[scratchVariable] = "separate"
	}
	for key, value := range settings {
		if err := os.Setenv(key, value); err != nil {
			return nil, err
		}
	}
	return &Fake{Path: path, Flavour: flavour, state: st}, nil
}

// Build makes the fake driver for the .cu files of dir and answers the path
// of its libcuda.so.1, which a test can hand to a process of its own. It is
// built once for the same sources and flavour. Without g++ the test fails.
func Build(t testing.TB, dir string, flavour Flavour) string {
	t.Helper()
	path, err := build(dir, flavour)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// moduleRoot is the folder of the go.mod above the working directory: the
// runtime of the fake is compiled from the sources beside it.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("fakecuda: no go.mod above the working directory; run the tests within the module")
		}
		dir = parent
	}
}
