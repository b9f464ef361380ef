package nn

import (
	"fmt"
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// Extend teaches a model with prototypes the labels of one entity from examples,
// without training. The prototype of a label becomes the mean embedding
//
//	prototype(l) = mean over the tokens labelled l of e/|e|
//
// (Snell and others 2017), with e/|e| as the cosine asks for. With centred, the mean over the
// examples' tokens of other labels is taken off: embeddings have much in common, so a
// mean is alike to all of them, while trained prototypes tell them apart. Without an example of I-x its
// prototype points away from that of B-x: no example goes on. In the CRF the scores of the entity's transitions, and
// of starting and ending with it, become the means of those of the other entities
// of its group:
//
//	from B-x to another y   mean over z in the group of from B-z to y, and so on
//	from B-x to I-x         mean of from B-z to I-z
//	between x and z         mean between two different entities of the group
//
// All that the model has of other labels stays. The labels are those of the
// model, the entity among them; b are the examples, whose other labels are not
// looked at. A model without prototypes, a CRF that shares parameters between labels,
// and examples without the entity are errors.
func (m *Model) Extend(b Batch, labels Labels, entity int, centred bool) error {
	t := prototypesOf(m.head)
	if t == nil {
		return fmt.Errorf("nn: extend: model.head.kind: only prototype and hybrid heads have prototypes")
	}
	if m.crf != nil && m.crf.trans == nil {
		return fmt.Errorf("nn: extend: model.crf: %s shares its transitions between labels", m.crf.kind)
	}
	if err := m.setPrototypes(t, b, entity, centred); err != nil {
		return err
	}
	if m.crf != nil {
		m.setTransitions(labels, entity)
	}
	m.store.restart()
	return nil
}

func (m *Model) setPrototypes(t *prototypes, b Batch, entity int, centred bool) error {
	m.Posterior(b)
	dim := t.table.Value.Cols
	e, table := make([]float32, t.e.Data.Len), make([]float32, t.table.Size())
	m.be.GetF32(e, t.e.Data)
	m.be.GetF32(table, t.table.Value.Data)
	// mean of e/|e| over the tokens that count.
	mean := func(counts func(label int32) bool) (sum []float64, n int) {
		sum = make([]float64, dim)
		for i, l := range b.Labels {
			if !counts(l) {
				continue
			}
			row, square := e[i*dim:(i+1)*dim], 0.0
			for _, v := range row {
				square += float64(v) * float64(v)
			}
			n++
			for k, v := range row {
				sum[k] += float64(v) / math.Sqrt(max(square, 1e-16))
			}
		}
		for k := range sum {
			sum[k] /= float64(max(n, 1))
		}
		return sum, n
	}
	common := make([]float64, dim)
	if centred {
		common, _ = mean(func(l int32) bool { return l == 0 || int(l-1)/2 != entity })
	}
	for inside := range 2 {
		label := 1 + 2*entity + inside
		own, n := mean(func(l int32) bool { return int(l) == label })
		switch {
		case n > 0:
			for k, v := range own {
				table[label*dim+k] = float32(v - common[k])
			}
		case inside == 0:
			return fmt.Errorf("nn: extend: no token is labelled %s", labelName(int32(label)))
		default:
			for k := range dim {
				table[label*dim+k] = -table[(label-1)*dim+k]
			}
		}
	}
	m.be.PutF32(t.table.Value.Data, table)
	return nil
}

// setTransitions gives an entity the mean scores of its group, or of all entities
// where it is alone in its group.
func (m *Model) setTransitions(labels Labels, entity int) {
	var peers []int
	for e := range labels.Entities {
		if e != entity && (labels.GroupOf == nil || labels.GroupOf[e] == labels.GroupOf[entity]) {
			peers = append(peers, e)
		}
	}
	for e := 0; len(peers) == 0 && e < labels.Entities; e++ {
		if e != entity {
			peers = append(peers, e)
		}
	}
	c := labels.NumLabels()
	trans := m.host(m.crf.trans.Value)
	start, end := m.host(m.crf.start.Value), m.host(m.crf.end.Value)
	mean := func(of func(peer int) (float32, bool)) float32 {
		sum, n := 0.0, 0
		for _, p := range peers {
			if v, ok := of(p); ok {
				sum, n = sum+float64(v), n+1
			}
		}
		return float32(sum / float64(max(n, 1)))
	}
	at := func(e, inside int) int { return 1 + 2*e + inside }
	fresh := append([]float32(nil), trans...)
	for i := range 2 {
		own := at(entity, i)
		start[own] = mean(func(p int) (float32, bool) { return start[at(p, i)], true })
		end[own] = mean(func(p int) (float32, bool) { return end[at(p, i)], true })
		for j := range 2 { // within the entity
			fresh[own*c+at(entity, j)] = mean(func(p int) (float32, bool) { return trans[at(p, i)*c+at(p, j)], true })
		}
		for other := range c {
			if other == at(entity, 0) || other == at(entity, 1) {
				continue
			}
			differs := func(p int) bool { return other == 0 || (other-1)/2 != p }
			fresh[own*c+other] = mean(func(p int) (float32, bool) { return trans[at(p, i)*c+other], differs(p) })
			fresh[other*c+own] = mean(func(p int) (float32, bool) { return trans[other*c+at(p, i)], differs(p) })
		}
	}
	if m.crf.bio {
		for from := range c {
			for to := range c {
				if !LegalBIO(int32(from), int32(to)) {
					fresh[from*c+to] = forbidden
				}
			}
		}
	}
	m.be.PutF32(m.crf.trans.Value.Data, fresh)
	m.be.PutF32(m.crf.start.Value.Data, start)
	m.be.PutF32(m.crf.end.Value.Data, end)
}

// host copies a parameter to host memory.
func (m *Model) host(p kernels.Mat) []float32 {
	v := make([]float32, p.Data.Len)
	m.be.GetF32(v, p.Data)
	return v
}
