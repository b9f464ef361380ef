package nn

import "github.com/invoicelab/invoicelab/kernels"

// Gradient is the first half of Step: it leaves the gradient of the total loss
// in Params and returns the losses.
func (m *Model) Gradient(b Batch, opt StepOptions) (Losses, error) {
	rows, p, err := m.gradient(b, opt.DropoutSeed, denominators{}.shareOf(denominators{}))
	if err != nil {
		return nil, err
	}
	m.store.addNorm(p.stats.Slice(statNorm, statNorm+1), rows)
	return m.report(p.readStats(), known(b.Labels)), nil
}

// Transitions is the matrix of the CRF's transitions [C, C].
func (m *Model) Transitions() kernels.Mat {
	m.mem.Reset()
	return m.crf.weights(&pass{be: m.be, mem: m.mem}).Trans
}
