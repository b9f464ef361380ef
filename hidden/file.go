// Package hidden reads hidden states that the user brings: a vector for each token of
// each document, which any encoder made and nothing trains further.
//
// They are two files. NAME.safetensors holds one tensor "hidden" [tokens, width] of
// F32, F16 or BF16; it is mapped into memory, never read as a whole. NAME.index.jsonl
// says whose rows they are, a document a line, in the order of the rows:
//
//	{"split": "train", "id": "doc-0000017", "tokens": 57}
//
// Tokens is their number or the list of their texts, which are then compared with the
// document's. The split may be left out where no two documents have one id. What the file's
// metadata says under "corpus_digest" is held against the corpus.
package hidden

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
	"strings"
	"unsafe"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/nearest"
	"github.com/invoicelab/invoicelab/safetensors"
)

const (
	tensorName   = "hidden"
	extension    = ".safetensors"
	indexName    = ".index.jsonl"
	corpusDigest = "corpus_digest" // key of the metadata
)

// File is an open pair of files. It may be read by several goroutines at once.
type File struct {
	Path   string // of the safetensors file
	Rows   int
	Width  int    // H
	Dtype  string // F32, F16 or BF16
	Digest string // sha256, hex, of both files
	Corpus string // digest of the corpus that it was made from; empty where it does not say

	mapped *safetensors.Mapped
	values safetensors.Floats
	index  *index
	opened stamp
}

// Open opens the files and checks all of them: layout, that the index has as many tokens
// as there are rows, and that every value is finite. What was checked once is remembered
// beside the file, together with its digest, until the file changes. An error is one
// line that names the file.
func Open(path string) (*File, error) {
	mapped, err := safetensors.Map(path)
	if err != nil {
		return nil, named(err)
	}
	f := &File{Path: path, mapped: mapped, Corpus: mapped.Meta[corpusDigest]}
	if err := f.check(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// named says what an error of opening is about, which is enough where the path is missing.
func named(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("hidden states %s: %w", p.Path, p.Err)
	}
	return fmt.Errorf("hidden states %w", err)
}

func (f *File) check() (err error) {
	defer f.Guard(&err)()
	fail := func(format string, args ...any) error {
		return fmt.Errorf("hidden states %s: %w", f.Path, fmt.Errorf(format, args...))
	}
	if !f.mapped.Has(tensorName) {
		return fail("no tensor %q%s; expected it as [tokens, width]", tensorName, nearest.Hint(tensorName, f.mapped.Names()))
	}
	if f.values, err = f.mapped.Floats(tensorName); err != nil {
		return fail("%w", err)
	}
	if len(f.values.Shape) != 2 || f.values.Shape[1] < 1 {
		return fail("%s: shape %v; expected [tokens, width]", tensorName, f.values.Shape)
	}
	f.Rows, f.Width, f.Dtype = f.values.Shape[0], f.values.Shape[1], f.values.Dtype
	path := strings.TrimSuffix(f.Path, extension) + indexName
	if f.index, err = readIndex(path); err != nil {
		return err
	}
	if f.index.rows != f.Rows {
		return fail("%s is %v, but %s has %d tokens in %d documents", tensorName, f.values.Shape, path, f.index.rows, len(f.index.documents))
	}
	if f.opened, err = stampOf(f.mapped); err != nil {
		return fail("%w", err)
	}
	return f.verify()
}

// Close ends the mapping; nothing of f must be read afterwards.
func (f *File) Close() error { return f.mapped.Close() }

// Place is the first row of a document of a split; an empty split is any. The document must be
// in the index with its number of tokens, and with their texts where the index has them.
func (f *File) Place(split corpus.Split, d *corpus.Document) (row int, err error) {
	e, err := f.index.find(split, d.ID)
	if err == nil {
		err = e.fits(d)
	}
	if err != nil {
		return 0, fmt.Errorf("hidden states %s: document %s%w", f.index.path, d.ID, err)
	}
	return e.row, nil
}

// Check says whether f has the hidden states of every document of a corpus.
func (f *File) Check(ds *corpus.Dataset) error {
	if f.Corpus != "" && f.Corpus != ds.Manifest.Digest {
		return fmt.Errorf("hidden states %s: they are of a corpus with digest %.12s, this one (%s) has %.12s", f.Path, f.Corpus, ds.Manifest.Name, ds.Manifest.Digest)
	}
	missing, first := 0, error(nil)
	for split, d := range ds.All() {
		if _, err := f.Place(split, d); err != nil {
			if missing++; first == nil {
				first = err
			}
		}
	}
	if missing > 1 {
		return fmt.Errorf("%w (the first of %d documents that do not fit)", first, missing)
	}
	return first
}

// CheckWidth says whether the hidden states have the width that a model expects.
func (f *File) CheckWidth(hidden int) error {
	if f.Width != hidden {
		return fmt.Errorf("hidden states %s: they are %d wide, and model.encoder.hidden is %d", f.Path, f.Width, hidden)
	}
	return nil
}

// Read overwrites dst, whose length is a multiple of the width, with the hidden states
// from a row on.
func (f *File) Read(dst []float32, row int) { f.values.Read(dst, row*f.Width) }

// Unchanged is an error where the file was written to since it was opened.
func (f *File) Unchanged() error {
	now, err := stampOf(f.mapped)
	if err == nil && !now.same(f.opened) {
		err = errors.New("the file was changed while it was in use")
	}
	if err != nil {
		return fmt.Errorf("hidden states %s: %w", f.Path, err)
	}
	return nil
}

// Guard makes a fault of memory in the file into an error: it was cut short while it was
// mapped. It is deferred, with what it gives, around what reads the file on this
// goroutine:
//
//	defer file.Guard(&err)()
func (f *File) Guard(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		p := recover()
		if p == nil {
			return
		}
		fault, ok := p.(interface {
			runtime.Error
			Addr() uintptr
		})
		if !ok || !f.holds(fault.Addr()) {
			panic(p)
		}
		*err = fmt.Errorf("hidden states %s: the file was cut short while it was in use", f.Path)
	}
}

// holds says whether an address lies in the mapping.
func (f *File) holds(addr uintptr) bool {
	all := f.mapped.Bytes()
	start := uintptr(unsafe.Pointer(unsafe.SliceData(all)))
	return addr >= start && addr < start+uintptr(len(all))
}
