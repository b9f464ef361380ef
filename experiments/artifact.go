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

// Kinds of artifacts.
const (
	kindCheckpoint  = "checkpoint"  // the weights, as safetensors
	KindPredictions = "predictions" // of the test split: gzipped JSON lines, see Prediction
	kindPatch       = "patch"       // of the changed source tree, as git apply reads it
)

// Artifact is a file that a run leaves beside its checkpoint.
type Artifact struct {
	Kind    string
	Content []byte
}

// partialPath is where an attempt writes an artifact before it has its name.
func (s *Store) partialPath(attempt int64) string {
	return filepath.Join(s.path+".files", fmt.Sprintf("%s%d", partialPrefix, attempt))
}

// partialPrefix begins the names of files that are not complete yet; the
// number of the attempt that writes them follows.
const partialPrefix = "partial-"

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
	if s.hasArtifact(sum, len(content)) {
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

// hasArtifact says whether the file of that content is there, of its size.
func (s *Store) hasArtifact(sum string, size int) bool {
	info, err := os.Stat(s.artifactPath(sum))
	return err == nil && info.Size() == int64(size)
}

// attach notes that content, which putArtifact has stored, is of an attempt.
// It runs in a write transaction, as the collection of garbage does: a file
// that was collected after putArtifact found it is written again.
func (s *Store) attach(a *adder, attempt int64, kind, sum string, content []byte) {
	if a.err == nil && !s.hasArtifact(sum, len(content)) {
		_, a.err = s.putArtifact(attempt, content)
	}
	id := a.insert(`INSERT INTO artifacts (sha256, size) VALUES (?, ?) ON CONFLICT (sha256) DO UPDATE SET size = size RETURNING id`, sum, len(content))
	a.exec(`INSERT INTO attempt_artifacts (attempt_id, kind, artifact_id) VALUES (?, ?, ?)`, attempt, kind, id)
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
