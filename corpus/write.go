package corpus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
)

// Source makes the documents of a corpus by their number, 0 to Documents-1.
type Source struct {
	Manifest  Manifest // Name, Source, Recipe and Notes; the rest is counted
	Schema    *Schema
	Documents int

	// Document makes document i and names its split; it depends on i alone
	// and may be called from several goroutines. Documents of a split stand
	// in the order of their numbers.
	Document func(i int) (Document, Split)
}

// WriteOptions are how WriteSource works; none has an influence on the digest.
type WriteOptions struct {
	Packing  Packing
	Workers  int            // goroutines that make documents; 0 is one for each processor
	Resume   bool           // keep what is stored when an error ends the work, and go on there
	Progress func(Progress) // called after each document that is stored, and with each note; may be nil

	// Accept is called before the corpus takes its place; its error ends the
	// work and removes what was made. It may be nil.
	Accept func(Manifest) error

	checkpoint int // documents between checkpoints; 0 is checkpointEvery
}

// Progress tells how far WriteSource is.
type Progress struct {
	Done, Total int
	Resumed     int    // documents that an earlier run had stored
	Note        string // of what was left by an earlier run; empty otherwise
}

// checkpointEvery is the number of documents between checkpoints: some
// seconds of work.
const checkpointEvery = 5000

// WriteSource makes the documents of src and stores them in folder dir, as
// Dataset.Write does, in memory that does not grow with their number. The
// bytes of the files depend on src and the packing alone.
//
// With Resume the work is done in the folder .NAME.part beside dir. When it
// ends early, by an error, by ctx or by a crash, that folder keeps whole
// documents, and the next call for the same source and packing verifies them
// and makes the rest. It is an error when another process works there.
func WriteSource(ctx context.Context, dir string, src Source, o WriteOptions) (Manifest, error) {
	m, err := writeSource(ctx, dir, src, o)
	if err != nil {
		return Manifest{}, fmt.Errorf("writing corpus %s: %w", dir, err)
	}
	return m, nil
}

func writeSource(ctx context.Context, dir string, src Source, o WriteOptions) (Manifest, error) {
	if o.Packing == (Packing{}) {
		o.Packing = Packing{Shard: DefaultShard, Compression: Plain}
	}
	if o.checkpoint == 0 {
		o.checkpoint = checkpointEvery
	}
	if err := o.Packing.check(); err != nil {
		return Manifest{}, err
	}
	if err := checkSchema(src.Schema); err != nil {
		return Manifest{}, fmt.Errorf("schema %s: %w", src.Schema.Name, err)
	}
	dir, err := destination(dir)
	if err != nil {
		return Manifest{}, err
	}
	work, release, err := workFolder(dir, o.Resume)
	if err != nil {
		return Manifest{}, err
	}
	defer release()
	st, err := openStore(work, src, &o)
	if err != nil {
		if !o.Resume {
			err = errors.Join(err, os.RemoveAll(work))
		}
		return Manifest{}, err
	}
	m, err := st.fill(ctx, src, &o)
	if err == nil && o.Accept != nil {
		if err := o.Accept(m); err != nil {
			return Manifest{}, errors.Join(err, os.RemoveAll(work))
		}
	}
	if err == nil {
		err = swap(st.folder, dir, work)
	}
	if err != nil {
		kept, cleaning := st.suspend()
		if kept > 0 {
			err = fmt.Errorf("%w; %d of %d documents are kept in %s: the same command goes on there", err, kept, src.Documents, work)
		}
		if cleaning != nil {
			err = fmt.Errorf("%w; and clearing up: %w", err, cleaning)
		}
		return Manifest{}, err
	}
	return m, errors.Join(os.RemoveAll(work), syncFolder(filepath.Dir(dir)))
}

// openStore goes on with what the work folder has, or begins anew.
func openStore(work string, src Source, o *WriteOptions) (*store, error) {
	header := ledgerHeader{Format: corpusFormat, Schema: src.Schema, Packing: o.Packing}
	if o.Resume {
		header = src.header(o.Packing)
		st, why := resumeStore(work, header)
		if st != nil {
			return st, nil
		}
		if why != nil && o.Progress != nil {
			o.Progress(Progress{Total: src.Documents, Note: fmt.Sprintf("what an earlier run left in %s is not used: %v", work, why)})
		}
	}
	return newStore(work, header, o.Resume)
}

// fill stores the documents that are missing, and then all else.
func (st *store) fill(ctx context.Context, src Source, o *WriteOptions) (Manifest, error) {
	workers := o.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	const block = 16 // documents that a worker takes at once
	resumed, from := st.next, st.next
	type made struct {
		docs []packed
		err  error
	}
	next := func() (int, bool) {
		first := from
		from += block
		return first, first < src.Documents && ctx.Err() == nil
	}
	work := func() func(int) made {
		c := newCanonical()
		return func(first int) made {
			var m made
			for i := first; i < min(first+block, src.Documents); i++ {
				d, split := src.Document(i)
				p, err := pack(c, src.Schema, &d, split)
				if err != nil {
					m.err = err
					return m
				}
				m.docs = append(m.docs, p)
			}
			return m
		}
	}
	err := ordered(workers, next, work, func(m made) error {
		for i := range m.docs {
			if ctx.Err() != nil {
				return fmt.Errorf("interrupted: %w", context.Cause(ctx))
			}
			if err := st.add(&m.docs[i]); err != nil {
				return err
			}
			if st.resumable && st.next%o.checkpoint == 0 && st.next < src.Documents {
				if err := st.checkpoint(); err != nil {
					return err
				}
			}
			if o.Progress != nil {
				o.Progress(Progress{Done: st.next, Total: src.Documents, Resumed: resumed})
			}
		}
		return m.err
	})
	if err == nil && st.next < src.Documents { // next saw the interrupt first
		err = fmt.Errorf("interrupted: %w", context.Cause(ctx))
	}
	if err != nil {
		return Manifest{}, err
	}
	return st.finish(src.Manifest)
}

// Write stores the corpus once more, in folder dir and another packing. The
// digest stays. Memory does not grow with the corpus.
func (f *Folder) Write(dir string, p Packing) error {
	err := f.write(dir, p)
	if err != nil {
		return fmt.Errorf("writing corpus %s: %w", dir, err)
	}
	return nil
}

func (f *Folder) write(dir string, p Packing) error {
	if err := p.check(); err != nil {
		return err
	}
	dir, err := destination(dir)
	if err != nil {
		return err
	}
	work, release, err := workFolder(dir, false)
	if err != nil {
		return err
	}
	defer release()
	defer os.RemoveAll(work)
	st, err := newStore(work, ledgerHeader{Format: corpusFormat, Schema: f.Schema, Packing: p}, false)
	if err != nil {
		return err
	}
	defer st.close()
	c := newCanonical()
	for e, err := range f.Entries() {
		if err != nil {
			return err
		}
		d, err := pack(c, f.Schema, e.Document, e.Split)
		if err != nil {
			return err
		}
		if err := st.add(&d); err != nil {
			return err
		}
	}
	if _, err := st.finish(f.Manifest); err != nil {
		return err
	}
	if err := swap(st.folder, dir, work); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(dir))
}

// pack gives the stored form of a document, which must be sound.
func pack(c *canonical, schema *Schema, d *Document, split Split) (packed, error) {
	if !slices.Contains(Splits, split) {
		return packed{}, fmt.Errorf("no split is called %q", split)
	}
	if err := checkDocument(schema, d); err != nil {
		return packed{}, fmt.Errorf("%s, %w", split, err)
	}
	sum := c.document(schema, d)
	line := appendDocument(make([]byte, 0, 256+64*len(d.Tokens)), schema, d, sum.check())
	return packed{split: split, document: d, line: line, sum: sum}, nil
}

// workFolder makes the folder in which the new corpus is written, beside dir.
// A folder that the next call goes on with is locked until release.
func workFolder(dir string, resume bool) (work string, release func(), err error) {
	parent, name := filepath.Split(dir)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return "", nil, err
	}
	if !resume {
		work, err = os.MkdirTemp(parent, "."+name+".part-")
		return work, func() {}, err
	}
	work = filepath.Join(parent, "."+name+".part")
	lock, err := lockFolder(work)
	if err != nil {
		return "", nil, err
	}
	return work, func() { lock.Close() }, nil
}

// lockFolder makes a folder and keeps other processes from locking it until
// the file is closed or the process ends.
func lockFolder(path string) (*os.File, error) {
	for {
		if err := os.Mkdir(path, 0o777); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, err
		}
		f, err := os.Open(path)
		if errors.Is(err, os.ErrNotExist) {
			continue // removed by who was done with it
		}
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			f.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, fmt.Errorf("another process is writing it: %s is locked", path)
			}
			return nil, fmt.Errorf("locking %s: %w", path, err)
		}
		locked, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if there, err := os.Stat(path); err == nil && os.SameFile(locked, there) {
			return f, nil
		}
		f.Close() // removed and perhaps made again between opening and locking
	}
}
