// Package device opens the backend that a run names, or says why it cannot.
package device

import (
	"fmt"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/nearest"
)

// Open makes the named backend with the given number of threads: "cpu" is the
// best instruction level of this machine, "cpu/LEVEL" the named one of
// cpu.Levels, "cuda" the first GPU, which has threads of its own. A device that this build or machine lacks is an error, never
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
		be, err := openCUDA()
		if err != nil {
			return nil, fmt.Errorf("device %q: %w; without it there are %s", name, err, strings.Join(processors(), ", "))
		}
		return be, nil
	}
	hint := ""
	if near, ok := nearest.Name(name, append(processors(), "cuda")); ok {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return nil, fmt.Errorf("device %q is unknown: expected %s%s", name, strings.Join(Names(), ", "), hint)
}

// Names lists what Open takes on this build and machine: cuda is among them
// where the build has it and the machine has a driver that starts.
func Names() []string {
	if hasCUDA() {
		return append(processors(), "cuda")
	}
	return processors()
}

// processors lists the CPU and its levels.
func processors() []string {
	names := []string{"cpu"}
	for _, level := range cpu.Levels() {
		names = append(names, "cpu/"+level)
	}
	return names
}
