package experiments

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// What is set aside is on the disk, and the file is as it was. That a full disk of
// small blocks ends in an error takes root to see; docs/benchmarks-store.md has that.
func TestSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs.db-shm")
	if err := os.WriteFile(path, []byte("as it was"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := setAside(path); err != nil {
		t.Fatal(err)
	}
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil || st.Blocks*512 < sharedSpace { // stat counts blocks of 512 bytes
		t.Errorf("%d bytes are set aside, %v; want %d", st.Blocks*512, err, sharedSpace)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "as it was" {
		t.Errorf("%q, %v", content, err)
	}
	if err := setAside(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("room for a file that is not there")
	}
}
