package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain runs this binary as one of the writers.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "writer" {
		if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// Each job does what its command line says, in a small form. How evenly the
// writers of half a second come through is left to chance.
func TestJobs(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"make", "-runs", "10", "-metrics", "6", "-out", filepath.Join(t.TempDir(), "made.db")}, "10 runs of 6 metrics"},
		{[]string{"log", "-seconds", "0.3"}, "bytes each"},
		{[]string{"log", "-seconds", "0.3", "-rate", "1000", "-json"}, "\"p999_wait_ms\""},
		{[]string{"writers", "-n", "2", "-seconds", "0.5"}, "no lock error"},
	} {
		var out strings.Builder
		if err := run(t.Context(), c.args, &out, os.Stderr); err != nil && !strings.Contains(err.Error(), "fastest to slowest") || !strings.Contains(out.String(), c.want) {
			t.Errorf("%v: %v, %q; want %q", c.args, err, out.String(), c.want)
		}
	}
	if err := run(t.Context(), []string{"mak"}, os.Stdout, os.Stderr); err == nil || !strings.Contains(err.Error(), "make log writers") {
		t.Errorf("%v", err)
	}
}
