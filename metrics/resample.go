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

// packed holds the counts of a tally in one slice: document d has the entries
// start[d] to start[d+1].
type packed struct {
	start  []int
	label  []int32  // by entry
	counts []uint64 // by entry; TP, Pred and Gold in three fields of countBits
	labels int
	most   int32 // greatest count of any entry
}

// Three counts share a word, so that adding an entry is one multiplication
// and one addition.
const (
	countBits = 21
	countMask = 1<<countBits - 1
)

// pack gives an error when a count does not fit its field.
func pack(t Tally) (packed, error) {
	p := packed{start: make([]int, 1, len(t.Docs)+1), labels: len(t.Labels)}
	for i := range t.Docs {
		for _, l := range t.Docs[i].Labels {
			if most := max(l.TP, l.Pred, l.Gold); most > countMask {
				return p, fmt.Errorf("document %q holds %d entities of %s: at most %d can be resampled", t.Docs[i].Doc, most, t.Labels[l.Label], countMask)
			} else if most > p.most {
				p.most = most
			}
			p.label = append(p.label, l.Label)
			p.counts = append(p.counts, uint64(l.TP)<<(2*countBits)|uint64(l.Pred)<<countBits|uint64(l.Gold))
		}
		p.start = append(p.start, len(p.label))
	}
	return p, nil
}

// weigh sums the counts with weight[d] copies of document d into totals,
// which it overwrites. sums is scratch of one word per label.
func (p packed) weigh(totals []Count, sums []uint64, weight []int32) {
	clear(totals)
	clear(sums)
	// So many copies of documents fill a field at most; then sums is emptied
	// into totals.
	most := countMask / max(p.most, 1)
	left := most
	for d, w := range weight {
		for w > 0 {
			if left == 0 {
				unpack(totals, sums)
				left = most
			}
			copies := min(w, left)
			counts := p.counts[p.start[d]:p.start[d+1]]
			for i, l := range p.label[p.start[d]:p.start[d+1]] {
				sums[l] += uint64(copies) * counts[i]
			}
			left -= copies
			w -= copies
		}
	}
	unpack(totals, sums)
}

// unpack adds sums to totals and clears them.
func unpack(totals []Count, sums []uint64) {
	for l, s := range sums {
		t := &totals[l]
		t.TP += int32(s >> (2 * countBits))
		t.Pred += int32(s >> countBits & countMask)
		t.Gold += int32(s & countMask)
	}
	clear(sums)
}

// packAll packs tallies of the same documents.
func packAll(tallies []Tally) ([]packed, error) {
	all := make([]packed, len(tallies))
	for k, t := range tallies {
		var err error
		if all[k], err = pack(t); err != nil {
			return nil, err
		}
		if int64(all[k].most)*int64(len(t.Docs))*int64(len(t.Labels)) > math.MaxInt32 {
			return nil, fmt.Errorf("%d documents with up to %d entities of each of %d labels are too many to resample", len(t.Docs), all[k].most, len(t.Labels))
		}
	}
	return all, nil
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
			totals, sums := make([][]Count, len(tallies)), make([][]uint64, len(tallies))
			for k, p := range tallies {
				totals[k], sums[k] = make([]Count, p.labels), make([]uint64, p.labels)
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
					p.weigh(totals[k], sums[k], weight)
				}
				visit(i, totals)
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
