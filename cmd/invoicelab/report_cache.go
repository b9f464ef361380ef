package main

import (
	"crypto/sha256"
	"os"
	"path/filepath"
)

// intervalCache keeps the intervals of reports in a folder beside the store,
// one file for each key. It may be deleted at any time. What cannot be read,
// or was damaged, is computed again.
type intervalCache struct{ dir string }

func (c intervalCache) path(key string) string { return filepath.Join(c.dir, key[:2], key[2:]) }

// Load reads what Store wrote: the sha256 of the content, and the content.
func (c intervalCache) Load(key string) ([]byte, bool) {
	b, err := os.ReadFile(c.path(key))
	if err != nil || len(b) < sha256.Size {
		return nil, false
	}
	content := b[sha256.Size:]
	if sha256.Sum256(content) != [sha256.Size]byte(b[:sha256.Size]) {
		return nil, false
	}
	return content, true
}

// Store writes content under another name and renames it. A cache that cannot
// be written, such as one beside a store on a read-only disk, stays empty.
func (c intervalCache) Store(key string, content []byte) {
	path := c.path(key)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return
	}
	sum := sha256.Sum256(content)
	_, err = f.Write(append(sum[:], content...))
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
}
