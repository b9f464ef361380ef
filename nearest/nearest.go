// Package nearest finds what a misspelt name was probably meant to be, for the
// one line that tells a user so.
package nearest

import (
	"fmt"
	"strings"
)

// Name finds the name that a misspelt one was probably meant to be: the
// one of fewest edits (insert, delete, replace, swap neighbours), case
// ignored, when those are at most a third of the name's length and at least
// one is allowed. Of equally near names the first wins. With none near
// enough, a name that starts with, or ends in, what was given counts.
func Name(given string, names []string) (string, bool) {
	low := strings.ToLower(given)
	best, least := "", max(1, len(low)/3)+1
	for _, name := range names {
		if d := edits(low, strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	if best == "" && len(low) >= 3 {
		for _, name := range names {
			n := strings.ToLower(name)
			if strings.HasPrefix(n, low) || strings.HasSuffix(n, low) {
				return name, true
			}
		}
	}
	return best, best != ""
}

// edits is the optimal string alignment distance of two strings of bytes.
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// Hint suggests what a misspelt name was meant to be, as
// ` (did you mean "x"?)` for the end of a message, or nothing when no name is near.
func Hint(given string, names []string) string {
	if name, ok := Name(given, names); ok {
		return fmt.Sprintf(" (did you mean %q?)", name)
	}
	return ""
}
