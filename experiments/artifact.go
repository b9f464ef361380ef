package experiments

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// artifactPath is where content with this sha256 stands.
func (s *Store) artifactPath(sum string) string {
	return filepath.Join(s.path+".files", sum[:2], sum[2:])
}

// partialPath is where an attempt writes an artifact before it has its name.
func (s *Store) partialPath(attempt int64) string {
	return filepath.Join(s.path+".files", fmt.Sprintf("partial-%d", attempt))
}

// dropPartial removes what an attempt that is gone left half written.
func (s *Store) dropPartial(attempt int64) {
	os.Remove(s.partialPath(attempt)) // absent but for a kill in the middle of a write; the next write of a lost attempt's trial has another name
}

// putArtifact stores content as a file named by its sha256, which it gives.
// The file is complete, and on the disk, under its name or not there at all.
func (s *Store) putArtifact(attempt int64, content []byte) (sum string, err error) {
	hash := sha256.Sum256(content)
	sum = hex.EncodeToString(hash[:])
	final, partial := s.artifactPath(sum), s.partialPath(attempt)
	if info, err := os.Stat(final); err == nil && info.Size() == int64(len(content)) {
		return sum, nil
	}
	if err := os.MkdirAll(filepath.Dir(final), 0o777); err != nil {
		return "", s.fail("write artifact", err)
	}
	if err := writeSynced(partial, content); err != nil {
		os.Remove(partial)
		return "", s.fail("write artifact", err)
	}
	if err := os.Rename(partial, final); err != nil {
		return "", s.fail("write artifact", err)
	}
	for _, folder := range []string{filepath.Dir(final), s.path + ".files", filepath.Dir(s.path)} {
		if err := syncFolder(folder); err != nil {
			return "", s.fail("write artifact", err)
		}
	}
	return sum, nil
}

func writeSynced(path string, content []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncFolder makes the names in a folder durable.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// artifact reads content by its sha256 and verifies it.
func (s *Store) artifact(sum string) ([]byte, error) {
	path := s.artifactPath(sum)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &storeError{s.path, "read artifact", "the file " + path + " is gone", err}
	}
	if err != nil {
		return nil, s.fail("read artifact", err)
	}
	if hash := sha256.Sum256(content); hex.EncodeToString(hash[:]) != sum {
		return nil, &storeError{s.path, "read artifact", "the file " + path + " was changed: its sha256 differs from its name", nil}
	}
	return content, nil
}
