package train

import (
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels"
)

// sets gives the sets of types of a document's tokens as nn has them; nil where
// the document has none.
func sets(marks []uint16) []int32 {
	if marks == nil {
		return nil
	}
	out := make([]int32, len(marks))
	for i, m := range marks {
		out[i] = int32(m)
	}
	return out
}

// appendSets adds those of a document of n tokens to a batch.
func appendSets(to, of []int32, n int) []int32 {
	if of != nil {
		return append(to, of...)
	}
	for range n {
		to = append(to, kernels.Ignore)
	}
	return to
}

// typeCounts counts tokens by type: found, predicted, and in the reference.
type typeCounts struct {
	kind           string // "structure" or "visual"
	names          []string
	tp, pred, gold []int
}

func newTypeCounts(kind string, names []string) *typeCounts {
	n := len(names)
	return &typeCounts{kind: kind, names: names, tp: make([]int, n), pred: make([]int, n), gold: make([]int, n)}
}

// markCounts counts what the separated head says of structure and visual types.
func markCounts() (structure, visual *typeCounts) {
	return newTypeCounts("structure", corpus.StructureTypes[:]), newTypeCounts("visual", corpus.VisualTypes[:])
}

// add counts the tokens of a document; one without sets counts for nothing.
func (c *typeCounts) add(gold, predicted []int32) {
	for t, g := range gold {
		for k := range c.names {
			in, said := g>>k&1, predicted[t]>>k&1
			c.gold[k] += int(in)
			c.pred[k] += int(said)
			c.tp[k] += int(in & said)
		}
	}
}

// figures puts the token F1 of each type that the reference has,
//
//	F1 = 2 tp / (pred + gold)
//
// into out as "structure/TABLE", with "structure/macro_f1" over those types and
// "structure/micro_f1" over all tokens and types. A split without any has none.
func (c *typeCounts) figures(out map[string]float64) {
	var sum float64
	var types, tp, both int
	for k, name := range c.names {
		tp += c.tp[k]
		both += c.pred[k] + c.gold[k]
		if c.gold[k] > 0 {
			f1 := 2 * float64(c.tp[k]) / float64(c.pred[k]+c.gold[k])
			out[c.kind+"/"+name] = f1
			sum += f1
			types++
		}
	}
	if types > 0 {
		out[c.kind+"/macro_f1"] = sum / float64(types)
		out[c.kind+"/micro_f1"] = 2 * float64(tp) / float64(both)
	}
}
