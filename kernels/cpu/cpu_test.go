package cpu_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/kernels/kerneltest"
)

// TestConformance holds every level that this machine runs to the suite.
func TestConformance(t *testing.T) {
	for _, level := range cpu.Levels() {
		t.Run(level, func(t *testing.T) {
			kerneltest.Run(t, func(threads int) kernels.Backend { return open(t, level, threads) }, kerneltest.Options{LogDomain: level == "go"})
		})
	}
}

func open(t testing.TB, level string, threads int) kernels.Backend {
	t.Helper()
	be, err := cpu.New(level, threads)
	if err != nil {
		t.Fatal(err)
	}
	if got := be.Device().Level; got != level {
		t.Fatalf("opened level %q, device says %q", level, got)
	}
	return be
}

func TestLevels(t *testing.T) {
	known := []string{"avx512", "avx2", "baseline", "go"}
	at := -1
	for _, level := range cpu.Levels() {
		i := slices.Index(known, level)
		if i <= at {
			t.Fatalf("levels %v, expected some of %v in that order", cpu.Levels(), known)
		}
		at = i
	}
	if at != len(known)-1 {
		t.Fatalf("levels %v lack the reference", cpu.Levels())
	}
	be, err := cpu.New("", 2)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	if d := be.Device(); d.Level != cpu.Levels()[0] || d.Backend != "cpu" || d.Threads != 2 || d.Name == "" {
		t.Fatalf("best level opened as %+v, levels are %v", d, cpu.Levels())
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := cpu.New("avx1024", 1); err == nil || !strings.Contains(err.Error(), `"avx1024"`) || !strings.Contains(err.Error(), strings.Join(cpu.Levels(), ", ")) {
		t.Errorf("unknown level: %v", err)
	}
	if _, err := cpu.New("go", 0); err == nil || !strings.Contains(err.Error(), "threads is 0") {
		t.Errorf("no thread: %v", err)
	}
}
