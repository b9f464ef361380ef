package metrics

import (
	"fmt"
	"hash/fnv"
	"math"
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

// packed holds the counts of a tally in one slice: document d has
// entries[start[d]:start[d+1]].
type packed struct {
	start   []int
	entries []LabelCount
	labels  int
}

func pack(t Tally) packed {
	p := packed{start: make([]int, 1, len(t.Docs)+1), labels: len(t.Labels)}
	for i := range t.Docs {
		p.entries = append(p.entries, t.Docs[i].Labels...)
		p.start = append(p.start, len(p.entries))
	}
	return p
}

// weigh sums the counts with weight[d] copies of document d into totals,
// which it overwrites.
func (p packed) weigh(totals []Count, weight []int32) {
	clear(totals)
	for d, w := range weight {
		if w == 0 {
			continue
		}
		for _, e := range p.entries[p.start[d]:p.start[d+1]] {
			t := &totals[e.Label]
			t.TP += w * e.TP
			t.Pred += w * e.Pred
			t.Gold += w * e.Gold
		}
	}
}

// fits checks that a resample of any documents cannot overflow a Count.
func (p packed) fits() error {
	most := int64(0)
	for _, e := range p.entries {
		most = max(most, int64(e.Pred), int64(e.Gold))
	}
	documents := int64(len(p.start) - 1)
	if most > 0 && documents > math.MaxInt32/most/int64(max(p.labels, 1)) {
		return fmt.Errorf("%d documents with up to %d entities of one label are too many to resample", documents, most)
	}
	return nil
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
			weight := make([]int32, documents)
			totals := make([][]Count, len(tallies))
			for k, p := range tallies {
				totals[k] = make([]Count, p.labels)
			}
			pcg := rand.NewPCG(0, 0)
			draw := rand.New(pcg)
			for {
				i := int(next.Add(1)) - 1
				if i >= r.Resamples {
					return
				}
				pcg.Seed(key, splitmix64(key+uint64(i)))
				clear(weight)
				for range documents {
					weight[draw.IntN(documents)]++
				}
				for k, p := range tallies {
					p.weigh(totals[k], weight)
				}
				visit(i, totals)
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
