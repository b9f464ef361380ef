package experiments

import (
	"fmt"
	"maps"
	"slices"

	"github.com/invoicelab/invoicelab/metrics"
)

// scores are the tallies of the pairs on one part of the documents.
type scores struct {
	a, b []metrics.Tally
}

// where is the part of the documents that keep accepts.
func (s scores) where(keep func(metrics.DocCount) bool) scores {
	var part scores
	for k := range s.a {
		part.a = append(part.a, s.a[k].Where(keep))
		part.b = append(part.b, s.b[k].Where(keep))
	}
	return part
}

// figure is what one row compares: a statistic of the labels that are true in
// only, or of all when only is nil.
type figure struct {
	name string
	stat metrics.Statistic
	only []bool
}

// rows compares the sides by each figure, all on the same resamples. Figures
// without gold support are left out. Adjusted p are for adjust to fill.
func (s scores) rows(figures []figure, r metrics.Resampling) ([]Row, error) {
	var kept []Row
	var stats []metrics.Statistic
	for _, f := range figures {
		if row := s.row(f); row.Support > 0 {
			kept = append(kept, row)
			stats = append(stats, f.stat)
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	differences, err := metrics.PairedBootstrap(s.a, s.b, stats, r)
	if err != nil {
		return nil, err
	}
	totalsA, totalsB := totals(s.a), totals(s.b)
	for i, d := range differences {
		row := &kept[i]
		row.A.Value, row.B.Value, row.Difference.Value = d.A.Value, d.B.Value, d.Diff.Value
		if len(s.a) >= 2 {
			over, _, err := metrics.TInterval(pairDifferences(totalsA, totalsB, stats[i]), r.Level)
			if err != nil {
				return nil, err
			}
			row.OverPairs = &[2]float64{over.Low, over.High}
		}
		if row.Documents < MinDocuments || d.Valid == 0 {
			row.Mark = TooFew
			continue
		}
		row.A.Interval = ends(d.A)
		row.B.Interval = ends(d.B)
		row.Difference.Interval = ends(d.Diff)
		row.P = &differences[i].P
		if d.Both != nil {
			row.Both, row.P = ends(d.Both.Interval), &d.Both.P
		}
	}
	return kept, nil
}

// row is the description of a figure: what it is measured on.
func (s scores) row(f figure) Row {
	row := Row{Name: f.name}
	gold := s.a[0] // all tallies have the same gold
	for l, c := range gold.Totals() {
		if c.Gold > 0 && (f.only == nil || f.only[l]) {
			row.Labels++
			row.Support += int(c.Gold)
		}
	}
	row.Documents = len(gold.Where(func(d metrics.DocCount) bool {
		return slices.ContainsFunc(d.Labels, func(l metrics.LabelCount) bool { return l.Gold > 0 && (f.only == nil || f.only[l.Label]) })
	}).Docs)
	return row
}

// adjust fills the adjusted p of a table and marks its rows.
func adjust(rows []*Row, level float64) {
	var tested []*Row
	var p []float64
	for _, r := range rows {
		if r.P != nil {
			tested = append(tested, r)
			p = append(p, *r.P)
		}
	}
	for i, q := range metrics.BenjaminiHochberg(p) {
		tested[i].Adjusted = &q
		tested[i].Mark = MarkOf(tested[i].Difference, q, level, tested[i].OverPairs, tested[i].Both)
	}
}

// MarkOf calls a difference better or worse when its interval and all the
// others lie on the same side of zero and p is at most 1-level. Whatever is
// missing or NaN makes it noise. It is the rule of every verdict.
func MarkOf(d Estimate, p, level float64, others ...*[2]float64) Mark {
	intervals := append(others, d.Interval)
	if slices.Contains(intervals, nil) || !(p <= 1-level) {
		return Noise
	}
	switch {
	case !slices.ContainsFunc(intervals, func(v *[2]float64) bool { return !(v[0] > 0) }):
		return Better
	case !slices.ContainsFunc(intervals, func(v *[2]float64) bool { return !(v[1] < 0) }):
		return Worse
	}
	return Noise
}

// byLabel has one row for each label with gold support, those with most
// training documents first. Their figure is F1.
func (s scores) byLabel(first Outcome, th metrics.Thresholds, r metrics.Resampling) ([]LabelRow, error) {
	labels := s.a[0].Labels
	index := map[string]int{}
	figures := make([]figure, len(labels))
	for l, name := range labels {
		only := make([]bool, len(labels))
		only[l] = true
		index[name] = l
		figures[l] = figure{name: name, stat: metrics.LabelF1(l), only: only}
	}
	plain, err := s.rows(figures, r)
	if err != nil {
		return nil, err
	}
	adjust(pointers(plain), r.Level)
	buckets := metrics.Buckets(first.TrainDocs, labels, th)
	rows := make([]LabelRow, len(plain))
	for i, row := range plain {
		rows[i] = LabelRow{Row: row, Group: first.Groups[row.Name], Bucket: buckets[index[row.Name]].String(), TrainDocs: first.TrainDocs[row.Name]}
	}
	slices.SortStableFunc(rows, func(a, b LabelRow) int { return b.TrainDocs - a.TrainDocs })
	return rows, nil
}

// byPartOfLabels has one row for each name, on the labels that nameOf gives
// that name.
func (s scores) byPartOfLabels(metric string, names []string, nameOf func(label string) string, r metrics.Resampling) ([]Row, error) {
	labels := s.a[0].Labels
	var figures []figure
	for _, name := range names {
		only := make([]bool, len(labels))
		for l, label := range labels {
			only[l] = nameOf(label) == name
		}
		stat, err := metrics.MetricStatistic(metric, only)
		if err != nil {
			return nil, err
		}
		figures = append(figures, figure{name: name, stat: stat, only: only})
	}
	rows, err := s.rows(figures, r)
	adjust(pointers(rows), r.Level)
	return rows, err
}

// byPartOfDocuments has one row for each name, on the documents that nameOf
// gives that name, which are resampled by themselves.
func (s scores) byPartOfDocuments(metric string, names []string, nameOf func(metrics.DocCount) string, r metrics.Resampling) ([]Row, error) {
	stat, err := metrics.MetricStatistic(metric, nil)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, name := range names {
		part := s.where(func(d metrics.DocCount) bool { return nameOf(d) == name })
		row, err := part.rows([]figure{{name: name, stat: stat}}, under(r, name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		rows = append(rows, row...)
	}
	adjust(pointers(rows), r.Level)
	return rows, nil
}

// found lists the labels whose entities some tally of to finds and none of
// from does.
func found(from, to []metrics.Tally) []string {
	names := []string{}
	tf, tt := totals(from), totals(to)
	for l, name := range from[0].Labels {
		has := func(t []metrics.Count) bool { return t[l].TP > 0 }
		if !slices.ContainsFunc(tf, has) && slices.ContainsFunc(tt, has) {
			names = append(names, name)
		}
	}
	return names
}

func totals(tallies []metrics.Tally) [][]metrics.Count {
	all := make([][]metrics.Count, len(tallies))
	for i, t := range tallies {
		all[i] = t.Totals()
	}
	return all
}

// pairDifferences is the statistic of b minus that of a, by pair.
func pairDifferences(a, b [][]metrics.Count, stat metrics.Statistic) []float64 {
	d := make([]float64, len(a))
	for k := range a {
		d[k] = stat(b[k]) - stat(a[k])
	}
	return d
}

// under names a stream of its own for a part of what r resamples.
func under(r metrics.Resampling, name string) metrics.Resampling {
	r.Stream += "/" + name
	return r
}

func ends(v metrics.Interval) *[2]float64 { return &[2]float64{v.Low, v.High} }

func pointers(rows []Row) []*Row {
	p := make([]*Row, len(rows))
	for i := range rows {
		p[i] = &rows[i]
	}
	return p
}

// groupNames lists the groups of labels, sorted.
func groupNames(groups map[string]string) []string {
	names := slices.Sorted(maps.Values(groups))
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" })
}
