package nn

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/kernels/dense"
	"github.com/invoicelab/invoicelab/safetensors"
)

// Weights is the parameters as tensors by name: vectors with one dimension,
// the others as [rows, cols]. They share the memory of the parameters until
// Close; on a device, dense.Copy and dense.Host move their values.
func (m *Model) Weights() map[string]*tensor.Dense {
	weights := make(map[string]*tensor.Dense, len(m.store.params))
	for _, p := range m.store.params {
		if p.Vector {
			weights[p.Name] = m.tensors.Vector(p.Value.Data)
		} else {
			weights[p.Name] = m.tensors.Of(p.Value)
		}
	}
	return weights
}

// Save writes all parameters as F32 safetensors, names sorted, with meta as
// __metadata__ (left out when empty). Same parameters and meta give the same
// bytes. Moments of the optimiser are not saved.
func (m *Model) Save(w io.Writer, meta map[string]string) error {
	weights := m.Weights()
	for _, name := range slices.Sorted(maps.Keys(weights)) {
		host, err := dense.Host(weights[name])
		if err != nil {
			return fmt.Errorf("nn: checkpoint: %s: %w", name, err)
		}
		weights[name] = host
	}
	if err := safetensors.Write(w, weights, meta); err != nil {
		return fmt.Errorf("nn: checkpoint: %w", err)
	}
	return nil
}

// Load replaces all parameters by those of a checkpoint and forgets the
// optimiser's moments. The checkpoint must hold exactly the model's parameters
// in their shapes; what is missing, surplus or of another shape is named, and
// then nothing is replaced.
func (m *Model) Load(r io.Reader) error {
	file, err := safetensors.Read(r)
	if err != nil {
		return fmt.Errorf("nn: checkpoint: %w", err)
	}
	if err := replace(m.Weights(), file); err != nil {
		return fmt.Errorf("nn: checkpoint: %w", err)
	}
	m.store.restart()
	return nil
}
