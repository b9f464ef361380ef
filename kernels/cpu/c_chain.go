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
	into, rank     []float32 // of Viterbi
}

// layout renumbers the labels.
func (ch *cchain) layout(k *C.struct_kernels, panel int, w kernels.CRFWeights) {
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
	ch.forward = grown(ch.forward, (dense+panel-1)/panel*panel*c)
	ch.start, ch.end = grown(ch.start, stride), grown(ch.end, stride)
}

// exp prepares forward-backward.
func (ch *cchain) exp(k *C.struct_kernels, panel int, w kernels.CRFWeights) {
	ch.layout(k, panel, w)
	ch.backward = grown(ch.backward, (int(ch.shape.c)+panel-1)/panel*panel*int(ch.shape.dense))
	C.k_chain_exp(k, &ch.shape, float(ch.matrix), float(ch.forward), float(ch.backward), float(ch.coef), float(ch.start), float(ch.end),
		int32s(ch.perm), int32s(ch.runs), float(w.Trans.Data.Host), float(w.Start.Host), float(w.End.Host), C.float(leastLegal))
}

// max prepares Viterbi.
func (ch *cchain) max(k *C.struct_kernels, panel int, w kernels.CRFWeights) {
	ch.layout(k, panel, w)
	stride := int(ch.shape.stride)
	ch.into, ch.rank = grown(ch.into, int(ch.shape.c)*stride), grown(ch.rank, stride)
	C.k_chain_max(k, &ch.shape, float(ch.matrix), float(ch.forward), float(ch.into), float(ch.start), float(ch.end), float(ch.rank),
		int32s(ch.perm), float(w.Trans.Data.Host), float(w.Start.Host), float(w.End.Host), C.float(leastLegal))
}

// pairs counts the floats of the sums over steps into sparse labels.
func (ch *cchain) pairs() int { return sparse * int(ch.shape.c-ch.shape.dense) }

// teams parts documents, none of them empty, into groups that are stepped
// together, each sorted from long to short. Up to tile documents fit a group. With
// fewer groups than threads there is one a thread, and long and short documents
// are dealt out evenly; otherwise documents of like length go together.
func teams(docs []int32, offsets []int32, tile, threads int) [][]int32 {
	sorted := slices.Clone(docs)
	slices.SortStableFunc(sorted, func(a, b int32) int {
		return cmp.Compare(offsets[b+1]-offsets[b], offsets[a+1]-offsets[a])
	})
	n := len(sorted)
	count := max((n+tile-1)/tile, min(n, threads))
	groups := make([][]int32, count)
	for i, doc := range sorted {
		at := i % count
		if count > threads {
			at = i * count / n
		}
		groups[at] = append(groups[at], doc)
	}
	return groups
}

// team runs do for each group of docs, on threads where the work is worth it.
// cost is the nanoseconds of a token.
func (n *native) team(docs, offsets []int32, cost float64, do func(worker int, group []int32)) {
	var tokens int32
	for _, b := range docs {
		tokens += offsets[b+1] - offsets[b]
	}
	threads := 1
	if float64(tokens)*cost > 2*share {
		threads = n.pool.threads
	}
	groups := teams(docs, offsets, n.tile, threads)
	if threads == 1 {
		for _, g := range groups {
			do(0, g)
		}
		return
	}
	n.pool.run(len(groups), func(worker, i int) { do(worker, groups[i]) })
}

// stepCost is the nanoseconds of a step of one document.
func (ch *cchain) stepCost() float64 {
	c := float64(ch.shape.c)
	return 100 + 2*nsElement*c + nsMulAdd*c*float64(ch.shape.dense)
}
