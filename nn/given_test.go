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

// givenBatch is tinyBatch with random hidden states of a width in place of features.
func givenBatch(width int) nn.Batch {
	b := tinyBatch()
	b.Features, b.Rows, b.Neighbours = nil, nil, nil
	rng := rand.New(rand.NewPCG(9, 3))
	for range len(b.Labels) * width {
		b.Hidden = append(b.Hidden, float32(rng.NormFloat64()))
	}
	return b
}

// TestGivenGradient holds every head and CRF on hidden states that are given to
// central differences, dropout included.
func TestGivenGradient(t *testing.T) {
	be := open(t, "go", 1)
	for _, head := range headKinds {
		for _, crf := range crfKinds {
			t.Run(head+"/"+crf, func(t *testing.T) {
				spec, labels, _ := tiny(head, "combined", crf)
				spec.Encoder.Kind, spec.Loss.Consistency = "features", 0.6
				checkGradient(t, be, spec, labels, nn.Inputs{}, givenBatch(spec.Encoder.Hidden))
			})
		}
	}
}

// TestGivenCount has the heads of the specification alone, H = 768, and no product for
// the gradient of the hidden states in what reads them.
func TestGivenCount(t *testing.T) {
	for _, c := range []struct {
		head           string
		entities, want int
		backward       int // multiply-adds a token: those of the layers that read once, of the others twice
	}{
		{"linear", 98, 151493, 768 * 197},
		{"hierarchical", 98, 454488, 768*384 + 2*384*20 + 768*196},
		{"prototype", 98, 551573 - 303764, 768*256 + 2*256*197},
		{"hybrid", 98, 551573, 768*384 + 2*384*20 + 768*256 + 2*256*197},
		{"separated", 71, 649885, 768*384 + 2*384*143 + 2*768*192 + 2*192*14},
	} {
		spec := nn.Spec{Encoder: nn.EncoderSpec{Kind: "features", Hidden: 768}, CRF: "none",
			Head: nn.HeadSpec{Kind: c.head, Dim: 256, Temperature: 10}, Loss: nn.LossSpec{Kind: "ce", Entity: 1, SeparationKind: "squared"}}
		labels := nn.Labels{Entities: c.entities, GroupOf: make([]int32, c.entities), Groups: 19, Structure: 10, Visual: 4}
		parts, err := nn.Count(spec, labels, nn.Inputs{})
		if err != nil {
			t.Fatal(err)
		}
		total, backward := 0, 0
		for _, p := range parts {
			if p.Group != "head" {
				t.Errorf("%s: part %s of %s", c.head, p.Part, p.Group)
			}
			total, backward = total+p.Weights+p.Biases, backward+p.Backward
		}
		if total != c.want || backward != c.backward {
			t.Errorf("%s: %d parameters, want %d; %d multiply-adds backward, want %d", c.head, total, c.want, backward, c.backward)
		}
	}
}

// TestGivenOverfit trains every head on hidden states until it decodes its own training
// documents, in one batch and in two that make one step; the hidden states stay as they are.
func TestGivenOverfit(t *testing.T) {
	be := open(t, cpu.Levels()[0], 1)
	for _, head := range headKinds {
		for _, parts := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s/%d", head, parts), func(t *testing.T) {
				spec, labels, _ := tiny(head, "ce", "crf/bio")
				spec.Encoder = nn.EncoderSpec{Kind: "features", Hidden: 12}
				spec.Head.Dim, spec.Head.Dropout, labels.Counts = 12, 0, slices.Repeat([]float64{1}, 7)
				b := givenBatch(12)
				batches := []nn.Batch{b}
				if parts == 2 { // documents 0 and 1, 2 and 3
					batches = []nn.Batch{
						{Offsets: []int32{0, 4, 5}, Hidden: b.Hidden[:60], Labels: b.Labels[:5], Structure: b.Structure[:5], Visual: b.Visual[:5]},
						{Offsets: []int32{0, 2, 5}, Hidden: b.Hidden[60:], Labels: b.Labels[5:], Structure: b.Structure[5:], Visual: b.Visual[5:]},
					}
				}
				m := build(t, be, spec, labels, nn.Inputs{}, 1)
				before := slices.Clone(b.Hidden)
				for step := range 200 {
					if _, err := m.StepAll(batches, nn.StepOptions{LR: 0.02, Clip: 1, DropoutSeed: uint64(step)}); err != nil {
						t.Fatal(err)
					}
				}
				got := m.Predict(b)
				for i, l := range b.Labels {
					if l != kernels.Ignore && got[i] != l {
						t.Errorf("token %d: %d, want %d", i, got[i], l)
					}
				}
				if !slices.Equal(before, b.Hidden) {
					t.Error("the hidden states changed")
				}
			})
		}
	}
}

func TestGivenWidth(t *testing.T) {
	spec, labels, _ := tiny("linear", "ce", "none")
	spec.Encoder.Kind = "features"
	m := build(t, open(t, "go", 1), spec, labels, nn.Inputs{}, 1)
	defer func() {
		if got := recover(); got != "nn: Posterior: 50 values of hidden states for 10 tokens of width 6" {
			t.Errorf("panic %v", got)
		}
	}()
	m.Posterior(givenBatch(5))
}
