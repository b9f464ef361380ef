package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/invoicelab/invoicelab/kernels"
)

// forbidden is the score of a transition that never happens. The kernels
// give a score of -1e4 or below exactly zero mass and zero gradient.
const forbidden = -1e4

// crfKinds is the table of decoders by the name that a spec uses.
var crfKinds = []struct {
	kind string
	crf  bool // has a CRF; without one, labels are decoded by argmax
	bio  bool // transitions that break BIO are forbidden
	part bool // transitions are learned within blocks, see blocks
}{
	{"none", false, false, false},
	{"crf", true, false, false},
	{"crf/bio", true, true, false},
	{"crf/adaptive", true, true, true},
}

// crf is the linear-chain CRF on top of the scores (Lafferty and others 2001).
// Transitions and ends start at 0, those of crf/adaptive as blocks says, forbidden
// ones at -1e4: they have no gradient and no weight decay, so they stay.
type crf struct {
	kind       string
	bio        bool
	weight     float64 // of the summed nll per valid token; 0 only decodes
	trans      *Param  // [C, C]; nil with blocks
	blocks     *blocks // nil without
	start, end *Param
}

// newCRF returns nil for a model without CRF.
func newCRF(s *store, spec Spec, labels Labels) (*crf, error) {
	var kinds []string
	for _, k := range crfKinds {
		kinds = append(kinds, k.kind)
		if k.kind != spec.CRF {
			continue
		}
		if !k.crf {
			return nil, nil
		}
		c := &crf{kind: k.kind, bio: k.bio, weight: spec.Loss.CRF}
		n := labels.NumLabels()
		var transitions *Param
		if k.part {
			if err := needGroups("model.crf", k.kind, "crf/bio", labels); err != nil {
				return nil, err
			}
			c.blocks = newBlocks(s, labels)
			transitions = c.blocks.table
		} else {
			c.trans = s.undecayed(partCRF, "crf.transitions", n, n, c.initTransitions)
			transitions = c.trans
		}
		transitions.forward, transitions.backward = n*n, 2*n*n
		c.start = s.vector(partCRF, "crf.start", n, 0)
		c.start.init = c.initStart
		c.end = s.vector(partCRF, "crf.end", n, 0)
		if k.part {
			c.end.init = initEnd
		}
		return c, nil
	}
	return nil, fmt.Errorf("model.crf: %q is no decoder; one of %q", spec.CRF, kinds)
}

func (c *crf) initTransitions(_ *rand.Rand, values []float32, rows, cols int) {
	for from := range rows {
		for to := range cols {
			if c.bio && !LegalBIO(int32(from), int32(to)) {
				values[from*cols+to] = forbidden
			}
		}
	}
}

func (c *crf) initStart(_ *rand.Rand, values []float32, _, _ int) {
	for to := range values {
		if c.bio && isInside(int32(to)) {
			values[to] = forbidden
		}
	}
}

// isInside says whether a label is I-x.
func isInside(label int32) bool { return label > 0 && label%2 == 0 }

// LegalBIO says whether label to may follow label from, which is -1 at the start
// of a document: I-x follows only B-x and I-x.
func LegalBIO(from, to int32) bool {
	return !isInside(to) || from == to || from == to-1
}

// labelName is a label in the form B-e, I-e, O with the number of the entity.
func labelName(l int32) string {
	switch {
	case l == 0:
		return "O"
	case isInside(l):
		return fmt.Sprintf("I-%d", l/2-1)
	default:
		return fmt.Sprintf("B-%d", l/2)
	}
}

// check finds the first document whose labels no path allows. An Ignore
// allows every label, and then some label fits between any two: only pairs of
// known labels and the first label of a document can be wrong.
func (c *crf) check(b Batch) error {
	if !c.bio {
		return nil
	}
	for d := range len(b.Offsets) - 1 {
		doc := b.Labels[b.Offsets[d]:b.Offsets[d+1]]
		for t, l := range doc {
			if !isInside(l) {
				continue
			}
			reason := ""
			switch {
			case t == 0:
				reason = fmt.Sprintf("%s starts the document, which %s forbids", labelName(l), c.kind)
			case doc[t-1] != kernels.Ignore && !LegalBIO(doc[t-1], l):
				reason = fmt.Sprintf("%s follows %s, which %s forbids", labelName(l), labelName(doc[t-1]), c.kind)
			}
			if reason != "" {
				return &DocumentError{Document: d, Token: t, Reason: reason}
			}
		}
	}
	return nil
}

func (c *crf) weights(p *pass) kernels.CRFWeights {
	w := kernels.CRFWeights{Start: c.start.Value.Data, End: c.end.Value.Data}
	if c.blocks != nil {
		w.Trans = c.blocks.dense(p)
	} else {
		w.Trans = c.trans.Value
	}
	return w
}

// add adds the gradient of weight * (summed nll / valid) to dScores and to the
// CRF's parameters, and puts the nll of each document into p.stats.
func (c *crf) add(p *pass, dScores, scores kernels.Mat, valid int) {
	if c.weight == 0 || valid == 0 {
		return
	}
	docs := len(p.offsets) - 1
	g := kernels.CRFGrad{Start: c.start.Grad.Data, End: c.end.Grad.Data}
	if c.blocks != nil {
		g.Trans = p.mem.Zeros(scores.Cols, scores.Cols)
	} else {
		g.Trans = c.trans.Grad
	}
	p.be.CRF(p.stats.Slice(statDocs, statDocs+docs), dScores, g, scores, c.weights(p),
		p.targets, p.offsets, float32(c.weight*p.share[statCRF]/float64(valid)))
	if c.blocks != nil {
		c.blocks.backward(p, g.Trans)
	}
}

// report puts the nll per valid token into out and returns it weighted.
func (c *crf) report(stats []float64, valid int, out Losses) float64 {
	if c.weight == 0 {
		return 0
	}
	sum := 0.0
	for _, nll := range stats[statDocs:] {
		sum += nll
	}
	out["crf"] = sum / float64(max(valid, 1))
	return c.weight * out["crf"]
}
