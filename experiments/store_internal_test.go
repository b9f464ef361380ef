package experiments

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"
)

// A transaction whose context ends writes nothing and says so by the error of
// the context, at whatever statement it is.
func TestTransactionEndsWithItsContext(t *testing.T) {
	s, err := Create(filepath.Join(t.TempDir(), "runs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	err = s.inTx(ctx, "note", func(tx *sql.Tx) error {
		if _, err := tx.Exec(`INSERT INTO names (name) VALUES ('lost')`); err != nil {
			return err
		}
		cancel()
		for { // until the transaction is taken back
			if _, err := tx.Exec(`SELECT 1`); err != nil {
				if err != sql.ErrTxDone {
					t.Logf("the driver says %v", err)
				}
				return err
			}
			time.Sleep(time.Millisecond)
		}
	})
	if err != context.Canceled {
		t.Errorf("%v", err)
	}
	var n int
	if err := s.reader.QueryRow(`SELECT count(*) FROM names WHERE name = 'lost'`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// A new store may be made by several at once: each waits for the others.
func TestCreateAtOnce(t *testing.T) {
	for round := range 20 {
		path := filepath.Join(t.TempDir(), "runs.db")
		errs := make(chan error)
		const makers = 8
		for range makers {
			go func() {
				s, err := Create(path)
				if err == nil {
					err = s.Close()
				}
				errs <- err
			}()
		}
		for range makers {
			if err := <-errs; err != nil {
				t.Errorf("round %d: %v", round, err)
			}
		}
	}
}
