//go:build cgo

package cpu

// #cgo CFLAGS: -std=c11 -O3 -Wall -Wextra
// #cgo LDFLAGS: -lm
// #include "c_kernels.h"
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/invoicelab/invoicelab/kernels"
)

// native computes with the C kernels of one instruction level. Memory, shape
// checks and the documents that a CRF redoes in the log domain are those of
// the reference that it embeds.
type native struct {
	*ref
	k     *C.struct_kernels
	pool  *pool
	panel int // columns of a packed panel
	tile  int // rows of a matrix tile
	lanes int // floats of a vector

	packed  []float32   // of the operand b of a product
	parts   []float32   // of a sum over rows, one a section
	unit    []float32   // directions of prototypes
	scratch [][]float32 // one a worker
	crf     crfMemory
}

// table is the kernels of a level, nil where this build or machine cannot run it.
func table(level string) *C.struct_kernels {
	switch level {
	case "avx512":
		return C.kernels_avx512()
	case "avx2":
		return C.kernels_avx2()
	case "baseline":
		return C.kernels_baseline()
	}
	return nil
}

func nativeLevels() []string {
	var levels []string
	for _, level := range []string{"avx512", "avx2", "baseline"} {
		if table(level) != nil {
			levels = append(levels, level)
		}
	}
	return levels
}

func newNative(level string, threads int) (kernels.Backend, error) {
	k := table(level)
	if k == nil {
		return nil, fmt.Errorf("cpu: level %q: this machine cannot run it", level)
	}
	return &native{
		ref:     newRef(level, threads),
		k:       k,
		pool:    newPool(threads),
		panel:   int(k.panel),
		tile:    int(k.tile),
		lanes:   int(k.lanes),
		scratch: make([][]float32, threads),
	}, nil
}

// Close ends the threads. The backend must not be used afterwards.
func (n *native) Close() error {
	n.pool.close()
	return n.ref.Close()
}

// worker hands out size floats that hold anything to one worker, until it asks again.
func (n *native) worker(worker, size int) []float32 {
	n.scratch[worker] = grown(n.scratch[worker], size)
	return n.scratch[worker]
}

// grown is a buffer of size elements that hold anything, s where it is long enough.
func grown[T any](s []T, size int) []T {
	if cap(s) < size {
		return make([]T, size, size+size/4)
	}
	return s[:size]
}

// float, floatAt, int32s and double are what C takes for a slice: its first element.
// The memory holds no pointers, and C keeps none of them.

func float(s []float32) *C.float { return (*C.float)(unsafe.Pointer(unsafe.SliceData(s))) }

func floatAt(s []float32, i int) *C.float { return float(s[i:]) }

func int32s(s []int32) *C.int32_t { return (*C.int32_t)(unsafe.Pointer(unsafe.SliceData(s))) }

func double(s []float64) *C.double { return (*C.double)(unsafe.Pointer(unsafe.SliceData(s))) }

// flag is a C truth value.
func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}
