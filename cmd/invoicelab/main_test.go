package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asProgram makes the test binary be the program, so that tests can start and
// kill it as a process.
const asProgram = "INVOICELAB_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// program is a process of invoicelab in folder dir.
func program(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// result is what a command printed and its exit code.
type result struct {
	out, err string
	code     int
}

// invoke runs a command in this process, in the working directory.
func invoke(args ...string) result {
	var out, errs bytes.Buffer
	code := run(context.Background(), append([]string{"invoicelab"}, args...), &out, &errs)
	return result{out.String(), errs.String(), code}
}

// must runs a command that has to succeed.
func must(t *testing.T, args ...string) result {
	t.Helper()
	r := invoke(args...)
	if r.code != 0 {
		t.Fatalf("invoicelab %s: exit %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r
}

// smallSweep is a sweep of 4 trials that takes a second or two each.
const smallSweep = `name: small
about: a sweep for the tests of the command line
primary: test/macro_f1
seeds: [1, 2]
base:
  corpus:
    generate: {documents: 120, seed: 3}
    schema: core-73
  model:
    encoder: {hidden: 16, layers: 1, buckets: 256}
    head: {dim: 16}
  train: {epochs: 3, learning_rate: 0.01}
axes:
  - {name: head, key: model.head.kind, values: [linear, hybrid]}
`

// inFolder works in a new folder that holds small.yaml.
func inFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "small.yaml", smallSweep)
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
