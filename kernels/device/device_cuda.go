//go:build cuda

package device

import (
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cuda"
	"github.com/invoicelab/invoicelab/kernels/cuda/driver"
)

func openCUDA() (kernels.Backend, error) { return cuda.New() }

func hasCUDA() bool { return driver.Status() == nil }
