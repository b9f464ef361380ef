package train

import (
	"fmt"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/nn"
	"github.com/invoicelab/invoicelab/stream"
)

// Packed gives the model of a run before its first step, which the caller closes, and the
// batches of its first epoch.
func Packed(be kernels.Backend, job Job) (*nn.Model, []nn.Batch, error) {
	r, err := newRunner(be, job, nil)
	if err != nil {
		return nil, nil, err
	}
	var all []nn.Batch
	for i, which := range r.plan.Batches(r.sampleSeed(), 0) {
		all = append(all, r.trainer.pack(r.splits[corpus.Train], which, stream.Seed(job.Seed, fmt.Sprintf("step/%d", i))).Clone())
	}
	return r.model, all, nil
}
