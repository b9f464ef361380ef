package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// peakMemory is the greatest resident size that this process had, in bytes.
// The usage that a parent is told of its child will not do: it begins with the
// size of the parent.
func peakMemory() (int64, error) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, fmt.Errorf("memory of a process: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if text, found := strings.CutPrefix(lines.Text(), "VmHWM:"); found {
			kibibytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(text), " kB"), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("memory of a process: /proc/self/status: VmHWM: %w", err)
			}
			return kibibytes * 1024, nil
		}
	}
	if err := lines.Err(); err != nil {
		return 0, fmt.Errorf("memory of a process: %w", err)
	}
	return 0, errors.New("memory of a process: /proc/self/status has no VmHWM")
}
