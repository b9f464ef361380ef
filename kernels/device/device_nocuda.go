//go:build !cuda

package device

import (
	"errors"

	"github.com/invoicelab/invoicelab/kernels"
)

func openCUDA() (kernels.Backend, error) {
	return nil, errors.New("this build has no CUDA backend: make cuda builds one that has, and needs no CUDA toolkit")
}

func hasCUDA() bool { return false }
