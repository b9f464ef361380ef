//go:build !linux

package hidden

import "io/fs"

func changed(fs.FileInfo) int64 { return 0 }
