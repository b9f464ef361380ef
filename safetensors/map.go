package safetensors

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
)

// Mapped is a file whose values stay on disk: they are paged in where they are
// read, and nothing is copied as a whole.
type Mapped struct {
	*File
	file    *os.File
	mapping []byte
	at      int64 // of the values
}

// Map opens a file and verifies its layout as Read does, without reading the values.
// While it is open the file must not be cut short: reading values that are no more is a
// fault of memory.
func Map(path string) (*Mapped, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	m := &Mapped{file: file}
	if err := m.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), m.Close())
	}
	return m, nil
}

func (m *Mapped) open() error {
	info, err := m.file.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return errors.New("a folder; expected a safetensors file")
	}
	if info.Size() > math.MaxInt {
		return fmt.Errorf("%d bytes do not fit into the address space", info.Size())
	}
	if info.Size() > 0 { // nothing cannot be mapped, and is no safetensors file either
		if m.mapping, err = mapFile(m.file, int(info.Size())); err != nil {
			return fmt.Errorf("map: %w", err)
		}
	}
	if m.File, m.at, err = readHeader(bytes.NewReader(m.mapping)); err != nil {
		return err
	}
	m.data = m.mapping[m.at:]
	return m.verify()
}

// Bytes is the whole file.
func (m *Mapped) Bytes() []byte { return m.mapping }

// Stat describes the file that is open, which may not be the one that has its name now.
func (m *Mapped) Stat() (fs.FileInfo, error) { return m.file.Stat() }

// Close ends the mapping; tensors of the file must not be read afterwards.
func (m *Mapped) Close() error {
	var err error
	if m.mapping != nil {
		err = unmapFile(m.mapping)
		m.mapping, m.File = nil, nil
	}
	return errors.Join(err, m.file.Close())
}
