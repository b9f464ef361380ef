package fakecuda

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// cache is a folder of what was compiled, each file named by the hash of all that went
// into it, so that tests and mutations of a kernel compile only what changed.
type cache struct {
	folder   string
	compiler string // with its version
}

// unused is how long a file is kept that no build has asked for.
const unused = 3 * 24 * time.Hour

// openCache uses the user's cache folder, and drops from it what is no longer used.
func openCache(compiler string) (cache, error) {
	version, err := compile(compiler, "", []string{"--version"})
	if err != nil {
		return cache{}, err
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return cache{}, fmt.Errorf("no folder to keep compiled kernels in: %w", err)
	}
	c := cache{filepath.Join(base, "invoicelab-fakecuda"), compiler + version}
	if err := os.MkdirAll(c.folder, 0o755); err != nil {
		return cache{}, err
	}
	entries, err := os.ReadDir(c.folder)
	if err != nil {
		return cache{}, err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && time.Since(info.ModTime()) > unused {
			os.Remove(filepath.Join(c.folder, entry.Name()))
		}
	}
	return c, nil
}

// made answers the file that name, flags and text give, which do makes
// unless it is there.
func (c cache) made(name, flags, text string, do func(to string) error) (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, c.compiler, name, flags)
	fmt.Fprint(h, text)
	kept := filepath.Join(c.folder, fmt.Sprintf("%x-%s", h.Sum(nil)[:12], name))
	now := time.Now()
	if os.Chtimes(kept, now, now) == nil {
		return kept, nil
	}
	part, err := os.CreateTemp(c.folder, "part-*-"+name)
	if err != nil {
		return "", err
	}
	part.Close()
	defer os.Remove(part.Name())
	if err := do(part.Name()); err != nil {
		return "", err
	}
	return kept, os.Rename(part.Name(), kept)
}
