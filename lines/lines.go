// Package lines reads text files line by line, with messages that name file
// and line.
package lines

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Max is the longest line that is read, in bytes: a hundred times the longest
// document seen, and a bound on memory.
const Max = 16 << 20

// Reader reads a text file line by line and counts. Ends of lines are \n or
// \r\n; the last may be missing. A byte order mark is dropped.
type Reader struct {
	scanner *bufio.Scanner
	name    string
	number  int
}

// New reads r, which messages call name.
func New(r io.Reader, name string) *Reader {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 1<<16), Max)
	return &Reader{scanner: s, name: name}
}

// Next moves to the next line; false at the end of the file or on an error,
// which Err gives.
func (l *Reader) Next() bool {
	if !l.scanner.Scan() {
		return false
	}
	l.number++
	return true
}

// Number is that of the current line, 1-based.
func (l *Reader) Number() int { return l.number }

// Bytes is the current line without its end, valid until Next.
func (l *Reader) Bytes() []byte {
	if l.number == 1 {
		return bytes.TrimPrefix(l.scanner.Bytes(), []byte("\ufeff"))
	}
	return l.scanner.Bytes()
}

// Err is why Next stopped before the end of the file, nil at its end.
func (l *Reader) Err() error {
	err := l.scanner.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("%s:%d: line longer than %d MiB", l.name, l.number+1, Max>>20)
	}
	if err != nil {
		return fmt.Errorf("%s:%d: %w", l.name, l.number+1, err)
	}
	return nil
}

// Errorf is an error about the current line.
func (l *Reader) Errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", l.name, l.number, fmt.Errorf(format, args...))
}
