package dashboard

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// labelsPage shows a run by entity type, group, domain and template.
type labelsPage struct {
	runHead
	Facts   []fact
	Labels  *table
	Parts   []*table
	Notes   []string
	Waiting bool
	Absent  string
}

func (s *Server) runLabels(r *http.Request) (answer, error) {
	h, err := s.runOf(r, "/run/labels")
	if err != nil {
		return answer{}, err
	}
	p := labelsPage{runHead: h}
	if h.State != experiments.StateDone {
		p.Absent = fmt.Sprintf("The run is %s: its counts are there when it is done.", h.State)
		return h.of("labels", p), nil
	}
	o, err := s.outcome(r.Context(), h.Key)
	if err != nil {
		return answer{}, err
	}
	parts, ready, err := result(s.works, r.Context(), "parts/"+h.Key, func(ctx context.Context) (experiments.Parts, error) {
		return experiments.PartsOf(o, experiments.CompareOptions{Metric: testMetric(h.Primary), Seed: 1, Threads: s.threads},
			func(run string) ([]experiments.Prediction, error) { return s.store.Predictions(ctx, run) })
	})
	if err != nil {
		p.Notes = append(p.Notes, err.Error())
	}
	p.Waiting = !ready
	p.Facts = []fact{{Name: "Test documents", Text: thousands(len(o.Test.Docs))}, {Name: "Wholly right", Text: thousands(o.Test.Right())}}
	if ready && err == nil {
		p.describe(parts)
	}
	p.Labels = labelTable(o, h.Key, parts)
	a := h.of("labels", p)
	a.waiting = p.Waiting
	return a, nil
}

// testMetric is the primary metric of a sweep if parts of a run can be told by
// it, and macro F1 on the test split otherwise.
func testMetric(primary string) string {
	if _, name, ok := strings.Cut(primary, "test/"); ok && slices.Contains(metrics.Names(), name) {
		return primary
	}
	return "test/macro_f1"
}

// outcome reads the counts of one finished run.
func (s *Server) outcome(ctx context.Context, key string) (experiments.Outcome, error) {
	all, err := s.store.Outcomes(ctx, experiments.Filter{Runs: []string{key}})
	if err != nil {
		return experiments.Outcome{}, err
	}
	if len(all) == 0 {
		return experiments.Outcome{}, absent(fmt.Errorf("run %s is not done", short(key)))
	}
	return all[0], nil
}

// describe fills in what is told with intervals.
func (p *labelsPage) describe(parts experiments.Parts) {
	all := parts.All.Figure
	text := points(all.Value)
	if all.Interval != nil {
		text += " (" + span(all.Interval, points) + ")"
	}
	p.Facts = append([]fact{{Name: parts.Metric + " in points", Text: text}}, p.Facts...)
	if g := parts.Gap; g != nil {
		p.Facts = append(p.Facts, fact{Name: "Gap to held-out templates", Text: strings.TrimSpace(signed(g.Value) + " " + bracketed(span(g.Interval, signed)))})
	}
	if c := parts.Confident; c != nil {
		p.Facts = append(p.Facts, fact{Name: "Calibration error", Text: points(c.ECE), Title: c.String()})
	}
	for _, t := range []struct {
		id, title string
		rows      []experiments.PartRow
	}{{"bands", "By training documents of the labels", parts.Buckets}, {"groups", "By group of labels", parts.Groups}, {"domains", "By domain", parts.Domains},
		{"templates", "By template", parts.Templates}, {"heldout", "On held-out templates", parts.Heldout}} {
		if len(t.rows) > 0 {
			p.Parts = append(p.Parts, partsTable(t.id, t.title, t.rows))
		}
	}
	if len(parts.Missing) > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("No gold entity in the test documents: %s (%d).", strings.Join(parts.Missing, ", "), len(parts.Missing)))
	}
	p.Notes = append(p.Notes, fmt.Sprintf("Intervals are over documents (bootstrap, %s resamples); those with fewer than %d documents have none.", thousands(parts.Resamples), experiments.MinDocuments))
	p.Notes = append(p.Notes, parts.Warnings...)
}

func bracketed(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}

func partsTable(id, title string, rows []experiments.PartRow) *table {
	t := &table{ID: id, Caption: title, Sortable: true, Columns: []column{{Name: "Part"}, {Name: "Docs", Number: true}, {Name: "n", Title: "gold entities", Number: true}, {Name: "Figure", Number: true}}}
	for _, r := range rows {
		t.Rows = append(t.Rows, []cell{head(r.Name, ""), whole(r.Documents), whole(r.Support), estimate(r.Figure, points)})
	}
	return t
}

// labelTable lists the entity types of a run, the rarest in training last;
// intervals are there once parts are.
func labelTable(o experiments.Outcome, key string, parts experiments.Parts) *table {
	t := &table{ID: "labels", Caption: "Entity types on the test split", Sortable: true, Tall: true, Columns: []column{{Name: "Entity type"}, {Name: "Group"}, {Name: "Train", Title: "training documents that hold it", Number: true},
		{Name: "n", Title: "gold entities of the test split", Number: true}, {Name: "Predicted", Number: true}, {Name: "Right", Number: true},
		{Name: "Precision", Number: true}, {Name: "Recall", Number: true}, {Name: "F1", Number: true}, {Name: ""}}}
	intervals := map[string]*[2]float64{}
	for _, l := range parts.Labels {
		intervals[l.Name] = l.Figure.Interval
	}
	totals := o.Test.Totals()
	order := make([]int, len(totals))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return o.TrainDocs[o.Test.Labels[b]] - o.TrainDocs[o.Test.Labels[a]] })
	for _, i := range order {
		name, c := o.Test.Labels[i], totals[i]
		if c.Gold == 0 && c.Pred == 0 {
			continue
		}
		score := c.Score()
		f1 := number(score.F1, points(score.F1))
		f1.Sub = span(intervals[name], points)
		precision, recall := math.NaN(), math.NaN()
		if c.Pred > 0 {
			precision = score.Precision
		}
		if c.Gold > 0 {
			recall = score.Recall
		} else {
			f1 = number(math.NaN(), dash)
		}
		t.Rows = append(t.Rows, []cell{head(name, link("/run/errors", "id", key, "label", name)), text(o.Groups[name]), whole(o.TrainDocs[name]), whole(int(c.Gold)), whole(int(c.Pred)), whole(int(c.TP)),
			number(precision, points(precision)), number(recall, points(recall)), f1, {Drawing: bar(score.F1)}})
	}
	return t
}
