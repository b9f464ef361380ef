package reports

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// stream names the random stream of the report's resampling.
const stream = "report"

// cacheVersion is part of every key of the cache; it changes with what is kept.
const cacheVersion = "reports-2"

// scores are the replicates of a run, from which every interval of the report
// over whole runs is put together: what is resampled once serves all.
type scores struct {
	micro, macro, rare metrics.Replicates
	primary            metrics.Replicates
	countable          bool // the primary metric is one of counts
	hasRare            bool
	documents          int // of the split of the primary metric
	// Runs of equal gold were scored on the same documents: of the test
	// split, and of the primary metric's.
	gold, primaryGold string
}

// contents tells a tally from all others: gold by its documents and gold
// entities, all by every count besides.
func contents(t *metrics.Tally) (gold, all string) {
	g, a := sha256.New(), sha256.New()
	put := func(h hash.Hash, b []byte) { h.Write(b) } // a hash.Hash never returns an error
	var b []byte
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	for _, l := range t.Labels {
		text(l)
	}
	put(g, b)
	put(a, b)
	for i := range t.Docs {
		d := &t.Docs[i]
		b = b[:0]
		text(d.Doc)
		for _, l := range d.Labels {
			if l.Gold > 0 {
				b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(l.Label)), uint64(l.Gold))
			}
		}
		put(g, b)
		b = b[:0]
		text(d.Doc)
		text(d.Domain)
		text(d.Template)
		b = binary.AppendUvarint(b, uint64(len(d.Labels)))
		for _, l := range d.Labels {
			for _, n := range []int32{l.Label, l.TP, l.Pred, l.Gold} {
				b = binary.AppendUvarint(b, uint64(n))
			}
		}
		put(a, b)
	}
	return hex.EncodeToString(g.Sum(nil)), hex.EncodeToString(a.Sum(nil))
}

func (r *Report) resampling() metrics.Resampling {
	return metrics.Resampling{Resamples: r.data.Resamples, Seed: r.data.Seed, Stream: stream}
}

// replicate resamples every run once.
func (r *Report) replicate() error {
	micro, _ := metrics.MetricStatistic("micro_f1", nil)
	macro, _ := metrics.MetricStatistic("macro_f1", nil)
	r.scores = map[*experiments.Outcome]*scores{}
	for i := range r.data.Outcomes {
		o := &r.data.Outcomes[i]
		s := &scores{}
		r.scores[o] = s
		primary, _, countable := tallyOf(o, r.data.Sweep.Primary)
		var all string
		if len(o.Test.Docs) > 0 {
			s.gold, all = contents(&o.Test)
			stats, names := []metrics.Statistic{micro, macro}, "micro macro"
			into := []*metrics.Replicates{&s.micro, &s.macro}
			if mask := r.rareMask(o); mask != nil {
				rare, _ := metrics.MetricStatistic("macro_f1", mask)
				stats, into, names = append(stats, rare), append(into, &s.rare), fmt.Sprintf("%s rare %v", names, mask)
				s.hasRare = true
			}
			if err := r.replicates(o, &o.Test, all, stats, into, names); err != nil {
				return err
			}
		}
		if !countable {
			continue
		}
		s.countable, s.documents = true, len(primary.Docs)
		_, name, _ := tallyOf(o, r.data.Sweep.Primary)
		switch {
		case primary == &o.Test && name == "micro_f1":
			s.primary, s.primaryGold = s.micro, s.gold
			continue
		case primary == &o.Test && name == "macro_f1":
			s.primary, s.primaryGold = s.macro, s.gold
			continue
		case primary == &o.Test:
			s.primaryGold = s.gold
		default:
			s.primaryGold, all = contents(primary)
		}
		stat, err := metrics.MetricStatistic(name, nil)
		if err != nil {
			return fmt.Errorf("reports: %w", err)
		}
		if err := r.replicates(o, primary, all, []metrics.Statistic{stat}, []*metrics.Replicates{&s.primary}, name); err != nil {
			return err
		}
	}
	return nil
}

// replicates fills in the replicates of statistics of a tally. names tells
// the statistics from others in the cache.
func (r *Report) replicates(o *experiments.Outcome, t *metrics.Tally, content string, stats []metrics.Statistic, into []*metrics.Replicates, names string) error {
	values, err := r.cached([]any{"replicates", content, names}, func() ([]float64, error) {
		all, err := metrics.Replicate(*t, stats, r.resampling())
		if err != nil {
			return nil, fmt.Errorf("reports: run %s: %w", o.Run, err)
		}
		var out []float64
		for _, x := range all {
			out = append(append(out, x.Full), x.Values...)
		}
		return out, nil
	})
	if err != nil {
		return err
	}
	n := len(values) / len(stats)
	for k := range stats {
		*into[k] = metrics.Replicates{Full: values[k*n], Values: values[k*n+1 : (k+1)*n]}
	}
	return nil
}

// cached gives numbers from the cache, or computes and keeps them. What they
// depend on besides parts is the resampling.
func (r *Report) cached(parts []any, compute func() ([]float64, error)) ([]float64, error) {
	key := r.cacheKey(parts...)
	if r.data.Cache != nil {
		if b, ok := r.data.Cache.Load(key); ok && len(b)%8 == 0 {
			out := make([]float64, len(b)/8)
			for i := range out {
				out[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
			}
			return out, nil
		}
	}
	out, err := compute()
	if err != nil || r.data.Cache == nil {
		return out, err
	}
	b := make([]byte, 0, 8*len(out))
	for _, v := range out {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	r.data.Cache.Store(key, b)
	return out, nil
}

func (r *Report) cacheKey(parts ...any) string {
	b, err := json.Marshal(append([]any{cacheVersion, r.data.Resamples, r.data.Seed, r.data.Thresholds}, parts...))
	if err != nil {
		panic("reports: cache: " + err.Error()) // texts and numbers only
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// compare is experiments.Compare through the cache.
func (r *Report) compare(a, b *variant, opt experiments.CompareOptions) (experiments.Comparison, error) {
	parts := []any{"comparison", opt.Metric, opt.Brief}
	for _, v := range []*variant{a, b} {
		parts = append(parts, v.name)
		for _, o := range v.runs {
			parts = append(parts, readOf(o, opt.Metric))
		}
	}
	return cached(r, r.cacheKey(parts...), func() (experiments.Comparison, error) { return experiments.Compare(a.side(), b.side(), opt) })
}

// compareFactors is experiments.CompareFactors through the cache.
func (r *Report) compareFactors() (experiments.FactorTable, error) {
	opt := r.options()
	info := experiments.SweepInfo{Name: r.data.Sweep.Name, Primary: r.data.Sweep.Primary, Seeds: r.data.Sweep.Seeds}
	for _, a := range r.data.Sweep.Axes {
		axis := experiments.AxisInfo{Name: a.Name}
		for _, l := range a.Levels {
			axis.Levels = append(axis.Levels, l.Name)
		}
		info.Axes = append(info.Axes, axis)
	}
	parts := []any{"factors", opt.Metric, info}
	for i := range r.data.Outcomes {
		parts = append(parts, readOf(&r.data.Outcomes[i], opt.Metric))
	}
	return cached(r, r.cacheKey(parts...), func() (experiments.FactorTable, error) {
		return experiments.CompareFactors(info, nil, r.data.Outcomes, opt)
	})
}

// read is what a comparison reads of a run.
type read struct {
	Run, Key, Canonical, Corpus, Revision, Device string
	Levels                                        map[string]string
	Seed                                          uint64
	TrainDocs                                     map[string]int
	Groups                                        map[string]string
	Seconds                                       float64
	Recorded, Validation                          float64 // the metric as it was recorded
	Test, Heldout                                 string
}

func readOf(o *experiments.Outcome, metric string) read {
	recorded := func(name string) float64 {
		v, ok := o.Metrics[name]
		if !ok || math.IsNaN(v) || math.IsInf(v, 0) {
			return -1 // no metric of counts is below 0
		}
		return v
	}
	_, test := contents(&o.Test)
	_, held := contents(&o.Heldout)
	_, name, _ := strings.Cut(metric, "/")
	return read{o.Run, o.Key, o.Canonical, o.CorpusDigest, o.Revision, o.Device, o.Levels, o.Seed, o.TrainDocs, o.Groups, o.Seconds, recorded(metric), recorded("validation/" + name), test, held}
}

// cached gives what do computes: as the cache has it, as JSON, or anew.
func cached[T any](r *Report, key string, do func() (T, error)) (v T, err error) {
	if r.data.Cache == nil {
		return do()
	}
	if content, ok := r.data.Cache.Load(key); ok && json.Unmarshal(content, &v) == nil {
		return v, nil
	}
	if v, err = do(); err != nil {
		return v, err
	}
	content, err := json.Marshal(v)
	if err != nil {
		return v, fmt.Errorf("reports: cache: %w", err)
	}
	r.data.Cache.Store(key, content)
	return v, nil
}

// meanOf is the mean of a statistic over runs, with its interval over
// documents where all were scored on the same.
func (r *Report) meanOf(runs []*experiments.Outcome, of func(*scores) (metrics.Replicates, string)) (v metrics.Interval, ok bool, err error) {
	var all []metrics.Replicates
	first := ""
	for i, o := range runs {
		x, gold := of(r.scores[o])
		if i == 0 {
			first = gold
		}
		if gold == "" || gold != first || x.Values == nil {
			return v, false, nil
		}
		all = append(all, x)
	}
	v, err = metrics.MeanReplicates(all, r.resampling())
	return v, err == nil, err
}

func primaryOf(s *scores) (metrics.Replicates, string) { return s.primary, s.primaryGold }

// contrast is what one set of runs differs from another by, over the pairs of
// equal seed and other levels.
type contrast struct {
	diff metrics.Interval  // over documents; over pairs where the metric is not one of counts
	over *metrics.Interval // over pairs, by t; nil with fewer than 2
	both *metrics.Interval // over both; nil with fewer than 2 pairs or without documents
	p    float64
	mark experiments.Mark
	n    int // pairs
}

// runPair is a run of each side.
type runPair struct{ a, b *experiments.Outcome }

// difference compares pairs of runs by the primary metric, without a verdict
// where that is a metric of counts: experiments gives it. The reason says why
// there is nothing to compare.
func (r *Report) difference(pairs []runPair) (c *contrast, reason string, err error) {
	var values []float64
	var a, b []metrics.Replicates
	documents := 0
	countable := true
	for _, p := range pairs {
		x, okA := metricOf(p.a, r.data.Sweep.Primary)
		y, okB := metricOf(p.b, r.data.Sweep.Primary)
		if !okA || !okB || math.IsNaN(x) || math.IsNaN(y) {
			return nil, fmt.Sprintf("run %s or %s did not record %s", p.a.Run, p.b.Run, r.data.Sweep.Primary), nil
		}
		values = append(values, y-x)
		sa, sb := r.scores[p.a], r.scores[p.b]
		if sa.primaryGold != sb.primaryGold {
			return nil, fmt.Sprintf("runs %s and %s were scored on different documents", p.a.Run, p.b.Run), nil
		}
		countable = countable && sa.countable && sb.countable && sa.primaryGold == r.scores[pairs[0].a].primaryGold
		a, b, documents = append(a, sa.primary), append(b, sb.primary), sa.documents
	}
	if len(values) == 0 {
		return nil, "no two runs share their seed and other levels", nil
	}
	mean, _ := metrics.MeanSD(values)
	c = &contrast{diff: unknown(mean), n: len(values), mark: experiments.Noise, p: math.NaN()}
	var overP float64
	if len(values) > 1 {
		over, p, err := metrics.TInterval(values, metrics.DefaultLevel)
		if err != nil {
			return nil, "", fmt.Errorf("reports: %w", err)
		}
		c.over, overP = &over, p
	}
	if !countable {
		if c.over != nil {
			c.diff, c.p = *c.over, overP
			ends := [2]float64{c.over.Low, c.over.High}
			c.mark = experiments.MarkOf(experiments.Estimate{Value: mean, Interval: &ends}, overP, metrics.DefaultLevel)
		}
		return c, "", nil
	}
	d, err := metrics.PairedReplicates(a, b, documents, r.resampling())
	if err != nil {
		return nil, "", fmt.Errorf("reports: %w", err)
	}
	c.diff, c.p = d.Diff, d.P
	if d.Both != nil {
		c.both, c.p = &d.Both.Interval, math.Max(d.P, d.Both.P)
	}
	return c, "", nil
}

// widest is the interval over pairs and documents at once, where there is one.
func (c *contrast) widest() metrics.Interval {
	if c.both != nil {
		return *c.both
	}
	return c.diff
}

// pairsOf pairs the runs of two sets of variants by seed and by the levels of
// all axes but one; axis below 0 pairs by seed alone.
func pairsOf(a, b []*variant, axis int) []runPair {
	var out []runPair
	for _, x := range a {
		for _, y := range b {
			if axis >= 0 && !slices.Equal(slices.Delete(slices.Clone(x.levels), axis, axis+1), slices.Delete(slices.Clone(y.levels), axis, axis+1)) {
				continue
			}
			for _, p := range x.runs {
				for _, q := range y.runs {
					if p.Seed == q.Seed {
						out = append(out, runPair{p, q})
					}
				}
			}
		}
	}
	return out
}
