// Package kerneltest is the one suite that every backend of the kernels
// contract passes. A backend's own test is
//
//	kerneltest.Run(t, func(threads int) kernels.Backend { ... }, kerneltest.Options{})
//
// Every operation runs twice on one thread, then on two and on three: its
// outputs are poisoned with NaN first, guard cells stand round every buffer,
// inputs must come back unchanged, and all four runs must agree to the bit. The
// answers are held against float64 mirrors written here, independent of any
// backend: sums over all paths, closed forms, central differences, and the
// recorded cases in testdata.
package kerneltest

import (
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
)

// Options say what the suite may expect of a backend beyond the contract.
type Options struct {
	// LogDomain: the backend computes every CRF with a log scale, so CRF reports
	// no document as redone. Otherwise the suite proves that the ones that
	// underflow are.
	LogDomain bool
}

// groups lists the parts of the suite in the order they run.
var groups = []struct {
	name string
	run  func(*suite)
}{
	{"Memory", memory},
	{"Misfits", misfits},
	{"MatMul", matMul},
	{"Vectors", vectors},
	{"Embed", embedding},
	{"Gather", gather},
	{"LayerNorm", layerNorm},
	{"GELU", gelu},
	{"Dropout", dropout},
	{"GroupLogSoftmax", groupLogSoftmax},
	{"GroupAdd", groupAdd},
	{"Cosine", cosine},
	{"CosineNorms", cosineNorms},
	{"Separation", separation},
	{"Loss", loss},
	{"LossExtremes", lossExtremes},
	{"CRFEnumeration", crfEnumeration},
	{"CRFZeroScores", crfZeroScores},
	{"CRFWidths", crfWidths},
	{"CRFSpread", crfSpread},
	{"CRFLong", crfLong},
	{"CRFForbidden", crfForbidden},
	{"CRFNoPath", crfNoPath},
	{"CRFUnderflow", crfUnderflow},
	{"CRFBatches", crfBatches},
	{"ViterbiTies", viterbiTies},
	{"Argmax", argmax},
	{"SumSquares", sumSquares},
	{"AdamW", adamW},
	{"AdamWRows", adamWRows},
	{"Cases", cases},
}

// Run holds the backends that open makes to the whole contract.
func Run(t *testing.T, open func(threads int) kernels.Backend, opts Options) {
	s := &suite{opts: opts}
	for _, threads := range []int{1, 2, 3} {
		be := open(threads)
		if got := be.Device().Threads; be.Device().Backend == "cpu" && got != threads {
			t.Fatalf("backend opened with %d threads reports %d", threads, got)
		}
		s.backends = append(s.backends, be)
	}
	defer func() {
		for _, be := range s.backends {
			if err := be.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
	}()
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			s.T = t
			g.run(s)
		})
	}
}

// suite is what a part of it works with.
type suite struct {
	*testing.T
	backends []kernels.Backend // with 1, 2 and 3 threads
	opts     Options
}
