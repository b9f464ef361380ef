package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The patch of a changed checkout, applied to a clean one, gives the changed
// one: edited, new and deleted source files, and no others.
func TestDirtyPatch(t *testing.T) {
	t.Chdir(t.TempDir())
	must := func(args ...string) string {
		t.Helper()
		out, err := exec.Command("git", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	must("init", "-q", ".")
	write(t, "a.go", "package a\n")
	write(t, "gone.go", "package a\n\nvar gone int\n")
	must("add", ".")
	must("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "a: first")
	head := must("rev-parse", "--short=12", "HEAD")
	if got, err := dirtyPatch(t.Context(), head); got != nil || err != nil {
		t.Errorf("a patch of a clean revision: %q", got)
	}
	write(t, "a.go", "package a\n\nvar changed int\n")
	write(t, "sub/new.go", "package sub\n")
	write(t, "data.bin", "\x00\x01")
	if err := os.Remove("gone.go"); err != nil {
		t.Fatal(err)
	}
	before := must("status", "--porcelain")
	t.Chdir("sub")
	patch, err := dirtyPatch(t.Context(), head+"+dirty")
	t.Chdir("..")
	if err != nil {
		t.Fatal(err)
	}
	if after := must("status", "--porcelain"); after != before {
		t.Errorf("the checkout was changed:\n%s\nwant\n%s", after, before)
	}
	if other, err := dirtyPatch(t.Context(), "0123456789ab+dirty"); other != nil || err != nil {
		t.Errorf("a patch against a revision that is not checked out: %q", other)
	}
	must("stash", "-q", "--include-untracked")
	cmd := exec.Command("git", "apply", "-")
	cmd.Stdin = bytes.NewReader(patch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v\n%s\n%s", err, out, patch)
	}
	if got, want := must("status", "--porcelain"), strings.ReplaceAll(before, "?? data.bin\n", ""); got != want {
		t.Errorf("applied, the checkout is\n%s\nwant\n%s", got, want)
	}
	if text, err := os.ReadFile("a.go"); err != nil || !strings.Contains(string(text), "changed") {
		t.Errorf("a.go is %q, %v", text, err)
	}
}
