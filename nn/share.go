package nn

import (
	"fmt"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// statCRF is the place of the CRF's loss in denominators; in the stats it has one for
// each document.
const statCRF = statDocs

// denominators are what each loss of a batch is a mean over, by its place in the
// stats: tokens whose label is known, the sum of their class weights, ... Of two
// batches the mean is d1/(d1+d2) m1 + d2/(d1+d2) m2.
type denominators [statDocs + 1]float64

func (d *denominators) add(other denominators) {
	for i := range d {
		d[i] += other[i]
	}
}

// shareOf is how much of the whole d is, 1 where the whole is nothing.
func (d denominators) shareOf(whole denominators) denominators {
	for i := range d {
		if whole[i] == 0 {
			d[i] = 1
		} else {
			d[i] /= whole[i]
		}
	}
	return d
}

// known counts the tokens whose label is known.
func known(labels []int32) int {
	n := 0
	for _, l := range labels {
		if l != kernels.Ignore {
			n++
		}
	}
	return n
}

// denominators of a batch. A label out of range panics.
func (m *Model) denominators(b Batch) denominators {
	var d denominators
	for i, l := range b.Labels {
		if l != kernels.Ignore && (l < 0 || int(l) >= m.labels) {
			panic(fmt.Sprintf("nn: Step: label %d of token %d, of %d labels", l, i, m.labels))
		}
	}
	valid := float64(known(b.Labels))
	d[statEntity], d[statEntity+2], d[statCRF] = valid, valid, valid
	if c := m.loss.classes; c != nil {
		for _, l := range b.Labels {
			if l != kernels.Ignore {
				d[statEntity+1] += float64(c.host[l])
			}
		}
	}
	if g := gateOf(m.head); g != nil {
		for _, l := range b.Labels {
			if l != kernels.Ignore && g.target[l] != kernels.Ignore {
				d[statGroup]++
			}
		}
	}
	d[statStructure], d[statVisual] = float64(known(b.Structure)), float64(known(b.Visual))
	d[statSeparation] = 1
	d[statConsistency] = float64(len(b.Labels))
	return d // the norm, of which the last batch has all, has none
}

// gateOf is the group stage of a head, nil for one without.
func gateOf(h head) *gate {
	switch h := h.(type) {
	case *hierarchicalHead:
		return h.gate
	case *hierarchicalPublishedHead:
		return h.gate
	case *hybridHead:
		return h.gate
	case *hybridPublishedHead:
		return h.gate
	}
	return nil
}

// prototypesOf are the prototypes of a head, nil for one without.
func prototypesOf(h head) *prototypes {
	switch h := h.(type) {
	case prototypeHead:
		return h.prototypes
	case *hybridHead:
		return h.prototypes
	case *hybridPublishedHead:
		return h.prototypes
	}
	return nil
}

// Weights are those of components of the loss that may change between steps. A
// component that the model lacks has none.
type Weights struct{ Entity, Group, Separation, CRF float64 }

// weigh sets the weights of components.
func (m *Model) weigh(w Weights) {
	m.loss.weight = w.Entity
	if g := gateOf(m.head); g != nil {
		g.weight = w.Group
	}
	if t := prototypesOf(m.head); t != nil {
		t.separation.weight = w.Separation
	}
	if m.crf != nil {
		m.crf.weight = w.CRF
	}
}

// Clone copies a batch whose memory is used again.
func (b Batch) Clone() Batch {
	for _, s := range []*[]int32{&b.Offsets, &b.Features, &b.Rows, &b.Neighbours, &b.Wide, &b.WideRows, &b.Labels, &b.Structure, &b.Visual} {
		*s = slices.Clone(*s)
	}
	b.Hidden = slices.Clone(b.Hidden)
	return b
}
