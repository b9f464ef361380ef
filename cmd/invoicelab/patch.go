package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// sourceFiles are the patterns of new files that belong into a patch: what the
// program is built from.
var sourceFiles = [...]string{"*.go", "*.c", "*.h", "*.s", "*.cu", "*.cuh", "*.ptx", "*.sql", "*.yaml", "go.mod", "go.sum"}

// dirtyPatch is how the source tree differs from a revision that ends in
// "+dirty", in the form of git apply, new source files included. It is empty
// when the revision is clean, and when the command does not run inside a
// checkout of that revision (or without git): then the tree is not known. The
// executable's own sha256, which is recorded besides, tells programs apart in
// every case. Where the tree is known, git failing on it is an error. Nothing of
// the checkout is changed.
func dirtyPatch(ctx context.Context, revision string) ([]byte, error) {
	commit, dirty := strings.CutSuffix(revision, "+dirty")
	if !dirty {
		return nil, nil
	}
	top, err := git(ctx, "", nil, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, nil
	}
	dir := strings.TrimSpace(string(top))
	head, err := git(ctx, dir, nil, "rev-parse", "HEAD")
	if err != nil || commit == "" || !strings.HasPrefix(string(head), commit) {
		return nil, nil
	}
	objects, err := git(ctx, dir, nil, "rev-parse", "--path-format=absolute", "--git-path", "objects")
	if err != nil {
		return nil, fmt.Errorf("patch of the changed source tree in %s: %w", dir, err)
	}
	scratch, err := os.MkdirTemp("", "invoicelab-patch-")
	if err != nil {
		return nil, fmt.Errorf("patch of the changed source tree in %s: %w", dir, err)
	}
	defer os.RemoveAll(scratch)
	// An index and a folder of objects of our own: those of the checkout are read.
	env := []string{
		"GIT_INDEX_FILE=" + filepath.Join(scratch, "index"),
		"GIT_OBJECT_DIRECTORY=" + filepath.Join(scratch, "objects"),
		"GIT_ALTERNATE_OBJECT_DIRECTORIES=" + strings.TrimSpace(string(objects)),
	}
	if err := os.Mkdir(filepath.Join(scratch, "objects"), 0o777); err != nil {
		return nil, fmt.Errorf("patch of the changed source tree in %s: %w", dir, err)
	}
	if _, err := git(ctx, dir, env, "read-tree", "HEAD"); err != nil {
		return nil, fmt.Errorf("patch of the changed source tree in %s: %w", dir, err)
	}
	if _, err := git(ctx, dir, env, "add", "--update", "--", "."); err != nil {
		return nil, fmt.Errorf("patch of the changed source tree in %s: %w", dir, err)
	}
	fresh, err := git(ctx, dir, env, append([]string{"ls-files", "--others", "--exclude-standard", "-z", "--"}, sourceFiles[:]...)...)
	if err != nil {
		return nil, fmt.Errorf("patch of the changed source tree in %s: %w", dir, err)
	}
	for _, name := range strings.FieldsFunc(string(fresh), func(r rune) bool { return r == 0 }) {
		if _, err := git(ctx, dir, env, "add", "--", name); err != nil {
			return nil, fmt.Errorf("patch of the changed source tree in %s: %w", dir, err)
		}
	}
	patch, err := git(ctx, dir, env, "diff", "--cached", "--binary", "--no-color", "--no-ext-diff", "HEAD")
	if err != nil {
		return nil, fmt.Errorf("patch of the changed source tree in %s: %w", dir, err)
	}
	return patch, nil
}

// git runs git in a folder, with additions to the environment.
func git(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var out, complaint bytes.Buffer
	cmd.Stdout = &out
	cmd.Stderr = &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("git %s: %w %s", args[0], err, strings.TrimSpace(complaint.String()))
	}
	return out.Bytes(), nil
}
