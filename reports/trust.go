package reports

import (
	"fmt"
	"math"

	"github.com/invoicelab/invoicelab/metrics"
)

// acceptedRisk is the share of wrong entities at which coverage is told, as
// compare does.
const acceptedRisk = 0.05

// Sizes of the calibration figure in points.
const (
	trustHeight = 190.0
	trustCounts = 34.0 // of the bars of how many entities have such a confidence
)

func planTrust(r *Report, f *fonts, width float64) (*drawing, error) {
	if len(r.trust) == 0 {
		return nil, absent("%s", r.trustReason)
	}
	var items []legendItem
	var variants []*variant
	for _, t := range r.trust {
		items = append(items, legendItem{text: fmt.Sprintf("%s, ECE %.3f, AURC %.4f", t.variant.name, t.ece, t.area), tint: t.variant.tint, glyph: t.variant.glyph, line: true})
		variants = append(variants, t.variant)
	}
	legendHeight, paintLegend := legend(f, items, width)
	narrow := width < WideWidth
	panel := width / 2
	if narrow {
		panel = width
	}
	top := legendHeight + 22
	secondX, secondTop := panel, top
	height := top + trustHeight + trustCounts + 30
	if narrow {
		secondX, secondTop = 0, height+14
		height = secondTop + trustHeight + 30
	}
	d := &drawing{
		title:  r.trustTitle(),
		height: height,
		label:  "Share of right entities by confidence, and share of wrong ones by coverage.",
	}
	d.caption = fmt.Sprintf("Left: share of predicted entities that are right, by their confidence, in %d bins; on the diagonal confidence is honest. ECE: expected calibration error, %d bins. "+
		"Below: how many entities have such a confidence. Right: share of wrong entities among the most confident, against the share that is kept; AURC: area under it. Dashed: %.0f %% wrong. "+
		"Entities of all runs together. %s", trustBins, metrics.DefaultBins, 100*acceptedRisk, r.provenance(variants...))
	if narrow {
		d.caption = "Upper: " + d.caption[len("Left: "):]
	}
	d.paint = func(c *canvas) {
		paintLegend(c, 0, 0)
		c.reliability(r.trust, 0, top, panel-12)
		c.coverage(r.trust, secondX, secondTop, panel-6)
	}
	return d, nil
}

// reliability draws accuracy against confidence, and how many entities have it.
func (c *canvas) reliability(all []trust, x, top, width float64) {
	left, right := x+axisRoom, x+width
	xs := scale{lo: 0, hi: 1, from: left, to: right}
	ys := scale{lo: 0, hi: 1, from: top + trustHeight, to: top}
	c.text(x+2, top-7, "right, by confidence", lettering{size: textSize, bold: true, tint: inkText})
	c.gridY(ys, ys.ticks(5), left, right)
	c.line(xs.at(0), ys.at(0), xs.at(1), ys.at(1), stroke{tint: inkError, width: errWidth, dash: []float64{3, 2}})
	most := 1
	for _, t := range all {
		for _, b := range t.bins {
			most = max(most, b.Count)
		}
	}
	base := top + trustHeight + 4 + trustCounts
	counts := scale{lo: 0, hi: float64(most), from: base, to: top + trustHeight + 8}
	share := (xs.at(0.1) - xs.at(0)) * 0.8 / float64(len(all))
	for k, t := range all {
		var path []point
		for _, b := range t.bins {
			if b.Count == 0 {
				continue
			}
			path = append(path, point{xs.at(b.Confidence), ys.at(b.Accuracy)})
			x0 := xs.at(b.Low) + (xs.at(0.1)-xs.at(0))*0.1 + share*float64(k)
			c.rect(x0, counts.at(float64(b.Count)), share, base-counts.at(float64(b.Count)), t.variant.tint, 0.75)
		}
		c.polyline(path, stroke{tint: t.variant.tint, width: 1.2})
		for _, b := range t.bins {
			if b.Count == 0 {
				continue
			}
			c.open(fmt.Sprintf("%s: %s with confidence %.2f to %.2f, %.1f %% right", t.variant.name, plural(b.Count, "entity", "entities"), b.Low, b.High, 100*b.Accuracy))
			c.glyph(t.variant.glyph, xs.at(b.Confidence), ys.at(b.Accuracy), 2.4, t.variant.tint, 0)
			c.close()
		}
	}
	for _, t := range xs.ticks(5) {
		c.text(xs.at(t.value), base+tickSize+2, t.text, lettering{size: tickSize, tint: inkMuted, at: atMiddle})
	}
	c.line(left, base, right, base, stroke{tint: inkGrid, width: gridWidth})
	c.text(left-4, base-2, "n", lettering{size: smallSize, tint: inkMuted, at: atEnd})
	c.text((left+right)/2, base+20, "confidence", lettering{size: tickSize, bold: true, tint: inkMuted, at: atMiddle})
}

// coverage draws risk against coverage.
func (c *canvas) coverage(all []trust, x, top, width float64) {
	left, right := x+axisRoom, x+width
	most := 2 * acceptedRisk
	for _, t := range all {
		for _, p := range t.risks {
			// The first few entities make the risk jump; they are no measure.
			if p.Coverage >= 0.02 {
				most = math.Max(most, p.Risk)
			}
		}
	}
	xs := scale{lo: 0, hi: 1, from: left, to: right}
	ys := scale{lo: 0, hi: math.Min(1, most*1.05), from: top + trustHeight, to: top}
	c.text(x+2, top-7, "wrong among those kept", lettering{size: textSize, bold: true, tint: inkText})
	c.gridY(ys, ys.ticks(5), left, right)
	c.line(left, ys.at(acceptedRisk), right, ys.at(acceptedRisk), stroke{tint: inkError, width: errWidth, dash: []float64{3, 2}})
	for _, t := range all {
		c.open(fmt.Sprintf("%s: %.1f %% wrong when all are kept", t.variant.name, 100*(1-t.right)))
		c.polyline(thinned(t.risks, xs, ys), stroke{tint: t.variant.tint, width: 1.3})
		c.close()
		at := metrics.CoverageAt(t.risks, acceptedRisk)
		if at.Coverage > 0 {
			c.open(fmt.Sprintf("%s: %.1f %% can be kept with at most %.0f %% wrong, from confidence %.2f on", t.variant.name, 100*at.Coverage, 100*acceptedRisk, at.Confidence))
			c.glyph(t.variant.glyph, xs.at(at.Coverage), ys.at(at.Risk), 2.8, t.variant.tint, 0)
			c.close()
		}
	}
	for _, t := range xs.ticks(5) {
		c.text(xs.at(t.value), ys.from+tickSize+3, t.text, lettering{size: tickSize, tint: inkMuted, at: atMiddle})
	}
	c.text((left+right)/2, ys.from+22, "share kept (coverage)", lettering{size: tickSize, bold: true, tint: inkMuted, at: atMiddle})
}

// thinned gives a curve with at most a point each half point of width.
func thinned(risks []metrics.Risk, xs, ys scale) []point {
	var out []point
	for i, p := range risks {
		q := point{xs.at(p.Coverage), ys.at(p.Risk)}
		if len(out) == 0 || q.x-out[len(out)-1].x >= 0.5 || i == len(risks)-1 {
			out = append(out, q)
		}
	}
	return out
}

// trustTitle says which way confidence errs, and what it is good for.
func (r *Report) trustTitle() string {
	t := r.trust[0]
	way := "is about as sure as it is right"
	const noticeable = 0.02
	switch {
	case t.mean-t.right > noticeable:
		way = fmt.Sprintf("is too sure of itself: mean confidence %.2f, %.2f right", t.mean, t.right)
	case t.right-t.mean > noticeable:
		way = fmt.Sprintf("is surer than it says: mean confidence %.2f, %.2f right", t.mean, t.right)
	}
	kept := metrics.CoverageAt(t.risks, acceptedRisk)
	if kept.Coverage == 0 {
		return fmt.Sprintf("%s %s; no share of its entities has at most %.0f %% wrong", t.variant.name, way, 100*acceptedRisk)
	}
	return fmt.Sprintf("%s %s; %.0f %% of its entities can be kept with at most %.0f %% wrong", t.variant.name, way, 100*kept.Coverage, 100*acceptedRisk)
}
