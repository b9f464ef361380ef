package main

import (
	"runtime"

	"github.com/invoicelab/invoicelab/kernels/cpu"
)

const cpuPackage = "./kernels/cpu"

// suites lists what is tried: the pure-Go reference without cgo, the CUDA kernels, and the C
// kernels at the best level of this machine. The other levels are left out of the copy,
// since compiling them takes most of the time; what is mutated is theirs as well,
// but for lines inside an #if.
func suites() []suite {
	list := []suite{{
		name: "reference",
		env:  []string{"CGO_ENABLED=0"},
		args: []string{"-run", "^TestConformance$/^go$", cpuPackage},
		list: reference,
	}}
	list = append(list, cudaSuites()...)
	best := cpu.Levels()[0]
	if best == "go" {
		return list
	}
	s := suite{
		name:  "C, level " + best,
		args:  []string{"-run", "^TestConformance$/^" + best + "$", cpuPackage},
		setup: []overwrite{{"kernels/cpu/c_native.go", "-O3", "-O1"}},
		list:  slicesOf(best),
	}
	for _, level := range []string{"avx512", "avx2", "baseline"} {
		if level != best {
			s.setup = append(s.setup, overwrite{"kernels/cpu/c_" + level + ".c", "",
				"#include \"c_kernels.h\"\nconst struct kernels *kernels_" + level + "(void) { return 0; }\n"})
		}
	}
	return append(list, s)
}

// slicesOf is the mutations of the C kernels that a level compiles.
func slicesOf(level string) []mutation {
	list := append(append([]mutation{}, cVector...), cKernels...)
	if level == "avx512" {
		list = append(list, cVector512...)
	}
	if runtime.NumCPU() > 1 {
		list = append(list, cPool...)
	}
	return list
}
