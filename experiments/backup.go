package experiments

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Backed says what was copied.
type Backed struct {
	Runs      int   // trials
	Artifacts int   // files that were copied; those that the backup had are not counted
	Bytes     int64 // of these and the database
	Older     int   // version of the store's form, and of the copy's, where it is older than this program's; else 0
}

// Backup copies the store at path as Store.Backup does, in the form in which it
// is: one of an older release is not brought up to date, nor is its copy.
func Backup(ctx context.Context, path, to string) (Backed, error) {
	s, version, err := find(path)
	if err != nil {
		return Backed{}, err
	}
	if version == 0 {
		return Backed{}, fmt.Errorf("store %s: backup: no sweep was ever stored in it", path)
	}
	if err := s.connect(); err != nil {
		return Backed{}, err
	}
	n, err := s.Backup(ctx, to)
	if version < schemaVersion() {
		n.Older = version
	}
	if closed := s.Close(); err == nil {
		err = closed
	}
	return n, err
}

// Backup copies the store, as it is at one moment, to a new file and its
// artifacts to the folder beside that. Sweeps may run meanwhile: an attempt
// that runs is stopped in the copy, so that its trial is pending there. The
// file has its name once everything is complete and on the disk.
func (s *Store) Backup(ctx context.Context, to string) (Backed, error) {
	var n Backed
	target, err := locate(to)
	if err != nil {
		return n, err
	}
	if _, err := os.Stat(target.path); err == nil {
		return n, fmt.Errorf("backup %s: the file exists; a backup is a new file", to)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return n, target.fail("backup", err)
	}
	part := &Store{path: target.path + ".part", me: s.me}
	if err := os.Remove(part.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return n, target.fail("backup", err)
	}
	defer os.Remove(part.path) // gone already when it got its name
	// VACUUM INTO reads one snapshot; in WAL mode writers go on.
	// Neither the one writer, which sweeps of this process need, nor the
	// readers, which may not write, can do it.
	db := s.database(probeParams)
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, part.path)
	if err := errors.Join(err, db.Close()); err != nil {
		return n, target.fail("backup", err)
	}
	if n, err = s.completeBackup(ctx, part, target); err != nil {
		return n, err
	}
	if err := os.Rename(part.path, target.path); err != nil {
		return n, target.fail("backup", err)
	}
	if err := syncFolder(filepath.Dir(target.path)); err != nil {
		return n, target.fail("backup", err)
	}
	return n, nil
}

// completeBackup stops the attempts that run in the copy, copies the artifacts
// that it names, and puts the copy on the disk.
func (s *Store) completeBackup(ctx context.Context, part, target *Store) (n Backed, err error) {
	db := part.database(commonParams + "&mode=rw&_synchronous=FULL&_txlock=immediate")
	defer db.Close()
	_, err = db.ExecContext(ctx, `UPDATE attempts SET state = 'stopped', finished = ?, error = 'was running when the backup was made' WHERE state = 'running'`, time.Now().UnixMicro())
	if err != nil {
		return n, target.fail("backup", err)
	}
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM trials`).Scan(&n.Runs); err != nil {
		return n, target.fail("backup", err)
	}
	rows, err := db.QueryContext(ctx, `SELECT sha256, size FROM artifacts WHERE id IN (SELECT artifact_id FROM attempt_artifacts) ORDER BY sha256`)
	if err != nil {
		return n, target.fail("backup", err)
	}
	defer rows.Close()
	for rows.Next() {
		var sum string
		var size int
		if err := rows.Scan(&sum, &size); err != nil {
			return n, target.fail("backup", err)
		}
		if target.hasArtifact(sum, size) {
			continue
		}
		content, err := s.artifact(sum)
		if err != nil {
			return n, err
		}
		if _, err := target.putArtifact(0, content); err != nil {
			return n, err
		}
		n.Artifacts++
		n.Bytes += int64(size)
	}
	if err := rows.Err(); err != nil {
		return n, target.fail("backup", err)
	}
	if err := db.Close(); err != nil {
		return n, target.fail("backup", err)
	}
	f, err := os.OpenFile(part.path, os.O_RDWR, 0)
	if err != nil {
		return n, target.fail("backup", err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return n, target.fail("backup", err)
	}
	n.Bytes += size
	return n, nil
}
