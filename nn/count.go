package nn

import (
	"fmt"
	"strings"
)

// PartCount counts a part of a model: its parameters, and the multiply-adds of
// one token through it. Weights are matrices (tables, prototypes and transitions
// among them), biases are vectors (gains and offsets of norms, the temperature,
// the start and end scores among them).
//
// Forward counts the products of matrices, the sum of embeddings and the forward
// recursion of the CRF; Backward the products for the gradients of parameters and
// inputs, the backward recursion and the expected transitions. What is linear in the
// width (norms, activations, softmax, optimiser) is not counted, nor what is done once a
// step (the separation of prototypes).
type PartCount struct {
	Group             string // "embedding", "context", "head" or "crf"
	Part              string // parameter names up to the last dot: "head.group.stage"
	Weights, Biases   int
	Forward, Backward int // multiply-adds a token
}

var partGroups = [...]string{partEmbedding: "embedding", partContext: "context", partHead: "head", partCRF: "crf"}

// Count counts the parts of the model that New would build, in order, without
// building it. What New refuses, Count refuses.
func Count(spec Spec, labels Labels, in Inputs) ([]PartCount, error) {
	m := &Model{labels: labels.NumLabels(), in: in, store: &store{}}
	if err := m.declare(spec, labels); err != nil {
		return nil, fmt.Errorf("nn: %w", err)
	}
	var parts []PartCount
	for _, p := range m.store.params {
		name := p.Name[:strings.LastIndexByte(p.Name, '.')]
		if len(parts) == 0 || parts[len(parts)-1].Part != name {
			parts = append(parts, PartCount{Group: partGroups[p.part], Part: name})
		}
		c := &parts[len(parts)-1]
		if p.Vector {
			c.Biases += p.Size()
		} else {
			c.Weights += p.Size()
		}
		c.Forward += p.forward
		c.Backward += p.backward
	}
	return parts, nil
}
