package experiments

import (
	"math"

	"github.com/invoicelab/invoicelab/metrics"
)

// significant is the p at or below which the exact tests over runs are asked
// to come; where even their least p is above, they are not taken.
const significant = 0.05

// overRuns fills in what the pairs say, with the documents fixed and with both
// resampled. It leaves all nil with a single pair.
func (c *Comparison) overRuns(d metrics.Difference) error {
	n := len(c.Pairs)
	if n < 2 {
		return nil
	}
	level := c.Level
	values := [2][]float64{}
	var differences []float64
	for _, p := range c.Pairs {
		values[0], values[1] = append(values[0], p.ValueA), append(values[1], p.ValueB)
		differences = append(differences, p.ValueB-p.ValueA)
	}
	for i, side := range []*SideResult{&c.A, &c.B} {
		over, _, err := metrics.TInterval(values[i], level)
		if err != nil {
			return err
		}
		middle, err := metrics.InterquartileMean(values[i], level)
		if err != nil {
			return err
		}
		side.OverRuns, side.Interquartile = ends(over), &Estimate{Value: middle.Value, Interval: ends(middle)}
	}
	_, sd := metrics.MeanSD(differences)
	interval, p, err := metrics.TInterval(differences, level)
	if err != nil {
		return err
	}
	middle, err := metrics.InterquartileMean(differences, level)
	if err != nil {
		return err
	}
	c.Over = &OverRuns{
		Pairs: n, SD: sd, Interval: *ends(interval), P: p, Interquartile: Estimate{Value: middle.Value, Interval: ends(middle)},
		WilcoxonLeast: metrics.WilcoxonLeast(n), MannWhitneyLeast: metrics.MannWhitneyLeast(n, n),
	}
	if c.Over.WilcoxonLeast <= significant {
		w := metrics.Wilcoxon(differences)
		c.Over.WilcoxonP = &w
	}
	if c.Over.MannWhitneyLeast <= significant {
		w := metrics.MannWhitney(values[0], values[1])
		c.Over.MannWhitneyP = &w
	}
	b := d.Both
	c.Both = &OverBoth{Interval: *ends(b.Interval), P: b.P, SE: b.SE, SeedSE: b.SeedSE, DocumentSE: b.DocumentSE, SharedSE: b.SharedSE, Freedom: b.Freedom, Percentile: *ends(b.Percentile)}
	return nil
}

// reach fills in what so many pairs can find. effect is 0 for the difference
// that was measured.
func (c *Comparison) reach(effect float64) {
	if effect == 0 {
		effect = math.Abs(c.Difference.Value)
	}
	b, freedom := c.Both, float64(c.Over.Pairs-1)
	if math.IsNaN(b.SE) {
		return // no resample holds an entity that the metric is about
	}
	c.Reach = &Reach{Power: metrics.DefaultPower, Effect: effect, Smallest: max(
		metrics.SmallestEffect(b.SE, b.Freedom, c.Level, metrics.DefaultPower),
		metrics.SmallestEffect(b.SeedSE, freedom, c.Level, metrics.DefaultPower)),
	}
	if effect == 0 {
		return
	}
	if pairs, found := metrics.SeedsNeeded(effect, c.Over.SD, b.SharedSE, c.Documents, MostPairs, c.Level, metrics.DefaultPower); found {
		c.Reach.Pairs = &pairs
	}
}
