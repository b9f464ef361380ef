package metrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// SeedsForWidth is the least number of seeds, from 2 to most, with which the
// hierarchical interval of a figure has at most that half-width. sd is the
// standard deviation over seeds, ownSE the part of the standard error over
// documents that more seeds shrink, at one seed, and sharedSE the part that
// they do not (see Hierarchical), at so many documents. found is false when
// no number of seeds up to most is enough: then more documents are needed.
func SeedsForWidth(half, sd, ownSE, sharedSE float64, documents, most int, level float64) (seeds int, found bool) {
	if !(half > 0) || !(sd >= 0) || !(ownSE >= 0) || !(sharedSE >= 0) || most < 2 || !(level > 0 && level < 1) {
		panic(fmt.Sprintf("metrics: SeedsForWidth: half-width %v, deviation %v, errors %v and %v, at most %d seeds, level %v", half, sd, ownSE, sharedSE, most, level))
	}
	enough := func(n int) bool {
		of, over := sd*sd/float64(n), ownSE*ownSE/float64(n)+sharedSE*sharedSE
		if of+over == 0 {
			return true
		}
		freedom := satterthwaite(of, float64(n-1), over, float64(max(documents-1, 1)))
		t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}
		return t.Quantile((1+level)/2)*math.Sqrt(of+over) <= half
	}
	if !enough(most) {
		return 0, false
	}
	low, high := 1, most // the width falls with n: not enough at low, enough at high
	for high-low > 1 {
		if middle := (low + high) / 2; enough(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high, true
}
