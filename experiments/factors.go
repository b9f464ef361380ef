package experiments

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/metrics"
)

// CompareFactors takes a sweep by its factors. runs are all its trials, done
// or not: those that are missing are listed, never taken as zero. It is an
// error when fewer than 2 runs are done, when they were scored on different
// documents, or when a cell has two runs.
func CompareFactors(s SweepInfo, runs []RunInfo, outcomes []Outcome, opt CompareOptions) (FactorTable, error) {
	if opt.Metric == "" {
		opt.Metric = scored(s.Primary)
	}
	split, metric, opt, err := opt.filled()
	if err != nil {
		return FactorTable{}, err
	}
	opt.Metric, opt.Brief = split+"/"+metric, true
	metric, semantic := strings.CutPrefix(metric, semanticPrefix)
	f := factorial{
		FactorTable: FactorTable{Sweep: s.Name, Metric: opt.Metric, Level: opt.Level, Resamples: opt.Resamples, Seed: opt.Seed, Corpora: digests(outcomes),
			Effects: []FactorEffect{}, Interactions: []FactorEffect{}, Missing: []MissingCell{}, Warnings: []string{}},
		info: s, opt: opt, outcomes: outcomes, runs: runs,
	}
	if err := f.read(split, metric, semantic); err != nil {
		return FactorTable{}, err
	}
	analysis, err := metrics.Analyse(f.design, opt.Level)
	if err != nil {
		return FactorTable{}, fmt.Errorf("sweep %s: %w", s.Name, err)
	}
	f.missing(analysis)
	f.variants()
	f.terms(analysis)
	if err := f.share(analysis); err != nil {
		return FactorTable{}, err
	}
	if err := f.effects(analysis); err != nil {
		return FactorTable{}, err
	}
	f.best(metric)
	f.doubts(analysis)
	return f.FactorTable, nil
}

// scored is a primary metric, on the test split where it is of the validation
// split, of which no counts are kept: the means on that stand beside it.
func scored(primary string) string {
	if metric, found := strings.CutPrefix(primary, "validation/"); found {
		return testSplit + "/" + metric
	}
	return primary
}

// factorial is a FactorTable in the making.
type factorial struct {
	FactorTable
	info     SweepInfo
	opt      CompareOptions
	outcomes []Outcome // of the design's cells, in that order
	runs     []RunInfo
	design   metrics.Design
}

// read makes the design of the outcomes.
func (f *factorial) read(split, metric string, semantic bool) error {
	for _, a := range f.info.Axes {
		f.design.Factors = append(f.design.Factors, metrics.Factor{Name: a.Name, Levels: a.Levels})
	}
	if len(f.outcomes) < 2 {
		return fmt.Errorf("sweep %s: %s done: a comparison by factor needs 2", f.info.Name, runs(len(f.outcomes)))
	}
	f.Seeds = slices.Clone(f.info.Seeds)
	for _, o := range f.outcomes {
		if !slices.Contains(f.Seeds, o.Seed) {
			f.Seeds = append(f.Seeds, o.Seed)
		}
	}
	slices.Sort(f.Seeds)
	f.Seeds = slices.Compact(f.Seeds)
	f.design.Blocks = len(f.Seeds)
	for i, o := range f.outcomes {
		if semantic {
			o = o.semantic()
		}
		tally := o.Test
		if split == heldoutSplit {
			tally = o.Heldout
		}
		if len(tally.Docs) == 0 {
			return fmt.Errorf("run %s has no %s documents", o.Run, split)
		}
		value, err := tally.Metric(metric)
		if err != nil {
			return err
		}
		if i == 0 {
			f.Documents = len(tally.Docs)
		}
		c := metrics.Cell{Levels: make([]int, len(f.info.Axes)), Block: slices.Index(f.Seeds, o.Seed), Value: value}
		for k, a := range f.info.Axes {
			if c.Levels[k] = slices.Index(a.Levels, o.Levels[a.Name]); c.Levels[k] < 0 {
				return fmt.Errorf("run %s: axis %s has no level %q; it has %s", o.Run, a.Name, o.Levels[a.Name], strings.Join(a.Levels, ", "))
			}
		}
		f.design.Cells = append(f.design.Cells, c)
	}
	return nil
}

// levels names the levels of a combination.
func (f *factorial) levels(index []int) map[string]string {
	levels := map[string]string{}
	for k, l := range index {
		levels[f.info.Axes[k].Name] = f.info.Axes[k].Levels[l]
	}
	return levels
}

// missing lists the cells without a result, with what became of their runs.
func (f *factorial) missing(a metrics.Analysis) {
	for _, m := range a.Missing {
		levels := f.levels(m.Levels)
		for _, b := range m.Blocks {
			cell := MissingCell{Levels: levels, Seed: f.Seeds[b], State: "not planned"}
			for _, r := range f.runs {
				if r.Seed == cell.Seed && maps.Equal(r.Levels, levels) {
					cell.Run, cell.State, cell.Error = r.Run, string(r.State), r.Error
				}
			}
			f.Missing = append(f.Missing, cell)
		}
	}
}

// variants fills in the variants, best first.
func (f *factorial) variants() {
	index := map[string]int{}
	values, validation := [][]float64{}, [][]float64{}
	by := "validation/" + f.Metric[strings.Index(f.Metric, "/")+1:]
	order := make([]int, len(f.outcomes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return f.design.Cells[a].Block - f.design.Cells[b].Block })
	for _, i := range order {
		o, c := f.outcomes[i], f.design.Cells[i]
		name := fmt.Sprint(c.Levels)
		k, known := index[name]
		if !known {
			k = len(f.Variants)
			index[name] = k
			f.Variants = append(f.Variants, Variant{Levels: f.levels(c.Levels)})
			values, validation = append(values, nil), append(validation, nil)
		}
		v := &f.Variants[k]
		v.Runs, v.Seeds = append(v.Runs, o.Run), append(v.Seeds, o.Seed)
		v.Seconds += o.Seconds
		values[k] = append(values[k], c.Value)
		if x, has := o.Metrics[by]; has && !math.IsNaN(x) {
			validation[k] = append(validation[k], x)
		}
	}
	for k := range f.Variants {
		v := &f.Variants[k]
		n := len(v.Runs)
		v.Seconds /= float64(n)
		v.Mean.Value, _ = metrics.MeanSD(values[k])
		if len(validation[k]) == n {
			mean, _ := metrics.MeanSD(validation[k])
			v.Validation = &mean
		}
		if n < 2 {
			continue
		}
		_, sd := metrics.MeanSD(values[k])
		v.SD = &sd
		// Neither is an error with 2 values.
		if over, _, err := metrics.TInterval(values[k], f.Level); err == nil {
			v.Mean.Interval = ends(over)
		}
		if middle, err := metrics.InterquartileMean(values[k], f.Level); err == nil {
			v.Interquartile = &Estimate{Value: middle.Value, Interval: ends(middle)}
		}
	}
	slices.SortStableFunc(f.Variants, func(a, b Variant) int {
		if c := descending(a.Mean.Value, b.Mean.Value); c != 0 {
			return c
		}
		return strings.Compare(factors(a.Levels), factors(b.Levels))
	})
}

func descending(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// terms fills in the analysis of variance.
func (f *factorial) terms(a metrics.Analysis) {
	var p []float64
	for _, t := range a.Terms {
		p = append(p, math.NaN())
		if t.P != nil {
			p[len(p)-1] = *t.P
		}
	}
	adjusted := metrics.BenjaminiHochberg(p)
	for i, t := range a.Terms {
		row := termRow(t)
		if t.P != nil {
			row.Adjusted = &adjusted[i]
		}
		f.Terms = append(f.Terms, row)
	}
	if len(f.Seeds) > 1 {
		f.Terms = append(f.Terms, termRow(a.Block))
	}
	if a.ResidualFreedom > 0 {
		f.Terms = append(f.Terms, termRow(a.Residual))
		f.ResidualSD = &a.ResidualSD
	}
}

func termRow(t metrics.Term) TermRow {
	return TermRow{Name: t.Name, Freedom: t.Freedom, Share: t.Share, ShareUnbiased: t.ShareUnbiased, F: t.F, P: t.P, Aliased: t.Aliased}
}

// effects fills in what levels change, and the interactions.
func (f *factorial) effects(a metrics.Analysis) error {
	for _, list := range []struct {
		from []metrics.Contrast
		to   *[]FactorEffect
	}{{a.Effects, &f.Effects}, {a.Interactions, &f.Interactions}} {
		var p []float64
		for _, c := range list.from {
			e := FactorEffect{Difference: Estimate{Value: c.Value}, Mark: Noise}
			for k, factor := range c.Factors {
				axis := f.info.Axes[factor]
				e.Factors, e.From, e.To = append(e.Factors, axis.Name), append(e.From, axis.Levels[c.From[k]]), append(e.To, axis.Levels[c.To[k]])
			}
			for i, cell := range f.design.Cells {
				part := true
				for k, factor := range c.Factors {
					part = part && (cell.Levels[factor] == c.From[k] || cell.Levels[factor] == c.To[k])
				}
				if part {
					e.Runs = append(e.Runs, f.outcomes[i].Run)
				}
			}
			if a.ResidualFreedom > 0 {
				e.Difference.Interval, e.P = ends(c.Interval), &c.P
			}
			if len(c.Factors) == 1 {
				var err error
				if e.Paired, err = f.paired(e.Factors[0], e.From[0], e.To[0]); err != nil {
					return err
				}
			}
			p = append(p, c.P)
			*list.to = append(*list.to, e)
		}
		for i, q := range metrics.BenjaminiHochberg(p) {
			e := &(*list.to)[i]
			if e.P == nil {
				continue
			}
			e.Adjusted = &q
			e.Mark = MarkOf(e.Difference, q, f.Level, e.Difference.Interval)
			if len(e.Factors) == 1 && (e.Paired == nil || e.Paired.Mark != e.Mark) {
				e.Mark = Noise
			}
		}
	}
	return nil
}

// sides are the runs of two levels of an axis, and whether any has a partner.
func (f *factorial) sides(axis, from, to string) (sides [2]Side, partners bool) {
	for i, level := range []string{from, to} {
		sides[i] = Side{Name: axis + "=" + level, Outcomes: slices.DeleteFunc(slices.Clone(f.outcomes), func(o Outcome) bool { return o.Levels[axis] != level })}
	}
	keys := map[string]bool{}
	for _, o := range sides[0].Outcomes {
		keys[pairKey(o, []string{axis})] = true
	}
	return sides, slices.ContainsFunc(sides[1].Outcomes, func(o Outcome) bool { return keys[pairKey(o, []string{axis})] })
}

// share resamples the runs once for all effects.
func (f *factorial) share(a metrics.Analysis) (err error) {
	var all [][2]Side
	for _, c := range a.Effects {
		axis := f.info.Axes[c.Factors[0]]
		if sides, partners := f.sides(axis.Name, axis.Levels[c.From[0]], axis.Levels[c.To[0]]); partners {
			all = append(all, sides)
		}
	}
	f.opt.shared, err = share(all, f.opt)
	return err
}

// paired compares the runs of two levels that have a partner; nil when none
// has.
func (f *factorial) paired(axis, from, to string) (*Comparison, error) {
	sides, partners := f.sides(axis, from, to)
	if !partners {
		f.Warnings = append(f.Warnings, fmt.Sprintf("%s: no run of %s has a partner of %s", axis, to, from))
		return nil, nil
	}
	c, err := Compare(sides[0], sides[1], f.opt)
	if err != nil {
		return nil, fmt.Errorf("%s: %s and %s: %w", axis, from, to, err)
	}
	return &c, nil
}
