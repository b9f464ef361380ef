// Package sparse is the classical linear-chain CRF over sparse binary
// attributes (Lafferty et al. 2001), trained to convergence by L-BFGS.
//
// A token has a set of attributes, such as "the word before is 'total'". With
// w[a,y] the weight of attribute a for label y and u[y',y] that of a transition,
//
//	score(y | x) = sum over t of sum over a in x_t of w[a, y_t] + sum over t > 1 of u[y_(t-1), y_t]
//	objective(w, u) = sum over documents of (log Z(x) - score(y | x)) + L2 (|w|^2 + |u|^2)
//
// Only pairs of an attribute and a label, and transitions, that occur in the
// training data have a weight; all others are 0. The objective is convex: there is one model, whatever the seed.
//
// It computes the CRF on a kernels.Backend and the sparse sums in host memory.
package sparse

import (
	"fmt"
	"slices"
	"sync"

	"github.com/invoicelab/invoicelab/kernels"
)

// Batch is tokens with their attributes, documents one after the other:
// document b is tokens Offsets[b] to Offsets[b+1], the attributes of token t
// are Attributes[Starts[t]:Starts[t+1]].
type Batch struct {
	Offsets    []int32  // [B+1]
	Starts     []int64  // [N+1]
	Attributes []uint64 // hashes that name the attributes; those of one token differ
	Labels     []int32  // [N], 0..C-1; nil when predicting
}

// Tokens is the number N of tokens.
func (b *Batch) Tokens() int { return len(b.Starts) - 1 }

// Model is the weights of a CRF over C labels.
type Model struct {
	labels int
	ids    map[uint64]int32 // attribute of a hash
	hashes []uint64         // of each attribute
	starts []int64          // pairs of attribute a: starts[a] to starts[a+1]
	pairs  []int32          // label of each pair; within an attribute ascending
	moves  []int32          // transitions that have a weight, from*C+to, ascending
	start  []float32        // [C], fixed
	forbid []bool           // [C*C], transitions that never happen; nil for none

	// Weights of the pairs, then of the transitions.
	weights []float64
}

// New finds the pairs and transitions that occur in data, all with weight 0.
// Where legal is not nil, a transition (from, to) that it refuses, with from -1
// for the start of a document, never happens.
func New(labels int, data *Batch, legal func(from, to int32) bool) *Model {
	if data.Tokens() == 0 || len(data.Labels) != data.Tokens() {
		panic(fmt.Sprintf("sparse: New: %d labels for %d tokens", len(data.Labels), data.Tokens()))
	}
	m := &Model{labels: labels, ids: map[uint64]int32{}, start: make([]float32, labels)}
	var seen []labelSet
	for t := range data.Tokens() {
		for _, hash := range data.Attributes[data.Starts[t]:data.Starts[t+1]] {
			a, ok := m.ids[hash]
			if !ok {
				a = int32(len(m.hashes))
				m.ids[hash] = a
				m.hashes = append(m.hashes, hash)
				seen = append(seen, labelSet{})
			}
			seen[a].add(data.Labels[t])
		}
	}
	m.starts = make([]int64, 1, len(seen)+1)
	for _, set := range seen {
		m.pairs = append(m.pairs, set.sorted()...)
		m.starts = append(m.starts, int64(len(m.pairs)))
	}
	occurs := make([]bool, labels*labels)
	for d := range len(data.Offsets) - 1 {
		for t := data.Offsets[d] + 1; t < data.Offsets[d+1]; t++ {
			occurs[int(data.Labels[t-1])*labels+int(data.Labels[t])] = true
		}
	}
	m.moves = indices(occurs)
	m.weights = make([]float64, len(m.pairs)+len(m.moves))
	m.constrain(legal)
	return m
}

// constrain fixes which transitions never happen.
func (m *Model) constrain(legal func(from, to int32) bool) {
	if legal == nil {
		return
	}
	m.forbid = make([]bool, m.labels*m.labels)
	for to := range m.labels {
		if !legal(-1, int32(to)) {
			m.start[to] = forbidden
		}
		for from := range m.labels {
			m.forbid[from*m.labels+to] = !legal(int32(from), int32(to))
		}
	}
}

// forbidden is the score of what never happens: the kernels give it exactly
// zero mass.
const forbidden = -1e4

// labelSet is a small set of labels. Most attributes occur with one or two.
type labelSet struct{ few, many []int32 }

func (s *labelSet) add(label int32) {
	const linear = 8 // labels that are searched one by one
	if slices.Contains(s.few, label) {
		return
	}
	if len(s.few) < linear {
		s.few = append(s.few, label)
		return
	}
	if at, ok := slices.BinarySearch(s.many, label); !ok {
		s.many = slices.Insert(s.many, at, label)
	}
}

func (s *labelSet) sorted() []int32 {
	all := append(s.few, s.many...)
	slices.Sort(all)
	return all
}

// indices lists the places that are true.
func indices(set []bool) []int32 {
	var list []int32
	for i, in := range set {
		if in {
			list = append(list, int32(i))
		}
	}
	return list
}

// Labels is the number C of labels.
func (m *Model) Labels() int { return m.labels }

// Parameters is the number of weights.
func (m *Model) Parameters() int { return len(m.weights) }

// crf writes start, end (zeros) and transitions of weights into w.
func (m *Model) crf(be kernels.Backend, w kernels.CRFWeights, weights []float64) {
	trans := make([]float32, m.labels*m.labels)
	for k, at := range m.moves {
		trans[at] = float32(weights[len(m.pairs)+k])
	}
	for at, never := range m.forbid {
		if never {
			trans[at] = forbidden
		}
	}
	be.PutF32(w.Trans.Data, trans)
	be.PutF32(w.Start, m.start)
}

// emissions overwrites scores [N, C] of tokens first to first+N with the sums
// of their attributes' weights. known holds the attributes of each token, -1 for those
// without weights. Threads share the tokens.
func (m *Model) emissions(scores []float32, weights []float32, starts []int64, known []int32, threads int) {
	c := m.labels
	n := len(scores) / c
	share(n, threads, func(from, to int) {
		for t := from; t < to; t++ {
			row := scores[t*c : (t+1)*c]
			clear(row)
			for _, a := range known[starts[t]-starts[0] : starts[t+1]-starts[0]] {
				if a < 0 {
					continue
				}
				lo, hi := m.starts[a], m.starts[a+1]
				w := weights[lo:hi]
				for k, y := range m.pairs[lo:hi] {
					row[y] += w[k]
				}
			}
		}
	})
}

// known looks the attributes of b up.
func (m *Model) known(b *Batch) []int32 {
	ids := make([]int32, len(b.Attributes))
	for i, hash := range b.Attributes {
		id, ok := m.ids[hash]
		if !ok {
			id = -1
		}
		ids[i] = id
	}
	return ids
}

// share calls work on threads parts of 0..n, at once.
func share(n, threads int, work func(from, to int)) {
	if threads <= 1 || n < threads {
		work(0, n)
		return
	}
	var wg sync.WaitGroup
	for k := range threads {
		wg.Go(func() { work(n*k/threads, n*(k+1)/threads) })
	}
	wg.Wait()
}
