//go:build cuda

package cuda_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cuda"
	"github.com/invoicelab/invoicelab/kernels/cuda/cublas"
	"github.com/invoicelab/invoicelab/kernels/cuda/fakecuda"
)

// TestLibraryMultiplies: plain products are cuBLAS's where it is there, of which the device tells, and those that something
// follows are not.
func TestLibraryMultiplies(t *testing.T) {
	if fake == nil {
		return // the machine's own cuBLAS, if it has one, runs the whole suite
	}
	path := fakecuda.BuildBLAS(t)
	for _, c := range []struct {
		choice, library, want string
		launches              uint64 // of MatMul
	}{
		{"", path, "GEMM by cuBLAS 12.99.3", 0},
		{"cublas", path, "GEMM by cuBLAS 12.99.3", 0},
		{"own", path, "GEMM by own kernels", 1},
		{"", filepath.Join(t.TempDir(), "absent.so"), "GEMM by own kernels", 1},
	} {
		t.Setenv(cuda.GEMMVariable, c.choice)
		t.Setenv(cublas.LibraryVariable, c.library)
		be := open(t)
		if name := be.Device().Name; !strings.HasSuffix(name, c.want) {
			t.Errorf("%q with %s: device %q, expected %q", c.choice, c.library, name, c.want)
		}
		x, y, inv := be.NewF32(4), be.NewF32(4), be.NewF32(2)
		m := kernels.NewMat(x, 2, 2)
		before := fake.Counters().Launches
		be.MatMul(kernels.NewMat(y, 2, 2), m, m, false, false, false)
		be.GetF32(make([]float32, 4), y)
		if got := fake.Counters().Launches - before; got != c.launches {
			t.Errorf("%q with %s: MatMul launches %d kernels, expected %d", c.choice, c.library, got, c.launches)
		}
		be.Cosine(kernels.NewMat(y, 2, 2), inv, inv, m, m, inv.Slice(0, 1))
		be.GetF32(make([]float32, 4), y)
		if got := fake.Counters().Launches - before - c.launches; got != 3 {
			t.Errorf("%q with %s: Cosine launches %d kernels, expected 3", c.choice, c.library, got)
		}
		for _, b := range []kernels.F32{x, y, inv} {
			be.FreeF32(b)
		}
		if err := be.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLibraryPassesSuite runs the parts of the suite that multiply, with cuBLAS's stand-in, in another process.
func TestLibraryPassesSuite(t *testing.T) {
	if fake == nil {
		return
	}
	for _, pattern := range []string{"^TestConformance$/^(MatMul|Tensors|CRFEnumeration|CRFBatches|Cosine)$", "^(TestSplitProducts|TestWideCRF)$"} {
		cmd := exec.Command(os.Args[0], "-test.count=1", "-test.run", pattern)
		cmd.Env = append(os.Environ(), cuda.GEMMVariable+"=cublas", cublas.LibraryVariable+"="+fakecuda.BuildBLAS(t))
		if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "no tests to run") {
			t.Errorf("%s: %v\n%s", pattern, err, out)
		}
	}
}

// TestLibraryRefused: a choice that is misspelt, a cuBLAS that was asked for and is not there, and one that is there and does
// not work.
func TestLibraryRefused(t *testing.T) {
	absent, empty := filepath.Join(t.TempDir(), "absent.so"), filepath.Join(t.TempDir(), "empty.so")
	cmd := exec.Command("gcc", "-shared", "-fPIC", "-x", "c", "-o", empty, "-")
	cmd.Stdin = strings.NewReader("int other(void) { return 0; }")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range []struct{ choice, library, want string }{
		{"cubls", absent, `INVOICELAB_CUDA_GEMM is "cubls", expected cublas, own or nothing`},
		{"cublas", absent, "INVOICELAB_CUDA_GEMM is cublas: no cuBLAS on this machine: " + absent + ": cannot open"},
		{"", empty, "cuBLAS: " + empty + ": it lacks the calls of cuBLAS; INVOICELAB_CUDA_GEMM=own does without"},
	} {
		t.Setenv(cuda.GEMMVariable, c.choice)
		t.Setenv(cublas.LibraryVariable, c.library)
		if be, err := cuda.New(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q with %s: backend %v, error %v, expected %q", c.choice, c.library, be, err, c.want)
		}
	}
}
