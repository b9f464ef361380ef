//go:build !linux

package experiments

// smallBlocks is not known here.
func smallBlocks(string) (small bool, available uint64) { return false, 0 }

// noRoom is not known here; opening will tell.
func noRoom(string) bool { return false }

// setAside is for file systems of small blocks alone.
func setAside(string) error { return nil }
