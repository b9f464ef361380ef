//go:build cuda

package cuda

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"github.com/invoicelab/invoicelab/kernels/cuda/cublas"
)

// GEMMVariable names the environment variable that says what multiplies matrices: "cublas", "own", or, where it is
// empty, cuBLAS if the machine has it and own kernels if not. Device says which it is. Products that something follows,
// those of the cosine and of separation, are always own kernels, which do it in the same pass.
const GEMMVariable = "INVOICELAB_CUDA_GEMM"

// openLibrary is cuBLAS on the worker's stream, nil where own kernels multiply.
func (w *worker) openLibrary() error {
	choice := os.Getenv(GEMMVariable)
	switch choice {
	case "own":
		return nil
	case "", "cublas":
	default:
		return fmt.Errorf("kernels/cuda: %s is %q, expected cublas, own or nothing", GEMMVariable, choice)
	}
	library, err := cublas.Open(unsafe.Pointer(w.stream.C()))
	switch {
	case err == nil:
		w.library = library
	case choice == "" && errors.Is(err, cublas.ErrAbsent):
	case choice == "":
		return fmt.Errorf("kernels/cuda: cuBLAS: %w; %s=own does without", err, GEMMVariable)
	default:
		return fmt.Errorf("kernels/cuda: %s is cublas: %w", GEMMVariable, err)
	}
	return nil
}

// multiplies names what multiplies matrices.
func (w *worker) multiplies() string {
	if w.library == nil {
		return "own kernels"
	}
	return w.library.Name()
}

// byLibrary queues a plain product on cuBLAS, and answers false where own kernels are to do it.
func (b *backend) byLibrary(p product) bool {
	if b.library == nil || (p.mode != store && p.mode != add) || p.kScale != 0 || p.enable != 0 || !cublas.Fits(p.m, p.n, p.k) {
		return false
	}
	library := b.library
	b.later(b.at, library.Name(), func() error {
		return library.Multiply(p.c, p.a, p.b, p.m, p.n, p.k, p.ta, p.tb, p.mode == add)
	})
	return true
}
