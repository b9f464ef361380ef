package formats

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/invoicelab/invoicelab/corpus"
)

// Exporter writes a corpus in a format of others.
type Exporter struct {
	Name    string // as given to "corpus export --format"
	About   string // one line for help texts
	Numbers bool   // ExportOptions.Numbers has an effect

	begin func(x *export) (documentWriter, error)
}

// ExportOptions are choices within a format.
type ExportOptions struct {
	Numbers bool // labels are written as numbers, with a file that names them
}

// Exporters lists the exporters in the order in which help texts show them.
func Exporters() []Exporter {
	return []Exporter{
		{Name: "hf", Numbers: true, About: "Hugging Face style jsonl, a file for each split: id, tokens, ner_tags, bboxes", begin: beginHF},
		{Name: "conll", About: "token and BIO label in columns, a file for each split", begin: beginConll},
		{Name: "json", About: "a file for each document, to be read by people: words with boxes and labels, entities with their text", begin: beginJSON},
	}
}

// documentWriter takes the documents of a corpus, split by split.
type documentWriter interface {
	add(e corpus.Entry) error
	end() error
}

// export is a running export.
type export struct {
	dir      string // that is being written
	schema   *corpus.Schema
	manifest *corpus.Manifest
	options  ExportOptions

	boxes, columns, marks int // documents with such that the format does not hold
}

// Export writes the corpus in folder f to out, which must be new or an empty
// folder; it is there as a whole or not at all. What the format cannot hold
// is told in the notes. Memory does not grow with the corpus.
func Export(f *corpus.Folder, e Exporter, o ExportOptions, out string) (notes []string, err error) {
	if o.Numbers && !e.Numbers {
		return nil, fmt.Errorf("exporting %s: numbers have no effect: the format has names", e.Name)
	}
	fail := func(err error) ([]string, error) { return nil, fmt.Errorf("exporting %s to %s: %w", e.Name, out, err) }
	out, err = filepath.Abs(out)
	if err != nil {
		return fail(err)
	}
	entries, err := os.ReadDir(out)
	switch {
	case err == nil && len(entries) > 0:
		return fail(errors.New("the folder is not empty; nothing was written"))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fail(err)
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o777); err != nil {
		return fail(err)
	}
	work, err := os.MkdirTemp(filepath.Dir(out), "."+filepath.Base(out)+".part-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(work)
	x := &export{dir: filepath.Join(work, "new"), schema: f.Schema, manifest: &f.Manifest, options: o}
	if err := x.write(f, e); err != nil {
		return fail(err)
	}
	if err := os.Remove(out); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty folder
		return fail(err)
	}
	if err := os.Rename(x.dir, out); err != nil {
		return fail(err)
	}
	return x.notes(), nil
}

// write fills the folder.
func (x *export) write(f *corpus.Folder, e Exporter) (err error) {
	if err := os.Mkdir(x.dir, 0o777); err != nil {
		return err
	}
	w, err := e.begin(x)
	if err != nil {
		return err
	}
	defer func() { err = first(err, w.end()) }()
	for entry, err := range f.Entries() {
		if err != nil {
			return err
		}
		if err := w.add(entry); err != nil {
			return fmt.Errorf("%s:%d: document %q: %w", entry.File, entry.Line, entry.Document.ID, err)
		}
	}
	return nil
}

// notes tells what was left out.
func (x *export) notes() []string {
	var notes []string
	for _, n := range []struct {
		count int
		what  string
	}{{x.boxes, "boxes, pages and lines"}, {x.columns, "further columns"}, {x.marks, "structure and visual types"}} {
		if n.count > 0 {
			notes = append(notes, fmt.Sprintf("%s of %d documents are no part of the format and are left out", n.what, n.count))
		}
	}
	return notes
}

// leaves counts what of a document a format does not hold.
func (x *export) leaves(d *corpus.Document, boxes, columns, marks bool) {
	if boxes && d.Boxed {
		x.boxes++
	}
	if columns && len(d.Tokens) > 0 && len(d.Tokens[0].Columns) > 0 {
		x.columns++
	}
	if marks && (d.Structure != nil || d.Visual != nil) {
		x.marks++
	}
}

// groupsName is the file of the groups, as "corpus import --groups" reads it.
const groupsName = "groups.csv"

// writeGroups writes the groups of the labels, if the schema has any.
func (x *export) writeGroups() error {
	if len(x.schema.Groups()) == 0 {
		return nil
	}
	return x.file(groupsName, func(w io.Writer) error {
		fmt.Fprintln(w, "label,group")
		for _, e := range x.schema.Entities {
			if e.Group != "" {
				if _, err := fmt.Fprintf(w, "%s,%s\n", csvField(e.Name), csvField(e.Group)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// file writes a small file.
func (x *export) file(name string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(filepath.Join(x.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(f)
	return first(fill(out), out.Flush(), f.Close())
}

// splitWriter writes a file for each split, one after the other.
type splitWriter struct {
	x         *export
	extension string
	split     corpus.Split
	file      *os.File
	out       *bufio.Writer
}

// to gives the file of a split.
func (s *splitWriter) to(split corpus.Split) (*bufio.Writer, error) {
	if s.file != nil && s.split == split {
		return s.out, nil
	}
	if err := s.end(); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(s.x.dir, string(split)+s.extension))
	if err != nil {
		return nil, err
	}
	s.split, s.file, s.out = split, f, bufio.NewWriterSize(f, 1<<16)
	return s.out, nil
}

// end completes the last file.
func (s *splitWriter) end() error {
	if s.file == nil {
		return nil
	}
	err := first(s.out.Flush(), s.file.Sync(), s.file.Close())
	s.file = nil
	return err
}

// first gives the first error of several; those after it follow from it.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
