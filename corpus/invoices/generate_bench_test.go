package invoices_test

import (
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/invoices"
)

// BenchmarkGenerateDocument makes one document after another on one core.
func BenchmarkGenerateDocument(b *testing.B) {
	schema := loadSchema(b, "full-197")
	recipe := corpus.Recipe{Documents: 1 << 30, Seed: 1, Noise: 0.02}
	tokens, i := 0, 0
	for b.Loop() {
		d, _, err := invoices.GenerateDocument(schema, recipe, i)
		if err != nil {
			b.Fatal(err)
		}
		tokens += len(d.Tokens)
		i++
	}
	b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "docs/s")
	b.ReportMetric(float64(tokens)/float64(i), "tokens/doc")
}
