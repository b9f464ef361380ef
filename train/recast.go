package train

import (
	"fmt"
	"slices"

	"github.com/invoicelab/invoicelab/corpus"
)

// Recast puts what a model with the labels of schema from says of documents into
// the labels of schema to, by the names of the entity types. A model may have fewer types
// than the corpus that it was trained on: the separated head labels the semantic ones
// alone. It is an error when to lacks a type of from.
func Recast(tagged []Tagged, from, to *corpus.Schema) ([]Tagged, error) {
	if slices.Equal(from.Names(), to.Names()) {
		return tagged, nil
	}
	at := make([]corpus.EntityID, len(from.Entities))
	for e, entity := range from.Entities {
		id, ok := to.Lookup(entity.Name)
		if !ok {
			return nil, fmt.Errorf("the model labels %s, which the schema %s lacks", entity.Name, to.Name)
		}
		at[e] = id
	}
	out := make([]Tagged, len(tagged))
	for d, t := range tagged {
		labels := make([]int32, len(t.Labels))
		for i, l := range t.Labels {
			if l > 0 {
				labels[i] = 2*int32(at[(l-1)/2]) + 2 - l%2
			}
		}
		spans := slices.Clone(t.Spans)
		for i := range spans {
			s := &spans[i]
			s.Entity = at[s.Entity]
			s.Alternatives = slices.Clone(s.Alternatives)
			for k := range s.Alternatives {
				if a := &s.Alternatives[k]; !a.None {
					a.Entity = at[a.Entity]
				}
			}
		}
		out[d] = Tagged{Labels: labels, Spans: spans}
	}
	return out, nil
}
