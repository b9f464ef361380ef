package corpus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// Open reads a corpus that Write stored. It is strict: what is missing, not
// listed, malformed or changed since is an error that names file and line.
func Open(dir string) (*Dataset, error) {
	// Rooted, so that the files are those of one folder even when another
	// program replaces dir meanwhile.
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening corpus: %w", err)
	}
	defer root.Close()
	ds, err := openFS(root.FS())
	if err != nil {
		return nil, fmt.Errorf("opening corpus %s: %w", dir, err)
	}
	return ds, nil
}

// openFS reads the corpus at the root of fsys.
func openFS(fsys fs.FS) (*Dataset, error) {
	var manifest manifestFile
	if err := readJSON(fsys, manifestName, &manifest); err != nil {
		return nil, err
	}
	if manifest.Format != corpusFormat {
		return nil, fmt.Errorf("%s: format %d, this program reads %d", manifestName, manifest.Format, corpusFormat)
	}
	ds := &Dataset{Manifest: manifest.Manifest, Schema: &Schema{}, Docs: map[Split][]Document{}}
	if err := readJSON(fsys, schemaName, ds.Schema); err != nil {
		return nil, err
	}
	if err := checkSchema(ds.Schema); err != nil {
		return nil, fmt.Errorf("%s: %w", schemaName, err)
	}
	for split := range ds.Manifest.Splits {
		if !slices.Contains(Splits, split) {
			return nil, fmt.Errorf("%s: splits: unknown split %q", manifestName, split)
		}
	}
	for _, split := range Splits {
		if err := ds.readSplit(fsys, split); err != nil {
			return nil, err
		}
	}
	if got := Digest(ds.Schema, ds.Docs); got != ds.Manifest.Digest {
		return nil, fmt.Errorf("%s: digest is %s, but schema and documents have %s", manifestName, ds.Manifest.Digest, got)
	}
	return ds, nil
}

// readSplit reads the documents of one split and compares their counts.
func (ds *Dataset) readSplit(fsys fs.FS, split Split) error {
	want, listed := ds.Manifest.Splits[split]
	name := splitFile(split)
	f, err := fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) && !listed {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if !listed {
		return fmt.Errorf("%s: %s does not list this split", name, manifestName)
	}
	docs, err := readDocuments(f, name, ds.Schema)
	if err != nil {
		return err
	}
	if len(docs) != want.Documents {
		return fmt.Errorf("%s:%d: the file has %d documents, %s says %d", name, min(len(docs), want.Documents)+1, len(docs), manifestName, want.Documents)
	}
	if got := countDocuments(ds.Schema, docs); !got.equal(want) {
		return fmt.Errorf("%s: %d tokens and %d entities, or their labels, domains or templates, are not as counted in %s (%d and %d)",
			name, got.Tokens, got.Entities, manifestName, want.Tokens, want.Entities)
	}
	ds.Docs[split] = docs
	return nil
}

// readJSON decodes a small file strictly.
func readJSON(fsys fs.FS, name string, into any) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	return decodeJSON(name, data, into)
}

// decodeJSON decodes the content of a JSON file strictly; what is wrong with
// its syntax or types is named with its line.
func decodeJSON(name string, data []byte, into any) error {
	if err := decodeStrict(data, into); err != nil {
		line := 0
		var syntax *json.SyntaxError
		var kind *json.UnmarshalTypeError
		switch {
		case errors.As(err, &syntax):
			line = lineOf(data, syntax.Offset)
		case errors.As(err, &kind):
			line = lineOf(data, kind.Offset)
		case errors.Is(err, errTruncated):
			line = lineOf(data, int64(len(data)))
		default:
			return fmt.Errorf("%s: %w", name, err)
		}
		return fmt.Errorf("%s:%d: %w", name, line, err)
	}
	return nil
}

// lineOf is the 1-based line of byte offset in data.
func lineOf(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(offset, int64(len(data)))], []byte("\n"))
}

// maxEntities is the largest schema: an EntityID has 16 bits.
const maxEntities = 1 << 16

// checkSchema says whether a schema can be stored and looked up by name.
func checkSchema(s *Schema) error {
	if len(s.Entities) == 0 {
		return errors.New("no entity")
	}
	if len(s.Entities) > maxEntities {
		return fmt.Errorf("%d entities, at most %d", len(s.Entities), maxEntities)
	}
	seen := map[string]bool{}
	for i, e := range s.Entities {
		if e.Name == "" || strings.ContainsAny(e.Name, " \t\r\n") {
			return fmt.Errorf("entity %d: name %q is empty or has a space", i+1, e.Name)
		}
		if seen[e.Name] {
			return fmt.Errorf("entity %q twice", e.Name)
		}
		seen[e.Name] = true
	}
	return nil
}
