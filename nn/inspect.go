package nn

import "math"

// GroupProbabilities gives the distribution over groups of each token of the last
// batch given to Posterior, [N, groups]. It is nil for a head without a group
// stage.
func (m *Model) GroupProbabilities() (probabilities []float32, groups int) {
	g := gateOf(m.head)
	if g == nil {
		return nil, 0
	}
	if g.log.Rows == 0 {
		panic("nn: GroupProbabilities: no batch was given to Posterior")
	}
	p := make([]float32, g.log.Data.Len)
	m.be.GetF32(p, g.log.Data)
	for i, v := range p {
		p[i] = float32(math.Exp(float64(v)))
	}
	return p, g.groups
}

// Prototypes gives the prototype of each label, [C, dim], nil for a head without.
func (m *Model) Prototypes() (values []float32, dim int) {
	t := prototypesOf(m.head)
	if t == nil {
		return nil, 0
	}
	v := make([]float32, t.table.Size())
	m.be.GetF32(v, t.table.Value.Data)
	return v, t.table.Value.Cols
}

// NotFinite names the first parameter that holds a NaN or an infinity, or nothing.
func (m *Model) NotFinite() string {
	for _, p := range m.store.params {
		v := make([]float32, p.Size())
		m.be.GetF32(v, p.Value.Data)
		for _, x := range v {
			if !finite(float64(x)) {
				return p.Name
			}
		}
	}
	return ""
}
