// Package device opens the backend that a run names, or says why it cannot.
package device

import (
	"fmt"
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
	return nil, fmt.Errorf("device %q is unknown: expected %s; nearest is %q", name, strings.Join(Names(), ", "), nearest(name))
}

// Names lists what Open takes on this build and machine.
func Names() []string {
	names := []string{"cpu"}
	for _, level := range cpu.Levels() {
		names = append(names, "cpu/"+level)
	}
	return names
}

// nearest is the first of Names and "cuda" with the fewest edits to name.
func nearest(name string) string {
	var best string
	least := -1
	for _, candidate := range append(Names(), "cuda") {
		if d := edits(strings.ToLower(name), candidate); least < 0 || d < least {
			best, least = candidate, d
		}
	}
	return best
}

// edits is the Levenshtein distance of a and b in bytes.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			above := row[j+1]
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			row[j+1] = min(cost, above+1, row[j]+1)
			diagonal = above
		}
	}
	return row[len(b)]
}
