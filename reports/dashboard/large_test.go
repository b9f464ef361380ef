package dashboard_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/experiments/synthetic"
)

// largeStoreVariable names a file that keeps the large store between runs of
// the tests and benchmarks; it is made where it is missing. Without the
// variable the store is made each time, in a folder that goes with the test.
const largeStoreVariable = "DASHBOARD_LARGE_STORE"

// largeStore opens a store of 10,000 runs with 500 metrics each.
func largeStore(t testing.TB) *experiments.Store {
	t.Helper()
	path := os.Getenv(largeStoreVariable)
	if path == "" {
		path = filepath.Join(t.TempDir(), "large.db")
	}
	if _, err := os.Stat(path); err != nil {
		if err := makeLarge(t.Context(), path); err != nil {
			os.Remove(path)
			t.Fatal(err)
		}
	}
	store, err := experiments.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// makeLarge makes the large store. The index of metrics by name is made at the
// end: kept up to date from the start, each of 10,000 runs would write to 500
// places of it, which takes far longer than all else.
func makeLarge(ctx context.Context, path string) error {
	store, err := experiments.Create(path)
	if err != nil {
		return err
	}
	if err := store.Close(); err != nil {
		return err
	}
	raw, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		return err
	}
	defer raw.Close()
	var index string
	if err := raw.QueryRowContext(ctx, "SELECT sql FROM sqlite_schema WHERE name = 'metrics_by_name'").Scan(&index); err != nil {
		return err
	}
	if _, err := raw.ExecContext(ctx, "DROP INDEX metrics_by_name"); err != nil {
		return err
	}
	if err := synthetic.Make(ctx, path, synthetic.Options{Runs: 10_000, Metrics: 500, Documents: 12, Epochs: 2, Steps: 1, Failures: 100}, nil); err != nil {
		return err
	}
	_, err = raw.ExecContext(ctx, index)
	return err
}
