package metrics

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
)

// Resampling says how documents are resampled. The zero value of a field
// stands for its default.
type Resampling struct {
	Resamples int     // default 10,000
	Level     float64 // of intervals, default 0.95
	Seed      uint64
	Stream    string // names the stream derived from Seed; comparisons that must be independent differ in it
	Threads   int    // default GOMAXPROCS; results do not depend on it
}

// Defaults of Resampling.
const (
	DefaultResamples = 10_000
	DefaultLevel     = 0.95
)

// filled is r with defaults; it refuses what cannot be meant.
func (r Resampling) filled() (Resampling, error) {
	if r.Resamples == 0 {
		r.Resamples = DefaultResamples
	}
	if r.Level == 0 {
		r.Level = DefaultLevel
	}
	if r.Threads == 0 {
		r.Threads = runtime.GOMAXPROCS(0)
	}
	if r.Resamples < 1 {
		return r, fmt.Errorf("resamples %d: expected at least 1", r.Resamples)
	}
	if !(r.Level > 0 && r.Level < 1) {
		return r, fmt.Errorf("level %v: expected more than 0 and less than 1", r.Level)
	}
	if r.Threads < 1 {
		return r, fmt.Errorf("threads %d: expected at least 1", r.Threads)
	}
	return r, nil
}

// resample draws documents with replacement, as many as there are, and calls
// visit(i, totals) for each resample i with the totals of every tally, which
// visit must not keep. All tallies have the same documents. Calls for
// different i run at once; resample i has a stream of its own, so what visit
// is given does not depend on the number of threads.
func resample(tallies []packed, documents int, r Resampling, visit func(i int, totals [][]Count)) {
	key := streamKey(r.Seed, r.Stream)
	var next atomic.Int64
	var done sync.WaitGroup
	for range min(r.Threads, r.Resamples) {
		done.Go(func() {
			weights := newWeights(tallies)
			totals, lanes := weights.room(tallies), weights.lanes()
			pcg := rand.NewPCG(0, 0)
			draw := rand.New(pcg)
			for {
				first := int(next.Add(int64(lanes))) - lanes
				if first >= r.Resamples {
					return
				}
				here := min(lanes, r.Resamples-first)
				clear(weights.of)
				for lane := range here {
					pcg.Seed(key, splitmix64(key+uint64(first+lane)))
					for range documents {
						weights.add(lane, draw.IntN(documents))
					}
				}
				for k, p := range tallies {
					weights.weigh(p, totals, k)
				}
				for lane := range here {
					visit(first+lane, totals[lane])
				}
			}
		})
	}
	done.Wait()
}

// inParallel calls do(i) for i in 0 to n-1, on so many threads.
func inParallel(n, threads int, do func(i int)) {
	var next atomic.Int64
	var done sync.WaitGroup
	for range min(threads, n) {
		done.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	done.Wait()
}

// streamKey derives the key of a named stream from a seed.
func streamKey(seed uint64, name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name)) // a hash.Hash never returns an error
	return splitmix64(splitmix64(seed) ^ h.Sum64())
}

// splitmix64 is one output of Steele, Lea and Flood's generator for state x.
func splitmix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
