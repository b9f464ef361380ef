package reports

import (
	"fmt"
	"math"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// Sizes of the forest plot in points.
const (
	effectRow   = 16.0 // of an effect over all settings
	effectCellH = 11.0 // of the same within one setting
	effectGap   = 8.0
	// effectCells is the most settings that are drawn under an effect; a
	// larger sweep shows the effect alone.
	effectCells = 12
)

func planEffects(r *Report, f *fonts, width float64) (*drawing, error) {
	if len(r.effects) == 0 {
		return nil, absent("no axis of the sweep has runs at two levels")
	}
	narrow := width < WideWidth
	head := lettering{size: textSize, bold: true, tint: inkText}
	cell := lettering{size: tickSize, tint: inkMuted}
	low, high := 0.0, 0.0
	widen := func(v metrics.Interval) {
		for _, x := range []float64{v.Value, v.Low, v.High} {
			if !math.IsNaN(x) {
				low, high = math.Min(low, x), math.Max(high, x)
			}
		}
	}
	nameRoom, height, drawn := 0.0, 0.0, 0
	for i := range r.effects {
		e := &r.effects[i]
		nameRoom = math.Max(nameRoom, f.measure(e.name(), head))
		height += effectRow + effectGap
		if e.all == nil {
			continue
		}
		drawn++
		widen(e.all.widest())
		if len(e.cells) > 1 && len(e.cells) <= effectCells {
			for _, k := range e.cells {
				nameRoom = math.Max(nameRoom, f.measure(k.name, cell)+10)
				widen(k.diff)
				height += effectCellH
			}
		}
	}
	if drawn == 0 {
		return nil, absent("no two levels of an axis could be compared: %s", r.effects[0].reason)
	}
	pad := math.Max(0.06*(high-low), 0.002)
	numberRoom := 112.0
	nameRoom = math.Min(nameRoom, width*0.36)
	if narrow {
		numberRoom = 40
		nameRoom = math.Min(nameRoom, width*0.42)
	}
	x := scale{lo: low - pad, hi: high + pad, from: nameRoom + 8, to: width - numberRoom}
	top := 20.0
	d := &drawing{
		title:  r.effectTitle(),
		height: top + height + 22,
		label:  fmt.Sprintf("Forest plot of differences in %s for %s.", metricName(r.data.Sweep.Primary), plural(drawn, "factor level", "factor levels")),
	}
	d.caption = fmt.Sprintf("Diamonds: difference in %s between two levels of a factor, mean over all pairs of runs with equal seed and other factors; "+
		"circles: the same within each setting of the other factors, without a verdict. Lines are 95 %% intervals over %s. "+
		"Hollow grey: may be noise, by the interval over seeds, that over seeds and documents, or the p adjusted over the effects. %s", metricName(r.data.Sweep.Primary), r.effectsOver(), r.provenance(r.variants...))
	d.paint = func(c *canvas) {
		ticks := x.ticks(max(3, int((x.to-x.from)/60)))
		for i := range ticks {
			ticks[i].text = withSign(ticks[i])
		}
		c.gridX(x, ticks, top, top+height)
		zero := x.at(0)
		c.line(zero, top-4, zero, top+height, stroke{tint: inkMuted, width: 0.9})
		c.text(zero-5, top-8, "← worse", lettering{size: smallSize, tint: inkMuted, at: atEnd})
		c.text(zero+5, top-8, "better →", lettering{size: smallSize, tint: inkMuted})
		c.text((x.from+x.to)/2, top+height+20, "difference in "+metricShort(r.data.Sweep.Primary),
			lettering{size: tickSize, bold: true, tint: inkMuted, at: atMiddle})
		y := top
		for i := range r.effects {
			y = c.effect(&r.effects[i], x, y, nameRoom, width, narrow, head, cell)
		}
	}
	return d, nil
}

// name writes an effect as "head: hybrid − linear".
func (e *effect) name() string { return e.axis + ": " + e.to + " " + minus + " " + e.from }

func withSign(t tick) string {
	switch {
	case t.value > 0:
		return "+" + t.text
	case t.value < 0:
		return minus + t.text[1:]
	}
	return t.text
}

// effect draws one effect with its cells from y on, and gives the y after it.
func (c *canvas) effect(e *effect, x scale, y, nameRoom, width float64, narrow bool, head, cell lettering) float64 {
	mid := y + effectRow/2 + 2
	c.open(e.note())
	c.text(0, mid+textSize*0.35, c.fonts.fit(e.name(), nameRoom, head), head)
	if e.all == nil {
		room := x.to - x.from
		c.text(x.from, mid+tickSize*0.35, c.fonts.fit("not compared: "+e.reason, room, cell), cell)
		c.close()
		return y + effectRow + effectGap
	}
	all := e.all.widest()
	mark := inkText
	if e.all.mark != experiments.Better && e.all.mark != experiments.Worse {
		mark = inkError
	}
	if known(all) {
		c.whisker(x.at(all.Low), x.at(all.High), mid, 2.5, stroke{tint: mark, width: 1.4})
	}
	c.glyph(1, x.at(all.Value), mid, 4.2, mark, 0)
	if mark == inkError {
		c.glyph(1, x.at(all.Value), mid, 2.6, inkPaper, 0)
	}
	number := lettering{size: tickSize, bold: true, tint: inkText, at: atEnd}
	c.text(width, mid+tickSize*0.35, numbersOf(all, narrow), number)
	c.close()
	y += effectRow
	if len(e.cells) > 1 && len(e.cells) <= effectCells {
		for _, k := range e.cells {
			mid := y + effectCellH/2
			c.open(fmt.Sprintf("%s at %s: %s (runs %s)", e.name(), k.name, withSpan(k.diff, signed), k.runs))
			c.text(10, mid+tickSize*0.35, c.fonts.fit(k.name, nameRoom-10, cell), cell)
			if known(k.diff) {
				c.whisker(x.at(k.diff.Low), x.at(k.diff.High), mid, 0, stroke{tint: inkMuted, width: 0.9})
			}
			c.circle(x.at(k.diff.Value), mid, 2.3, inkMuted, 0)
			c.text(width, mid+tickSize*0.35, numbersOf(k.diff, narrow), lettering{size: tickSize, tint: inkMuted, at: atEnd})
			c.close()
			y += effectCellH
		}
	}
	return y + effectGap
}

func numbersOf(v metrics.Interval, narrow bool) string {
	if narrow {
		return signed(v.Value)
	}
	return withSpan(v, signed)
}

func (e *effect) note() string {
	if e.all == nil {
		return e.name() + ": " + e.reason
	}
	return fmt.Sprintf("%s: %s over %s, adjusted p %s", e.name(), withSpan(e.all.widest(), signed),
		plural(e.all.n, "pair of runs", "pairs of runs"), pValue(e.all.p))
}

// effectsOver says what the intervals of effects are over.
func (r *Report) effectsOver() string {
	for i := range r.effects {
		if e := r.effects[i].all; e != nil && e.both != nil {
			return "seeds and the " + r.scoredOn() + " at once"
		}
	}
	return r.intervalsOver()
}

// intervalsOver says what the intervals of differences are over.
func (r *Report) intervalsOver() string {
	if !r.countable() {
		return "pairs of runs, by t"
	}
	return "the " + r.scoredOn() + ", at these seeds"
}
