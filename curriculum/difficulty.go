package curriculum

import (
	"cmp"
	"slices"
)

// byDifficulty lists the documents, the easiest first. The measure is
//
//	length       the number of tokens
//	rare_labels  the share of the spans whose entity is rare (see Spec.RareShare); 0 without
//	             spans; equal ones by the number of tokens
//
// What is still equal stands in the order of the documents.
func (p *Plan) byDifficulty() []int {
	measure := make([]float64, len(p.docs))
	if p.spec.Difficulty == "rare_labels" {
		rare := p.rareEntities()
		for i, d := range p.docs {
			n := 0
			for _, e := range d.Entities {
				if rare[e] {
					n++
				}
			}
			measure[i] = float64(n) / float64(max(len(d.Entities), 1))
		}
	}
	order := make([]int, len(p.docs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(measure[a], measure[b]), cmp.Compare(p.docs[a].Tokens, p.docs[b].Tokens))
	})
	return order
}

// rareEntities are the entities in fewer than rare_share of the documents.
func (p *Plan) rareEntities() map[int32]bool {
	rare := map[int32]bool{}
	for e, n := range p.holding {
		if n > 0 && p.spec.rare(n, len(p.docs)) {
			rare[int32(e)] = true
		}
	}
	return rare
}

// lengths is how many different numbers of tokens the documents have.
func (p *Plan) lengths() int {
	seen := map[int]bool{}
	for _, d := range p.docs {
		seen[d.Tokens] = true
	}
	return len(seen)
}
