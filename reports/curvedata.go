package reports

import (
	"math"
	"sort"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
)

// curve is one metric of one variant by epoch, over its seeds.
type curve struct {
	variant        *variant
	epochs         []int
	mean, low, top []float64 // low and top are the least and greatest over seeds
	runs           []int     // seeds that reached the epoch
}

// curvePanel is one metric of all variants.
type curvePanel struct {
	name   string
	curves []curve
	log    bool
}

// curvePanels collects the metrics that the outcomes recorded by epoch: the
// validation metric first, then the loss components, "total" before others.
func (r *Report) curvePanels() []curvePanel {
	seen := map[string]bool{}
	var losses []string
	for i := range r.data.Outcomes {
		for _, p := range r.data.Outcomes[i].Curves {
			if strings.HasPrefix(p.Name, "loss/") && !seen[p.Name] {
				losses = append(losses, p.Name)
			}
			seen[p.Name] = true
		}
	}
	sort.Slice(losses, func(i, j int) bool {
		if (losses[i] == "loss/total") != (losses[j] == "loss/total") {
			return losses[i] == "loss/total"
		}
		return losses[i] < losses[j]
	})
	var panels []curvePanel
	for _, name := range append([]string{validationCurve}, losses...) {
		p := curvePanel{name: name, log: strings.HasPrefix(name, "loss/")}
		for _, v := range r.variants {
			if c := curveOf(v, name); len(c.epochs) > 0 {
				p.curves = append(p.curves, c)
				for _, low := range c.low {
					p.log = p.log && low > 0
				}
			}
		}
		if len(p.curves) > 0 {
			panels = append(panels, p)
		}
	}
	return panels
}

// validationCurve is the metric that early stopping watches.
const validationCurve = "validation/macro_f1"

func curveOf(v *variant, name string) curve {
	byEpoch := map[int][]float64{}
	c := curve{variant: v}
	for _, o := range v.runs {
		for _, p := range o.Curves {
			if p.Name != name || math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
				continue
			}
			if len(byEpoch[p.Epoch]) == 0 {
				c.epochs = append(c.epochs, p.Epoch)
			}
			byEpoch[p.Epoch] = append(byEpoch[p.Epoch], p.Value)
		}
	}
	sort.Ints(c.epochs)
	for _, e := range c.epochs {
		values := byEpoch[e]
		sum, low, top := 0.0, math.Inf(1), math.Inf(-1)
		for _, x := range values {
			sum += x
			low, top = math.Min(low, x), math.Max(top, x)
		}
		c.mean = append(c.mean, sum/float64(len(values)))
		c.low = append(c.low, low)
		c.top = append(c.top, top)
		c.runs = append(c.runs, len(values))
	}
	return c
}

// stageSpan is a stage of the curriculum: epochs first to last.
type stageSpan struct{ stage, first, last int }

// stageSpans gives the stages of the variants that have more than one. agree
// is false when they change at different epochs, so that no shading is true
// of all.
func (r *Report) stageSpans() (spans []stageSpan, agree bool) {
	for i := range r.data.Outcomes {
		own := stagesOf(r.data.Outcomes[i].Curves)
		if len(own) < 2 {
			continue
		}
		if spans == nil {
			spans = own
			continue
		}
		// Runs that stopped early end sooner; the starts must be the same.
		for k := range min(len(own), len(spans)) {
			if own[k].stage != spans[k].stage || own[k].first != spans[k].first {
				return nil, false
			}
		}
		if len(own) > len(spans) || own[len(own)-1].last > spans[len(spans)-1].last {
			spans = own
		}
	}
	return spans, true
}

// stagesOf gives the stages of a run by the points that it recorded.
func stagesOf(points []experiments.Point) []stageSpan {
	stageOf := map[int]int{}
	var epochs []int
	for _, p := range points {
		if _, ok := stageOf[p.Epoch]; !ok {
			epochs = append(epochs, p.Epoch)
		}
		stageOf[p.Epoch] = p.Stage
	}
	sort.Ints(epochs)
	var own []stageSpan
	for _, e := range epochs {
		if n := len(own); n > 0 && own[n-1].stage == stageOf[e] {
			own[n-1].last = e
		} else {
			own = append(own, stageSpan{stageOf[e], e, e})
		}
	}
	return own
}
