package metrics_test

import (
	"math/rand/v2"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

// The size named in the package's requirements: 197 labels in each of 1,000
// documents, 10,000 resamples, one statistic and then all labels' F1 of a pair.
func BenchmarkBootstrap(b *testing.B) {
	r := rand.New(rand.NewPCG(51, 52))
	t1, t2 := wide(r, 1000, 197), wide(r, 1000, 197)
	macro := []metrics.Statistic{statistic(b, "macro_f1")}
	b.Run("macro", func(b *testing.B) {
		for b.Loop() {
			if _, err := metrics.Bootstrap(t1, macro, metrics.Resampling{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	labels := macro
	for l := range t1.Labels {
		labels = append(labels, metrics.LabelF1(l))
	}
	b.Run("paired-labels", func(b *testing.B) {
		for b.Loop() {
			if _, err := metrics.PairedBootstrap([]metrics.Tally{t1}, []metrics.Tally{t2}, labels, metrics.Resampling{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
