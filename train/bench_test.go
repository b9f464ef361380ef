package train_test

import (
	"fmt"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/train"
)

// BenchmarkRun trains the compact encoder with the hybrid head, the combined
// loss and crf/bio over 197 labels on generated invoices, as the shipped sweep
// "quick" does, and reports training tokens a second (evaluation not counted)
// and the share of the training time in each part in per cent.
func BenchmarkRun(b *testing.B) {
	schema, err := config.LoadSchema("full-197")
	if err != nil {
		b.Fatal(err)
	}
	ds, err := invoices.Generate(schema, corpus.Recipe{Documents: 500, Seed: 1, Noise: 0.02})
	if err != nil {
		b.Fatal(err)
	}
	e := config.Default()
	e.Model.Head.Kind, e.Model.Loss.Kind = "hybrid", "combined"
	e.Train.Epochs = 1
	levels := cpu.Levels()
	if len(levels) > 1 {
		levels = levels[:len(levels)-1] // the reference in Go takes a minute an epoch
	}
	for _, level := range levels {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("level=%s/threads=%d", level, threads), func(b *testing.B) {
				be, err := cpu.New(level, threads)
				if err != nil {
					b.Fatal(err)
				}
				defer be.Close()
				tokens, parts, total := int64(0), map[string]float64{}, 0.0
				for b.Loop() {
					res, err := train.Run(b.Context(), be, train.Job{Data: ds, Model: e.Model, Curriculum: e.Curriculum, Train: e.Train, Seed: 1}, func(train.Event) {})
					if err != nil {
						b.Fatal(err)
					}
					tokens += res.Tokens
					for part, seconds := range res.Parts {
						if part != "evaluate" {
							parts[part] += seconds
							total += seconds
						}
					}
				}
				b.ReportMetric(float64(tokens)/total, "tokens/s")
				for part, seconds := range parts {
					b.ReportMetric(100*seconds/total, part+"_%")
				}
			})
		}
	}
}

// BenchmarkHidden trains each head for two epochs on given hidden states of 768 values, on
// generated invoices, with the combined loss and crf/bio: a trial of a sweep over heads, from its
// corpus in memory to its scores. The file is written, and verified, before.
func BenchmarkHidden(b *testing.B) {
	schema, err := config.LoadSchema("full-197")
	if err != nil {
		b.Fatal(err)
	}
	ds, err := invoices.Generate(schema, corpus.Recipe{Documents: 1000, Seed: 1, Noise: 0.02})
	if err != nil {
		b.Fatal(err)
	}
	const width = 768
	path := exportHidden(b, ds, width, "")
	be, err := cpu.New(cpu.Levels()[0], 1)
	if err != nil {
		b.Fatal(err)
	}
	defer be.Close()
	e := config.Default()
	e.Model.Encoder.Kind, e.Model.Encoder.Hidden, e.Model.Encoder.Features = "features", width, path
	e.Model.Loss.Kind, e.Train.Epochs = "combined", 2
	for _, head := range []string{"linear", "hierarchical", "prototype", "hybrid", "separated"} {
		b.Run("head="+head, func(b *testing.B) {
			e.Model.Head.Kind = head
			tokens := int64(0)
			for b.Loop() {
				res, err := train.Run(b.Context(), be, train.Job{Data: ds, Model: e.Model, Curriculum: e.Curriculum, Train: e.Train, Seed: 1}, func(train.Event) {})
				if err != nil {
					b.Fatal(err)
				}
				tokens += res.Tokens
			}
			b.ReportMetric(float64(tokens)/float64(b.N)/2, "tokens/epoch")
		})
	}
}
