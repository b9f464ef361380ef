package main

import (
	"fmt"
	"path/filepath"
	"strings"
)

// kernelFile is the mutations of a file of kernels/cuda.
type kernelFile struct {
	name string
	// run names the parts of the suite that are tried, and, where they begin with Test, other tests
	// of the package: sizes that only CUDA cares for.
	run  string
	list []edit
}

// edit is a mutation of a file that is known.
type edit struct{ kind, old, new string }

// kernelFiles lists what is mutated in kernels/cuda.
var kernelFiles = []kernelFile{
	cuMemory, cuVector, cuNorm, cuGELU, cuDropout, cuGroup, cuOptimiser,
	cuGEMM, cuTile, cuGather, cuCosine, cuLoss,
	cuCRFPrepare, cuCRFChain, cuCRFCombine, cuCRFExact, cuViterbi, cuCRF,
	cuMath,
}

// cudaSuites are the CUDA kernels on the driver that runs them on the CPU. A barrier that is missing
// shows only where every access is watched, which is slow; all others are tried without.
func cudaSuites() []suite {
	var list []suite
	for _, flavour := range []string{"plain", "checked"} {
		for _, f := range kernelFiles {
			s := suite{
				name:     fmt.Sprintf("CUDA, %s, %s", f.name, flavour),
				env:      []string{"INVOICELAB_LIBCUDA=", "INVOICELAB_CUDA_SCRATCH=separate", "INVOICELAB_FAKECUDA_BUILD=" + flavour},
				compiled: cudaPackage,
			}
			s.args, s.more = f.patterns()
			for _, e := range f.list {
				if (e.kind == "barrier") == (flavour == "checked") {
					s.list = append(s.list, mutation{filepath.Join(cudaPackage, f.name), e.kind, e.old, e.new})
				}
			}
			list = append(list, s)
		}
	}
	return list
}

const cudaPackage = "kernels/cuda"

// patterns are what the test is asked to run, and what then if that passes.
func (f kernelFile) patterns() (first, more []string) {
	var parts, tests []string
	for _, name := range strings.Split(f.run, "|") {
		if strings.HasPrefix(name, "Test") {
			tests = append(tests, name)
		} else {
			parts = append(parts, name)
		}
	}
	if tests != nil {
		more = []string{"-test.run", "^(" + strings.Join(tests, "|") + ")$"}
	}
	return []string{"-test.run", "^TestConformance$/^(" + strings.Join(parts, "|") + ")$"}, more
}
