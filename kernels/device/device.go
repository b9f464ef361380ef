// Package device opens the backend that a run names, or says why it cannot.
package device

import (
	"fmt"
	"github.com/invoicelab/invoicelab/nearest"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
)

// Open makes the named backend with the given number of threads: "cpu" is the
// best instruction level of this machine, "cpu/LEVEL" the named one of
// cpu.Levels. A device that this build or machine lacks is an error, never
// replaced by another. The caller closes the backend.
func Open(name string, threads int) (kernels.Backend, error) {
	family, level, named := strings.Cut(name, "/")
	switch {
	case family == "cpu" && (!named || slices.Contains(cpu.Levels(), level)):
		be, err := cpu.New(level, threads)
		if err != nil {
			return nil, fmt.Errorf("device %q: %w", name, err)
		}
		return be, nil
	case name == "cuda":
		return nil, fmt.Errorf("device %q: this build has no CUDA backend; the devices it has are %s", name, strings.Join(Names(), ", "))
	}
	hint := ""
	if near, ok := nearest.Name(name, append(Names(), "cuda")); ok {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return nil, fmt.Errorf("device %q is unknown: expected %s%s", name, strings.Join(Names(), ", "), hint)
}

// Names lists what Open takes on this build and machine.
func Names() []string {
	names := []string{"cpu"}
	for _, level := range cpu.Levels() {
		names = append(names, "cpu/"+level)
	}
	return names
}
