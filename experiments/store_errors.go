package experiments

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// storeError is a failure of the store, in one line.
type storeError struct {
	path, op, what string
	cause          error
}

func (e *storeError) Error() string { return fmt.Sprintf("store %s: %s: %s", e.path, e.op, e.what) }
func (e *storeError) Unwrap() error { return e.cause }

// fail says what a failure of SQLite or of the file system means. Errors that
// say it already pass through.
func (s *Store) fail(op string, err error) error {
	var done *storeError
	var absent *NotFoundError
	if err == nil || errors.As(err, &done) || errors.As(err, &absent) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errLost) {
		return err
	}
	e := &storeError{path: s.path, op: op, what: err.Error(), cause: err}
	var lite sqlite3.Error
	var path *os.PathError
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.As(err, &lite) && lite.SystemErrno == syscall.ENOSPC:
		e.what = "the disk is full"
	case errors.As(err, &lite):
		e.what = meaning(lite)
	case errors.As(err, &path):
		e.what = path.Err.Error()
		if path.Path != s.path {
			e.what = path.Path + ": " + e.what
		}
	}
	return e
}

// meaning puts the results that users meet into words.
func meaning(err sqlite3.Error) string {
	switch err.Code {
	case sqlite3.ErrFull:
		return "the disk is full"
	case sqlite3.ErrReadonly, sqlite3.ErrPerm:
		return "the file or its folder is read-only"
	case sqlite3.ErrCantOpen:
		return "cannot be opened; the file and its folder must be readable and writable"
	case sqlite3.ErrNotADB:
		return "not a store of invoicelab (not an SQLite file)"
	case sqlite3.ErrCorrupt:
		return "the file is damaged: " + err.Error()
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fmt.Sprintf("another process kept it locked for %d seconds", busyTimeout/1000)
	case sqlite3.ErrIoErr:
		return "reading or writing the file failed: " + err.Error()
	}
	return err.Error()
}
