package nn_test

import (
	"bytes"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/nn"
)

// invoices makes batches like those of the main task: 16 documents of 100 to
// 160 tokens, 14 features of a token from tables of 8192 buckets, 6 neighbours,
// 98 entities in 19 groups, about a third of the tokens labelled, most of them
// with frequent entities.
func invoices(batches int) (nn.Spec, nn.Labels, nn.Inputs, []nn.Batch) {
	const entities, features, neighbours, buckets = 98, 14, 6, 8192
	rng := rand.New(rand.NewPCG(1, 1))
	labels := nn.Labels{Entities: entities, Groups: 19, GroupOf: make([]int32, entities), Counts: make([]float64, 1+2*entities)}
	for e := range labels.GroupOf {
		labels.GroupOf[e] = int32(e % labels.Groups)
	}
	var out []nn.Batch
	for range batches {
		b := nn.Batch{Offsets: []int32{0}}
		for range 16 {
			from := len(b.Labels)
			for n := from + 100 + rng.IntN(61); len(b.Labels) < n; {
				if rng.IntN(5) > 0 {
					b.Labels = append(b.Labels, 0)
					continue
				}
				e := int32(float64(entities) * rng.Float64() * rng.Float64() * rng.Float64())
				b.Labels = append(b.Labels, 1+2*e)
				for len(b.Labels) < n && rng.IntN(2) > 0 {
					b.Labels = append(b.Labels, 2+2*e)
				}
			}
			for t := from; t < len(b.Labels); t++ {
				labels.Counts[b.Labels[t]]++
				for f := range features {
					// Log-uniform ranks follow Zipf's law, as words do.
					rank := int32(math.Pow(buckets, rng.Float64())) - 1
					b.Features = append(b.Features, int32(f*buckets)+rank)
				}
				b.Neighbours = append(b.Neighbours, int32(t))
				for range neighbours - 1 {
					at := t - 8 + rng.IntN(17)
					if at < from || at >= len(b.Labels) {
						at = -1
					}
					b.Neighbours = append(b.Neighbours, int32(at))
				}
			}
			b.Offsets = append(b.Offsets, int32(len(b.Labels)))
		}
		b.Rows = slices.Compact(slices.Sorted(slices.Values(b.Features)))
		out = append(out, b)
	}
	spec := nn.Spec{
		Encoder: nn.EncoderSpec{Hidden: 96, Layers: 2, Dropout: 0.1},
		Head:    nn.HeadSpec{Kind: "hybrid", Dim: 256, Temperature: 10, Dropout: 0.1},
		CRF:     "crf/bio",
		Loss:    nn.LossSpec{Kind: "ce", Beta: 0.9999, Gamma: 2, Balanced: 0.6, Entity: 1, Group: 0.3, Separation: 0.01, CRF: 0.5, SeparationKind: "squared"},
	}
	return spec, labels, nn.Inputs{Features: features, TableRows: features * buckets, Neighbours: neighbours}, out
}

// BenchmarkStep trains the compact encoder with the hybrid head and crf/bio
// over 197 labels on one thread of the best level, and reports tokens a second
// and the share of time in each part in per cent.
func BenchmarkStep(b *testing.B) {
	be := open(b, "", 1)
	spec, labels, in, batches := invoices(4)
	m := build(b, be, spec, labels, in, 1)
	step := func(i int) int {
		batch := batches[i%len(batches)]
		if _, err := m.Step(batch, nn.StepOptions{LR: 0.003, Decay: 0.01, Clip: 1, DropoutSeed: uint64(i)}); err != nil {
			b.Fatal(err)
		}
		return len(batch.Labels)
	}
	step(0) // grows the arena
	before := m.Parts()
	tokens := 0
	for i := 1; b.Loop(); i++ {
		tokens += step(i)
	}
	b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
	for part, d := range m.Parts() {
		b.ReportMetric(100*(d-before[part]).Seconds()/b.Elapsed().Seconds(), part+"_%")
	}
}

// BenchmarkPredict decodes the same batches.
func BenchmarkPredict(b *testing.B) {
	be := open(b, "", 1)
	spec, labels, in, batches := invoices(4)
	m := build(b, be, spec, labels, in, 1)
	tokens := 0
	for i := 0; b.Loop(); i++ {
		tokens += len(m.Predict(batches[i%len(batches)]))
	}
	b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
}

// BenchmarkSave writes the checkpoint of the main task's model.
func BenchmarkSave(b *testing.B) {
	be := open(b, "", 1)
	spec, labels, in, _ := invoices(1)
	m := build(b, be, spec, labels, in, 1)
	b.SetBytes(int64(4 * m.ParameterCount().Total()))
	for b.Loop() {
		if err := m.Save(io.Discard, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad reads it.
func BenchmarkLoad(b *testing.B) {
	be := open(b, "", 1)
	spec, labels, in, _ := invoices(1)
	m := build(b, be, spec, labels, in, 1)
	bits := saved(b, m)
	b.SetBytes(int64(4 * m.ParameterCount().Total()))
	for b.Loop() {
		if err := m.Load(bytes.NewReader(bits)); err != nil {
			b.Fatal(err)
		}
	}
}
