package corpus

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
)

// trackerSample has 40 training documents: A in 20 of them (twice in the
// first), B in 2, C in 1, D in none but one of the test split.
func trackerSample() *Dataset {
	ds := &Dataset{Schema: &Schema{Name: "s"}, Docs: map[Split][]Document{}}
	for _, name := range []string{"A", "B", "C", "D"} {
		ds.Schema.Entities = append(ds.Schema.Entities, Entity{Name: name, Group: "g" + name})
	}
	for i := range 40 {
		d := Document{Domain: "even", Tokens: make([]Token, 10)}
		if i%2 == 1 {
			d.Domain = "odd"
		}
		if i < 20 {
			d.Spans = append(d.Spans, Span{0, 0, 2})
		}
		if i == 0 {
			d.Spans = append(d.Spans, Span{0, 2, 3})
		}
		if i < 2 {
			d.Spans = append(d.Spans, Span{1, 4, 8})
		}
		if i == 2 {
			d.Spans = append(d.Spans, Span{2, 9, 10})
		}
		ds.Docs[Train] = append(ds.Docs[Train], d)
	}
	ds.Docs[Test] = []Document{{Tokens: make([]Token, 4), Spans: []Span{{3, 0, 1}, {3, 1, 4}}}}
	return ds
}

// Figures by hand.
func TestTracker(t *testing.T) {
	table := tracked(t, trackerSample(), ByDomain)
	if !reflect.DeepEqual(table.Splits, []Split{Train, Test}) || !reflect.DeepEqual(table.Parts, []PartSum{{"even", 20, 20.0 / 41}, {"odd", 20, 20.0 / 41}}) {
		t.Errorf("splits %v, domains %v", table.Splits, table.Parts)
	}
	// 20*2+1 tokens of A, 8 of B, 1 of C: 50 of 400 have a label.
	if got, want := table.Totals[Train], (SplitSum{40, 400, 24, 350.0 / 400}); got != want {
		t.Errorf("train %+v, expected %+v", got, want)
	}
	if got, want := table.Totals[Test], (SplitSum{1, 4, 2, 0}); got != want {
		t.Errorf("test %+v, expected %+v", got, want)
	}
	for i, c := range []struct {
		train        Frequency
		rare, unseen bool
		even, odd    int // documents
	}{
		{Frequency{41, 21, 20, 0.5, 1}, false, false, 10, 10},
		{Frequency{8, 2, 2, 0.05, 10.5}, false, false, 1, 1}, // 5 % is not under 5 %
		{Frequency{1, 1, 1, 0.025, 21}, true, false, 1, 0},
		{Frequency{0, 0, 0, 0, 0}, true, true, 0, 0},
	} {
		row := table.Rows[i]
		if row.Splits[Train] != c.train || row.Rare != c.rare || row.Unseen != c.unseen {
			t.Errorf("%s: %+v, expected %+v", row.Entity, row, c)
		}
		if row.Parts["even"].Documents != c.even || row.Parts["odd"].Documents != c.odd {
			t.Errorf("%s: domains %+v", row.Entity, row.Parts)
		}
	}
	if got, want := table.Rows[3].Splits[Test], (Frequency{4, 2, 1, 1, 1}); got != want {
		t.Errorf("D in test: %+v, expected %+v", got, want)
	}
	// Within domain "even": 10 of 20 documents, 11 spans of A and 1 of B.
	if got, want := table.Rows[1].Parts["even"], (Frequency{4, 1, 1, 0.05, 11}); got != want {
		t.Errorf("B in even: %+v, expected %+v", got, want)
	}
	for _, row := range table.Rows {
		for _, f := range row.Splits {
			if math.IsInf(f.Imbalance, 0) || math.IsNaN(f.Imbalance) {
				t.Errorf("%s: imbalance %v", row.Entity, f.Imbalance)
			}
		}
	}
	if _, err := json.Marshal(table); err != nil {
		t.Error(err)
	}
}

// tracked counts the labels of ds.
func tracked(t *testing.T, ds *Dataset, by Division) LabelTable {
	t.Helper()
	table, err := Tracker(ds.Schema, ds.Entries(), by)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestTrackerByTemplate(t *testing.T) {
	ds := trackerSample()
	for i := range ds.Docs[Train] {
		ds.Docs[Train][i].Template = []string{"x", "y"}[i/30]
	}
	table := tracked(t, ds, ByTemplate)
	// A is on the first 20 documents of 30.
	if got, want := table.Rows[0].Parts["x"], (Frequency{41, 21, 20, 20.0 / 30, 1}); got != want {
		t.Errorf("A in x: %+v, expected %+v", got, want)
	}
	if got := table.Rows[0].Parts["y"]; got != (Frequency{}) {
		t.Errorf("A in y: %+v", got)
	}
}

func TestTrackerText(t *testing.T) {
	table := tracked(t, trackerSample(), ByDomain)
	for _, c := range []struct {
		width   int
		sorting Sorting
		want    string
	}{
		{100, SortFrequency, `
  split  documents  tokens  spans  outside
  train         40     400     24    87.5%
   test          1       4      2     0.0%

  label  train  share          spans  tokens  imbalance  test        
      A     20  50.0%  ███        21      41        1.0     0        
      B      2   5.0%  ▎           2       8       10.5     0        
      C      1   2.5%  ▏           1       1       21.0     0    rare
      D      0   0.0%              0       0          -     1  unseen

              even    odd
  documents     20     20
      share  48.8%  48.8%
          A     10     10
          B      1      1
          C      1      0
          D      0      0

4 labels: 2 on under 5% of training documents, 1 on none
under the name of a split: documents that have the label
`},
		{36, SortSchema, `
  split  documents  tokens  spans  outside
  train         40     400     24    87.5%
   test          1       4      2     0.0%

  label  train  share  spans        
      A     20  50.0%     21        
      B      2   5.0%      2        
      C      1   2.5%      1    rare
      D      0   0.0%      0  unseen

              even    odd
  documents     20     20
      share  48.8%  48.8%
          A     10     10
          B      1      1
          C      1      0
          D      0      0

4 labels: 2 on under 5% of training documents, 1 on none
under the name of a split: documents that have the label
`},
	} {
		var b strings.Builder
		if err := table.WriteText(&b, c.width, c.sorting); err != nil {
			t.Fatal(err)
		}
		if got := "\n" + b.String(); got != c.want {
			t.Errorf("table\n%s\nexpected\n%s", got, c.want)
		}
	}
	// By frequency, whatever the schema's order; domains in two blocks.
	table.Rows[0], table.Rows[3] = table.Rows[3], table.Rows[0]
	var b strings.Builder
	if err := table.WriteText(&b, 20, SortFrequency); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.Index(text, " A ") > strings.Index(text, " B ") || strings.Count(text, "documents ") != 4 {
		t.Errorf("by frequency in 20 columns\n%s", text)
	}
}
