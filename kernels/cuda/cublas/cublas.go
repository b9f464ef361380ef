//go:build cuda

// Package cublas multiplies matrices on a GPU by NVIDIA's cuBLAS, which is
// loaded when it is first asked for, so that the same binary runs where there
// is none.
package cublas

/*
#cgo LDFLAGS: -ldl
#include <stdlib.h>
#include "cublas.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"unsafe"
)

// LibraryVariable names the environment variable that names the library, a file or what the dynamic
// loader finds; otherwise it is that of CUDA 13 or 12.
const LibraryVariable = "INVOICELAB_LIBCUBLAS"

// ErrAbsent: the machine has no cuBLAS.
var ErrAbsent = errors.New("no cuBLAS on this machine")

// Handle is cuBLAS on one stream. Its calls belong to the thread of its context.
type Handle struct{ c *C.struct_cublas }

// Open loads cuBLAS and makes a handle in the current context. It computes in float32 alone, with sums in the same
// order each time. The error is ErrAbsent, wrapped, where there is no such library, and says otherwise why none that was
// loaded works.
func Open(stream unsafe.Pointer) (*Handle, error) {
	names := []string{"libcublas.so.13", "libcublas.so.12"}
	if named := os.Getenv(LibraryVariable); named != "" {
		names = []string{named}
	}
	var missing, broken []string
	for _, name := range names {
		h, found, err := open(name, stream)
		switch {
		case err == nil:
			return h, nil
		case found:
			broken = append(broken, fmt.Sprintf("%s: %v", name, err))
		default:
			missing = append(missing, err.Error())
		}
	}
	if broken == nil {
		return nil, fmt.Errorf("%w: %s; name its library with %s", ErrAbsent, strings.Join(missing, "; "), LibraryVariable)
	}
	return nil, errors.New(strings.Join(broken, "; "))
}

const longest = 1024 // bytes of a message

func open(name string, stream unsafe.Pointer) (h *Handle, found bool, err error) {
	file, message := C.CString(name), (*C.char)(C.calloc(longest, 1))
	defer C.free(unsafe.Pointer(file))
	defer C.free(unsafe.Pointer(message))
	h = &Handle{(*C.struct_cublas)(C.calloc(1, C.sizeof_struct_cublas))}
	if status := C.cublas_open(h.c, file, stream, message, longest); status != 0 {
		C.free(unsafe.Pointer(h.c))
		return nil, status > 0, errors.New(C.GoString(message))
	}
	return h, true, nil
}

// Name is "cuBLAS" and its version.
func (h *Handle) Name() string {
	v := int(h.c.version)
	return fmt.Sprintf("cuBLAS %d.%d.%d", v/10000, v/100%100, v%100)
}

// Fits tells whether Multiply takes matrices of this shape: cuBLAS counts in 32 bits.
func Fits(m, n, k int) bool { return max(m, n, k) <= math.MaxInt32 }

// Multiply queues c [m, n] = op(a) op(b), or c += that, on the addresses of the device. Matrices lie row
// by row; a is [m, k], or [k, m] where ta, and b [k, n], or [n, k] where tb.
func (h *Handle) Multiply(c, a, b uintptr, m, n, k int, ta, tb, accumulate bool) error {
	// What lies row by row is, column by column, the transpose: c' = op(b)' op(a)'.
	lda, ldb := k, n
	if ta {
		lda = m
	}
	if tb {
		ldb = k
	}
	status := C.cublas_sgemm(h.c, flag(tb), flag(ta), C.int(n), C.int(m), C.int(k), pointer(b), C.int(max(ldb, 1)), pointer(a), C.int(max(lda, 1)),
		pointer(c), C.int(max(n, 1)), flag(accumulate))
	if status != 0 {
		return fmt.Errorf("cublasSgemm answers %d, %s", status, C.GoString(C.cublas_text(h.c, status)))
	}
	return nil
}

// Close gives the handle back, before its context goes.
func (h *Handle) Close() error {
	status := C.cublas_close(h.c)
	C.free(unsafe.Pointer(h.c))
	h.c = nil
	if status != 0 {
		return fmt.Errorf("cublasDestroy answers %d", status)
	}
	return nil
}

// pointer is an address of the device as C takes it.
func pointer(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

func flag(on bool) C.int {
	if on {
		return 1
	}
	return 0
}
