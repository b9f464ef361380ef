package train

import (
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/metrics"
)

// semantic says whether the labels of an entity are those of the semantic head.
func semantic(e corpus.Entity) bool { return e.Head == "" || e.Head == "semantic" }

// view is the data of the separated head: the labels of semantic entities
// only. Tokens of structure and visual entities are O; what they are is told by
// the sets of types.
type view struct {
	data   *corpus.Dataset
	labels []int32 // the label of the full schema for each of the view's
}

// semanticView gives the view of a corpus. The documents share their tokens.
func semanticView(full *corpus.Dataset) view {
	v := view{labels: []int32{0}}
	schema := &corpus.Schema{Name: full.Schema.Name}
	at := make([]int, len(full.Schema.Entities)) // in the view, -1 where left out
	for e, entity := range full.Schema.Entities {
		at[e] = -1
		if semantic(entity) {
			at[e] = len(schema.Entities)
			schema.Entities = append(schema.Entities, entity)
			v.labels = append(v.labels, int32(1+2*e), int32(2+2*e))
		}
	}
	data := *full
	data.Schema, data.Docs = schema, make(map[corpus.Split][]corpus.Document, len(full.Docs))
	for _, split := range corpus.Splits {
		docs := make([]corpus.Document, len(full.Docs[split]))
		for i, d := range full.Docs[split] {
			spans := d.Spans
			d.Spans = nil
			for _, s := range spans {
				if at[s.Entity] >= 0 {
					s.Entity = corpus.EntityID(at[s.Entity])
					d.Spans = append(d.Spans, s)
				}
			}
			docs[i] = d
		}
		data.Docs[split] = docs
	}
	v.data = &data
	return v
}

// full puts labels of the view as those of the full schema.
func (v view) full(labels []int32) []int32 {
	out := make([]int32, len(labels))
	for i, l := range labels {
		out[i] = v.labels[l]
	}
	return out
}

// entity puts an entity of the view as that of the full schema.
func (v view) entity(e int) int { return int(v.labels[1+2*e]-1) / 2 }

// semanticFigures are micro and macro F1 over the semantic entities alone, by
// which the separated head is compared with others. There are none where all
// entities are semantic: they would repeat micro_f1 and macro_f1.
func semanticFigures(t metrics.Tally, schema *corpus.Schema) map[string]float64 {
	part := metrics.Tally{Labels: t.Labels}
	for _, d := range t.Docs {
		kept := d
		kept.Labels = nil
		for _, l := range d.Labels {
			if semantic(schema.Entities[l.Label]) {
				kept.Labels = append(kept.Labels, l)
			}
		}
		part.Docs = append(part.Docs, kept)
	}
	out := map[string]float64{}
	for _, e := range schema.Entities {
		if !semantic(e) {
			all := figures(part, nil)
			out["semantic_micro_f1"], out["semantic_macro_f1"] = all["micro_f1"], all["macro_f1"]
			break
		}
	}
	return out
}
