package corpus

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Files of a corpus folder, beside one jsonl file per split.
const (
	manifestName = "manifest.json"
	schemaName   = "schema.json"
)

// corpusFormat is the version of the files that this program reads and writes.
const corpusFormat = 1

// manifestFile is the content of manifest.json.
type manifestFile struct {
	Format int `json:"format"`
	Manifest
}

// Write seals ds and stores it in folder dir, which is made. An empty folder
// or an older corpus is replaced; a folder that holds anything else is left
// alone, with an error. The files are written and synced in a folder beside
// dir and then renamed, so dir holds the old corpus or the whole new one, and
// an error leaves nothing behind.
func (ds *Dataset) Write(dir string) error {
	if err := ds.check(); err != nil {
		return fmt.Errorf("writing corpus %s: %w", dir, err)
	}
	ds.Seal()
	// A link to a folder stays a link: what it points at is replaced.
	if target, err := filepath.EvalSymlinks(dir); err == nil {
		dir = target
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("writing corpus: %w", err)
	}
	if err := replaceable(dir); err != nil {
		return err
	}
	parent, name := filepath.Split(dir)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return fmt.Errorf("writing corpus %s: %w", dir, err)
	}
	work, err := os.MkdirTemp(parent, "."+name+".part-")
	if err != nil {
		return fmt.Errorf("writing corpus %s: %w", dir, err)
	}
	defer os.RemoveAll(work)
	fresh := filepath.Join(work, "new")
	if err := ds.writeFiles(fresh); err != nil {
		return fmt.Errorf("writing corpus %s: %w", dir, err)
	}
	if err := swap(fresh, dir, work); err != nil {
		return fmt.Errorf("writing corpus %s: %w", dir, err)
	}
	return syncFolder(parent)
}

// check says whether ds can be stored: a sound schema and sound documents.
func (ds *Dataset) check() error {
	if err := checkSchema(ds.Schema); err != nil {
		return fmt.Errorf("schema %s: %w", ds.Schema.Name, err)
	}
	for split := range ds.Docs {
		if !slices.Contains(Splits, split) {
			return fmt.Errorf("no split is called %q", split)
		}
	}
	for _, split := range Splits {
		for i := range ds.Docs[split] {
			if err := checkDocument(ds.Schema, &ds.Docs[split][i]); err != nil {
				return fmt.Errorf("%s, document %d: %w", split, i+1, err)
			}
		}
	}
	return nil
}

// replaceable says whether Write may replace dir: it does not exist, is an
// empty folder, or holds a corpus and nothing else.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("writing corpus: %w", err)
	}
	if len(entries) == 0 {
		return nil
	}
	corpus := false
	for _, e := range entries {
		corpus = corpus || e.Name() == manifestName
	}
	for _, e := range entries {
		if !corpus || !slices.Contains(corpusFiles(), e.Name()) {
			return fmt.Errorf("writing corpus: %s holds %s, which is no part of a corpus; nothing was replaced", dir, e.Name())
		}
	}
	return nil
}

// writeFiles writes and syncs every file of the corpus into the new folder dir.
func (ds *Dataset) writeFiles(dir string) error {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	for _, split := range Splits {
		docs := ds.Docs[split]
		if len(docs) == 0 {
			continue
		}
		err := writeFile(filepath.Join(dir, splitFile(split)), func(w io.Writer) error {
			return writeDocuments(w, ds.Schema, docs)
		})
		if err != nil {
			return err
		}
	}
	if err := writeJSON(filepath.Join(dir, schemaName), ds.Schema); err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(dir, manifestName), manifestFile{corpusFormat, ds.Manifest}); err != nil {
		return err
	}
	return syncFolder(dir)
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
