package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Halving makes a sweep a search by successive halving: all variants train for
// a few epochs, the best share of them goes on to the next rung, and so forth;
// only the variants of the last rung train to their end. It is synchronous: a
// rung is decided when all of its trials are there, so the outcome depends on
// the trials alone, not on how many run at once.
type Halving struct {
	First  int    // epochs of the first rung
	Factor int    // each rung has so many times the epochs, and that share of the variants
	Metric string // of the validation split, by which variants are kept: "validation/macro_f1"
}

// Rungs are the epochs at which a search of that many epochs decides, and the
// epochs themselves last.
func (h Halving) Rungs(epochs int) []int {
	var rungs []int
	for e := h.First; e < epochs; e *= h.Factor {
		rungs = append(rungs, e)
	}
	return append(rungs, epochs)
}

// Kept is how many of n variants go on to the next rung: their share, rounded
// up.
func (h Halving) Kept(n int) int { return (n + h.Factor - 1) / h.Factor }

// halvingMetrics are what variants can be kept by: every epoch has them.
var halvingMetrics = []string{"validation/macro_f1", "validation/micro_f1", "validation/weighted_f1"}

// Bounds of Halving.Factor.
const (
	minFactor = 2
	maxFactor = 100
)

// halving decodes {first: epochs, factor: 3, metric: validation/macro_f1}, of
// which first alone is needed.
func (d *decoder) halving(n *yaml.Node) *Halving {
	h := &Halving{Factor: 3, Metric: halvingMetrics[0]}
	f := d.fields(n, "halving", []string{"first", "factor", "metric"}, []string{"first"})
	for _, c := range []struct {
		key      string
		to       *int
		low, top uint64
	}{{"first", &h.First, 1, 10_000}, {"factor", &h.Factor, minFactor, maxFactor}} {
		if f[c.key] == nil {
			continue
		}
		v, ok := d.whole(f[c.key], "halving."+c.key)
		if ok && (v < c.low || v > c.top) {
			d.add(f[c.key], "halving."+c.key, "%d is out of range; expected %d to %d", v, c.low, c.top)
		}
		*c.to = int(v)
	}
	if c := f["metric"]; c != nil {
		h.Metric, _ = d.text(c, "halving.metric")
		if h.Metric != "" && !slices.Contains(halvingMetrics, h.Metric) {
			d.add(c, "halving.metric", "%s is not one of %s%s", quoted(h.Metric), strings.Join(halvingMetrics, ", "), didYouMean(h.Metric, halvingMetrics))
		}
	}
	return h
}

// checkHalving refuses variants that rungs do not fit.
func (d *decoder) checkHalving(s Sweep, n *yaml.Node) {
	for v, err := range s.Variants() {
		if err != nil {
			return // told by variants
		}
		switch e := v.Experiment; {
		case e.Model.Encoder.Kind == "sparse":
			d.add(n, "halving", "the sparse encoder has no epochs to halve")
			return
		case e.Train.Epochs != s.Base.Train.Epochs:
			d.add(n, "halving", "variants of %d and of %d epochs; expected train.epochs to be the same for all", s.Base.Train.Epochs, e.Train.Epochs)
			return
		case e.Train.Patience > 0:
			d.add(n, "halving", "train.patience is %d; expected 0: a variant that stops early never comes to its rung", e.Train.Patience)
			return
		case s.Halving.First >= e.Train.Epochs:
			d.add(n, "halving.first", "%d epochs of %d; expected fewer than train.epochs", s.Halving.First, e.Train.Epochs)
			return
		}
	}
}

// maxRange is how many levels a range may have.
const maxRange = 1000

// rangeLevels makes the levels of an axis of a range: count values of a
// setting, evenly from low to high, by difference or (scale: log) by ratio.
// Whole numbers are rounded, and those that come out equal are one level.
//
//	{name: rate, key: train.learning_rate, range: [0.0005, 0.02], scale: log, count: 20}
func (d *decoder) rangeLevels(t table, a *Axis, f map[string]*yaml.Node) {
	name, ok := d.text(f["key"], "axes.key")
	if !ok || !d.isList(f["range"], "axes.range") {
		return
	}
	s, what := t.lookup(name)
	if what != "" {
		d.add(f["key"], name, "%s", what)
		return
	}
	at := f["range"]
	var ends []float64
	for _, c := range at.Content {
		if v, err := strconv.ParseFloat(c.Value, 64); err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
			ends = append(ends, v)
		}
	}
	if len(ends) != 2 || len(at.Content) != 2 || ends[0] >= ends[1] {
		d.add(at, "axes.range", "expected two numbers, the lower first")
		return
	}
	scale := "linear"
	if c := f["scale"]; c != nil {
		scale, _ = d.text(c, "axes.scale")
		if scale != "linear" && scale != "log" {
			d.add(c, "axes.scale", "%s; expected linear or log", quoted(scale))
			return
		}
	}
	if scale == "log" && ends[0] <= 0 {
		d.add(at, "axes.range", "%s with scale log; expected numbers above 0", at.Content[0].Value)
		return
	}
	count, ok := d.whole(f["count"], "axes.count")
	if !ok {
		return
	}
	if count < 2 || count > maxRange {
		d.add(f["count"], "axes.count", "%d is out of range; expected 2 to %d", count, maxRange)
		return
	}
	kind := s.typ.Kind().String()
	whole := strings.HasPrefix(kind, "int") || strings.HasPrefix(kind, "uint")
	if !whole && !strings.HasPrefix(kind, "float") {
		d.add(f["key"], name, "no number; a range is for numbers")
		return
	}
	seen := map[string]bool{}
	for i := range count {
		share := float64(i) / float64(count-1)
		v := ends[0] + share*(ends[1]-ends[0])
		if scale == "log" {
			v = ends[0] * math.Pow(ends[1]/ends[0], share)
		}
		switch i { // as they were given
		case 0:
			v = ends[0]
		case count - 1:
			v = ends[1]
		}
		text := fmt.Sprintf("%.4g", v)
		if whole {
			text = strconv.FormatFloat(math.Round(v), 'f', -1, 64)
		}
		if seen[text] {
			continue
		}
		seen[text] = true
		tag := "!!float"
		if whole {
			tag = "!!int"
		}
		d.level(t, a, text, at, []keyed{{name, &yaml.Node{Kind: yaml.ScalarNode, Value: text, Tag: tag, Line: at.Line, Column: at.Column}}})
	}
}
