package nn

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/nn/posterior"
	"github.com/invoicelab/invoicelab/stream"
)

// StepOptions are the settings of one optimiser step.
type StepOptions struct {
	LR          float64  // learning rate of this step, see Schedule
	Decay       float64  // decoupled weight decay
	Clip        float64  // greatest norm of the whole gradient; 0 is no limit
	DropoutSeed uint64   // a different one for each step
	Weights     *Weights // of components of the loss from this step on; nil leaves them
}

// DocumentError is a document of a batch that a step cannot train on.
type DocumentError struct {
	Document int // index in the batch
	Token    int // index in the document; -1 when it is not one token's fault
	Reason   string
}

func (e *DocumentError) Error() string {
	if e.Token < 0 {
		return fmt.Sprintf("nn: document %d of the batch: %s", e.Document, e.Reason)
	}
	return fmt.Sprintf("nn: document %d of the batch, token %d: %s", e.Document, e.Token, e.Reason)
}

// Step trains on one batch: forward, losses, backward, clipping, AdamW.
//
// The losses hold each component that has a weight, unweighted: "entity" (the
// loss on the scores) and the parts it is made of ("ce", "class_balanced",
// "focal"), those of the head ("group", "separation", "structure", "visual"),
// "consistency", "crf" (summed negative log-likelihood over valid tokens), and
// "total", the weighted sum.
// Valid tokens are those whose label is not kernels.Ignore. A batch without
// any has losses of 0 on its labels.
//
// A gold path that the CRF forbids is a *DocumentError. A loss or gradient
// that is NaN or infinite is an error that names it; the losses come with it.
// After an error the parameters are those from before the step.
func (m *Model) Step(b Batch, opt StepOptions) (Losses, error) {
	return m.StepAll([]Batch{b}, opt)
}

// StepAll is Step on several batches as if they were one: losses and gradient are
// those of all of their documents together, to rounding, but for dropout, which
// draws for each batch by itself. Only one batch's activations are in memory at a
// time. In a *DocumentError the documents of all batches are counted through.
func (m *Model) StepAll(batches []Batch, opt StepOptions) (Losses, error) {
	if opt.Weights != nil {
		m.weigh(*opt.Weights)
	}
	own, whole := make([]denominators, len(batches)), denominators{}
	for i, b := range batches {
		own[i] = m.denominators(b)
		whole.add(own[i])
	}
	stats := make([]float64, statDocs)
	var rows []kernels.I32
	var p *pass
	for i, b := range batches {
		seed := opt.DropoutSeed
		if len(batches) > 1 {
			seed = stream.Seed(seed, fmt.Sprintf("batch/%d", i))
		}
		share := own[i].shareOf(whole)
		var err error
		if rows, p, err = m.gradient(b, seed, share); err != nil {
			m.store.clearGrads()
			var bad *DocumentError
			if errors.As(err, &bad) {
				bad.Document += len(stats) - statDocs
			}
			return nil, err
		}
		if i == len(batches)-1 {
			if len(batches) > 1 {
				rows = m.uploadRows(batches)
			}
			m.store.addNorm(p.stats.Slice(statNorm, statNorm+1), rows)
		}
		part := p.readStats()
		for k := range statDocs {
			stats[k] += share[k] * part[k]
		}
		stats = append(stats, part[statDocs:]...)
	}
	losses := m.report(stats, int(whole[statCRF]))
	m.gradNorm = math.Sqrt(stats[statNorm])
	if err := m.checkFinite(losses, stats, rows); err != nil {
		m.store.clearGrads()
		return losses, err
	}
	m.store.step(p.stats.Slice(statNorm, statNorm+1), rows, opt)
	m.clock.lap(timeOptimiser)
	return losses, nil
}

// uploadRows puts the rows of each table that any of the batches uses on the
// backend, sorted.
func (m *Model) uploadRows(batches []Batch) []kernels.I32 {
	tables := []func(Batch) []int32{func(b Batch) []int32 { return b.Rows }}
	if m.wide != nil {
		tables = append(tables, func(b Batch) []int32 { return b.WideRows })
	}
	out := make([]kernels.I32, len(tables))
	for i, rowsOf := range tables {
		all := rowsOf(batches[0])
		if len(batches) > 1 {
			all = nil
			for _, b := range batches {
				all = append(all, rowsOf(b)...)
			}
			slices.Sort(all)
			all = slices.Compact(all)
		}
		out[i] = m.mem.I32(len(all))
		m.be.PutI32(out[i], all)
	}
	return out
}

// GradNorm is the norm of the gradient of the last Step, before clipping.
func (m *Model) GradNorm() float64 { return m.gradNorm }

// gradient adds the gradient of the total loss to the gradients of all
// parameters and leaves the losses in the stats of the pass it returns. Shares are
// those of b in the batches of the step.
func (m *Model) gradient(b Batch, dropoutSeed uint64, share denominators) (rows []kernels.I32, p *pass, err error) {
	m.checkBatch("Step", b)
	valid := known(b.Labels)
	if m.crf != nil {
		if err := m.crf.check(b); err != nil {
			return rows, nil, err
		}
	}
	m.clock.start()
	m.mem.Reset()
	p = m.upload(b)
	p.train, p.seed = true, dropoutSeed
	p.labels, p.share = b.Labels, share
	p.targets = p.mem.I32(p.n)
	m.be.PutI32(p.targets, b.Labels)
	rows = m.uploadRows([]Batch{b})
	p.stats = p.mem.F64(statDocs + len(b.Offsets) - 1)
	m.be.FillF64(p.stats, 0)
	p.sums = p.mem.F32(statDocs)
	m.be.Fill(p.sums, 0)
	p.structure, p.visual = b.Structure, b.Visual

	h := m.encoder.forward(p)
	scores := m.scores(p, h)
	m.clock.lap(timeHead)

	dScores := p.mem.Mat(p.n, m.labels)
	m.loss.begin(p, dScores, scores)
	m.head.loss(p)
	if m.consistency != nil {
		m.consistency.add(p, dScores, scores)
	}
	m.clock.lap(timeLoss)
	if m.crf != nil {
		m.crf.add(p, dScores, scores, valid)
		m.clock.lap(timeCRF)
	}
	var dh kernels.Mat // empty where nobody wants it
	if m.encoder.parametric() {
		dh = p.mem.Mat(h.Rows, h.Cols)
	}
	if m.wide != nil {
		m.wide.backward(p, dScores)
	}
	m.head.backward(p, dh, dScores)
	m.clock.lap(timeHead)
	m.encoder.backward(p, dh)
	return rows, p, nil
}

// scores are those of the head and, where there are, of the attributes.
func (m *Model) scores(p *pass, h kernels.Mat) kernels.Mat {
	scores := m.head.forward(p, h)
	if m.wide != nil {
		return m.wide.forward(p, scores)
	}
	return scores
}

// report names the losses in stats, of so many tokens whose label is known.
func (m *Model) report(stats []float64, valid int) Losses {
	out := Losses{}
	total := m.loss.report(stats, out)
	total += m.head.report(stats, out)
	if m.consistency != nil {
		total += m.consistency.report(stats, out)
	}
	if m.crf != nil {
		total += m.crf.report(stats, valid, out)
	}
	out["total"] = total
	return out
}

// checkFinite names the first component of the loss that is NaN or infinite,
// and the first parameter that is or whose gradient is.
func (m *Model) checkFinite(losses Losses, stats []float64, rows []kernels.I32) error {
	bad := ""
	for _, name := range slices.Sorted(maps.Keys(losses)) {
		if v := losses[name]; !finite(v) && name != "total" && name != "entity" && name != "crf" {
			bad = fmt.Sprintf("the loss component %q is %g", name, v)
			break
		}
	}
	if bad == "" {
		for d, nll := range stats[statDocs:] {
			if !finite(nll) {
				reason := fmt.Sprintf("the loss component \"crf\" is %g; %s", nll, m.store.blame(m.mem.F64(1), rows))
				return &DocumentError{Document: d, Token: -1, Reason: reason}
			}
		}
		switch {
		case !finite(losses["total"]):
			bad = fmt.Sprintf("the total loss is %g", losses["total"])
		case !finite(stats[statNorm]):
			bad = fmt.Sprintf("the squared norm of the gradient is %g", stats[statNorm])
		default:
			return nil
		}
	}
	return fmt.Errorf("nn: %s; %s", bad, m.store.blame(m.mem.F64(1), rows))
}

// Posterior is the distribution over label sequences of b, under the CRF or,
// where the model has none, token by token. It holds until the model is used
// again. Labels of b are not read.
func (m *Model) Posterior(b Batch) *posterior.Posterior {
	m.checkBatch("Posterior", b)
	m.mem.Reset()
	var idle clock // prediction is not part of Step
	p := m.upload(b)
	p.clock = &idle
	scores := m.scores(p, m.encoder.forward(p))
	var weights *kernels.CRFWeights
	if m.crf != nil {
		w := m.crf.weights(p)
		weights = &w
	}
	return posterior.New(m.be, m.mem, scores, weights, p.offsets)
}

// Predict labels every token of b by the path of its Posterior.
func (m *Model) Predict(b Batch) []int32 { return m.Posterior(b).Path() }

// upload puts the inputs of b on the backend.
func (m *Model) upload(b Batch) *pass {
	p := &pass{be: m.be, mem: m.mem, clock: &m.clock, n: int(b.Offsets[len(b.Offsets)-1]), offsets: b.Offsets}
	p.features = m.mem.I32(len(b.Features))
	m.be.PutI32(p.features, b.Features)
	p.neighbours = m.mem.I32(len(b.Neighbours))
	m.be.PutI32(p.neighbours, b.Neighbours)
	if m.width > 0 {
		p.hidden = m.mem.Mat(p.n, m.width)
		m.be.PutF32(p.hidden.Data, b.Hidden)
	}
	if m.wide != nil {
		p.wide = m.mem.I32(len(b.Wide))
		m.be.PutI32(p.wide, b.Wide)
	}
	return p
}

// checkBatch panics on a batch whose slices do not fit each other.
func (m *Model) checkBatch(op string, b Batch) {
	if len(b.Offsets) < 2 || b.Offsets[0] != 0 {
		panic(fmt.Sprintf("nn: %s: offsets %v", op, b.Offsets))
	}
	for d := 1; d < len(b.Offsets); d++ {
		if b.Offsets[d] <= b.Offsets[d-1] {
			panic(fmt.Sprintf("nn: %s: document %d of the batch has no tokens", op, d-1))
		}
	}
	n := int(b.Offsets[len(b.Offsets)-1])
	if len(b.Features) != n*m.in.Features || len(b.Neighbours) != n*m.in.Neighbours {
		panic(fmt.Sprintf("nn: %s: %d feature ids and %d neighbours for %d tokens of %d and %d",
			op, len(b.Features), len(b.Neighbours), n, m.in.Features, m.in.Neighbours))
	}
	if len(b.Wide) != n*m.in.Wide {
		panic(fmt.Sprintf("nn: %s: %d wide ids for %d tokens of %d", op, len(b.Wide), n, m.in.Wide))
	}
	if len(b.Hidden) != n*m.width {
		panic(fmt.Sprintf("nn: %s: %d values of hidden states for %d tokens of width %d", op, len(b.Hidden), n, m.width))
	}
	if op == "Step" && len(b.Labels) != n {
		panic(fmt.Sprintf("nn: %s: %d labels for %d tokens", op, len(b.Labels), n))
	}
	if b.Structure != nil && len(b.Structure) != n || b.Visual != nil && len(b.Visual) != n {
		panic(fmt.Sprintf("nn: %s: %d structure and %d visual sets for %d tokens", op, len(b.Structure), len(b.Visual), n))
	}
}
