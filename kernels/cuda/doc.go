// Package cuda is the backend on NVIDIA GPUs. Every operation is one or a few
// hand-written kernels: the .cu files here, compiled to the PTX under ptx,
// which the driver compiles for the chip at hand when a backend is opened, or by nvcc to
// machine code (see cubin/README.md).
// Plain matrix products are cuBLAS's where the machine has it (package cublas), else own kernels (gemm.cu),
// as are all others: they fuse the scaling of rows and the projection of gradients that follow a product.
//
// Only files tagged cuda import gorgonia.org/cu and the loader of the driver:
//
//	make cuda
//
// builds a binary with them, and needs no CUDA toolkit. make ptx compiles the
// kernels again, with clang 16; a test says when that is due.
//
// One goroutine, locked to its thread, owns the context and the stream and
// runs what the caller asks for in order. Operations return before the device has
// done them. What fails on the device, or in the driver, is kept, nothing runs
// after it, and the next call that waits for the device panics with an
// error that names operation, kernel, shapes and the driver's message: PutF32, PutI32,
// GetF32, GetF64, GetI32, CRFFallbacks, the allocations, and Close, which returns it.
// An index, label or group outside its table is skipped by the kernel that
// meets it and reported in the same way. Shapes that do not fit panic at once.
//
// Nothing is copied to the host but what Get* and CRFFallbacks ask for, with 16 bytes of
// status. Up to 16 KiB, as the losses of a step, come with the status in one copy. The
// device itself decides which documents CRF, CRFNLL and CRFMarginals redo in the log domain: those
// kernels have a block for every document, and most return at once. All sums have an order that
// depends on shapes alone: two runs, on any two devices, do the same additions.
//
// None of this has run on a GPU yet: the tests run the same .cu files, compiled
// for the processor, under a stand-in for the driver (package fakecuda).
package cuda
