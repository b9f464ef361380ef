package dashboard_test

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/reports/dashboard"
)

// namedPage is an address of the dashboard of the large store.
type namedPage struct{ name, path string }

// manyColumns is the runs page at its largest: 500 rows of 14 columns.
var manyColumns = "/runs?size=500&column=" + url.QueryEscape("run,state,sweep,seed,key,started,finished,device,test/macro_f1,test/micro_f1,test/made_0100,test/made_0200,test/made_0300,model.head.kind")

// largePages are all pages of the large store.
func largePages(t testing.TB, store *experiments.Store) []namedPage {
	t.Helper()
	run := keysOf(t, store, "state = done and seed = 1 and level.head = linear and level.loss = ce and level.rate = 0.002")
	return []namedPage{
		{"sweeps", "/"},
		{"sweep", "/sweep?name=synthetic"},
		{"figures", "/sweep/figures?name=synthetic"},
		{"runs", "/runs"},
		{"runs-sorted", "/runs?sweep=synthetic&sort=-test%2Fmacro_f1"},
		{"runs-filtered", "/runs?where=" + url.QueryEscape("state = done and test/macro_f1 > 0.6")},
		{"runs-most", manyColumns},
		{"run", "/run?id=" + run[0]},
		{"labels", "/run/labels?id=" + run[0]},
		{"errors", "/run/errors?id=" + run[0]},
		{"settings", "/run/settings?id=" + run[0]},
		{"environment", "/run/environment?id=" + run[0]},
		{"diagnosis", "/run/diagnosis?id=" + run[0]},
		{"compare", "/compare"},
		{"compare-sweep", "/compare?sweep=synthetic"},
		{"compare-runs", "/compare?run=" + run[0] + "&run=" + run[1]},
		{"claims", "/claims"},
		{"documents", "/documents"},
		{"document", "/document?id=" + run[0] + "&doc=t0001"},
	}
}

// BenchmarkServer measures how long the server alone takes for each page, and
// how large it is. Run it with -cpuprofile to see what a page costs.
func BenchmarkServer(b *testing.B) {
	store := largeStore(b)
	for _, page := range largePages(b, store) {
		b.Run(page.name, func(b *testing.B) {
			size := 0
			for b.Loop() {
				b.StopTimer()
				board := dashboard.New(dashboard.Options{Store: store})
				b.StartTimer()
				w := httptest.NewRecorder()
				board.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost"+page.path, nil))
				size = w.Body.Len()
				b.StopTimer()
				board.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}

// BenchmarkPaint measures when a browser that was never there first paints each
// page, from the start of its navigation, as the browser reports it: the least,
// the median and the worst of the visits. The least is what an idle machine
// takes where others use this one, too. The browser keeps nothing between visits, and
// neither does the server. Run it with -benchtime 10x.
func BenchmarkPaint(b *testing.B) {
	store := largeStore(b)
	v := open(b)
	v.call("Network.setCacheDisabled", map[string]any{"cacheDisabled": true}, nil)
	v.size(1280, 900)
	for _, page := range largePages(b, store) {
		b.Run(page.name, func(b *testing.B) {
			v.t = b
			var paints, waits []float64
			var bytes float64
			for b.Loop() {
				b.StopTimer()
				board := dashboard.New(dashboard.Options{Store: store})
				server := httptest.NewServer(board)
				b.StartTimer()
				v.goTo(server.URL + page.path)
				b.StopTimer()
				v.until("a paint", `performance.getEntriesByName("first-contentful-paint").length`)
				var seen struct{ Paint, Wait, Bytes float64 }
				v.eval(`(() => { const page = performance.getEntriesByType("navigation")[0];
					return {paint: performance.getEntriesByName("first-contentful-paint")[0].startTime, wait: page.responseStart - page.requestStart, bytes: page.decodedBodySize}; })()`, &seen)
				paints, waits, bytes = append(paints, seen.Paint), append(waits, seen.Wait), seen.Bytes
				v.goTo("about:blank")
				server.Close()
				board.Close()
				b.StartTimer()
			}
			slices.Sort(paints)
			slices.Sort(waits)
			b.ReportMetric(0, "ns/op") // of the benchmark, not of the page
			b.ReportMetric(paints[0], "paint-least-ms")
			b.ReportMetric(paints[len(paints)/2], "paint-median-ms")
			b.ReportMetric(paints[len(paints)-1], "paint-worst-ms")
			b.ReportMetric(waits[len(waits)/2], "server-median-ms")
			b.ReportMetric(bytes, "bytes")
			if bytes > mostBytes {
				b.Errorf("the page has %.0f bytes; no page has more than %d", bytes, mostBytes)
			}
		})
	}
	v.t = b
}
