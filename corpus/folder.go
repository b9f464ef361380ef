package corpus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Files of a corpus folder, beside those that hold the documents.
const (
	manifestName = "manifest.json"
	schemaName   = "schema.json"
)

// corpusFormat is the version of the files that this program reads and writes.
const corpusFormat = 2

// manifestFile is the content of manifest.json.
type manifestFile struct {
	Format int `json:"format"`
	Manifest
	Files map[Split][]string `json:"files"` // that hold the documents of each split, in their order
}

// splitFile is the file of a split that is one file.
func splitFile(s Split) string { return string(s) + ".jsonl" }

// Write seals ds and stores it in folder dir, which is made. An empty folder
// or an older corpus is replaced; a folder that holds anything else is left
// alone, with an error. The files are written and synced in a folder beside
// dir, which is then renamed, so dir holds the old corpus or the whole new
// one, and an error leaves nothing behind.
func (ds *Dataset) Write(dir string) error {
	return ds.WritePacked(dir, Packing{Shard: DefaultShard, Compression: Plain})
}

// WritePacked is Write with a choice of the files.
func (ds *Dataset) WritePacked(dir string, p Packing) error {
	for split := range ds.Docs {
		if !slices.Contains(Splits, split) {
			return fmt.Errorf("writing corpus %s: no split is called %q", dir, split)
		}
	}
	m, err := WriteSource(context.Background(), dir, ds.source(), WriteOptions{Packing: p})
	if err != nil {
		return err
	}
	ds.Manifest = m
	return nil
}

// source gives the documents by their number, one split after the other.
func (ds *Dataset) source() Source {
	src := Source{Manifest: ds.Manifest, Schema: ds.Schema}
	for _, split := range Splits {
		src.Documents += len(ds.Docs[split])
	}
	src.Document = func(i int) (Document, Split) {
		for _, split := range Splits {
			if i < len(ds.Docs[split]) {
				return ds.Docs[split][i], split
			}
			i -= len(ds.Docs[split])
		}
		panic(fmt.Sprintf("corpus: Write: document %d after the last", i))
	}
	return src
}

// destination is the absolute path of the folder that dir names, which can be
// replaced. A link to a folder stays a link: what it points at is meant.
func destination(dir string) (string, error) {
	if target, err := filepath.EvalSymlinks(dir); err == nil {
		dir = target
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return dir, replaceable(dir)
}

// replaceable says whether Write may replace dir: it does not exist, is an
// empty folder, or holds a corpus and nothing else.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	corpus := false
	for _, e := range entries {
		corpus = corpus || e.Name() == manifestName
	}
	for _, e := range entries {
		if !corpus || !isCorpusFile(e.Name()) {
			return fmt.Errorf("the folder holds %s, which is no part of a corpus; nothing was replaced", e.Name())
		}
	}
	return nil
}

// writeJSON writes value, indented.
func writeJSON(path string, value any) error {
	return writeFile(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(value)
	})
}

// writeFile creates a file, fills and syncs it.
func writeFile(path string, fill func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncFolder makes renames inside dir durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// swap puts folder fresh in the place of dir; what was there moves into work.
// Another writer may do the same meanwhile: then the place is taken again
// and we clear it once more. Each attempt that fails means that another
// writer has finished, so the bound is the number of writers at once.
func swap(fresh, dir, work string) error {
	const attempts = 1000
	for i := range attempts {
		err := os.Rename(fresh, dir)
		if err == nil {
			return nil
		}
		if !errors.Is(err, fs.ErrExist) {
			if i > 0 {
				// Bring back what the last attempt moved away.
				err = errors.Join(err, os.Rename(aside(work, i-1), dir))
			}
			return err
		}
		if err := os.Rename(dir, aside(work, i)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return errors.New("other writers keep replacing it")
}

// aside is where attempt i of swap moves what stood in the way.
func aside(work string, i int) string { return filepath.Join(work, fmt.Sprintf("old-%d", i)) }
