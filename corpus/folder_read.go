package corpus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

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
	return DecodeJSON(name, data, into)
}

// DecodeJSON decodes the content of a JSON file strictly; what is wrong with
// its syntax or types is named with its line.
func DecodeJSON(name string, data []byte, into any) error {
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
