package nn

import (
	"fmt"
	"maps"
	"slices"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/kernels/dense"
	"github.com/invoicelab/invoicelab/safetensors"
)

// Prefixes of the moments of AdamW in a State.
const (
	firstMoment  = "adamw/m/"
	secondMoment = "adamw/v/"
)

// withMoments is Weights and, under the prefixes, the moments of each
// parameter. All share the model's memory.
func (m *Model) withMoments() map[string]*tensor.Dense {
	all := m.Weights()
	for _, p := range m.store.params {
		all[firstMoment+p.Name], all[secondMoment+p.Name] = m.tensors.Of(p.m), m.tensors.Of(p.v)
	}
	return all
}

// State is all that Step changes, copied to host memory: parameters, moments
// and the number of steps taken. A model of the same spec that Restore gives
// them goes on exactly as this one.
func (m *Model) State() (tensors map[string]*tensor.Dense, steps int, err error) {
	tensors = m.withMoments()
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		if tensors[name], err = dense.Host(tensors[name]); err != nil {
			return nil, 0, fmt.Errorf("nn: state: %s: %w", name, err)
		}
	}
	return tensors, m.store.steps, nil
}

// Restore takes up a State that was written to a file. The file must hold
// exactly its tensors; otherwise nothing is replaced.
func (m *Model) Restore(file *safetensors.File, steps int) error {
	if err := replace(m.withMoments(), file); err != nil {
		return fmt.Errorf("nn: state: %w", err)
	}
	m.store.steps = steps
	return nil
}

// replace overwrites tensors by those of a file, which must hold exactly these
// names in these shapes; what is missing, surplus or of another shape is named,
// and then nothing is replaced.
func replace(tensors map[string]*tensor.Dense, file *safetensors.File) error {
	names := slices.Sorted(maps.Keys(tensors))
	for _, name := range names {
		if !file.Has(name) {
			return fmt.Errorf("no tensor %q, which the model has", name)
		}
		if err := file.Check(name, tensors[name].Shape()); err != nil {
			return err
		}
	}
	for _, name := range file.Names() {
		if tensors[name] == nil {
			return fmt.Errorf("tensor %q, which the model does not have", name)
		}
	}
	for _, name := range names {
		t, err := file.Dense(name)
		if err == nil {
			err = dense.Copy(tensors[name], t)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
