package formats

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// editDistance is the Levenshtein distance of a and b.
func editDistance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			change := diagonal
			if x != y {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// The nearest run of words by enumeration: every run of free words, with the
// edit distance of its letters and digits. Of equals the run that ends first,
// and of these the one that starts first.
func nearestByEnumeration(a *fieldAligner, field []rune, limit int) (fieldMatch, bool) {
	best := fieldMatch{distance: limit + 1}
	for end := 1; end <= len(a.tokens); end++ {
		for start := range end {
			words := foldAlphanumeric(a.words(fieldMatch{start: start, end: end}))
			bounds := foldAlphanumeric(a.tokens[start].Text) != nil && foldAlphanumeric(a.tokens[end-1].Text) != nil
			if !bounds || !a.free(start, end) {
				continue
			}
			if d := editDistance(field, words); d < best.distance {
				best.start, best.end, best.distance = start, end, d
			}
		}
	}
	return best, best.distance <= limit
}

func TestNearAgainstEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	word := func() string {
		var b strings.Builder
		for range 1 + rng.IntN(4) {
			b.WriteByte("ab.C"[rng.IntN(4)])
		}
		return b.String()
	}
	found := 0
	for range 3000 {
		var words []string
		for range 4 + rng.IntN(12) {
			words = append(words, word())
		}
		tokens, lines := receiptOf(strings.Join(words, " "))
		a := newFieldAligner(tokens, lines)
		for i := range a.taken {
			// Fields have no word of signs alone but between words that they have.
			a.taken[i] = rng.IntN(8) == 0 && hasAlphanumeric(tokens[i].Text)
		}
		// The field is a run of the words with up to three characters changed,
		// added or left out.
		from := rng.IntN(len(words))
		field := foldAlphanumeric(strings.Join(words[from:from+1+rng.IntN(len(words)-from)], ""))
		for range rng.IntN(4) {
			if len(field) == 0 {
				break
			}
			at := rng.IntN(len(field))
			switch rng.IntN(3) {
			case 0:
				field[at] = 'c'
			case 1:
				field = slices.Delete(field, at, at+1)
			case 2:
				field = slices.Insert(field, at, 'b')
			}
		}
		limit := int(nearShare * float64(len(field)))
		if limit == 0 {
			continue
		}
		want, ok := nearestByEnumeration(a, field, limit)
		got := a.near(field)
		if ok != (got.quality == alignedNear) {
			t.Fatalf("%q in %q: found %v, expected %v", string(field), words, got, want)
		}
		if !ok {
			continue
		}
		found++
		if got.distance != want.distance {
			t.Fatalf("%q in %q: distance %d, expected %d", string(field), words, got.distance, want.distance)
		}
		if !a.free(got.start, got.end) {
			t.Fatalf("%q in %q: words %d to %d are taken", string(field), words, got.start, got.end)
		}
		// Another run of the same distance may be chosen; it must have it.
		if d := editDistance(field, foldAlphanumeric(a.words(got))); d != got.distance {
			t.Fatalf("%q in %q: words %q differ by %d, said %d", string(field), words, a.words(got), d, got.distance)
		}
	}
	if found < 100 {
		t.Errorf("only %d of the random fields are found", found)
	}
}
