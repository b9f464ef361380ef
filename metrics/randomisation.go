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
	r, err := r.filled()
	if err != nil {
		return nil, err
	}
	if len(a) != len(b) || len(a) == 0 {
		panic(fmt.Sprintf("metrics: Randomisation: %d and %d tallies: expected pairs", len(a), len(b)))
	}
	pairs := len(a)
	both := append(slices.Clone(a), b...)
	for k, t := range both {
		if err := SameDocuments(a[0], t); err != nil {
			return nil, fmt.Errorf("pair 1 and pair %d: %w", k%pairs+1, err)
		}
	}
	documents := len(a[0].Docs)
	if documents == 0 {
		return nil, errNoDocuments
	}
	tallies, err := packAll(both)
	if err != nil {
		return nil, err
	}
	full := make([][]Count, 2*pairs)
	for k := range both {
		full[k] = both[k].Totals()
	}
	means := func(totals [][]Count, stat Statistic) (difference float64) {
		for k := range pairs {
			difference += stat(totals[pairs+k]) - stat(totals[k])
		}
		return difference / float64(pairs)
	}
	swaps, exact := swapping(documents, r)
	values := matrix(len(stats), r.Resamples)
	visited := eachTotals(tallies, documents, r, swaps, func(i int, kept [][]Count, totals [][]Count) {
		for k := range pairs {
			for l := range full[k] {
				// What a side keeps and what the other gives make up its total.
				totals[k][l] = add(kept[k][l], less(full[pairs+k][l], kept[pairs+k][l]))
				totals[pairs+k][l] = less(add(full[k][l], full[pairs+k][l]), totals[k][l])
			}
		}
		for s, stat := range stats {
			values[s][i] = means(totals, stat)
		}
	})
	p := make([]float64, len(stats))
	for s, stat := range stats {
		seen := math.Abs(means(full, stat))
		// Sums of the same counts in another order of labels may differ in
		// their last bits.
		seen -= seenSlack * seen
		far, valid := 0, 0
		for _, v := range values[s][:visited] {
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
			p[s] = math.NaN()
		case exact:
			p[s] = float64(far) / float64(valid)
		default:
			p[s] = float64(far+1) / float64(valid+1)
		}
	}
	return p, nil
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

// swapping gives the documents that pattern i leaves in their place, as
// weights of 0 and 1, and whether the patterns are all that there are.
func swapping(documents int, r Resampling) (swaps func(i int, kept []int32), exact bool) {
	if documents < 31 && 1<<documents <= r.Resamples {
		return func(i int, kept []int32) {
			for d := range kept {
				kept[d] = int32(i >> d & 1)
			}
		}, true
	}
	key := streamKey(r.Seed, r.Stream+"/swap")
	return func(i int, kept []int32) {
		draw := rand.NewPCG(key, splitmix64(key+uint64(i)))
		var bits uint64
		for d := range kept {
			if d%64 == 0 {
				bits = draw.Uint64()
			}
			kept[d] = int32(bits & 1)
			bits >>= 1
		}
	}, false
}

// eachTotals calls visit with the totals of the documents that each pattern
// keeps, and with room for totals of the same shape. It gives the number of
// patterns. Calls for different i run at once.
func eachTotals(tallies []packed, documents int, r Resampling, swaps func(int, []int32), visit func(i int, kept, room [][]Count)) int {
	patterns := r.Resamples
	if documents < 31 {
		patterns = min(patterns, 1<<documents)
	}
	// A block of patterns shares its room.
	const block = 64
	inParallel((patterns+block-1)/block, r.Threads, func(b int) {
		weight := make([]int32, documents)
		kept, room := make([][]Count, len(tallies)), make([][]Count, len(tallies))
		sums := make([]uint64, tallies[0].labels)
		for k, p := range tallies {
			kept[k], room[k] = make([]Count, p.labels), make([]Count, p.labels)
		}
		for i := b * block; i < min(patterns, (b+1)*block); i++ {
			swaps(i, weight)
			for k, p := range tallies {
				p.weigh(kept[k], sums, weight)
			}
			visit(i, kept, room)
		}
	})
	return patterns
}
