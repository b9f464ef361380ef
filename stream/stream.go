// Package stream derives independent random streams from one seed and a name,
// so that what one part draws never moves what another draws.
package stream

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// New is the stream called name under seed: a PCG seeded with the first 128
// bits of sha256(seed as 8 little-endian bytes, then name). Equal arguments
// give equal streams on every machine.
func New(seed uint64, name string) *rand.Rand {
	a, b := words(seed, name)
	return rand.New(rand.NewPCG(a, b))
}

// Seed is a seed derived from seed and name, for what wants a number instead
// of a stream.
func Seed(seed uint64, name string) uint64 {
	a, _ := words(seed, name)
	return a
}

func words(seed uint64, name string) (uint64, uint64) {
	h := sha256.New()
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], seed)
	h.Write(b[:])
	h.Write([]byte(name))
	sum := h.Sum(nil)
	return binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:])
}
