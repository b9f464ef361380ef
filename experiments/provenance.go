package experiments

import (
	"fmt"

	"github.com/invoicelab/invoicelab/kernels"
)

// Provenance is what a run was made with, as far as the caller knows it; the
// store adds host, process and times.
type Provenance struct {
	Revision    string // source revision of the program, "+dirty" when the tree was changed; may be empty
	GoVersion   string // "go1.26.8"
	Device      string // as from DeviceName, known before the run starts
	Environment *Environment
	Patch       []byte // of the changed tree against Revision, as git apply reads it; empty when it is unchanged or unknown
}

// DeviceName writes a device as runs show it: "cpu avx512 2 threads (name)".
func DeviceName(d kernels.Device) string {
	threads := fmt.Sprintf("%d threads", d.Threads)
	if d.Threads == 1 {
		threads = "1 thread"
	}
	return fmt.Sprintf("%s %s %s (%s)", d.Backend, d.Level, threads, d.Name)
}
