package dashboard_test

import (
	"net/http/httptest"
	"os"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/experiments/synthetic"
	"github.com/invoicelab/invoicelab/reports/dashboard"
)

// benchStore names a store to measure on, as "go run ./experiments/bench make
// -runs 10000 -metrics 500 -out FILE" writes it; without one a smaller is made.
const benchStore = "DASHBOARD_BENCH_STORE"

// BenchmarkPages measures how long the server takes for each page, and its
// size. The paint of a browser comes on top.
func BenchmarkPages(b *testing.B) {
	path := os.Getenv(benchStore)
	if path == "" {
		path = b.TempDir() + "/bench.db"
		if err := synthetic.Make(b.Context(), path, synthetic.Options{Runs: 1000, Metrics: 100, Documents: 12, Epochs: 2, Steps: 1, Failures: 100}, nil); err != nil {
			b.Fatal(err)
		}
	}
	store, err := experiments.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	board := dashboard.New(dashboard.Options{Store: store})
	defer board.Close()
	keys, err := store.Keys(b.Context(), experiments.Search{Limit: 1})
	if err != nil {
		b.Fatal(err)
	}
	for _, page := range []struct{ name, path string }{
		{"sweeps", "/"}, {"sweep", "/sweep?name=synthetic"}, {"runs", "/runs"}, {"runs-sorted", "/runs?sweep=synthetic&sort=-test%2Fmacro_f1"},
		{"runs-filtered", "/runs?where=state+%3D+done+and+test%2Fmacro_f1+%3E+0.6"}, {"run", "/run?id=" + keys[0]}, {"labels", "/run/labels?id=" + keys[0]}, {"documents", "/documents"},
	} {
		b.Run(page.name, func(b *testing.B) {
			size := 0
			for b.Loop() {
				w := httptest.NewRecorder()
				board.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost"+page.path, nil))
				if w.Code != 200 {
					b.Fatalf("status %d", w.Code)
				}
				size = w.Body.Len()
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
