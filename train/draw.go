package train

import "github.com/invoicelab/invoicelab/corpus"

// Draw counts what training drew of one entity type in an epoch: the label
// tracker as seen by the sampler, after the curriculum.
type Draw struct {
	Documents int  // drawn that hold the entity; one drawn twice counts twice
	Spans     int  // in them
	Tokens    int  // of these spans
	Active    bool // its labels are in the loss; otherwise the stage masks them, or turns them into O
}

// draw counts the entities of documents that a step takes.
func (r *runner) draw(which []int) {
	for e, active := range r.trainer.active {
		if r.view != nil {
			e = r.view.entity(e)
		}
		r.Drawn[e].Active = active
	}
	last := make([]int, len(r.Drawn)) // document that an entity was seen in, from 1
	for i, d := range which {
		for _, s := range r.job.Data.Docs[corpus.Train][d].Spans {
			n := &r.Drawn[s.Entity]
			if last[s.Entity] != i+1 {
				last[s.Entity] = i + 1
				n.Documents++
			}
			n.Spans++
			n.Tokens += s.End - s.Start
		}
	}
}
