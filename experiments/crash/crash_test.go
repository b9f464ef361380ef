package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestMain runs this binary as one of the processes to kill.
func TestMain(m *testing.M) {
	if job := os.Getenv(childJob); job != "" {
		if err := child(job); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// The short form of the harness; see its command for the long one.
func TestKills(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), []string{"-kills", "21", "-seed", "3", "-old", "../testdata/v1.db", "-dir", t.TempDir()}, &out); err != nil {
		t.Fatal(err)
	}
	t.Log(out.String())
}
