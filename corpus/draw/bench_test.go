package draw_test

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// countingWriter counts bytes.
type countingWriter struct{ n atomic.Int64 }

func (w *countingWriter) Write(p []byte) (int, error) {
	w.n.Add(int64(len(p)))
	return len(p), nil
}

// BenchmarkPages makes pages from the recipe: content, layout, picture and
// file, as corpus export does but for the disk. An operation is one page of a
// mix of all families.
func BenchmarkPages(b *testing.B) {
	schema, err := config.LoadSchema("full-197")
	if err != nil {
		b.Fatal(err)
	}
	formats := []struct {
		name  string
		write func(p *draw.Painter, w io.Writer, pages []typeset.Page) error
	}{
		{"png", eachPage(draw.Picture{DPI: draw.DefaultDPI})},
		{"png-colour", eachPage(draw.Picture{DPI: draw.DefaultDPI, Colour: true})},
		{"images224", eachPage(draw.Picture{Side: 224})},
		{"pdf", func(_ *draw.Painter, w io.Writer, pages []typeset.Page) error { return draw.PDF(w, pages) }},
	}
	for _, f := range formats {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/workers=%d", f.name, workers), func(b *testing.B) {
				var w countingWriter
				var document, pages atomic.Int64
				var wg sync.WaitGroup
				b.ResetTimer()
				for range workers {
					wg.Go(func() {
						p := draw.NewPainter()
						for pages.Load() < int64(b.N) {
							_, list, err := invoices.Draw(schema, cleanRecipe, int(document.Add(1)-1)%cleanRecipe.Documents)
							if err == nil {
								err = f.write(p, &w, list)
							}
							if err != nil {
								b.Error(err)
								return
							}
							pages.Add(int64(len(list)))
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(pages.Load())/b.Elapsed().Seconds(), "pages/s")
				b.ReportMetric(float64(w.n.Load())/float64(pages.Load()), "bytes/page")
			})
		}
	}
}

func eachPage(f draw.Picture) func(*draw.Painter, io.Writer, []typeset.Page) error {
	return func(p *draw.Painter, w io.Writer, pages []typeset.Page) error {
		for k := range pages {
			if err := p.PNG(w, &pages[k], f); err != nil {
				return err
			}
		}
		return nil
	}
}

// BenchmarkPNG paints and packs one page whose characters are known.
func BenchmarkPNG(b *testing.B) {
	d := everyFamily(b, cleanRecipe, 1, 20)[1]
	p := draw.NewPainter()
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := p.PNG(&out, &d.pages[0], draw.Picture{DPI: draw.DefaultDPI}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len()), "bytes/page")
}
