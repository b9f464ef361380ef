package bench_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestGPUScript: a program that fails, and tools that are not there, stop no step; the
// exit status and the summary say what happened.
func TestGPUScript(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	broken := filepath.Join(t.TempDir(), "invoicelab-cuda")
	if err := os.WriteFile(broken, []byte("#!/bin/sh\necho no GPU here >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "gpu.sh", "--small", "--limit", "60", broken, out)
	cmd.Env = append(os.Environ(), "PYTHON=no-such-python")
	said, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("%v, expected exit status 1:\n%s", err, said)
	}
	summary, err := os.ReadFile(filepath.Join(out, "summary.md"))
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, m := range regexp.MustCompile(`(?m)^\| (\w+) \| (ok|FAILED|not run) \| \d+ \| .+ \|$`).FindAllStringSubmatch(string(summary), -1) {
		steps = append(steps, m[1])
	}
	want := []string{"machine", "suite", "cublas", "cases", "bench", "profile", "nvcc", "memcheck", "racecheck", "synccheck", "initcheck"}
	if !slices.Equal(steps, want) {
		t.Errorf("steps %q, expected %q:\n%s", steps, want, summary)
	}
	for _, row := range []string{"| suite | FAILED | 0 | exit status 1: no GPU here |", "| cases | not run | 0 | no-such-python is not on the PATH |"} {
		if !strings.Contains(string(summary), row) {
			t.Errorf("summary lacks %q:\n%s", row, summary)
		}
	}
	if _, err := os.Stat(filepath.Join(out, "logs.tar.gz")); err != nil {
		t.Error(err)
	}

	err = exec.Command("bash", "gpu.sh", filepath.Join(out, "none"), out).Run()
	if !errors.As(err, &exit) || exit.ExitCode() != 2 {
		t.Errorf("a program that is not there: %v, expected exit status 2", err)
	}
}
