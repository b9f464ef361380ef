package corpus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"runtime"
	"slices"

	"github.com/invoicelab/invoicelab/lines"
)

// Folder is a corpus on disk whose documents are read one after the other.
type Folder struct {
	Manifest Manifest
	Schema   *Schema

	dir   string
	root  *os.Root
	files map[Split][]string
}

// Entry is one document of a corpus with its place.
type Entry struct {
	Split    Split
	Number   int    // in its split, 1-based
	File     string // inside the folder; empty where the corpus is in memory
	Line     int    // in File, 1-based
	Document *Document
}

// OpenFolder reads the manifest and the schema of a corpus and finds its
// files. It is strict: what is missing, not listed or malformed is an error
// that names the file.
func OpenFolder(dir string) (*Folder, error) {
	// Rooted, so that the files are those of one folder even when another
	// program replaces dir meanwhile.
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening corpus: %w", err)
	}
	f := &Folder{dir: dir, root: root}
	if err := f.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("opening corpus %s: %w", dir, err), root.Close())
	}
	return f, nil
}

// Close ends the reading.
func (f *Folder) Close() error { return f.root.Close() }

// open reads the manifest and the schema.
func (f *Folder) open() error {
	fsys := f.root.FS()
	var version struct {
		Format int `json:"format"`
	}
	data, err := fs.ReadFile(fsys, manifestName)
	if err != nil {
		return err
	}
	if json.Unmarshal(data, &version) == nil && version.Format != corpusFormat {
		return fmt.Errorf("%s: format %d, this program reads %d: make or import the corpus again", manifestName, version.Format, corpusFormat)
	}
	var manifest manifestFile
	if err := DecodeJSON(manifestName, data, &manifest); err != nil {
		return err
	}
	f.Manifest, f.Schema, f.files = manifest.Manifest, &Schema{}, manifest.Files
	if err := readJSON(fsys, schemaName, f.Schema); err != nil {
		return err
	}
	if err := checkSchema(f.Schema); err != nil {
		return fmt.Errorf("%s: %w", schemaName, err)
	}
	for split := range f.Manifest.Splits {
		if !slices.Contains(Splits, split) {
			return fmt.Errorf("%s: splits: unknown split %q", manifestName, split)
		}
	}
	return f.checkFiles(fsys)
}

// checkFiles compares the files of the folder with those that the manifest
// lists.
func (f *Folder) checkFiles(fsys fs.FS) error {
	listed := map[string]bool{}
	for split, names := range f.files {
		for _, name := range names {
			at := documentFile.FindStringSubmatch(name)
			switch {
			case at == nil || at[1] != string(split):
				return fmt.Errorf("%s: files: %q is no file of split %q", manifestName, name, split)
			case f.Manifest.Splits[split].Documents == 0:
				return fmt.Errorf("%s: files: %s, but split %q has no documents", manifestName, name, split)
			case listed[name]:
				return fmt.Errorf("%s: files: %s twice", manifestName, name)
			}
			listed[name] = true
			if _, err := fs.Stat(fsys, name); err != nil {
				return err
			}
		}
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if documentFile.MatchString(e.Name()) && !listed[e.Name()] {
			return fmt.Errorf("%s: %s does not list this file", e.Name(), manifestName)
		}
	}
	return nil
}

// Entries gives every document, in the order of Splits and of the files. A
// document that is malformed or changed is an error that names file and line
// and ends the reading; after the last document the counts and the digest
// are compared with the manifest. Memory does not grow with the corpus.
func (f *Folder) Entries() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		err := f.read(func(e Entry) bool { return yield(e, nil) })
		if err != nil && !errors.Is(err, errStopped) {
			yield(Entry{}, fmt.Errorf("reading corpus %s: %w", f.dir, err))
		}
	}
}

// errStopped says that who reads wants no more.
var errStopped = errors.New("stopped")

// read calls give for every document and then compares counts and digest.
func (f *Folder) read(give func(Entry) bool) error {
	digest := newDigester()
	parser := newLineParser(f.Schema)
	for _, split := range Splits {
		want := f.Manifest.Splits[split]
		got := newCount()
		name, line := splitFile(split), 0
		take := func(b readBlock) error {
			for i := range b.docs {
				d := &b.docs[i]
				line = d.line
				got.add(f.Schema, d.document)
				if got.Documents > want.Documents {
					return fmt.Errorf("%s:%d: more documents than the %d of split %s in %s", b.file, d.line, want.Documents, split, manifestName)
				}
				digest.add(split, d.sum)
				if !give(Entry{Split: split, Number: got.Documents, File: b.file, Line: d.line, Document: d.document}) {
					return errStopped
				}
			}
			return b.err
		}
		for _, file := range f.files[split] {
			name, line = file, 0
			if err := f.readFile(file, parser, take); err != nil {
				return err
			}
		}
		if got.Documents < want.Documents {
			return fmt.Errorf("%s:%d: the files of split %s have %d documents, %s says %d", name, line+1, split, got.Documents, manifestName, want.Documents)
		}
		if want.Documents > 0 && !got.equal(want) {
			return fmt.Errorf("%s: %d tokens and %d entities, or their labels, domains or templates, are not as counted in %s (%d and %d)",
				name, got.Tokens, got.Entities, manifestName, want.Tokens, want.Entities)
		}
	}
	if got := digest.sum(f.Schema); got != f.Manifest.Digest {
		return fmt.Errorf("%s: digest is %s, but schema and documents have %s", manifestName, f.Manifest.Digest, got)
	}
	return nil
}

// readBlock is a run of documents of one file.
type readBlock struct {
	file string
	docs []readDocument
	err  error // after the last of them
}

type readDocument struct {
	document *Document
	sum      documentSum
	line     int
}

// lineBlock is a run of lines of one file.
type lineBlock struct {
	first int      // number of the first line
	lines [][]byte // parts of one buffer
	err   error    // after the last of them
}

// readFile parses the lines of a file in several goroutines.
func (f *Folder) readFile(name string, parser *lineParser, take func(readBlock) error) error {
	file, err := f.root.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	text, err := decoded(name, file)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer text.Close()
	in := lines.New(text, name)
	work := func() func(lineBlock) readBlock {
		c := newCanonical()
		return func(b lineBlock) readBlock {
			out := readBlock{file: name}
			for i, line := range b.lines {
				d, sum, err := parser.parse(line, c)
				if err != nil {
					out.err = fmt.Errorf("%s:%d: %w", name, b.first+i, err)
					return out
				}
				out.docs = append(out.docs, readDocument{&d, sum, b.first + i})
			}
			out.err = b.err
			return out
		}
	}
	return ordered(runtime.GOMAXPROCS(0), func() (lineBlock, bool) { return nextLines(in) }, work, take)
}

// nextLines draws the next lines of a file: some, so that a goroutine is busy
// for longer than it takes to hand them over.
func nextLines(in *lines.Reader) (lineBlock, bool) {
	const enough = 1 << 18 // bytes
	var buf []byte
	var ends []int
	b := lineBlock{first: in.Number() + 1}
	for len(buf) < enough {
		if !in.Next() {
			b.err = in.Err()
			break
		}
		buf = append(buf, in.Bytes()...)
		ends = append(ends, len(buf))
	}
	from := 0
	for _, end := range ends {
		b.lines = append(b.lines, buf[from:end:end])
		from = end
	}
	return b, len(b.lines) > 0 || b.err != nil
}

// Open reads a corpus that Write stored into memory. It is strict: what is
// missing, not listed, malformed or changed since is an error that names file
// and line.
func Open(dir string) (*Dataset, error) {
	f, err := OpenFolder(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	ds := &Dataset{Manifest: f.Manifest, Schema: f.Schema, Docs: map[Split][]Document{}}
	for e, err := range f.Entries() {
		if err != nil {
			return nil, err
		}
		ds.Docs[e.Split] = append(ds.Docs[e.Split], *e.Document)
	}
	return ds, nil
}

// Entries gives every document of ds, as Folder.Entries does; there are no
// errors.
func (ds *Dataset) Entries() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, split := range Splits {
			for i := range ds.Docs[split] {
				if !yield(Entry{Split: split, Number: i + 1, Document: &ds.Docs[split][i]}, nil) {
					return
				}
			}
		}
	}
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
