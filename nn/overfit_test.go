package nn_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/nn"
)

// receipts makes 8 documents of 6 to 13 tokens. A value takes the entity of
// the key word before it, and values are drawn from one common set of words, so
// that a label can be told only from the neighbours. Features: the word, and
// its first letter. Structure types: a key, a value, a value of more than one word; visual
// types: an odd word, a value that the letter 0 begins.
func receipts() (nn.Spec, nn.Labels, nn.Batch, nn.Inputs) {
	const entities, words, letters = 4, 12, 3
	rng := rand.New(rand.NewPCG(4, 2))
	b := nn.Batch{Offsets: []int32{0}}
	labels := nn.Labels{Entities: entities, GroupOf: []int32{0, 1, 1, 0}, Groups: 2, Counts: make([]float64, 1+2*entities), Structure: 3, Visual: 2}
	add := func(word, label int32) {
		b.Features = append(b.Features, word, words+word%letters)
		b.Labels = append(b.Labels, label)
		structure, visual := int32(1), word%2
		if label > 0 {
			structure = 2
			if label%2 == 0 {
				structure |= 4
			}
			if word%letters == 0 {
				visual |= 2
			}
		}
		b.Structure, b.Visual = append(b.Structure, structure), append(b.Visual, visual)
		labels.Counts[label]++
	}
	for range 8 {
		for range 2 + rng.IntN(2) {
			e := int32(rng.IntN(entities))
			add(e, 0) // the key
			for i := range 1 + rng.IntN(3) {
				label := 1 + 2*e
				if i > 0 {
					label++
				}
				add(int32(entities+rng.IntN(words-entities)), label)
			}
		}
		b.Offsets = append(b.Offsets, int32(len(b.Labels)))
	}
	for d := range len(b.Offsets) - 1 {
		for t := b.Offsets[d]; t < b.Offsets[d+1]; t++ {
			for _, at := range []int32{t, t - 1, t + 1} {
				if at < b.Offsets[d] || at >= b.Offsets[d+1] {
					at = -1
				}
				b.Neighbours = append(b.Neighbours, at)
			}
		}
	}
	for id := range int32(words + letters) {
		if slices.Contains(b.Features, id) {
			b.Rows = append(b.Rows, id)
		}
	}
	spec := nn.Spec{
		Encoder: nn.EncoderSpec{Hidden: 24, Layers: 2, Dropout: 0.1},
		Head:    nn.HeadSpec{Kind: "linear", Dim: 32, Temperature: 10, Dropout: 0.1},
		CRF:     "crf/bio",
		Loss: nn.LossSpec{Kind: "ce", Beta: 0.99, Gamma: 2, Balanced: 0.6, Entity: 1, Group: 0.3, Separation: 0.01, CRF: 0.5,
			SeparationKind: "squared", Structure: 0.5, Visual: 0.3},
	}
	return spec, labels, b, nn.Inputs{Features: 2, TableRows: words + letters, Neighbours: 3}
}

// TestConsistencyTrains checks that the expected violations shrink the violations
// that the argmax makes, where nothing else teaches BIO: labels are masked and
// the scores are random at first.
func TestConsistencyTrains(t *testing.T) {
	be := open(t, cpu.Levels()[0], 1)
	spec, labels, b, in := receipts()
	spec.CRF, spec.Encoder.Dropout = "none", 0
	spec.Loss.Consistency, spec.Loss.ConsistencyKind = 1, "consistency"
	for i := range b.Labels {
		b.Labels[i] = kernels.Ignore
	}
	m := build(t, be, spec, labels, in, 1)
	violations := func() int {
		n, path := 0, m.Predict(b)
		for d := range len(b.Offsets) - 1 {
			before := int32(-1)
			for _, l := range path[b.Offsets[d]:b.Offsets[d+1]] {
				if !nn.LegalBIO(before, l) {
					n++
				}
				before = l
			}
		}
		return n
	}
	first := violations()
	var losses nn.Losses
	for step := range 60 {
		var err error
		if losses, err = m.Step(b, nn.StepOptions{LR: 0.01, DropoutSeed: uint64(step)}); err != nil {
			t.Fatal(err)
		}
	}
	if last := violations(); first < 10 || last != 0 || losses["consistency"] > 0.02 {
		t.Errorf("%d violations at first, %d at last, %v", first, last, losses)
	}
}

// wrong counts the elements that differ.
func wrong(got, want []int32) int {
	n := 0
	for i := range want {
		if got[i] != want[i] {
			n++
		}
	}
	return n
}

// TestOverfit trains every head with every loss and CRF until it decodes its
// own training documents exactly.
func TestOverfit(t *testing.T) {
	be := open(t, cpu.Levels()[0], 1)
	const steps = 120
	for _, head := range headKinds {
		for _, loss := range lossKinds {
			for _, crf := range crfKinds {
				t.Run(fmt.Sprintf("%s/%s/%s", head, loss, crf), func(t *testing.T) {
					spec, labels, b, in := receipts()
					spec.Head.Kind, spec.Loss.Kind, spec.CRF = head, loss, crf
					m := build(t, be, spec, labels, in, 1)
					var first, last nn.Losses
					for step := range steps {
						opt := nn.StepOptions{LR: nn.Schedule(step, steps, 0.01, 0.1), Decay: 0.01, Clip: 1, DropoutSeed: uint64(step)}
						losses, err := m.Step(b, opt)
						if err != nil {
							t.Fatal(err)
						}
						if first == nil {
							first = losses
						}
						last = losses
					}
					if got := m.Predict(b); !slices.Equal(got, b.Labels) {
						t.Errorf("predicted\n%v, want\n%v\nlosses %v", got, b.Labels, last)
					}
					structure, visual := m.Marks()
					if head != "separated" {
						if structure != nil || visual != nil {
							t.Errorf("sets %v and %v from a head that has none", structure, visual)
						}
					} else if wrong(structure, b.Structure)+wrong(visual, b.Visual) > 1 { // their weights are below 1
						t.Errorf("sets\n%v and\n%v, want\n%v and\n%v", structure, visual, b.Structure, b.Visual)
					}
					if last["total"] > 0.2*first["total"] {
						t.Errorf("loss %v at first, %v at last", first, last)
					}
				})
			}
		}
	}
}
