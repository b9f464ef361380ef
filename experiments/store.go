package experiments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/mattn/go-sqlite3"
)

// Store is a file of runs: an SQLite database in WAL mode, and beside it the
// folder <path>.files of artifacts, named by their content.
//
// What a method that writes has returned from survives a kill of the process
// (and, but for the last moments before it, a loss of power). Any number of
// processes may use one store. Within a process one connection writes and a
// pool of connections that cannot write reads.
type Store struct {
	path   string // absolute
	writer *sql.DB
	reader *sql.DB
	reads  queries // reader, or a moment of it
	me     process
	known  *knownNames
}

// Settings of every connection. Writers queue for the lock for busyTimeout
// milliseconds. NORMAL in WAL mode syncs at checkpoints: a killed process
// loses nothing, a power loss at most the last transactions, never the file.
const (
	busyTimeout   = 60_000
	commonParams  = "_busy_timeout=60000&_foreign_keys=1&_stmt_cache_size=128&_cache_size=-32768" // busyTimeout, as text; statements and KiB that a connection keeps
	writerParams  = commonParams + "&mode=rwc&_journal_mode=WAL&_synchronous=NORMAL&_txlock=immediate"
	readerParams  = commonParams + "&mode=rw&_query_only=1"
	probeParams   = commonParams + "&mode=rw"
	readers       = 4          // connections of the pool
	applicationID = 0x496E764C // "InvL" in the SQLite header marks the file as ours
)

// Create opens the store at path for a sweep. It makes the file when there is
// none; its folder must exist.
func Create(path string) (*Store, error) {
	s, err := locate(path)
	if err != nil {
		return nil, err
	}
	folder := filepath.Dir(s.path)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("store %s: there is no folder %s", path, folder)
	}
	if info, err := os.Stat(s.path); err == nil {
		// Root may write everywhere; the file's mode says that it should not.
		if info.Mode().Perm()&0o222 == 0 {
			return nil, fmt.Errorf("store %s: the file is read-only", path)
		}
		if _, err := s.probe(); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, s.fail("open", err)
	}
	if err := s.connect(); err != nil {
		return nil, err
	}
	if err := s.migrate(context.Background()); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Open opens a store that exists, to read it. A store of an older release is
// brought up to date first.
func Open(path string) (*Store, error) {
	s, version, err := find(path)
	if err != nil {
		return nil, err
	}
	if err := s.connect(); err != nil {
		return nil, err
	}
	if version < schemaVersion() {
		if err := s.migrate(context.Background()); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// find gives a store that exists, unopened, and the version of its form.
func find(path string) (s *Store, version int, err error) {
	if s, err = locate(path); err != nil {
		return nil, 0, err
	}
	if _, err := os.Stat(s.path); errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("store %s: no such file; a sweep makes it", path)
	} else if err != nil {
		return nil, 0, s.fail("open", err)
	}
	version, err = s.probe()
	return s, version, err
}

// locate gives an unopened store.
func locate(path string) (*Store, error) {
	if path == "" {
		return nil, errors.New("store: no path given")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	if info, err := os.Stat(abs); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("store %s: not a file", path)
	}
	return &Store{path: abs, me: thisProcess(), known: &knownNames{}}, nil
}

// connect opens the connections. On a file system of small blocks it sets room
// aside for what they share.
func (s *Store) connect() error {
	s.writer = s.database(writerParams)
	s.writer.SetMaxOpenConns(1)
	s.reader = s.database(readerParams)
	s.reader.SetMaxOpenConns(readers)
	s.reader.SetMaxIdleConns(readers)
	s.reads = s.reader
	if small, _ := smallBlocks(filepath.Dir(s.path)); !small {
		return nil
	}
	var version int
	err := s.patiently(func() error { return s.writer.QueryRow(`PRAGMA user_version`).Scan(&version) }) // from now on the shared memory is there
	if err == nil {
		err = setAside(s.path + "-shm")
	}
	if err != nil {
		s.Close()
		return s.fail("open", err)
	}
	return nil
}

func (s *Store) database(params string) *sql.DB {
	db, err := sql.Open("sqlite3", "file:"+url.PathEscape(s.path)+"?"+params)
	if err != nil {
		panic("experiments: database: " + err.Error()) // the driver is linked in, and Open connects to nothing
	}
	return db
}

// Close ends all use of the store.
func (s *Store) Close() error {
	err := errors.Join(s.reader.Close(), s.writer.Close())
	if err != nil {
		return s.fail("close", err)
	}
	return nil
}

// patiently does what makes the first connection that writes, and does it again
// while others keep the file locked. SQLite itself does not wait where two
// processes switch a new file to WAL at once, since each could wait for the other.
func (s *Store) patiently(do func() error) error {
	for until := time.Now().Add(busyTimeout * time.Millisecond); ; time.Sleep(lockedPause) {
		err := do()
		var lite sqlite3.Error
		if !errors.As(err, &lite) || lite.Code != sqlite3.ErrBusy || time.Now().After(until) {
			return err
		}
	}
}

// lockedPause lies between two tries.
const lockedPause = 5 * time.Millisecond

// inTx runs do in one write transaction. do must not keep tx. When ctx ends
// first, nothing is written and the error is that of ctx, whatever the driver
// says of a transaction that was taken from it.
func (s *Store) inTx(ctx context.Context, op string, do func(tx *sql.Tx) error) error {
	err := s.transact(ctx, do)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return s.fail(op, err)
}

func (s *Store) transact(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing to do after Commit
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Path is the absolute path of the store's file.
func (s *Store) Path() string { return s.path }
