//go:build cuda

package driver_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gorgonia.org/cu"

	"github.com/invoicelab/invoicelab/kernels/cuda/driver"
)

// askVariable makes the test binary print what a program sees of the driver, and end. A process
// loads one driver only, so each case is a process.
const askVariable = "INVOICELAB_DRIVER_TEST_ASK"

func TestMain(m *testing.M) {
	if os.Getenv(askVariable) == "" {
		os.Exit(m.Run())
	}
	fmt.Println("status:", driver.Status())
	fmt.Println("library:", driver.Library())
	n, err := cu.NumDevices()
	fmt.Println("devices:", n)
	if err != nil {
		code, known := driver.Code(err)
		fmt.Println("code:", code, known)
		fmt.Println("described:", driver.Describe(err))
		return
	}
	value, err := cu.Device(5).Attribute(cu.WarpSize) // attribute 10
	fmt.Println("attribute:", value, err)
}

// ask runs this program with the given driver library and answers what it prints.
func ask(t *testing.T, library string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), askVariable+"=1", driver.LibraryVariable+"="+library)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the program does not end well: %v\n%s", err, out)
	}
	return string(out)
}

// library compiles a driver of our own for one case.
func library(t *testing.T, source string) string {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Fatal("the tests of the driver's loader need gcc: apt-get install gcc")
	}
	path := filepath.Join(t.TempDir(), "libcuda.so.1")
	cmd := exec.Command("gcc", "-shared", "-fPIC", "-x", "c", "-o", path, "-")
	cmd.Stdin = strings.NewReader(source)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func TestStatus(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent.so")
	empty := library(t, "int other(void) { return 0; }")
	noDevice := library(t, `
		int cuInit(unsigned flags) { return 100; }
		int cuGetErrorString(int code, const char **text) { *text = code == 100 ? "no CUDA-capable device" : 0; return 0; }`)
	old := library(t, "int cuInit(unsigned flags) { return flags; }")
	works := library(t, `
		int cuInit(unsigned flags) { return flags; }
		int cuDeviceGetCount(int *n) { *n = 3; return 0; }
		int cuDeviceGetAttribute(int *value, int attribute, int device) { *value = 1000 * attribute + device; return 0; }`)
	fails := library(t, `
		int cuInit(unsigned flags) { return flags; }
		int cuDeviceGetCount(int *n) { return 999; }
		int cuGetErrorName(int code, const char **text) { *text = "CUDA_ERROR_UNKNOWN"; return code != 999; }
		int cuGetErrorString(int code, const char **text) { *text = "unknown error"; return code != 999; }`)
	for _, c := range []struct {
		name, library string
		want          []string
	}{
		{"absent", absent, []string{
			"status: no CUDA driver: " + absent + ": cannot open shared object file: No such file or directory; install NVIDIA's driver",
			"devices: 0", "code: 3 true", "described: CUDA error 3"}},
		{"no driver", empty, []string{"status: no CUDA driver: " + empty + " was loaded but it has no cuInit", "code: 3 true"}},
		{"no device", noDevice, []string{"status: the CUDA driver " + noDevice + " does not start: error 100, no CUDA-capable device", "code: 100 true"}},
		{"lacks a call", old, []string{"status: <nil>", "code: 302 true"}},
		{"works", works, []string{"status: <nil>", "library: " + works, "devices: 3", "attribute: 10005 <nil>"}},
		{"fails", fails, []string{"status: <nil>", "described: CUDA_ERROR_UNKNOWN: unknown error"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := ask(t, c.library)
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("the program prints\n%swithout %q", out, want)
				}
			}
		})
	}
}

func TestCode(t *testing.T) {
	for _, c := range []struct {
		err   error
		code  int
		known bool
	}{
		{cu.OutOfMemory, 2, true},
		{fmt.Errorf("wrapped: %w", cu.IllegalAddress), 700, true},
		{errors.New("no driver's"), 0, false},
		{nil, 0, false},
	} {
		if code, known := driver.Code(c.err); code != c.code || known != c.known {
			t.Errorf("%v is %d, %v, want %d, %v", c.err, code, known, c.code, c.known)
		}
	}
}

// TestCallsAreHidden demands that the program exports no call of the driver:
// libraries loaded later would bind to them instead of to the driver's.
func TestCallsAreHidden(t *testing.T) {
	out, err := exec.Command("nm", "-D", "--defined-only", os.Args[0]).Output()
	if err != nil {
		t.Fatalf("nm, of binutils: %v", err)
	}
	for _, line := range strings.Split(string(out), "\n") {
		if fields := strings.Fields(line); len(fields) == 3 && strings.HasPrefix(fields[2], "cuMem") {
			t.Errorf("the program exports %s", fields[2])
		}
	}
}
