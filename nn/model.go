package nn

import (
	"errors"
	"fmt"
	"time"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/dense"
)

// Model is an encoder, a head and a CRF with their parameters, gradients and
// optimiser state on one backend. It is used by one goroutine at a time.
type Model struct {
	be     kernels.Backend
	labels int // C
	in     Inputs

	store   *store
	tensors *dense.Engine // under Weights
	encoder encoding
	width   int // of hidden states that come with the batch; 0 without
	head    head
	wide    *wide // nil without attributes
	loss    *entityLoss

	consistency *consistency // nil without weight
	crf         *crf         // nil without one

	mem      *kernels.Arena // activations of one step
	clock    clock
	gradNorm float64
}

// New builds a model on be. Every parameter is drawn from a stream of its own
// ("init/" and its name), so its start does not depend on which others exist.
// What the spec asks for and the labels cannot give is an error that names the
// setting; shapes that do not fit each other panic.
func New(be kernels.Backend, spec Spec, labels Labels, in Inputs, seed uint64) (*Model, error) {
	if labels.Entities < 0 || !spec.Encoder.Given() && (in.Features < 1 || in.TableRows < 1 || in.Neighbours < 1) || in.Wide < 0 || in.Wide > 0 && in.WideRows < 1 || spec.Encoder.Hidden < 1 {
		panic(fmt.Sprintf("nn: New: %d entities, %d features, %d table rows, %d neighbours, %d wide of %d rows, %d hidden",
			labels.Entities, in.Features, in.TableRows, in.Neighbours, in.Wide, in.WideRows, spec.Encoder.Hidden))
	}
	m := &Model{be: be, labels: labels.NumLabels(), in: in, store: &store{be: be, seed: seed}}
	if err := m.declare(spec, labels); err != nil {
		return nil, fmt.Errorf("nn: %w", err)
	}
	m.store.allocate()
	m.tensors = dense.New(be)
	m.mem = kernels.NewArena(be)
	return m, nil
}

// declare builds the layers and declares what they need, without memory.
func (m *Model) declare(spec Spec, labels Labels) error {
	m.encoder = newEncoding(m.store, spec.Encoder, m.in)
	if spec.Encoder.Given() {
		m.width = spec.Encoder.Hidden
	}
	var err error
	if m.head, err = newHead(m.store, spec, labels); err != nil {
		return err
	}
	m.wide = newWide(m.store, m.in, m.labels)
	if m.loss, err = newEntityLoss(m.store, spec.Loss, labels); err != nil {
		return err
	}
	if m.consistency, err = newConsistency(m.store, spec.Loss, labels); err != nil {
		return err
	}
	if m.crf, err = newCRF(m.store, spec, labels); err != nil {
		return err
	}
	if spec.Loss.Entity == 0 && (m.crf == nil || spec.Loss.CRF == 0) {
		return errors.New("model.loss.entity_weight: 0 without a weighted CRF leaves nothing that trains the scores")
	}
	return nil
}

// Close gives the model's memory back to the backend, which stays open.
func (m *Model) Close() {
	m.mem.Free()
	m.tensors.Close()
	m.store.free()
}

// Params lists the parameters in order of construction.
func (m *Model) Params() []*Param { return m.store.params }

// ParameterCount counts the parameters by part, biases, norms and the
// temperature included.
func (m *Model) ParameterCount() ParameterCount { return m.store.count() }

// Parts is the time that all calls of Step together spent in each part:
// "embed", "context", "head", "loss", "crf", "optimiser". Forward and backward
// count together. On a device that works asynchronously it is the time until
// the work was queued.
func (m *Model) Parts() map[string]time.Duration {
	parts := make(map[string]time.Duration, len(m.clock.spent))
	for i, d := range m.clock.spent {
		parts[partNames[i]] = d
	}
	return parts
}

// timedPart is a part of Step in Parts.
type timedPart int

const (
	timeEmbed timedPart = iota
	timeContext
	timeHead
	timeLoss
	timeCRF
	timeOptimiser
	timedParts
)

var partNames = [timedParts]string{"embed", "context", "head", "loss", "crf", "optimiser"}

// clock splits time into parts: each lap goes to the part that just ended.
type clock struct {
	last  time.Time
	spent [timedParts]time.Duration
}

func (c *clock) start() { c.last = time.Now() }

func (c *clock) lap(p timedPart) {
	now := time.Now()
	c.spent[p] += now.Sub(c.last)
	c.last = now
}
