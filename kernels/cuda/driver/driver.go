//go:build cuda

// Package driver loads the CUDA driver when it is first used, so that one
// binary starts on any machine, with or without a GPU.
//
// It provides the cu functions that gorgonia.org/cu links to: each looks up
// its namesake in libcuda.so.1, or in the file that the environment variable
// INVOICELAB_LIBCUDA names, and calls it. Without a driver each answers
// CUDA_ERROR_NOT_INITIALIZED, but for cuInit, which always answers 0, because
// cu calls it while the program starts and ends the process when it fails.
// Ask [Status] before the first call.
//
// Building needs no CUDA toolkit: include/cuda.h and the empty lib/libcuda.a
// stand in for one, and come before one that is installed when cgo is told
//
//	CGO_CPPFLAGS=-I$PWD/kernels/cuda/driver/include
//	CGO_LDFLAGS="-g -O2 -L$PWD/kernels/cuda/driver/lib"
//
// as make cuda does.
package driver

/*
#cgo CPPFLAGS: -I${SRCDIR}/include
#cgo LDFLAGS: -ldl
#include <cuda.h>
#include "driver.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"reflect"
)

// LibraryVariable names the environment variable that names another driver
// library than libcuda.so.1.
const LibraryVariable = "INVOICELAB_LIBCUDA"

// How driver_state says that no library was loaded, and that it is no driver;
// from initFailed upward the state is initFailed plus cuInit's answer.
const (
	notLoaded  = 1
	notADriver = 2
	initFailed = 2
)

// Status loads the driver if that has not happened and answers nil when it is
// ready. Otherwise the error names the library, why it cannot be used, and how
// to get a driver. The answer stays the same for the life of the process.
func Status() error {
	var path, message *C.char
	state := int(C.driver_state(&path, &message))
	library, why := C.GoString(path), C.GoString(message)
	switch {
	case state == 0:
		return nil
	case state == notLoaded:
		return fmt.Errorf("no CUDA driver: %s; install NVIDIA's driver for this machine's GPU (https://www.nvidia.com/drivers), or name its library with %s", why, LibraryVariable)
	case state == notADriver:
		return fmt.Errorf("no CUDA driver: %s was loaded but %s; name NVIDIA's libcuda.so.1 with %s", library, why, LibraryVariable)
	}
	return fmt.Errorf("the CUDA driver %s does not start: error %d, %s; nvidia-smi says more about the GPU and its driver", library, state-initFailed, why)
}

// Library is the file that was or will be loaded, as the dynamic loader was given it.
func Library() string {
	var path, message *C.char
	C.driver_state(&path, &message)
	return C.GoString(path)
}

// Describe gives the driver's name of and text for an error that a call of
// cu answered, such as "CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access
// was encountered", since cu's own text is only its name. An error that is
// not from the driver gives its own text.
func Describe(err error) string {
	code, ok := Code(err)
	if !ok {
		return err.Error()
	}
	var name, text *C.char
	if C.cuGetErrorName(C.CUresult(code), &name) != C.CUDA_SUCCESS || C.cuGetErrorString(C.CUresult(code), &text) != C.CUDA_SUCCESS {
		return fmt.Sprintf("CUDA error %d (%v)", code, err)
	}
	return C.GoString(name) + ": " + C.GoString(text)
}

// Code is the number, a CUresult, of an error that a call of cu answered, and
// false for any other error. cu does not export its type.
func Code(err error) (int, bool) {
	for ; err != nil; err = errors.Unwrap(err) {
		t := reflect.TypeOf(err)
		if t.Kind() == reflect.Int && t.PkgPath() == "gorgonia.org/cu" {
			return int(reflect.ValueOf(err).Int()), true
		}
	}
	return 0, false
}
