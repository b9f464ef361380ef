package nn

import (
	"math/rand/v2"

	"github.com/invoicelab/invoicelab/kernels"
)

// Start scores of crf/adaptive.
const (
	startContinue = 2    // B-X to I-X, I-X to I-X
	startOutside  = 0    // any label to O
	startBegin    = -1   // any label to B-Y
	startGroup    = 0.5  // added to the last where both labels are of one group
	startEnd      = -0.5 // a document that ends after an entity's label
)

// blocks are the transitions of crf/adaptive. With O as a group by itself,
// transitions that break BIO are forbidden, each other one between two labels of one
// group has a parameter of its own, and all those from the labels of group g to
// the labels of another group h share one parameter:
//
//	trans[i, j] = table[id(i, j)]
//	id(i, j)    = that of (i, j)          g(i) = g(j)
//	              that of (g(i), g(j))    otherwise
//
// The start values are those of the constants above.
type blocks struct {
	labels int
	table  *Param // [P, 1]
	ids    *fixed[int32]
	forbid *fixed[float32] // [C, C], -1e4 where forbidden, else 0
}

func newBlocks(s *store, labels Labels) *blocks {
	ids, of := blockLayout(labels)
	b := &blocks{labels: labels.NumLabels(), ids: s.fixedI32(ids)}
	forbid := make([]float32, len(ids))
	for at, id := range ids {
		if id < 0 {
			forbid[at] = forbidden
		}
	}
	b.forbid = s.fixedF32(forbid)
	b.table = s.undecayed(partCRF, "crf.blocks", len(of), 1, func(_ *rand.Rand, values []float32, _, _ int) {
		for i, e := range of {
			switch {
			case e.kind == ofTransition && isInside(e.b):
				values[i] = startContinue
			case e.kind == ofTransition && e.b == 0, e.kind == ofCrossing && e.b == outside:
				values[i] = startOutside
			case e.kind == ofTransition:
				values[i] = startBegin + startGroup
			default:
				values[i] = startBegin
			}
		}
	})
	return b
}

// blockLayout gives the parameter of each transition, -1 for a forbidden one, and
// what each parameter stands for. They are numbered as they occur, row by row.
func blockLayout(labels Labels) (ids []int32, of []element) {
	c, groupOf := labels.NumLabels(), labels.groupOf(outside)
	ids = make([]int32, c*c)
	known := map[element]int32{}
	for from := range int32(c) {
		for to := range int32(c) {
			at := int(from)*c + int(to)
			if !LegalBIO(from, to) {
				ids[at] = -1
				continue
			}
			e := element{kind: ofTransition, a: from, b: to}
			if groupOf[from] != groupOf[to] {
				e = element{kind: ofCrossing, a: groupOf[from], b: groupOf[to]}
			}
			id, ok := known[e]
			if !ok {
				id = int32(len(of))
				known[e], of = id, append(of, e)
			}
			ids[at] = id
		}
	}
	return ids, of
}

// initEnd starts the scores of the last label.
func initEnd(_ *rand.Rand, values []float32, _, _ int) {
	for l := 1; l < len(values); l++ {
		values[l] = startEnd
	}
}

// dense returns the matrix of all transitions.
func (b *blocks) dense(p *pass) kernels.Mat {
	trans := p.mem.Mat(b.labels, b.labels)
	p.be.Embed(kernels.NewMat(trans.Data, trans.Data.Len, 1), b.table.Value, b.ids.dev)
	p.be.Axpy(trans.Data, 1, b.forbid.dev)
	return trans
}

// backward adds the gradient of the matrix to that of the table.
func (b *blocks) backward(p *pass, dTrans kernels.Mat) {
	p.be.EmbedGrad(b.table.Grad, kernels.NewMat(dTrans.Data, dTrans.Data.Len, 1), b.ids.dev)
}
