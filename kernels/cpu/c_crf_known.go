//go:build cgo

package cpu

// #include "c_kernels.h"
import "C"

import (
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// knownMemory is what documents with unknown labels take off the gradient: see c_known.h.
type knownMemory struct {
	docs        []int32 // in order
	refused     []int32 // of those, to be redone
	first       []int   // step of each
	rowOf       []int   // token of each, in marginal
	marginal    []float32
	pairs       []float32 // a document each
	left, right []float32 // of steps with an unknown side
}

// without takes the documents that must be redone out of docs.
func (k *knownMemory) without(docs []int32) (rest, redo []int32) {
	return slices.DeleteFunc(docs, func(b int32) bool { return slices.Contains(k.refused, b) }), slices.Clone(k.refused)
}

// rows is the negated marginals of document b at tokens with unknown labels, nil where all its labels are known.
func (k *knownMemory) rows(b int32, c int, offsets []int32) []float32 {
	i, found := slices.BinarySearch(k.docs, b)
	if !found {
		return nil
	}
	return k.marginal[k.rowOf[i]*c:][:int(offsets[b+1]-offsets[b])*c]
}

// addPairs adds the steps into sparse labels of those of docs that have unknown labels.
func (k *knownMemory) addPairs(totals []float64, docs []int32) {
	for i, b := range k.docs {
		if _, found := slices.BinarySearch(docs, b); found {
			addScaled(totals, 1, k.pairs[i*len(totals):(i+1)*len(totals)])
		}
	}
}

// goldScores are the scores of the known labels but for their emissions, -Inf where there
// is no legal path between them; and whether a label is unknown.
func (n *native) goldScores(w kernels.CRFWeights, labels, offsets []int32) (gold []float64, unknown []bool) {
	all := len(offsets) - 1
	gold, unknown = make([]float64, all), make([]bool, all)
	n.pool.split(all, 1, 3*float64(len(labels)/max(all, 1)), func(_, lo, hi int) {
		for b := lo; b < hi; b++ {
			gold[b], unknown[b] = goldScore(w, labels[offsets[b]:offsets[b+1]])
		}
	})
	return gold, unknown
}

// goldScore is goldScores of one document.
func goldScore(w kernels.CRFWeights, labels []int32) (score float64, unknown bool) {
	c := w.Start.Len
	add := func(v float32) {
		if v <= forbid {
			score = math.Inf(-1)
		}
		score += float64(v)
	}
	for t, y := range labels {
		if y == kernels.Ignore {
			unknown = true
			continue
		}
		switch {
		case t == 0:
			add(w.Start.Host[y])
		case labels[t-1] != kernels.Ignore:
			add(w.Trans.Data.Host[int(labels[t-1])*c+int(y)])
		}
		if t == len(labels)-1 {
			add(w.End.Host[y])
		}
	}
	return score, unknown
}

// sortOut writes the nll of empty documents and of those without a legal path,
// and lists the others (docs), and those of them with unknown labels (partly).
func sortOut(nll kernels.F64, gold []float64, unknown []bool, offsets []int32) (docs, partly []int32) {
	for b := range gold {
		switch {
		case offsets[b] == offsets[b+1]:
			nll.Host[b] = 0
			continue
		case math.IsInf(gold[b], -1):
			nll.Host[b] = math.Inf(1)
			continue
		case unknown[b]:
			partly = append(partly, int32(b))
		}
		docs = append(docs, int32(b))
	}
	return docs, partly
}

// knownInPart runs the documents that have unknown labels, restricted to the
// known ones: it writes gold, emissions included, and all of n.crf.known.
func (n *native) knownInPart(gold []float64, emit kernels.Mat, w kernels.CRFWeights, labels []int32, docs, offsets []int32) {
	m, c := &n.crf, emit.Cols
	k, ch, stride := &m.known, &m.chain, int(m.chain.shape.stride)
	k.docs, k.refused, k.first, k.rowOf = docs, nil, []int{0}, []int{0}
	if len(docs) == 0 {
		return
	}
	steps, tokens := 0, 0
	positions := make([]int32, len(labels))
	for _, b := range docs {
		for t := offsets[b]; t < offsets[b+1]; t++ {
			positions[t] = -1
			if labels[t] != kernels.Ignore {
				positions[t] = ch.position[labels[t]]
			}
			if t > offsets[b] && (positions[t] < 0 || positions[t-1] < 0) {
				steps++
			}
		}
		tokens += int(offsets[b+1] - offsets[b])
		k.first, k.rowOf = append(k.first, steps), append(k.rowOf, tokens)
	}
	pairs := ch.pairs()
	k.left, k.right = grown(k.left, steps*stride), grown(k.right, steps*stride)
	k.marginal, k.pairs = grown(k.marginal, tokens*c), grown(k.pairs, len(docs)*pairs)
	clear(k.marginal)
	clear(k.pairs)
	n.pool.run(len(docs), func(worker, i int) {
		b := int(docs[i])
		lo, hi := int(offsets[b]), int(offsets[b+1])
		work := n.worker(worker, int(C.k_crf_known_work(n.k, &ch.shape, C.long(hi-lo))))
		m.fine[b] = int32(C.k_crf_known(n.k, &ch.shape, float(ch.matrix), float(ch.forward), float(ch.backward), float(ch.coef), float(ch.start), float(ch.end),
			int32s(ch.perm), int32s(ch.runs), floatAt(emit.Data.Host, lo*c), int32s(positions[lo:]), C.long(hi-lo), float(w.Trans.Data.Host),
			floatAt(k.marginal, k.rowOf[i]*c), floatAt(k.left, k.first[i]*stride), floatAt(k.right, k.first[i]*stride), floatAt(k.pairs, i*pairs),
			double(gold[b:]), float(work)))
	})
	_, k.refused = m.byFine(docs)
}

// addKnown takes the marginals of the known paths off dEmit at tokens with unknown labels (crf_group has
// done so at the others), but for documents in redo: their steps become zeros. It returns the rows of left and right.
func (n *native) addKnown(dEmit kernels.Mat, scale float32, redo, offsets []int32) (steps int) {
	m, c := &n.crf, dEmit.Cols
	k, stride := &m.known, int(m.chain.shape.stride)
	for i, b := range k.docs {
		if slices.Contains(redo, b) {
			clear(k.left[k.first[i]*stride : k.first[i+1]*stride])
			clear(k.right[k.first[i]*stride : k.first[i+1]*stride])
			continue
		}
		lo, hi := int(offsets[b]), int(offsets[b+1])
		C.k_axpy(n.k, floatAt(dEmit.Data.Host, lo*c), C.float(scale), floatAt(k.marginal, k.rowOf[i]*c), C.long((hi-lo)*c))
	}
	return k.first[len(k.docs)]
}
