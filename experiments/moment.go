package experiments

import (
	"context"
	"database/sql"
)

// queries is where reads go: to the pool of readers, or to one of them in a
// transaction.
type queries interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// moment gives the store as it is now: all that is read through at agrees,
// whatever sweeps write meanwhile. What takes more than one query to read
// begins with it. end must be called when all is read, with the error that
// the caller will return: that of ctx when ctx ended, whatever the driver says
// of a query that was taken from it.
func (s *Store) moment(ctx context.Context) (at *Store, end func(*error), err error) {
	if _, pool := s.reads.(*sql.DB); !pool { // within a moment already
		return s, func(*error) {}, nil
	}
	conn, err := s.reader.Conn(ctx)
	if err != nil {
		return s, nil, s.fail("read", err)
	}
	// Not of ctx: the transaction ends by end alone, a query of it by ctx.
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		conn.Close()
		return s, nil, s.fail("read", err)
	}
	return s.within(tx), func(err *error) {
		tx.Rollback() // it wrote nothing
		conn.Close()  // back to the pool
		if *err != nil && ctx.Err() != nil {
			*err = ctx.Err()
		}
	}, nil
}

// AtOnce calls do with the store as it is now: all that do reads through it
// agrees, whatever sweeps write meanwhile. do must not keep it, and should not
// keep its caller waiting: while it lasts, the write-ahead log only grows.
func (s *Store) AtOnce(ctx context.Context, do func(s *Store) error) (err error) {
	s, end, err := s.moment(ctx)
	if err != nil {
		return err
	}
	defer end(&err)
	return do(s)
}

// within gives the store as a transaction sees it.
func (s *Store) within(tx *sql.Tx) *Store {
	view := *s
	view.reads = tx
	return &view
}
