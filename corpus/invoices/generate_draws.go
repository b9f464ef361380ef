package invoices

import (
	"math/rand/v2"

	"github.com/invoicelab/invoicelab/stream"
)

// draws is a named source of random choices.
type draws struct{ *rand.Rand }

func newDraws(seed uint64, name string) draws { return draws{stream.New(seed, name)} }

// uniform maps seed and name to a number in [0, 1).
func uniform(seed uint64, name string) float64 {
	return float64(stream.Seed(seed, name)>>11) / (1 << 53)
}

// fork is a source of its own, which takes two numbers of this one, however
// many it gives.
func (s draws) fork() draws { return draws{rand.New(rand.NewPCG(s.Uint64(), s.Uint64()))} }

// chance is true with probability p.
func (s draws) chance(p float64) bool { return s.Float64() < p }

// between draws an integer from lo to hi, both included.
func (s draws) between(lo, hi int) int { return lo + s.IntN(hi-lo+1) }

// pick draws one of list with equal chances.
func pick[T any](s draws, list []T) T { return list[s.IntN(len(list))] }

// weighted draws an index of weights with chances in proportion to them.
func (s draws) weighted(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := s.IntN(sum)
	for i, w := range weights {
		if at < w {
			return i
		}
		at -= w
	}
	panic("corpus: weighted: no weights")
}

// digits draws n decimal digits, the first of which is not 0.
func (s draws) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + s.IntN(10))
	}
	b[0] = byte('1' + s.IntN(9))
	return string(b)
}

// serial draws n decimal digits of which leading zeros are common, as in
// numbers that count up.
func (s draws) serial(n int) string {
	b := make([]byte, n)
	zeros := s.IntN(n - 1)
	for i := range b {
		b[i] = '0'
		if i >= zeros {
			b[i] = byte('0' + s.IntN(10))
		}
	}
	if b[n-1] == '0' {
		b[n-1] = '7' // a count of zero does not occur
	}
	return string(b)
}

// chars draws n characters of alphabet.
func (s draws) chars(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[s.IntN(len(alphabet))]
	}
	return string(b)
}

const (
	upperLetters  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	upperAlphanum = upperLetters + "0123456789"
)
