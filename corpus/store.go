package corpus

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// store writes the files of a corpus into a work folder, one document after
// the other.
type store struct {
	work, folder string // the work folder, and the folder of the files inside it
	header       ledgerHeader
	resumable    bool
	next         int // number of the next document
	boxed        bool
	digest       *digester
	splits       map[Split]*splitStore
	kept         int // documents as of the last checkpoint
}

// splitStore is one split of a store.
type splitStore struct {
	count   Count
	encoder encoder
	shards  []shardRecord
	part    *shard
}

// packed is a document as it is stored.
type packed struct {
	split    Split
	document *Document
	line     []byte
	sum      documentSum
}

// freshFolder is the folder of the files inside a work folder.
func freshFolder(work string) string { return filepath.Join(work, "new") }

// newStore begins a corpus in a work folder, from which all else is removed.
func newStore(work string, header ledgerHeader, resumable bool) (*store, error) {
	entries, err := os.ReadDir(work)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(work, e.Name())); err != nil {
			return nil, err
		}
	}
	if err := os.Mkdir(freshFolder(work), 0o777); err != nil {
		return nil, err
	}
	return &store{
		work: work, folder: freshFolder(work), header: header, resumable: resumable,
		boxed: true, digest: newDigester(), splits: map[Split]*splitStore{},
	}, nil
}

// resumeStore goes on with the corpus in a work folder. It is nil when there
// is nothing to go on with; why says what was left cannot be used for.
func resumeStore(work string, header ledgerHeader) (st *store, why error) {
	l, err := readLedger(work)
	if err != nil || l == nil {
		return nil, err
	}
	if !l.Of.equal(header) {
		return nil, errors.New("it is of other settings, or another version of the generator")
	}
	folder := freshFolder(work)
	if err := errors.Join(l.cut(folder, header.Packing), l.verify(folder)); err != nil {
		return nil, err
	}
	st = &store{
		work: work, folder: folder, header: header, resumable: true, next: l.Next, kept: l.Next,
		boxed: l.Boxed, digest: newDigester(), splits: map[Split]*splitStore{},
	}
	for split, s := range l.Splits {
		if !slices.Contains(Splits, split) || s.Count.Labels == nil {
			return nil, fmt.Errorf("%s: %w", ledgerName, errChanged)
		}
		if err := st.digest.resume(split, s.Count.Documents, s.Digest); err != nil {
			return nil, fmt.Errorf("%s: digest of %s: %w", ledgerName, split, err)
		}
		to := &splitStore{count: s.Count, encoder: header.Packing.Compression.encoder(), shards: s.Shards}
		if s.Part != nil {
			if to.part, err = reopenShard(folder, *s.Part, to.encoder); err != nil {
				st.close()
				return nil, err
			}
		}
		st.splits[split] = to
	}
	return st, nil
}

// add stores the next document. A checkpoint is due after it every
// checkpointEvery documents, so that the bytes of compressed files depend on
// the documents alone.
func (st *store) add(p *packed) error {
	to := st.splits[p.split]
	if to == nil {
		to = &splitStore{count: newCount(), encoder: st.header.Packing.Compression.encoder()}
		st.splits[p.split] = to
	}
	if to.part == nil {
		var err error
		if to.part, err = newShard(st.folder, st.header.Packing.shardName(p.split, len(to.shards)), to.encoder); err != nil {
			return err
		}
	}
	if err := to.part.add(p.line); err != nil {
		return err
	}
	to.count.add(st.header.Schema, p.document)
	st.digest.add(p.split, p.sum)
	st.boxed = st.boxed && p.document.Boxed
	st.next++
	if to.part.record.Documents == st.header.Packing.Shard {
		return to.complete()
	}
	return nil
}

// complete ends the open file.
func (to *splitStore) complete() error {
	if err := to.part.finish(); err != nil {
		return err
	}
	to.shards = append(to.shards, to.part.record)
	to.part = nil
	return nil
}

// checkpoint brings everything to the disk, so that resumeStore goes on here.
func (st *store) checkpoint() error {
	l := ledger{Of: st.header, Next: st.next, Boxed: st.boxed, Splits: map[Split]ledgerSplit{}}
	for split, from := range st.splits {
		s := ledgerSplit{Count: from.count, Shards: from.shards}
		_, s.Digest = st.digest.state(split)
		if from.part != nil {
			if err := from.part.sync(); err != nil {
				return err
			}
			record := from.part.record
			s.Part = &record
		}
		l.Splits[split] = s
	}
	if err := syncFolder(st.folder); err != nil {
		return err
	}
	if err := l.write(st.work); err != nil {
		return err
	}
	st.kept = st.next
	return nil
}

// finish completes all files and writes the schema and the manifest, which it
// gives. A split that is one file is named after the split alone.
func (st *store) finish(m Manifest) (Manifest, error) {
	m.Splits = map[Split]Count{}
	m.Boxed = st.boxed && st.next > 0
	m.Digest = st.digest.sum(st.header.Schema)
	packing := st.header.Packing
	files := map[Split][]string{}
	for _, split := range Splits {
		from := st.splits[split]
		if from == nil {
			continue
		}
		if from.part != nil {
			if err := from.complete(); err != nil {
				return m, err
			}
		}
		m.Splits[split] = from.count
		for _, r := range from.shards {
			files[split] = append(files[split], r.Name)
		}
		if len(from.shards) == 1 {
			files[split][0] = packing.wholeName(split)
		}
	}
	if st.resumable {
		if err := st.checkpoint(); err != nil {
			return m, err
		}
	}
	if err := writeJSON(filepath.Join(st.folder, schemaName), st.header.Schema); err != nil {
		return m, err
	}
	if err := writeJSON(filepath.Join(st.folder, manifestName), manifestFile{corpusFormat, m, files}); err != nil {
		return m, err
	}
	for _, split := range Splits {
		if from := st.splits[split]; from != nil && len(from.shards) == 1 {
			if err := os.Rename(filepath.Join(st.folder, from.shards[0].Name), filepath.Join(st.folder, files[split][0])); err != nil {
				return m, err
			}
		}
	}
	return m, syncFolder(st.folder)
}

// close closes the files that are not complete.
func (st *store) close() {
	for _, s := range st.splits {
		if s.part != nil {
			s.part.file.Close()
		}
	}
}

// suspend ends the work after an error: the work folder keeps what was stored
// at the last checkpoint, or is removed when that is nothing. It says how
// many documents are kept.
func (st *store) suspend() (kept int, err error) {
	st.close()
	if st.resumable && st.kept > 0 {
		l, err := readLedger(st.work)
		if err == nil && l != nil {
			err = l.cut(st.folder, st.header.Packing)
		}
		return st.kept, err
	}
	return 0, os.RemoveAll(st.work)
}
