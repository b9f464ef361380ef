//go:build cgo

package cpu

// #include "c_kernels.h"
import "C"

import (
	"cmp"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// Of c_chain.h: the most predecessors of a label that is reached by a run, and
// the integers of a run.
const (
	sparse   = 4
	runInts  = 3 + sparse
	runFirst = 3 // index of the first predecessor in a run
)

// leastLegal is the least score that is not forbidden.
var leastLegal = math.Nextafter32(forbid, 0)

// cchain is the transitions of a CRF as the C recursions take them: see c_chain.h.
// Its memory is kept from call to call.
type cchain struct {
	shape C.struct_chain_shape

	perm, position []int32 // position to label, and back
	runs           []int32
	coef           []float32 // [sparse][labels reached by runs]
	matrix         []float32 // [position][dense position]
	forward        []float32
	backward       []float32 // of the exp domain
	start, end     []float32
	least          []float32 // mass of the forward pass, see c_chain.h
	into, rank     []float32 // of Viterbi
}

// layout renumbers the labels.
func (ch *cchain) layout(k *C.struct_kernels, w kernels.CRFWeights) {
	c := w.Start.Len
	ch.perm, ch.position = grown(ch.perm, c), grown(ch.position, c)
	trans := float(w.Trans.Data.Host)
	C.k_chain_layout(k, &ch.shape, int32s(ch.perm), int32s(ch.position), trans, C.float(leastLegal), C.long(c))
	for at, label := range ch.perm {
		ch.position[label] = int32(at)
	}
	dense, stride := int(ch.shape.dense), int(ch.shape.stride)
	ch.runs, ch.coef = grown(ch.runs, runInts*(c-dense)), grown(ch.coef, sparse*(c-dense))
	clear(ch.coef)
	C.k_chain_runs(k, &ch.shape, int32s(ch.runs), float(ch.coef), int32s(ch.perm), trans, C.float(leastLegal))
	ch.matrix = grown(ch.matrix, c*dense)
	ch.start, ch.end = grown(ch.start, stride), grown(ch.end, stride)
}

// exp prepares forward-backward.
func (ch *cchain) exp(k *C.struct_kernels, w kernels.CRFWeights) {
	ch.layout(k, w)
	ch.forward = grown(ch.forward, int(C.k_step_packed(k, ch.shape.dense, ch.shape.c)))
	ch.backward = grown(ch.backward, int(C.k_step_packed(k, ch.shape.c, ch.shape.dense)))
	ch.least = grown(ch.least, 2*int(ch.shape.stride))
	C.k_chain_exp(k, &ch.shape, float(ch.matrix), float(ch.forward), float(ch.backward), float(ch.coef), float(ch.start), float(ch.end),
		float(ch.least), int32s(ch.perm), int32s(ch.runs), float(w.Trans.Data.Host), float(w.Start.Host), float(w.End.Host), C.float(leastLegal))
}

// max prepares Viterbi.
func (ch *cchain) max(k *C.struct_kernels, panel int, w kernels.CRFWeights) {
	ch.layout(k, w)
	c, dense, stride := int(ch.shape.c), int(ch.shape.dense), int(ch.shape.stride)
	ch.forward = grown(ch.forward, (dense+panel-1)/panel*panel*c)
	ch.into, ch.rank = grown(ch.into, c*stride), grown(ch.rank, stride)
	C.k_chain_max(k, &ch.shape, float(ch.matrix), float(ch.forward), float(ch.into), float(ch.start), float(ch.end), float(ch.rank),
		int32s(ch.perm), float(w.Trans.Data.Host), float(w.Start.Host), float(w.End.Host), C.float(leastLegal))
}

// pairs counts the floats of the sums over steps into sparse labels.
func (ch *cchain) pairs() int { return sparse * int(ch.shape.c-ch.shape.dense) }

// longestFirst is docs from long to short.
func longestFirst(docs, offsets []int32) []int32 {
	sorted := slices.Clone(docs)
	slices.SortStableFunc(sorted, func(a, b int32) int {
		return cmp.Compare(offsets[b+1]-offsets[b], offsets[a+1]-offsets[a])
	})
	return sorted
}

// teams parts documents, none of them empty, into groups that are stepped
// together, each sorted from long to short. Up to tile documents fit a group. With
// fewer groups than threads there is one a thread, and long and short documents
// are dealt out evenly; otherwise documents of like length go together.
func teams(docs, offsets []int32, tile, threads int) [][]int32 {
	n := len(docs)
	count := max((n+tile-1)/tile, min(n, threads))
	groups := make([][]int32, count)
	for i, doc := range longestFirst(docs, offsets) {
		at := i % count
		if count > threads {
			at = i * count / n
		}
		groups[at] = append(groups[at], doc)
	}
	return groups
}

// fixedTeams is teams whatever the number of threads: what is summed over a group has one
// order. Documents of like length go together.
func fixedTeams(docs, offsets []int32) [][]int32 {
	n := len(docs)
	count := (n + C.STEP_ROWS - 1) / C.STEP_ROWS
	groups := make([][]int32, count)
	for i, doc := range longestFirst(docs, offsets) {
		at := i * count / n
		groups[at] = append(groups[at], doc)
	}
	return groups
}

// team runs do for each group of docs, on threads where the work is worth it.
// cost is the nanoseconds of a token.
func (n *native) team(docs, offsets []int32, cost float64, do func(worker int, group []int32)) {
	threads := n.worthThreads(docs, offsets, cost)
	groups := teams(docs, offsets, n.tile, threads)
	n.runGroups(groups, threads, func(worker, i int) { do(worker, groups[i]) })
}

// worthThreads is the threads that the tokens of docs are worth.
func (n *native) worthThreads(docs, offsets []int32, cost float64) int {
	var tokens int32
	for _, b := range docs {
		tokens += offsets[b+1] - offsets[b]
	}
	if float64(tokens)*cost > 2*share {
		return n.pool.threads
	}
	return 1
}

func (n *native) runGroups(groups [][]int32, threads int, do func(worker, i int)) {
	if threads == 1 {
		for i := range groups {
			do(0, i)
		}
		return
	}
	n.pool.run(len(groups), do)
}

// stepCost is the nanoseconds of a step of one document.
func (ch *cchain) stepCost() float64 {
	c := float64(ch.shape.c)
	return 100 + 2*nsElement*c + nsMulAdd*c*float64(ch.shape.dense)
}
