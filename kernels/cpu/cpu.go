// Package cpu computes the operations of the kernels contract on the
// processor, in host memory. Level "go" is the reference: plain Go, which
// builds without cgo. The other levels are C, compiled for the instruction
// sets named and chosen when the program runs.
//
// The seam between the two: type ref (files ref*.go) implements every
// operation. Files c_*.go, built with cgo, hold type native, which embeds ref
// and overrides the operations written in C, and define
//
//	func nativeLevels() []string                                      // best first, only what this machine runs
//	func newNative(level string, threads int) (kernels.Backend, error) // level is one of nativeLevels
//
// nocgo.go defines the same two for builds without cgo. Both kinds share the
// memory methods and the shape checks (check*.go), so that a misfit panics
// with the same words on every level.
package cpu

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/kernels"
)

// goLevel names the reference.
const goLevel = "go"

// Levels lists the instruction levels this build and machine can run, best
// first: "avx512", "avx2", "baseline", "go".
func Levels() []string { return append(nativeLevels(), goLevel) }

// New makes a CPU backend. level "" is the best of Levels (Device().Level says
// which that was); an unknown or unavailable one is an error that lists
// Levels. threads is at least 1; results do not depend on it.
func New(level string, threads int) (kernels.Backend, error) {
	levels := Levels()
	if threads < 1 {
		return nil, fmt.Errorf("cpu: threads is %d, expected at least 1", threads)
	}
	if level == "" {
		level = levels[0]
	}
	if !slices.Contains(levels, level) {
		return nil, fmt.Errorf("cpu: level %q is not one that this build and machine can run: %s", level, strings.Join(levels, ", "))
	}
	if level == goLevel {
		return newRef(goLevel, threads), nil
	}
	return newNative(level, threads)
}

// processorName is the model name that the kernel reports, or the architecture
// where it reports none.
func processorName() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		key, value, _ := strings.Cut(s.Text(), ":")
		if strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
