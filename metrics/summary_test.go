package metrics_test

import (
	"math"
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

// small is two documents over four labels:
//
//	     TP Pred Gold
//	A     3   4    5
//	B     1   3    1
//	C     0   2    0   predicted only
//	D     0   0    0
func small() metrics.Tally {
	return metrics.Tally{Labels: []string{"A", "B", "C", "D"}, Docs: []metrics.DocCount{
		{Doc: "1", Domain: "retail", Labels: []metrics.LabelCount{{Label: 0, Count: metrics.Count{TP: 2, Pred: 3, Gold: 3}}, {Label: 1, Count: metrics.Count{TP: 1, Pred: 3, Gold: 1}}}},
		{Doc: "2", Domain: "freight", Template: "grid", Labels: []metrics.LabelCount{{Label: 0, Count: metrics.Count{TP: 1, Pred: 1, Gold: 2}}, {Label: 2, Count: metrics.Count{Pred: 2}}}},
		{Doc: "3", Domain: "retail", Labels: []metrics.LabelCount{}},
	}}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-15) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestSummarise(t *testing.T) {
	s := metrics.Summarise(small())
	// A: P 3/4, R 3/5, F 2/3. B: P 1/3, R 1, F 1/2.
	near(t, "micro precision", s.Micro.Precision, 4.0/9)
	near(t, "micro recall", s.Micro.Recall, 4.0/6)
	near(t, "micro F1", s.Micro.F1, 8.0/15)
	near(t, "macro precision", s.Macro.Precision, (3.0/4+1.0/3)/2)
	near(t, "macro recall", s.Macro.Recall, (3.0/5+1)/2)
	near(t, "macro F1", s.Macro.F1, (2.0/3+1.0/2)/2)
	near(t, "weighted precision", s.Weighted.Precision, (5*3.0/4+1.0/3)/6)
	near(t, "weighted recall", s.Weighted.Recall, (5*3.0/5+1)/6)
	near(t, "weighted F1", s.Weighted.F1, (5*2.0/3+1.0/2)/6)
	near(t, "F1 of A", s.Labels[0].F1, 2.0/3)
	if l := s.Labels[0]; l.Support != 5 || l.Predicted != 4 || l.TP != 3 {
		t.Errorf("A %+v", l)
	}
	if s.Micro.Support != 6 || s.Micro.Predicted != 9 || s.Micro.TP != 4 {
		t.Errorf("micro %+v", s.Micro)
	}
	if !slices.Equal(s.Supported, []int{0, 1}) || !slices.Equal(s.Unsupported, []string{"C", "D"}) {
		t.Errorf("supported %v, unsupported %v", s.Supported, s.Unsupported)
	}
	if s.Documents != 3 || s.Right != 1 {
		t.Errorf("%d of %d documents right", s.Right, s.Documents)
	}
	for name, want := range map[string]float64{
		"micro_f1": 8.0 / 15, "micro_precision": 4.0 / 9, "micro_recall": 2.0 / 3,
		"macro_f1": s.Macro.F1, "macro_precision": s.Macro.Precision, "macro_recall": s.Macro.Recall,
		"weighted_f1": s.Weighted.F1, "weighted_precision": s.Weighted.Precision, "weighted_recall": s.Weighted.Recall,
	} {
		got, err := small().Metric(name)
		if err != nil {
			t.Error(err)
		}
		near(t, name, got, want)
	}
	if len(metrics.Names()) != 9 {
		t.Errorf("names %v", metrics.Names())
	}
	if _, err := small().Metric("mikro_f1"); err == nil || err.Error() != `metric "mikro_f1": allowed are micro_f1, micro_precision, micro_recall, macro_f1, macro_precision, macro_recall, weighted_f1, weighted_precision, weighted_recall; did you mean "micro_f1"?` {
		t.Errorf("error %v", err)
	}
	if zero := metrics.Summarise(metrics.Tally{Labels: []string{"A"}}); zero.Macro.F1 != 0 || zero.Micro.F1 != 0 || zero.Weighted.F1 != 0 {
		t.Errorf("nothing scored: %+v", zero)
	}
}

func TestStatistics(t *testing.T) {
	totals := small().Totals()
	for _, test := range []struct {
		only []bool
		want float64
	}{
		{nil, (2.0/3 + 1.0/2) / 2},
		{[]bool{true, false, true, true}, 2.0 / 3},
		{[]bool{false, true, false, false}, 1.0 / 2},
		{[]bool{false, false, true, true}, math.NaN()}, // no gold
	} {
		stat, err := metrics.MetricStatistic("macro_f1", test.only)
		if err != nil {
			t.Fatal(err)
		}
		if got := stat(totals); !(math.Abs(got-test.want) <= 1e-15) && !(math.IsNaN(got) && math.IsNaN(test.want)) {
			t.Errorf("%v: %v, want %v", test.only, got, test.want)
		}
	}
	stat, err := metrics.MetricStatistic("micro_f1", []bool{true, false, true, true})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "micro F1 of A, C, D", stat(totals), 2*3.0/(6+5))
	near(t, "F1 of B", metrics.LabelF1(1)(totals), 0.5)
	if f := metrics.LabelF1(2)(totals); !math.IsNaN(f) {
		t.Errorf("F1 of a label without gold is %v", f)
	}
	if _, err := metrics.MetricStatistic("f1", nil); err == nil {
		t.Error("no error for an unknown metric")
	}
}

func TestAddDoc(t *testing.T) {
	tally := metrics.Tally{Labels: []string{"A", "B"}}
	// gold B-A I-A O B-B B-A ; predicted B-A I-A O B-A B-A
	tally.AddDoc("d", "retail", "grid", []int32{1, 2, 0, 3, 1}, []int32{1, 2, 0, 1, 1}, metrics.Strict)
	// A shorter, a longer and a moved prediction are all wrong.
	tally.AddDoc("e", "", "", []int32{1, 2, 0, 1, 2, 0}, []int32{1, 0, 0, 1, 2, 2}, metrics.Strict)
	// I-A without B-A: nothing in strict mode, found in conll mode.
	tally.AddDoc("f", "", "", []int32{2, 2}, []int32{2, 2}, metrics.Strict)
	tally.AddDoc("g", "", "", []int32{2, 2}, []int32{2, 2}, metrics.Conll)
	want := [][]metrics.LabelCount{
		{{Label: 0, Count: metrics.Count{TP: 2, Pred: 3, Gold: 2}}, {Label: 1, Count: metrics.Count{Gold: 1}}},
		{{Label: 0, Count: metrics.Count{TP: 0, Pred: 2, Gold: 2}}},
		{},
		{{Label: 0, Count: metrics.Count{TP: 1, Pred: 1, Gold: 1}}},
	}
	for i, d := range tally.Docs {
		if !slices.Equal(d.Labels, want[i]) {
			t.Errorf("%s: %v, want %v", d.Doc, d.Labels, want[i])
		}
	}
	if d := tally.Docs[0]; d.Doc != "d" || d.Domain != "retail" || d.Template != "grid" {
		t.Errorf("%+v", d)
	}
	if got := tally.Totals(); !slices.Equal(got, []metrics.Count{{TP: 3, Pred: 6, Gold: 5}, {Gold: 1}}) {
		t.Errorf("totals %v", got)
	}
	if got := tally.Holding(); !slices.Equal(got, []int{3, 1}) {
		t.Errorf("documents by label %v", got)
	}
	for name, call := range map[string]func(){
		"metrics: AddDoc: document d: 1 gold labels, 2 predicted": func() { tally.AddDoc("d", "", "", []int32{0}, []int32{0, 0}, metrics.Strict) },
		"metrics: AddDoc: document d: entity type 2 of 2":         func() { tally.AddDoc("d", "", "", []int32{0}, []int32{5}, metrics.Strict) },
		"metrics: Spans: label -1 at token 0":                     func() { tally.AddDoc("d", "", "", []int32{-1}, []int32{0}, metrics.Strict) },
	} {
		func() {
			defer func() {
				if got := recover(); got != name {
					t.Errorf("panic %v, want %s", got, name)
				}
			}()
			call()
		}()
	}
}

func TestTallyParts(t *testing.T) {
	tally := small()
	if !slices.Equal(tally.Domains(), []string{"freight", "retail"}) || !slices.Equal(tally.Templates(), []string{"grid"}) {
		t.Errorf("domains %v, templates %v", tally.Domains(), tally.Templates())
	}
	retail := tally.Where(func(d metrics.DocCount) bool { return d.Domain == "retail" })
	if got := retail.Totals(); len(retail.Docs) != 2 || got[0] != (metrics.Count{TP: 2, Pred: 3, Gold: 3}) {
		t.Errorf("%d documents, totals %v", len(retail.Docs), got)
	}
}

func TestRight(t *testing.T) {
	for _, c := range []struct {
		count metrics.Count
		right int
	}{{metrics.Count{TP: 2, Pred: 2, Gold: 2}, 1}, {metrics.Count{TP: 1, Pred: 1, Gold: 2}, 0}, {metrics.Count{TP: 1, Pred: 2, Gold: 1}, 0}, {metrics.Count{}, 1}} {
		tally := metrics.Tally{Labels: []string{"A"}, Docs: []metrics.DocCount{{Labels: []metrics.LabelCount{{Count: c.count}}}}}
		if got := tally.Right(); got != c.right {
			t.Errorf("%+v: %d documents right, want %d", c.count, got, c.right)
		}
	}
}

func TestSameDocuments(t *testing.T) {
	change := func(edit func(*metrics.Tally)) metrics.Tally {
		t := small()
		edit(&t)
		return t
	}
	for want, other := range map[string]metrics.Tally{
		"": change(func(t *metrics.Tally) {
			t.Docs[0].Labels[0].TP = 0
			t.Docs[2].Labels = []metrics.LabelCount{{Label: 3, Count: metrics.Count{Pred: 1}}}
		}),
		`the tallies have different labels (4 and 3)`:         change(func(t *metrics.Tally) { t.Labels = t.Labels[:3] }),
		`document 2 is "2" in one and "x" in the other`:       change(func(t *metrics.Tally) { t.Docs[1].Doc = "x" }),
		`document "1" has 3 gold A in one and 4 in the other`: change(func(t *metrics.Tally) { t.Docs[0].Labels[0].Gold++ }),
		`document "3" has 0 gold D in one and 2 in the other`: change(func(t *metrics.Tally) {
			t.Docs[2].Labels = []metrics.LabelCount{{Label: 3, Count: metrics.Count{Gold: 2}}}
		}),
		`document "1" has 1 gold B in one and 0 in the other`:       change(func(t *metrics.Tally) { t.Docs[0].Labels = t.Docs[0].Labels[:1] }),
		`3 documents in one and 2 in the other: "3" is only in one`: change(func(t *metrics.Tally) { t.Docs = t.Docs[:2] }),
		`3 documents in one and 4 in the other: "4" is only in one`: change(func(t *metrics.Tally) { t.Docs = append(t.Docs, metrics.DocCount{Doc: "4"}) }),
	} {
		got := ""
		if err := metrics.SameDocuments(small(), other); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("error %q, want %q", got, want)
		}
	}
}

func TestTokenAccuracy(t *testing.T) {
	right, tokens := metrics.TokenAccuracy([]int32{0, 1, 2, 0, 3}, []int32{0, 1, 1, 5, 3})
	if right != 2 || tokens != 3 {
		t.Errorf("%d of %d", right, tokens)
	}
}

func TestBuckets(t *testing.T) {
	docs := map[string]int{"a": 101, "b": 100, "c": 20, "d": 19}
	got := metrics.Buckets(docs, []string{"a", "b", "c", "d", "e"}, metrics.LongTail())
	if !slices.Equal(got, []metrics.Bucket{metrics.Many, metrics.Medium, metrics.Medium, metrics.Few, metrics.Few}) {
		t.Errorf("%v", got)
	}
	if metrics.Many.String() != "many" || metrics.Few.String() != "few" {
		t.Error("names of buckets")
	}
}
