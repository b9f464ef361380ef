package metrics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Randomisation is the two-sided p, for each statistic, of the hypothesis that
// the sides are alike: then the outcomes of a document may as well be swapped
// between them (approximate randomisation, Noreen 1989). Each document is
// swapped with chance one half, in all pairs together, and p is the share of
// such swaps with a mean difference at least as far from zero, each count with
// one added. Where all 2^n patterns of n documents are no more than the
// resamples, each is taken once and p is exact. a and b are as in
// PairedBootstrap. A statistic that is NaN on the whole gives NaN.
func Randomisation(a, b []Tally, stats []Statistic, r Resampling) ([]float64, error) {
	if len(a) != len(b) || len(a) == 0 {
		panic(fmt.Sprintf("metrics: Randomisation: %d and %d tallies: expected pairs", len(a), len(b)))
	}
	s := Sides{make([]int, len(a)), make([]int, len(a))}
	for k := range a {
		s.A[k], s.B[k] = k, len(a)+k
	}
	both := append(slices.Clone(a), b...)
	for k, t := range both {
		if err := SameDocuments(a[0], t); err != nil {
			return nil, fmt.Errorf("pair 1 and pair %d: %w", k%len(a)+1, err)
		}
	}
	p, err := Randomisations(both, []Sides{s}, stats, r)
	if err != nil {
		return nil, err
	}
	return p[0], nil
}

// Sides are the sides of a comparison, as places in a list of tallies: A[k] and
// B[k] are a pair.
type Sides struct{ A, B []int }

// Randomisations is Randomisation of several comparisons among some tallies of
// the same documents, by comparison and statistic. What a tally keeps under a
// pattern is counted once for all comparisons that it is part of.
func Randomisations(tallies []Tally, comparisons []Sides, stats []Statistic, r Resampling) ([][]float64, error) {
	r, err := r.filled()
	if err != nil {
		return nil, err
	}
	for k, t := range tallies {
		if err := SameDocuments(tallies[0], t); err != nil {
			return nil, fmt.Errorf("tally 1 and tally %d: %w", k+1, err)
		}
	}
	documents := len(tallies[0].Docs)
	if documents == 0 {
		return nil, errNoDocuments
	}
	p, err := packAll(tallies)
	if err != nil {
		return nil, err
	}
	full := make([][]Count, len(tallies))
	for k := range tallies {
		full[k] = tallies[k].Totals()
	}
	swaps, exact := swapping(documents, r)
	values := make([][][]float64, len(comparisons)) // by comparison, statistic and pattern
	for c := range comparisons {
		values[c] = matrix(len(stats), r.Resamples)
	}
	visited := eachTotals(p, documents, r, swaps, func(i int, kept [][]Count, room [2][]Count) {
		for c, sides := range comparisons {
			for k, a := range sides.A {
				b := sides.B[k]
				for l := range full[a] {
					// What a side keeps and what the other gives make up its total.
					room[0][l] = add(kept[a][l], less(full[b][l], kept[b][l]))
					room[1][l] = less(add(full[a][l], full[b][l]), room[0][l])
				}
				for s, stat := range stats {
					values[c][s][i] += stat(room[1]) - stat(room[0])
				}
			}
			for s := range stats {
				values[c][s][i] /= float64(len(sides.A))
			}
		}
	})
	all := make([][]float64, len(comparisons))
	for c, sides := range comparisons {
		all[c] = make([]float64, len(stats))
		for s, stat := range stats {
			mean := 0.0
			for k, a := range sides.A {
				mean += stat(full[sides.B[k]]) - stat(full[a])
			}
			all[c][s] = swapP(mean/float64(len(sides.A)), values[c][s][:visited], exact)
		}
	}
	return all, nil
}

// swapP is the share of the patterns whose difference is as far from zero as
// the one that was measured.
func swapP(measured float64, patterns []float64, exact bool) float64 {
	seen := math.Abs(measured)
	// Sums of the same counts in another order of labels may differ in their
	// last bits.
	seen -= seenSlack * seen
	far, valid := 0, 0
	for _, v := range patterns {
		if math.IsNaN(v) {
			continue
		}
		valid++
		if math.Abs(v) >= seen {
			far++
		}
	}
	switch {
	case math.IsNaN(seen) || valid == 0:
		return math.NaN()
	case exact:
		return float64(far) / float64(valid)
	}
	return float64(far+1) / float64(valid+1)
}

// seenSlack is the relative rounding error that a mean of a few hundred
// float64 may have.
const seenSlack = 1e-12

func add(a, b Count) Count {
	return Count{TP: a.TP + b.TP, Pred: a.Pred + b.Pred, Gold: a.Gold + b.Gold}
}
func less(a, b Count) Count {
	return Count{TP: a.TP - b.TP, Pred: a.Pred - b.Pred, Gold: a.Gold - b.Gold}
}

// swapping gives the documents that pattern i leaves in their place, as a
// weighting, and whether the patterns are all that there are.
func swapping(documents int, r Resampling) (swaps func(i int, kept weights, lane int), exact bool) {
	if documents < 31 && 1<<documents <= r.Resamples {
		return func(i int, kept weights, lane int) {
			for d := range documents {
				if i>>d&1 == 1 {
					kept.add(lane, d)
				}
			}
		}, true
	}
	key := streamKey(r.Seed, r.Stream+"/swap")
	return func(i int, kept weights, lane int) {
		draw := rand.NewPCG(key, splitmix64(key+uint64(i)))
		var bits uint64
		for d := range documents {
			if d%64 == 0 {
				bits = draw.Uint64()
			}
			if bits&1 == 1 {
				kept.add(lane, d)
			}
			bits >>= 1
		}
	}, false
}

// eachTotals calls visit with the totals of the documents that each pattern
// keeps, and with room for totals of a pair. It gives the number of patterns.
// Calls for different i run at once.
func eachTotals(tallies []packed, documents int, r Resampling, swaps func(int, weights, int), visit func(i int, kept [][]Count, room [2][]Count)) int {
	patterns := r.Resamples
	if documents < 31 {
		patterns = min(patterns, 1<<documents)
	}
	// A block of patterns shares its room.
	const block = 64
	inParallel((patterns+block-1)/block, r.Threads, func(b int) {
		weights := newWeights(tallies)
		kept, room := weights.room(tallies), [2][]Count{make([]Count, tallies[0].labels), make([]Count, tallies[0].labels)}
		lanes := weights.lanes()
		for first := b * block; first < min(patterns, (b+1)*block); first += lanes {
			here := min(lanes, patterns-first) // lanes divide block
			clear(weights.of)
			for lane := range here {
				swaps(first+lane, weights, lane)
			}
			for k, p := range tallies {
				weights.weigh(p, kept, k)
			}
			for lane := range here {
				visit(first+lane, kept[lane], room)
			}
		}
	})
	return patterns
}
