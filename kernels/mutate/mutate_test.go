package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMutationsApply: each mutation's text is in its file once, so that a kernel that changes takes its
// mutations along; and each kernel file has at least five, of more than one kind.
func TestMutationsApply(t *testing.T) {
	count, kinds := map[string]int{}, map[string]map[string]bool{}
	for _, s := range suites() {
		for _, m := range s.list {
			text, err := os.ReadFile(filepath.Join("../..", m.file))
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(text), m.old); n != 1 || m.old == m.new {
				t.Errorf("%s: %q is in it %d times", m.file, m.old, n)
			}
			if kinds[m.file] == nil {
				kinds[m.file] = map[string]bool{}
			}
			count[m.file]++
			kinds[m.file][m.kind] = true
		}
	}
	files, err := filepath.Glob("../cuda/*.cu")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d kernel files, %v", len(files), err)
	}
	for _, path := range files {
		if name := "kernels/cuda/" + filepath.Base(path); count[name] < 5 || len(kinds[name]) < 3 {
			t.Errorf("%s has %d mutations of %d kinds, expected 5 of 3", name, count[name], len(kinds[name]))
		}
	}
}
