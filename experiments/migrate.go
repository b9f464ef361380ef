package experiments

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"path/filepath"
)

// migrations holds one SQL file for each form that the store has had, numbered
// from 001. Applying them in order to an empty file makes the present form;
// user_version is the number of the last one applied. A file that was released
// never changes.
//
//go:embed migrations/*.sql
var migrations embed.FS

// schemaVersion is the number of the last migration.
func schemaVersion() int {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		panic("experiments: schemaVersion: " + err.Error())
	}
	return len(files)
}

// probe finds out, without changing it, whether the file is a store, and its
// version. An empty database is one of version 0: a process may have been
// killed while it made it.
func (s *Store) probe() (version int, err error) {
	if noRoom(filepath.Dir(s.path)) {
		return 0, fmt.Errorf("store %s: open: the disk is full", s.path)
	}
	db := s.database(probeParams)
	defer db.Close()
	var id, tables int
	err = db.QueryRow(`SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`).Scan(&id, &version, &tables)
	if err != nil {
		return 0, s.fail("open", err)
	}
	if id != applicationID && (id != 0 || version != 0 || tables > 0) {
		return 0, fmt.Errorf("store %s: not a store of invoicelab (an SQLite file of another program)", s.path)
	}
	if last := schemaVersion(); version > last {
		return 0, fmt.Errorf("store %s: written by a newer invoicelab (store version %d, this program knows up to %d)", s.path, version, last)
	}
	return version, nil
}

// migrate brings the file to the present form, in one transaction.
func (s *Store) migrate(ctx context.Context) error {
	return s.patiently(func() error { return s.bringUpToDate(ctx) })
}

func (s *Store) bringUpToDate(ctx context.Context) error {
	return s.inTx(ctx, "open", func(tx *sql.Tx) error {
		var version int
		if err := tx.QueryRow(`PRAGMA user_version`).Scan(&version); err != nil {
			return err
		}
		files, err := migrations.ReadDir("migrations")
		if err != nil {
			return err
		}
		if version >= len(files) {
			return nil // another process was faster
		}
		for _, f := range files[version:] {
			text, err := migrations.ReadFile("migrations/" + f.Name())
			if err != nil {
				return err
			}
			if _, err := tx.Exec(string(text)); err != nil {
				return fmt.Errorf("migration %s: %w", f.Name(), err)
			}
		}
		_, err = tx.Exec(fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = %d`, applicationID, len(files)))
		return err
	})
}
