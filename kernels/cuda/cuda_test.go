//go:build cuda

package cuda_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cuda"
	"github.com/invoicelab/invoicelab/kernels/cuda/fakecuda"
	"github.com/invoicelab/invoicelab/kernels/kerneltest"
)

// fake is the driver that the tests run on, nil where INVOICELAB_LIBCUDA names one: that is
// how the suite is run on a GPU.
var fake *fakecuda.Fake

func TestMain(m *testing.M) {
	if os.Getenv("INVOICELAB_LIBCUDA") == "" {
		var err error
		if fake, err = fakecuda.Load("."); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

func open(t testing.TB) kernels.Backend {
	t.Helper()
	be, err := cuda.New()
	if err != nil {
		t.Fatal(err)
	}
	return be
}

// TestConformance holds the backend to the suite.
func TestConformance(t *testing.T) {
	kerneltest.Run(t, func(int) kernels.Backend { return open(t) }, kerneltest.Options{})
}
