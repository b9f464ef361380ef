package main

import (
	"errors"
	"os"
	"syscall"
)

// peakMemory is the greatest resident size of a process that ended, in bytes.
func peakMemory(p *os.ProcessState) (int64, error) {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, errors.New("memory of a process: the system does not tell it")
	}
	return usage.Maxrss * 1024, nil // Linux counts kibibytes
}
