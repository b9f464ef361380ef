//go:build cuda

package device_test

import (
	"os"
	"testing"
)

// noCUDA is why a build with the tag opens no GPU where there is no driver.
const noCUDA = "no CUDA driver"

// TestMain names a driver that no machine has, so that the tests are the same on all.
func TestMain(m *testing.M) {
	os.Setenv("INVOICELAB_LIBCUDA", "/nonexistent/libcuda.so.1")
	os.Exit(m.Run())
}
