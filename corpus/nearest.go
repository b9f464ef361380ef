package corpus

import "fmt"

// didYouMean suggests the name of names that is nearest to a misspelt one, as
// " (did you mean ...?)", or nothing when none is near: more than a third of
// the letters differ.
func didYouMean(name string, names []string) string {
	best, distance := "", len(name)/3+1
	for _, n := range names {
		if d := editDistance([]rune(name), []rune(n)); d < distance {
			best, distance = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

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
