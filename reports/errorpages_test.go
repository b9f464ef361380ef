package reports_test

import (
	"errors"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/reports"
)

// erring is a report of two documents, one with boxes and one without, and of
// a run that takes a supplier for a buyer in the first and misses the total in
// the second.
func erring() reports.Data {
	schema := &corpus.Schema{Name: "two", Entities: []corpus.Entity{{Name: "SUPPLIER_NAME"}, {Name: "BUYER_NAME"}, {Name: "TOTAL"}}}
	boxed := corpus.Document{ID: "invoice-1", Domain: "retail", Boxed: true}
	for i, w := range []string{"Acme", "<script>x</script>", "to", "Bolt", "Co"} {
		boxed.Tokens = append(boxed.Tokens, corpus.Token{Text: w, Line: i / 3, Box: corpus.Box{X0: int16(100 + 120*(i%3)), Y0: int16(100 + 50*(i/3)), X1: int16(200 + 120*(i%3)), Y1: int16(120 + 50*(i/3))}})
	}
	boxed.Spans = []corpus.Span{{Entity: 0, Start: 0, End: 2}, {Entity: 1, Start: 3, End: 5}}
	plain := corpus.Document{ID: "note-2", Tokens: []corpus.Token{{Text: "pay"}, {Text: "17&18"}, {Text: "now", Line: 1}}, Spans: []corpus.Span{{Entity: 2, Start: 1, End: 2}}}
	ds := &corpus.Dataset{Schema: schema, Docs: map[corpus.Split][]corpus.Document{corpus.Test: {boxed, plain}}}
	ds.Seal()

	o := experiments.Outcome{Run: "abcd", Key: "abcd0123", Levels: map[string]string{}, Seed: 1, CorpusDigest: ds.Manifest.Digest, Revision: "r", Device: "d",
		Metrics: map[string]float64{}, TrainDocs: map[string]int{"SUPPLIER_NAME": 9}, Test: metrics.Tally{Labels: []string{"SUPPLIER_NAME", "BUYER_NAME", "TOTAL"}}}
	o.Test.AddDoc("invoice-1", "retail", "", []int32{1, 2, 0, 3, 4}, []int32{3, 4, 0, 3, 4}, metrics.Strict)
	o.Test.AddDoc("note-2", "", "", []int32{0, 5, 0}, []int32{0, 0, 0}, metrics.Strict)
	d := reports.Group("errors", "", "test/macro_f1", []experiments.Side{{Name: "one", Outcomes: []experiments.Outcome{o}}}, ds.Manifest)
	d.Resamples, d.Documents = 100, ds
	d.Predictions = func(string) ([]experiments.Prediction, error) {
		return []experiments.Prediction{
			{Doc: "invoice-1", Entities: []experiments.PredictedSpan{{Type: "BUYER_NAME", Start: 0, End: 2, Confidence: 0.875}, {Type: "BUYER_NAME", Start: 3, End: 5, Confidence: 0.5, Correct: true}}},
			{Doc: "note-2"},
		}, nil
	}
	return d
}

func TestErrorPages(t *testing.T) {
	dir := t.TempDir()
	paths, err := report(t, erring()).ErrorPages(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) != 4 || filepath.Base(paths[0]) != "index.html" {
		t.Fatalf("paths %v", paths)
	}
	text := map[string]string{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		text[filepath.Base(p)] = string(b)
		for _, bad := range []string{"<script", "http://", "https://", " style="} {
			if s := strings.ReplaceAll(string(b), "http://www.w3.org/2000/svg", ""); strings.Contains(s, bad) {
				t.Errorf("%s holds %s", p, bad)
			}
		}
	}
	for file, wants := range map[string][]string{
		"index.html":             {"001-supplier-name.html", "002-buyer-name.html", "003-total.html"},
		"001-supplier-name.html": {"missed “Acme <script>x</script>”, taken for BUYER_NAME", "run abcd", "SUPPLIER_NAME, missed", "BUYER_NAME, wrong, confidence 0.88"},
		"002-buyer-name.html":    {"wrongly “Acme <script>x</script>”, confidence 0.88, which is SUPPLIER_NAME", "BUYER_NAME, found, confidence 0.50", "BUYER_NAME, found<"},
		"003-total.html":         {"missed “17&18”", `<mark class="wrong" title="TOTAL, missed">17&18 <b>TOTAL</b></mark>`, "pay ", "<br>now"},
	} {
		for _, want := range wants {
			if !strings.Contains(html.UnescapeString(text[file]), want) {
				t.Errorf("%s: no %q", file, want)
			}
		}
	}
	// What is drawn differs by side: the supplier on the left, the buyer on the right.
	first, second, _ := strings.Cut(text["001-supplier-name.html"], "Predicted, page 1")
	if !strings.Contains(first, "SUPPLIER_NAME, missed") || strings.Contains(second, "SUPPLIER_NAME, missed") || strings.Contains(first, "BUYER_NAME, wrong") {
		t.Error("gold and predicted entities are not on their own sides")
	}
}

func TestErrorPagesWithoutDocuments(t *testing.T) {
	for _, c := range []struct {
		change func(*reports.Data)
		want   string
	}{
		{func(d *reports.Data) { d.Documents = nil }, "error pages draw the documents: they are not at hand"},
		{func(d *reports.Data) { d.Outcomes[0].CorpusDigest = "feedfacecafe00" }, "the runs were scored on feedfacecafe"},
	} {
		d := erring()
		c.change(&d)
		dir := filepath.Join(t.TempDir(), "errors")
		_, err := report(t, d).ErrorPages(dir)
		var none *reports.NoDocuments
		if !errors.As(err, &none) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Error("a folder was made")
		}
	}
}

// With the documents at hand, runs that did not record what they missed have
// their confusions all the same.
func TestConfusionsFromDocuments(t *testing.T) {
	d := erring()
	text := page(t, d)
	if !strings.Contains(text, "one most often takes SUPPLIER_NAME for BUYER_NAME (1 a run)") {
		t.Error("no confusion matrix")
	}
	rows, _ := readTable(t, text, "t-errors")
	for class, want := range map[string]float64{"type": 1, "missed": 1, "boundary": 0, "spurious": 0} {
		if got := rows[class][2].value; got != want {
			t.Errorf("%s: %v errors, want %v", class, got, want)
		}
	}
	d.Documents = nil
	if text = page(t, d); strings.Contains(text, "t-errors") || !strings.Contains(html.UnescapeString(text), "run abcd was made before entities that a run missed were kept") {
		t.Error("nothing says that the documents are needed")
	}
}
