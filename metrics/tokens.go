package metrics

import "fmt"

// Violations counts the labels that no BIO sequence may have in their place:
// an I-X that follows neither B-X nor I-X. Label ids are O = 0, B-e = 1+2e,
// I-e = 2+2e.
func Violations(labels []int32) int {
	violations := 0
	previous := int32(0)
	for _, l := range labels {
		// I-e is even and follows itself or B-e, which is one less.
		if l > 0 && l%2 == 0 && previous != l && previous != l-1 {
			violations++
		}
		previous = l
	}
	return violations
}

// TokenAccuracy counts the tokens whose gold label is not O, and those of them
// whose predicted label is the same. It panics when the lengths differ.
func TokenAccuracy(gold, pred []int32) (right, tokens int) {
	if len(gold) != len(pred) {
		panic(fmt.Sprintf("metrics: TokenAccuracy: %d gold labels, %d predicted", len(gold), len(pred)))
	}
	for t, g := range gold {
		if g == 0 {
			continue
		}
		tokens++
		if pred[t] == g {
			right++
		}
	}
	return right, tokens
}
