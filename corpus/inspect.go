package corpus

import (
	"fmt"
	"iter"
	"runtime"
	"unicode/utf8"

	"github.com/invoicelab/invoicelab/lines"
)

// Inspection is one document of a corpus, read leniently: with what is wrong
// with it. Document is nil where a line cannot be read, and where Faults are
// about the corpus as a whole.
type Inspection struct {
	Entry
	Faults []Fault
}

// Inspect gives every document as Entries does, but goes on where a document
// is malformed or changed, and says so. The error is one of reading the
// files; it ends the inspection.
func (f *Folder) Inspect() iter.Seq2[Inspection, error] {
	return func(yield func(Inspection, error) bool) {
		i := inspector{folder: f, parser: newLineParser(f.Schema), digest: newDigester(), intact: true}
		for _, split := range Splits {
			if more, err := i.split(split, yield); err != nil || !more {
				if err != nil {
					yield(Inspection{}, fmt.Errorf("reading corpus %s: %w", f.dir, err))
				}
				return
			}
		}
		if got := i.digest.sum(f.Schema); i.intact && got != f.Manifest.Digest {
			yield(Inspection{Entry: Entry{File: manifestName}, Faults: []Fault{{FaultFile,
				fmt.Sprintf("the digest is %s, but schema and documents have %s", f.Manifest.Digest, got)}}}, nil)
		}
	}
}

// inspector reads a folder leniently.
type inspector struct {
	folder *Folder
	parser *lineParser
	digest *digester
	intact bool // no document was changed so far
}

// inspected is a run of documents of one file, and an error of reading after
// the last of them.
type inspected struct {
	list []Inspection
	sums []documentSum
	err  error
}

// split inspects one split; more is false when the reader wants no more.
func (i *inspector) split(split Split, yield func(Inspection, error) bool) (more bool, err error) {
	f := i.folder
	got := newCount()
	for _, name := range f.files[split] {
		err := i.file(name, func(b inspected) error {
			for k, in := range b.list {
				got.Documents++
				in.Split, in.Number, in.File = split, got.Documents, name
				if in.Document != nil {
					got.Documents--
					got.add(f.Schema, in.Document)
					i.digest.add(split, b.sums[k])
				}
				for _, fault := range in.Faults {
					i.intact = i.intact && fault.Kind != FaultFile
				}
				if !yield(in, nil) {
					return errStopped
				}
			}
			return b.err
		})
		if err == errStopped {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	want := f.Manifest.Splits[split]
	what := ""
	switch {
	case got.Documents != want.Documents:
		what = fmt.Sprintf("split %s has %d documents, the manifest says %d", split, got.Documents, want.Documents)
	case i.intact && want.Documents > 0 && !got.equal(want):
		what = fmt.Sprintf("split %s: %d tokens and %d entities, or their labels, domains or templates, are not as counted (%d and %d)",
			split, got.Tokens, got.Entities, want.Tokens, want.Entities)
	default:
		return true, nil
	}
	i.intact = false
	return yield(Inspection{Entry: Entry{Split: split, File: manifestName}, Faults: []Fault{{FaultFile, what}}}, nil), nil
}

// file inspects the lines of a file in several goroutines.
func (i *inspector) file(name string, take func(inspected) error) error {
	file, err := i.folder.root.Open(name)
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
	work := func() func(lineBlock) inspected {
		c := newCanonical()
		return func(b lineBlock) inspected {
			out := inspected{err: b.err}
			for k, line := range b.lines {
				d, sum, faults := i.parser.inspect(line, c)
				out.list = append(out.list, Inspection{Entry: Entry{Line: b.first + k, Document: d}, Faults: faults})
				out.sums = append(out.sums, sum)
			}
			return out
		}
	}
	return ordered(runtime.GOMAXPROCS(0), func() (lineBlock, bool) { return nextLines(in) }, work, take)
}

// inspect reads one line leniently. The document is nil when there is none to
// be read.
func (p *lineParser) inspect(data []byte, c *canonical) (*Document, documentSum, []Fault) {
	var line documentLine
	if !utf8.Valid(data) {
		return nil, documentSum{}, []Fault{{FaultFile, "not UTF-8"}}
	}
	if err := decodeStrict(data, &line); err != nil {
		return nil, documentSum{}, []Fault{{FaultFile, err.Error()}}
	}
	d, err := p.fromLine(&line)
	if err != nil {
		return nil, documentSum{}, []Fault{{FaultFile, err.Error()}}
	}
	faults := documentFaults(p.schema, &d)
	sum := c.document(p.schema, &d)
	if got := sum.check(); got != line.Check {
		faults = append(faults, Fault{FaultFile, fmt.Sprintf("the document was changed: its check is %s, the line says %q", got, line.Check)})
	}
	return &d, sum, faults
}

// Inspect gives every document of ds with its faults; there are no errors.
func (ds *Dataset) Inspect() iter.Seq2[Inspection, error] {
	return func(yield func(Inspection, error) bool) {
		for _, split := range Splits {
			for i := range ds.Docs[split] {
				d := &ds.Docs[split][i]
				at := Entry{Split: split, Number: i + 1, File: splitFile(split), Line: i + 1, Document: d}
				if !yield(Inspection{Entry: at, Faults: documentFaults(ds.Schema, d)}, nil) {
					return
				}
			}
		}
	}
}
