package corpus

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ledgerName is the file of a work folder that says what is stored so far.
const ledgerName = "ledger.json"

// ledger is the state of a corpus that is being written, as of a checkpoint.
type ledger struct {
	Of     ledgerHeader          `json:"of"`
	Next   int                   `json:"next"` // documents before this number are stored
	Boxed  bool                  `json:"boxed"`
	Splits map[Split]ledgerSplit `json:"splits"`
}

// ledgerHeader tells whether a ledger is about the corpus that is wanted.
type ledgerHeader struct {
	Format    int     `json:"format"`
	Name      string  `json:"name"`
	Source    string  `json:"source"`
	Recipe    *Recipe `json:"recipe,omitempty"`
	Schema    *Schema `json:"schema"`
	Documents int     `json:"documents"`
	Packing   Packing `json:"packing"`
	Probe     string  `json:"probe"` // sha256 of some of the documents: another program may make others
}

// ledgerSplit is the state of one split.
type ledgerSplit struct {
	Count  Count         `json:"count"`
	Digest []byte        `json:"digest"` // state of the digest
	Shards []shardRecord `json:"shards"`
	Part   *shardRecord  `json:"part,omitempty"` // the file that is not complete
}

// probeDocuments is how many documents of a source its probe covers: enough
// to hold every template family.
const probeDocuments = 64

// header describes what src and p will make.
func (src *Source) header(p Packing) ledgerHeader {
	sums := sha256.New()
	c := newCanonical()
	for k := range min(probeDocuments, src.Documents) {
		d, split := src.Document(k * src.Documents / min(probeDocuments, src.Documents))
		sum := c.document(src.Schema, &d)
		sums.Write([]byte(split))
		sums.Write(sum[:])
	}
	return ledgerHeader{
		Format: corpusFormat, Name: src.Manifest.Name, Source: src.Manifest.Source, Recipe: src.Manifest.Recipe,
		Schema: src.Schema, Documents: src.Documents, Packing: p, Probe: hex.EncodeToString(sums.Sum(nil)),
	}
}

// equal compares two headers as they are stored.
func (h ledgerHeader) equal(o ledgerHeader) bool {
	a, errA := json.Marshal(h)
	b, errB := json.Marshal(o)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

// write replaces the ledger of a work folder.
func (l *ledger) write(work string) error {
	path := filepath.Join(work, ledgerName)
	if err := writeJSON(path+partExtension, l); err != nil {
		return err
	}
	if err := os.Rename(path+partExtension, path); err != nil {
		return err
	}
	return syncFolder(work)
}

// readLedger reads the ledger of a work folder; nil when there is none.
func readLedger(work string) (*ledger, error) {
	data, err := os.ReadFile(filepath.Join(work, ledgerName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var l ledger
	if err := DecodeJSON(ledgerName, data, &l); err != nil {
		return nil, err
	}
	return &l, nil
}

// cut brings the files of folder to the state of the ledger: what was written
// since is dropped.
func (l *ledger) cut(folder string, p Packing) error {
	keep := map[string]bool{}
	for split, s := range l.Splits {
		for _, r := range s.Shards {
			keep[r.Name] = true
			if len(s.Shards) == 1 && s.Part == nil { // it may have got its last name
				if err := renameBack(folder, p.wholeName(split), r.Name); err != nil {
					return err
				}
			}
		}
		if s.Part != nil {
			part := s.Part.Name + partExtension
			keep[part] = true
			if err := renameBack(folder, s.Part.Name, part); err != nil {
				return err
			}
			path := filepath.Join(folder, part)
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			if info.Size() < s.Part.Bytes {
				return fmt.Errorf("%s: %w: %d bytes, %d were written", part, errChanged, info.Size(), s.Part.Bytes)
			}
			if err := os.Truncate(path, s.Part.Bytes); err != nil {
				return err
			}
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !keep[e.Name()] {
			if err := os.RemoveAll(filepath.Join(folder, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// renameBack gives a file its former name where it has the later one.
func renameBack(folder, later, former string) error {
	err := os.Rename(filepath.Join(folder, later), filepath.Join(folder, former))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// verify compares the complete files with the ledger.
func (l *ledger) verify(folder string) error {
	for _, split := range Splits {
		for _, r := range l.Splits[split].Shards {
			f, err := os.Open(filepath.Join(folder, r.Name))
			if err != nil {
				return err
			}
			sum := sha256.New()
			n, err := io.Copy(sum, f)
			if err := errors.Join(err, f.Close()); err != nil {
				return err
			}
			if n != r.Bytes || hex.EncodeToString(sum.Sum(nil)) != r.SHA256 {
				return fmt.Errorf("%s: %w", r.Name, errChanged)
			}
		}
	}
	return nil
}
