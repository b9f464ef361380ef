package experiments

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/metrics"
)

// The splits whose counts per document an Outcome keeps.
const (
	testSplit    = "test"
	heldoutSplit = "heldout"
)

// Compare pairs the runs of two sides (equal seed, corpus and factors, but for
// the factors that tell the sides apart; one run a side is a pair whatever its
// seeds) and compares the metric on the
// documents that they share. It is an error when no run has a partner, when a
// side mixes levels of a factor that tells the sides apart, or when the runs
// were scored on different documents. What makes the result doubtful without
// making it impossible is in Warnings.
func Compare(a, b Side, opt CompareOptions) (Comparison, error) {
	split, metric, opt, err := opt.filled()
	if err != nil {
		return Comparison{}, err
	}
	pairs, warnings, err := pairUp(a, b)
	if err != nil {
		return Comparison{}, err
	}
	named := split + "/" + metric
	metric, pairs = semanticPairs(metric, pairs)
	c := Comparison{
		Metric: named, Level: opt.Level, Resamples: opt.Resamples, Seed: opt.Seed,
		A: SideResult{Name: a.Name}, B: SideResult{Name: b.Name},
		Thresholds: opt.Thresholds, Warnings: append([]string{}, warnings...),
	}
	if c.Settings, err = changedSettings(pairs); err != nil {
		return Comparison{}, err
	}
	all, err := c.list(pairs, split, metric)
	if err != nil {
		return Comparison{}, err
	}
	r := opt.resamplingOf(split)
	if err := c.overall(all, metric, r, opt.shared); err != nil {
		return Comparison{}, err
	}
	if !opt.Brief {
		if err := c.parts(all, pairs[0].a, metric, opt.Thresholds, r); err != nil {
			return Comparison{}, err
		}
	}
	if split == testSplit && !opt.Brief {
		if err := c.heldout(pairs, metric, r); err != nil {
			return Comparison{}, err
		}
	}
	if c.Over != nil {
		c.reach(opt.Effect)
	}
	c.Warnings = append(c.Warnings, c.doubts(pairs)...)
	return c, nil
}

// filled is opt with defaults and the two parts of the metric's name.
func (opt CompareOptions) filled() (split, metric string, _ CompareOptions, err error) {
	if opt.Metric == "" {
		opt.Metric = testSplit + "/macro_f1"
	}
	split, metric, qualified := strings.Cut(opt.Metric, "/")
	if !qualified {
		split, metric = testSplit, opt.Metric
	}
	if split != testSplit && split != heldoutSplit {
		return "", "", opt, fmt.Errorf("metric %q: counts per document are kept of the splits %s and %s only", opt.Metric, testSplit, heldoutSplit)
	}
	if opt.Resamples == 0 {
		opt.Resamples = metrics.DefaultResamples
	}
	if opt.Resamples < minResamples {
		return "", "", opt, fmt.Errorf("resamples %d: expected at least %d", opt.Resamples, minResamples)
	}
	if opt.Level == 0 {
		opt.Level = metrics.DefaultLevel
	}
	if opt.Effect < 0 || math.IsNaN(opt.Effect) {
		return "", "", opt, fmt.Errorf("effect %v: expected the size of a difference, more than 0", opt.Effect)
	}
	if opt.Thresholds == (metrics.Thresholds{}) {
		opt.Thresholds = metrics.LongTail()
	}
	if th := opt.Thresholds; th.Few < 0 || th.Few > th.Many {
		return "", "", opt, fmt.Errorf("thresholds of training documents: few %d, many %d: expected 0 <= few <= many", th.Few, th.Many)
	}
	return split, metric, opt, nil
}

// list fills in the pairs and gives their tallies.
func (c *Comparison) list(pairs []pair, split, metric string) (scores, error) {
	var all scores
	values := [2][]float64{}
	seconds := [2][]float64{}
	for _, p := range pairs {
		for i, o := range []Outcome{p.a, p.b} {
			t := o.tally(split)
			if len(t.Docs) == 0 {
				return scores{}, fmt.Errorf("run %s has no %s documents", o.Run, split)
			}
			v, err := t.Metric(metric)
			if err != nil {
				return scores{}, err
			}
			if recorded, has := o.Metrics[c.Metric]; has && !(math.Abs(recorded-v) <= sameFigure) {
				c.Warnings = append(c.Warnings, fmt.Sprintf("run %s recorded %s %.6f, its counts give %.6f", o.Run, c.Metric, recorded, v))
			}
			values[i] = append(values[i], v)
			seconds[i] = append(seconds[i], o.Seconds)
		}
		k := len(all.a)
		all.a, all.b = append(all.a, p.a.tally(split)), append(all.b, p.b.tally(split))
		for _, t := range []metrics.Tally{all.a[k], all.b[k]} {
			if err := metrics.SameDocuments(all.a[0], t); err != nil {
				return scores{}, fmt.Errorf("runs %s and %s: %w", pairs[0].a.Run, strings.Join([]string{p.a.Run, p.b.Run}, " or "), err)
			}
		}
		c.A.Runs, c.B.Runs = append(c.A.Runs, p.a.Run), append(c.B.Runs, p.b.Run)
		c.Pairs = append(c.Pairs, Pair{A: p.a.Run, B: p.b.Run, Seed: p.a.Seed, Levels: p.levels, ValueA: values[0][k], ValueB: values[1][k]})
		c.Seeds = append(c.Seeds, p.a.Seed, p.b.Seed)
		c.Corpora = append(c.Corpora, p.a.CorpusDigest)
	}
	slices.Sort(c.Seeds)
	c.Seeds = slices.Compact(c.Seeds)
	slices.Sort(c.Corpora)
	c.Corpora = slices.Compact(c.Corpora)
	for i, side := range []*SideResult{&c.A, &c.B} {
		side.Seconds, _ = metrics.MeanSD(seconds[i])
		side.SeedSD = seedSD(pairs, values[i])
	}
	summary := metrics.Summarise(all.a[0])
	c.Documents, c.Labels, c.Missing = summary.Documents, len(summary.Supported), summary.Unsupported
	if c.Labels == 0 {
		return scores{}, fmt.Errorf("the %d %s documents hold no entity", c.Documents, split)
	}
	return all, nil
}

// sameFigure is the greatest difference of a recorded metric and the one
// recounted: both are sums of the same few hundred float64.
const sameFigure = 1e-9

// seedSD is the standard deviation of values over seeds, pooled within pairs
// of equal other factors: sqrt of the sum of squares over the sum of degrees
// of freedom. It is nil when no factors have 2 seeds.
func seedSD(pairs []pair, values []float64) *float64 {
	cells := map[string][]float64{}
	for k, p := range pairs {
		cell := factors(p.levels) + " " + p.a.CorpusDigest
		cells[cell] = append(cells[cell], values[k])
	}
	squares, freedom := 0.0, 0
	for _, cell := range slices.Sorted(maps.Keys(cells)) {
		v := cells[cell]
		if len(v) < 2 {
			continue
		}
		_, sd := metrics.MeanSD(v)
		squares += float64(sd * sd * float64(len(v)-1))
		freedom += len(v) - 1
	}
	if freedom == 0 {
		return nil
	}
	sd := math.Sqrt(squares / float64(freedom))
	return &sd
}

// overall fills in the comparison by the metric itself.
func (c *Comparison) overall(all scores, metric string, r metrics.Resampling, known *shared) error {
	d, p, found, err := known.difference(c, c.Documents, r)
	if err == nil && !found {
		d, p, err = all.overall(metric, r)
	}
	if err != nil {
		return err
	}
	c.A.Mean = Estimate{Value: d.A.Value, Interval: ends(d.A)}
	c.B.Mean = Estimate{Value: d.B.Value, Interval: ends(d.B)}
	c.Difference = Estimate{Value: d.Diff.Value, Interval: ends(d.Diff)}
	c.P = d.P
	c.Randomisation = p
	if err := c.overRuns(d); err != nil {
		return err
	}
	switch {
	case c.Documents < MinDocuments:
		c.Mark = TooFew
	case c.Over == nil:
		c.Mark = Noise
	default:
		c.Mark = MarkOf(c.Difference, max(c.P, c.Both.P, c.Randomisation), r.Level, &c.Over.Interval, &c.Both.Interval)
	}
	return nil
}

// overall compares the sides by one metric of all documents, and gives the p of
// approximate randomisation besides.
func (s scores) overall(metric string, r metrics.Resampling) (d metrics.Difference, p float64, err error) {
	stat, err := metrics.MetricStatistic(metric, nil)
	if err != nil {
		return d, 0, err
	}
	all, err := metrics.PairedBootstrap(s.a, s.b, []metrics.Statistic{stat}, r)
	if err != nil {
		return d, 0, err
	}
	swapped, err := metrics.Randomisation(s.a, s.b, []metrics.Statistic{stat}, under(r, "randomisation"))
	if err != nil {
		return d, 0, err
	}
	return all[0], swapped[0], nil
}

// parts fills in the tables.
func (c *Comparison) parts(all scores, first Outcome, metric string, th metrics.Thresholds, r metrics.Resampling) (err error) {
	if c.PerLabel, err = all.byLabel(first, th, r); err != nil {
		return err
	}
	c.Gained, c.Lost = found(all.a, all.b), found(all.b, all.a)
	bucket := func(label string) string { return th.Of(first.TrainDocs[label]).String() }
	if c.Buckets, err = all.byPartOfLabels(metric, metrics.BucketNames[:], bucket, r); err != nil {
		return err
	}
	group := func(label string) string { return first.Groups[label] }
	if c.Groups, err = all.byPartOfLabels(metric, groupNames(first.Groups), group, r); err != nil {
		return err
	}
	domain := func(d metrics.DocCount) string { return d.Domain }
	if c.Domains, err = all.byPartOfDocuments(metric, all.a[0].Domains(), domain, under(r, "domain")); err != nil {
		return err
	}
	c.Templates, err = all.byPartOfDocuments(metric, all.a[0].Templates(), templateOf, under(r, "template"))
	return err
}

func templateOf(d metrics.DocCount) string { return d.Template }

// heldout fills in the tables of the held-out templates, when the corpus has
// such documents.
func (c *Comparison) heldout(pairs []pair, metric string, r metrics.Resampling) error {
	var held scores
	for _, p := range pairs {
		held.a, held.b = append(held.a, p.a.Heldout), append(held.b, p.b.Heldout)
	}
	if !slices.ContainsFunc(slices.Concat(held.a, held.b), func(t metrics.Tally) bool { return len(t.Docs) > 0 }) {
		return nil
	}
	r.Stream = "compare/" + heldoutSplit
	stat, err := metrics.MetricStatistic(metric, nil)
	if err != nil {
		return err
	}
	rows, err := held.rows([]figure{{name: "all held-out templates", stat: stat}}, r)
	if err != nil {
		return fmt.Errorf("held-out templates: %w", err)
	}
	if len(rows) == 0 {
		c.Warnings = append(c.Warnings, "the documents of the held-out templates hold no entity")
		return nil
	}
	adjust(pointers(rows), r.Level)
	c.Heldout = &Heldout{All: rows[0], GapA: c.A.Mean.Value - rows[0].A.Value, GapB: c.B.Mean.Value - rows[0].B.Value}
	c.Heldout.Templates, err = held.byPartOfDocuments(metric, held.a[0].Templates(), templateOf, under(r, "template"))
	return err
}
