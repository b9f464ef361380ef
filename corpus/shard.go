package corpus

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// partExtension ends the name of a shard that is not complete.
const partExtension = ".part"

// shardRecord is what a ledger says of a file of documents.
type shardRecord struct {
	Name      string `json:"name"` // once it is complete
	Documents int    `json:"documents"`
	Bytes     int64  `json:"bytes"`
	SHA256    string `json:"sha256"` // of these bytes, hex
}

// shard is a file of documents that is being written.
type shard struct {
	record  shardRecord // Bytes and SHA256 as of sync
	path    string      // of the complete file
	file    *os.File
	sum     hash.Hash // of the bytes in file
	bytes   int64     // in file
	out     *bufio.Writer
	encoder encoder // nil when the file is plain
	open    bool    // the encoder is inside a frame
}

// newShard makes the file called name in folder.
func newShard(folder, name string, e encoder) (*shard, error) {
	s := &shard{record: shardRecord{Name: name}, path: filepath.Join(folder, name), sum: sha256.New(), encoder: e}
	f, err := os.Create(s.path + partExtension)
	if err != nil {
		return nil, err
	}
	s.begin(f)
	return s, nil
}

// reopenShard goes on with a file that was cut to what the ledger says.
func reopenShard(folder string, record shardRecord, e encoder) (*shard, error) {
	s := &shard{record: record, path: filepath.Join(folder, record.Name), sum: sha256.New(), encoder: e}
	f, err := os.OpenFile(s.path+partExtension, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if s.bytes, err = io.Copy(s.sum, f); err == nil && !s.agrees() {
		err = fmt.Errorf("%s: %w", f.Name(), errChanged)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	s.begin(f)
	return s, nil
}

// errChanged says that a file is not as it was written.
var errChanged = errors.New("changed since it was written")

// agrees says whether the file is what the record says.
func (s *shard) agrees() bool {
	return s.bytes == s.record.Bytes && hex.EncodeToString(s.sum.Sum(nil)) == s.record.SHA256
}

func (s *shard) begin(f *os.File) {
	s.file = f
	s.out = bufio.NewWriterSize(shardBytes{s}, 1<<16)
}

// shardBytes counts and sums what reaches the file.
type shardBytes struct{ *shard }

func (s shardBytes) Write(p []byte) (int, error) {
	n, err := s.file.Write(p)
	s.sum.Write(p[:n])
	s.bytes += int64(n)
	return n, err
}

// add writes the line of one document.
func (s *shard) add(line []byte) error {
	s.record.Documents++
	if s.encoder == nil {
		_, err := s.out.Write(line)
		return err
	}
	if !s.open {
		s.encoder.Reset(s.out)
		s.open = true
	}
	_, err := s.encoder.Write(line)
	return err
}

// sync brings what was added to the disk, as whole frames, and into record.
func (s *shard) sync() error {
	if s.open {
		s.open = false
		if err := s.encoder.Close(); err != nil {
			return err
		}
	}
	if err := s.out.Flush(); err != nil {
		return err
	}
	if err := s.file.Sync(); err != nil {
		return err
	}
	s.record.Bytes, s.record.SHA256 = s.bytes, hex.EncodeToString(s.sum.Sum(nil))
	return nil
}

// finish completes the file and gives it its name.
func (s *shard) finish() error {
	if err := s.sync(); err != nil {
		return err
	}
	if err := s.file.Close(); err != nil {
		return err
	}
	return os.Rename(s.path+partExtension, s.path)
}
