package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What ends a test that a mutation keeps from ending. On a busy machine the suite takes its time: what it
// may take is counted from what it takes without a mutation.
const (
	mostProcessor = 180              // seconds of a process on the processor
	mostWhole     = 40 * time.Minute // for the suite without a mutation
	mostTimes     = 10               // that, for one with a mutation
	leastWhole    = time.Minute      // but at least this
)

// copied is what the kernels and their suite need of the module.
var copied = []string{"go.mod", "go.sum", "kernels", "nearest", "stream"}

// workspace is a copy of the module that is mutated.
type workspace struct {
	dir   string
	suite suite
	limit time.Duration // of one run
}

// verdict is what became of a mutation.
type verdict struct {
	mutation
	noticed bool
	found   string // the part of the suite that noticed, or what else happened
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	path := strings.TrimSpace(string(out))
	if path == "" || path == os.DevNull {
		return "", errors.New("run it inside the module")
	}
	return filepath.Dir(path), nil
}

func newCopy(root string, s suite) (*workspace, error) {
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return nil, err
	}
	c := &workspace{dir, s, mostWhole}
	for _, name := range copied {
		if err := copyTree(filepath.Join(dir, name), filepath.Join(root, name)); err != nil {
			c.remove()
			return nil, err
		}
	}
	for _, o := range s.setup {
		text, err := os.ReadFile(filepath.Join(dir, o.file))
		changed := strings.ReplaceAll(string(text), o.old, o.new)
		switch {
		case o.old == "":
			changed = o.new
		case err == nil && changed == string(text):
			err = fmt.Errorf("%s: the text %q is not in it", o.file, o.old)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, o.file), []byte(changed), 0o644)
		}
		if err != nil {
			c.remove()
			return nil, err
		}
	}
	return c, nil
}

func (c *workspace) remove() { os.RemoveAll(c.dir) }

func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o644)
	})
}

// test runs the suite and returns what it printed.
func (c *workspace) test(ctx context.Context) (string, error) {
	out, err := c.testOnly(ctx, c.suite.args)
	if err == nil && c.suite.more != nil && !strings.Contains(out, noTests) {
		out, err = c.testOnly(ctx, c.suite.more)
	}
	return out, err
}

func (c *workspace) testOnly(ctx context.Context, args []string) (string, error) {
	dir, whole := c.dir, []string{"go", "test", "-vet=off", "-failfast", "-count=1", "-timeout=" + c.limit.String()}
	if c.suite.program != "" {
		dir = filepath.Join(c.dir, c.suite.compiled)
		whole = []string{c.suite.program, "-test.failfast", "-test.count=1", "-test.timeout=" + c.limit.String()}
	}
	// The shell sets the limit that all processes below it inherit.
	script := fmt.Sprintf(`ulimit -t %d && exec "$@"`, mostProcessor)
	cmd := exec.CommandContext(ctx, "sh", slices.Concat([]string{"-c", script, "sh"}, whole, args)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), c.suite.env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || ctx.Err() != nil) {
		return "", errors.Join(ctx.Err(), err)
	}
	if err == nil {
		return string(out), nil
	}
	return string(out) + "\n" + err.Error(), errFailed
}

// noTests is what go test says where nothing has the name asked for.
const noTests = "no tests to run"

var errFailed = errors.New("the suite fails")

// compiler compiles the tests of folders under the tag cuda, each once.
type compiler struct {
	root, dir string
	programs  map[string]string
}

// compile answers the compiled test of a folder. The header and the empty library of the driver package stand
// in for a CUDA toolkit, as in make test-cuda.
func (c *compiler) compile(ctx context.Context, folder string) (string, error) {
	if c.programs == nil {
		dir, err := os.MkdirTemp("", "mutate-tests-")
		if err != nil {
			return "", err
		}
		c.dir, c.programs = dir, map[string]string{}
	}
	if program, done := c.programs[folder]; done {
		return program, nil
	}
	program := filepath.Join(c.dir, strings.ReplaceAll(folder, "/", "-")+".test")
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-tags", "cuda", "-o", program, "./"+folder)
	cmd.Dir = c.root
	driver := filepath.Join(c.root, "kernels/cuda/driver")
	cmd.Env = append(os.Environ(), "CGO_CPPFLAGS=-I"+filepath.Join(driver, "include"), "CGO_LDFLAGS=-g -O2 -L"+filepath.Join(driver, "lib"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the tests of %s do not build: %w\n%s", folder, err, out)
	}
	c.programs[folder] = program
	return program, nil
}

func (c *compiler) remove() {
	if c.dir != "" {
		os.RemoveAll(c.dir)
	}
}

// sound fails unless the suite passes without a mutation. It answers the time that a run with one may take.
func (c *workspace) sound(ctx context.Context) (limit time.Duration, err error) {
	began := time.Now()
	out, err := c.test(ctx)
	if err == nil && strings.Contains(out, noTests) {
		err = errors.New("no test ran")
	}
	if err != nil {
		return 0, fmt.Errorf("without a mutation: %w:\n%s", err, out)
	}
	return max(leastWhole, mostTimes*time.Since(began).Round(time.Second)), nil
}

// failed are the lines of a part that fails, of what ends a test early, and of another test.
var failed = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^ +--- FAIL: \w+/(?:\w+/)?(\w+) `),
	regexp.MustCompile(`(?m)^((?:fatal error|panic|SIG\w+)[: ].*)`),
	regexp.MustCompile(`(?m)^--- FAIL: (\w+) `),
}

// judge applies m, runs the suite, and undoes m.
func (c *workspace) judge(ctx context.Context, m mutation) (verdict, error) {
	path := filepath.Join(c.dir, m.file)
	text, err := os.ReadFile(path)
	if err != nil {
		return verdict{}, err
	}
	if n := strings.Count(string(text), m.old); n != 1 || m.old == m.new {
		return verdict{mutation: m, found: fmt.Sprintf("DOES NOT APPLY: %d times in the file", n)}, nil
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), m.old, m.new, 1)), 0o644); err != nil {
		return verdict{}, err
	}
	out, err := c.test(ctx)
	if e := os.WriteFile(path, text, 0o644); e != nil {
		return verdict{}, e
	}
	switch {
	case err == nil:
		return verdict{mutation: m, found: "SURVIVED"}, nil
	case !errors.Is(err, errFailed):
		return verdict{}, err
	case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]") || strings.HasPrefix(out, "fakecuda: "):
		return verdict{mutation: m, found: "DOES NOT BUILD: " + oneLine(out)}, nil
	}
	found := "failure"
	if strings.Contains(out, "signal: killed") {
		found = fmt.Sprintf("more than %d s of processor time", mostProcessor)
	}
	for _, line := range failed {
		if match := line.FindStringSubmatch(out); match != nil {
			found = oneLine(match[1])
			break
		}
	}
	return verdict{mutation: m, noticed: true, found: found}, nil
}
