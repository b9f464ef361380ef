package invoices_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/invoices"
)

// What is stored document by document, by any number of workers and in any
// packing, is what Generate makes in memory.
func TestSourceIsGenerate(t *testing.T) {
	schema := loadSchema(t, "full-197")
	recipe := corpus.Recipe{Documents: 300, Seed: 5, Noise: 0.05, Disorder: 0.3, TestLeast: 2}
	want, err := invoices.Generate(schema, recipe)
	if err != nil {
		t.Fatal(err)
	}
	src, err := invoices.Source(schema, recipe)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []corpus.WriteOptions{
		{Workers: 1},
		{Workers: 7, Resume: true, Packing: corpus.Packing{Shard: 50, Compression: corpus.Zstd}},
	} {
		dir := filepath.Join(t.TempDir(), "made")
		m, err := corpus.WriteSource(context.Background(), dir, src, o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := corpus.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if m.Digest != want.Manifest.Digest || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v: digest %s and manifest %+v, Generate gives %+v", o, m.Digest, got.Manifest, want.Manifest)
		}
	}
}

func BenchmarkWriteSource(b *testing.B) {
	schema := loadSchema(b, "full-197")
	for _, compression := range corpus.Compressions {
		b.Run(string(compression), func(b *testing.B) {
			recipe := corpus.Recipe{Documents: 20_000, Seed: 1, Noise: 0.02}
			src, err := invoices.Source(schema, recipe)
			if err != nil {
				b.Fatal(err)
			}
			var bytes int64
			documents := 0
			for b.Loop() {
				dir := filepath.Join(b.TempDir(), "made")
				o := corpus.WriteOptions{Resume: true, Packing: corpus.Packing{Shard: corpus.DefaultShard, Compression: compression}}
				if _, err := corpus.WriteSource(context.Background(), dir, src, o); err != nil {
					b.Fatal(err)
				}
				documents += recipe.Documents
				bytes += folderBytes(b, dir)
			}
			b.SetBytes(bytes / int64(b.N))
			b.ReportMetric(float64(documents)/b.Elapsed().Seconds(), "docs/s")
			b.ReportMetric(float64(bytes)/float64(documents), "B/doc")
		})
	}
}

// BenchmarkReadFolder reads a stored corpus as validate and stats do.
func BenchmarkReadFolder(b *testing.B) {
	schema := loadSchema(b, "full-197")
	src, err := invoices.Source(schema, corpus.Recipe{Documents: 20_000, Seed: 1, Noise: 0.02})
	if err != nil {
		b.Fatal(err)
	}
	dir := filepath.Join(b.TempDir(), "made")
	if _, err := corpus.WriteSource(context.Background(), dir, src, corpus.WriteOptions{}); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(folderBytes(b, dir))
	documents := 0
	for b.Loop() {
		folder, err := corpus.OpenFolder(dir)
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range folder.Entries() {
			if err != nil {
				b.Fatal(err)
			}
			documents++
		}
		if err := folder.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(documents)/b.Elapsed().Seconds(), "docs/s")
}

// folderBytes sums up the files of a folder.
func folderBytes(b *testing.B, dir string) int64 {
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		b.Fatal(err)
	}
	var sum int64
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			b.Fatal(err)
		}
		sum += info.Size()
	}
	return sum
}
