package experiments_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
)

// The 12 runs of "tiny" with 3 seeds score 0.5 + seed / 8 whatever their
// levels. By head, each group has 2 runs of each seed, which count once: means
// 0.625, 0.75, 0.875, so mean 0.75, sd 0.125, and t at 2 degrees of freedom,
// 4.302653, times 0.125 / sqrt 3 either way.
func TestGroups(t *testing.T) {
	s := create(t, filepath.Join(t.TempDir(), "runs.db"))
	sweep, trials := tiny(t, 3)
	mustRun(t, s, sweep, trials, 12)
	groups, err := s.Groups(t.Context(), experiments.Search{}, []string{"level.head"}, "test/macro_f1", 0.95)
	if err != nil || len(groups) != 2 {
		t.Fatalf("%+v, %v", groups, err)
	}
	half := 4.302652729749464 * 0.125 / math.Sqrt(3)
	for i, head := range []string{"linear", "hybrid"} {
		g := groups[i]
		if g.Values[0] != head || len(g.Runs) != 6 || g.Seeds != 3 || g.Missing != 0 || g.Uneven || g.Mean != 0.75 || *g.SD != 0.125 ||
			math.Abs(g.Interval[0]-(0.75-half)) > 1e-12 || math.Abs(g.Interval[1]-(0.75+half)) > 1e-12 {
			t.Errorf("group %d: %+v, interval %v", i, g, g.Interval)
		}
	}
	// Without two of seed 3, that seed has fewer runs; by seed there is one
	// value, so no interval; micro F1 is NaN everywhere.
	where, err := experiments.ParseWhere("not (seed = 3 and level.loss = mixed)")
	if err != nil {
		t.Fatal(err)
	}
	if groups, err = s.Groups(t.Context(), experiments.Search{Where: where}, []string{"level.head"}, "test/macro_f1", 0.95); err != nil || len(groups) != 2 || !groups[0].Uneven || groups[0].Mean != 0.75 || len(groups[0].Runs) != 5 {
		t.Errorf("%+v, %v", groups, err)
	}
	if groups, err = s.Groups(t.Context(), experiments.Search{}, []string{"seed"}, "test/macro_f1", 0.95); err != nil || len(groups) != 3 || groups[2].Interval != nil || groups[2].Mean != 0.875 {
		t.Errorf("%+v, %v", groups, err)
	}
	experiments.SortGroups(groups, true)
	if groups[0].Values[0] != "3" || groups[2].Values[0] != "1" {
		t.Errorf("sorted: %+v", groups)
	}
	if groups, err = s.Groups(t.Context(), experiments.Search{}, []string{"level.head", "level.loss"}, "test/micro_f1", 0.95); err != nil || len(groups) != 4 || groups[0].Missing != 3 || len(groups[0].Runs) != 0 {
		t.Errorf("%+v, %v", groups, err)
	}
	if _, err := s.Groups(t.Context(), experiments.Search{}, []string{"seed"}, "state", 0.95); err == nil || !strings.Contains(err.Error(), "state is no number") {
		t.Errorf("%v", err)
	}
}

// Pages are stretches of what Find gives, in its order, with the whole number.
func TestPage(t *testing.T) {
	s := create(t, filepath.Join(t.TempDir(), "runs.db"))
	sweep, trials := tiny(t, 3)
	mustRun(t, s, sweep, trials, 12)
	where, err := experiments.ParseWhere("level.head = hybrid")
	if err != nil {
		t.Fatal(err)
	}
	columns := []string{"run", "seed", "level.loss", "model.head.kind", "test/macro_f1", "finished"}
	q := experiments.Search{Where: where, Sort: experiments.ParseSort("-seed,level.loss")}
	all, err := s.Find(t.Context(), q, columns)
	if err != nil || len(all.Rows) != 6 {
		t.Fatalf("%d rows, %v", len(all.Rows), err)
	}
	for i, want := range []string{"3 mixed", "3 plain", "2 mixed", "2 plain", "1 mixed", "1 plain"} {
		if got := all.Rows[i][1].Text + " " + all.Rows[i][2].Text; got != want {
			t.Errorf("row %d: %s; want %s", i, got, want)
		}
	}
	for offset := range 8 {
		q.Offset, q.Limit = offset, 2
		p, err := s.Page(t.Context(), q, columns)
		if err != nil || p.Total != 6 || p.Offset != offset || len(p.Rows) != max(0, min(2, 6-offset)) {
			t.Fatalf("offset %d: %+v, %v", offset, p, err)
		}
		for i, row := range p.Rows {
			for k := range row {
				if row[k].Text != all.Rows[offset+i][k].Text {
					t.Errorf("offset %d row %d: %v; want %v", offset, i, row[k], all.Rows[offset+i][k])
				}
			}
		}
		infos, total, err := s.List(t.Context(), q, []string{"test/macro_f1"})
		if err != nil || total != 6 || len(infos) != len(p.Rows) {
			t.Fatalf("offset %d: %+v, %v", offset, infos, err)
		}
		for i, info := range infos {
			if info.Key != p.Keys[i] || len(info.Metrics) != 1 || info.Metrics["test/macro_f1"] != 0.5+float64(info.Seed)/8 || info.Levels["head"] != "hybrid" {
				t.Errorf("offset %d: %+v", offset, info)
			}
		}
	}
	curves, err := s.Curves(t.Context(), all.Keys[0], "loss/entity")
	if err != nil || len(curves) != 1 || len(curves[0].Points) != 2 || curves[0].Points[1] != (experiments.CurvePoint{Epoch: 1, Stage: 1, Step: 2, Value: 0.5}) {
		t.Errorf("%+v, %v", curves, err)
	}
}
