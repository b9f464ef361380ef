package device_test

import (
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/kernels/device"
)

// TestOpen opens every name on offer and reads back what was opened.
func TestOpen(t *testing.T) {
	names := device.Names()
	if len(names) != 1+len(cpu.Levels()) || names[0] != "cpu" {
		t.Fatalf("names %v for levels %v", names, cpu.Levels())
	}
	for i, name := range names {
		be, err := device.Open(name, 2)
		if err != nil {
			t.Fatal(err)
		}
		want := cpu.Levels()[max(0, i-1)] // plain "cpu" is the best level
		if d := be.Device(); d.Backend != "cpu" || d.Level != want || d.Threads != 2 {
			t.Errorf("%s opened as %+v, expected level %s", name, d, want)
		}
		if err := be.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestOpenRefuses: no name that cannot be had opens something else.
func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name    string
		threads int
		want    []string
	}{
		{"cuda", 1, []string{`device "cuda"`, noCUDA, "cpu/go"}},
		{"cuad", 1, []string{`device "cuad" is unknown`, `did you mean "cuda"?`, "cpu/go"}},
		{"CPU", 1, []string{`device "CPU" is unknown`, `did you mean "cpu"?`}},
		{"cpu/og", 1, []string{`device "cpu/og" is unknown`, `did you mean "cpu/go"?`}},
		{"cpu/", 1, []string{`device "cpu/" is unknown`, `did you mean "cpu"?`}},
		{"", 1, []string{`device "" is unknown`}},
		{"cpu", 0, []string{"threads is 0"}},
	} {
		be, err := device.Open(c.name, c.threads)
		if err == nil {
			t.Errorf("%q with %d threads opened %+v", c.name, c.threads, be.Device())
			continue
		}
		for _, part := range c.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q: error %q lacks %q", c.name, err, part)
			}
		}
	}
}
