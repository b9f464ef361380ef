package metrics

import "fmt"

// nearest is `; did you mean "X"?` for the option with the least edit
// distance to name, or "" when none is near (more than half of name differs).
func nearest(name string, options []string) string {
	best, at := len(name)/2+1, -1
	for i, o := range options {
		if d := editDistance(name, o); d < best {
			best, at = d, i
		}
	}
	if at < 0 {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", options[at])
}

// editDistance is Levenshtein's distance in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
