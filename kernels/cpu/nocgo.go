//go:build !cgo

package cpu

import (
	"fmt"

	"github.com/invoicelab/invoicelab/kernels"
)

// nativeLevels is empty: this build has no C kernels.
func nativeLevels() []string { return nil }

func newNative(level string, threads int) (kernels.Backend, error) {
	return nil, fmt.Errorf("cpu: level %q with %d threads: this build has no C kernels (CGO_ENABLED=0)", level, threads)
}
