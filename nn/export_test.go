package nn

// Gradient is the first half of Step: it leaves the gradient of the total loss
// in Params and returns the losses.
func (m *Model) Gradient(b Batch, opt StepOptions) (Losses, error) {
	rows, p, err := m.gradient(b, opt.DropoutSeed)
	if err != nil {
		return nil, err
	}
	m.store.addNorm(p.stats.Slice(statNorm, statNorm+1), rows)
	stats := make([]float64, p.stats.Len)
	m.be.GetF64(stats, p.stats)
	return m.report(stats, b.Labels), nil
}
