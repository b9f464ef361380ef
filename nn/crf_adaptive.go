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
	c, outside := labels.NumLabels(), int32(labels.Groups)
	groupOf := labels.groupOf(outside)
	ids, forbid := make([]int32, c*c), make([]float32, c*c)
	var start []float32
	shared := map[[2]int32]int32{}
	for from := range c {
		for to := range c {
			at := from*c + to
			if !LegalBIO(int32(from), int32(to)) {
				ids[at], forbid[at] = -1, forbidden
				continue
			}
			pair := [2]int32{groupOf[from], groupOf[to]}
			if id, known := shared[pair]; known && pair[0] != pair[1] {
				ids[at] = id
				continue
			}
			ids[at] = int32(len(start))
			shared[pair] = ids[at]
			v := float32(startBegin)
			switch {
			case isInside(int32(to)):
				v = startContinue
			case to == 0:
				v = startOutside
			case pair[0] == pair[1]:
				v += startGroup
			}
			start = append(start, v)
		}
	}
	b := &blocks{labels: c, ids: s.fixedI32(ids), forbid: s.fixedF32(forbid)}
	b.table = s.undecayed(partCRF, "crf.blocks", len(start), 1, func(_ *rand.Rand, values []float32, _, _ int) { copy(values, start) })
	return b
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
