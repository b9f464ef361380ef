package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// Settings of the running mean of F1 over labels.
const (
	// smoothDecades is the standard deviation of the Gaussian weights in
	// decades of training documents: about a factor of 1.6.
	smoothDecades = 0.2
	// smoothLeast is the fewest labels that carry the mean at a place, by
	// Kish's effective number (sum w)^2 / sum w^2; with fewer it is not drawn.
	smoothLeast = 3.0
	// smoothLabels is the fewest labels with which there is a running mean.
	smoothLabels = 12
)

// smooth gives the running mean of ys at x, weighting by distance in decades,
// with the 95 % interval of a weighted mean. ok is false where too few labels
// are near.
func smooth(xs, ys []float64, x float64) (m metrics.Interval, ok bool) {
	var sw, sw2, swy float64
	weights := make([]float64, len(xs))
	for i := range xs {
		d := (math.Log10(xs[i]) - math.Log10(x)) / smoothDecades
		w := math.Exp(-d * d / 2)
		weights[i] = w
		sw, sw2, swy = sw+w, sw2+w*w, swy+w*ys[i]
	}
	effective := sw * sw / sw2
	if !(effective >= smoothLeast) {
		return m, false
	}
	mean, squares := swy/sw, 0.0
	for i, w := range weights {
		squares += w * (ys[i] - mean) * (ys[i] - mean)
	}
	const z = 1.96
	half := z * math.Sqrt(squares/sw/(effective-1))
	return metrics.Interval{Value: mean, Low: mean - half, High: mean + half}, true
}

func planFrequency(r *Report, f *fonts, width float64) (*drawing, error) {
	if r.baseline == nil {
		return nil, absent("it compares two variants, and the sweep has one")
	}
	if r.pairing == nil {
		return nil, absent("%s and %s could not be compared: %s", r.candidate.name, r.baseline.name, r.pairReason)
	}
	var rows []experiments.LabelRow
	unseen := 0
	for _, row := range r.pairing.PerLabel {
		if row.TrainDocs > 0 {
			rows = append(rows, row)
		} else {
			unseen++
		}
	}
	if len(rows) == 0 {
		return nil, absent("no entity type of the test split has a training document on record")
	}
	slices.SortStableFunc(rows, func(a, b experiments.LabelRow) int { return cmp.Compare(a.TrainDocs, b.TrainDocs) })

	base, cand := r.baseline, r.candidate
	legendHeight, paintLegend := legend(f, []legendItem{
		{text: cand.name, tint: cand.tint, glyph: cand.glyph, line: true},
		{text: base.name, tint: base.tint, glyph: base.glyph, line: true},
	}, width)
	left, right := axisRoom, width-6
	top := legendHeight + 34
	bottom := top + math.Min(240, 0.62*width)
	least, most := float64(rows[0].TrainDocs), float64(rows[len(rows)-1].TrainDocs)
	x := scale{lo: least / 1.25, hi: most * 1.25, from: left, to: right, log: true}
	lowest := 1.0
	for i := range rows {
		lowest = math.Min(lowest, math.Min(rows[i].A.Value, rows[i].B.Value))
	}
	// Marks need no zero: the axis begins at the fifth below the lowest.
	y := scale{lo: math.Max(0, math.Floor((lowest-0.05)*5)/5), hi: 1, from: bottom, to: top}

	d := &drawing{
		title:  r.frequencyTitle(),
		height: bottom + 26,
		label:  fmt.Sprintf("Points of F1 against training documents for %s under two variants.", plural(len(rows), "entity type", "entity types")),
	}
	smoothed := len(rows) >= smoothLabels
	d.caption = fmt.Sprintf("One pair of marks per entity type: F1 on %s, means over seeds, joined by a line. ", r.scoredOn())
	if smoothed {
		d.caption += fmt.Sprintf("Curves are running means over entity types of like frequency (Gaussian, %g decades) with 95 %% intervals. ", smoothDecades)
	} else {
		d.caption += fmt.Sprintf("No running mean: it needs %d entity types. ", smoothLabels)
	}
	th := r.pairing.Thresholds
	d.caption += fmt.Sprintf("Many: %d training documents or more; few: fewer than %d; figures above are macro F1.", th.Many, th.Few)
	if unseen > 0 {
		d.caption += fmt.Sprintf(" Left out: %s that no training document holds.", plural(unseen, "entity type", "entity types"))
	}
	d.caption += r.missingLabels() + " " + r.provenance(cand, base)

	d.paint = func(c *canvas) {
		paintLegend(c, 0, 0)
		c.frequencyBands(r, x, top, bottom, cand, base)
		for _, t := range x.ticks(int((right - left) / 34)) {
			c.line(x.at(t.value), bottom, x.at(t.value), bottom+2.5, stroke{tint: inkError, width: gridWidth})
			c.text(x.at(t.value), bottom+tickSize+4, t.text, lettering{size: tickSize, tint: inkMuted, at: atMiddle})
		}
		c.gridY(y, y.ticks(5), left, right)
		c.text(0, top-6, "F1", lettering{size: tickSize, bold: true, tint: inkMuted})
		c.text((left+right)/2, bottom+22, "training documents that hold the entity type (log scale)",
			lettering{size: tickSize, bold: true, tint: inkMuted, at: atMiddle})
		if smoothed {
			c.runningMean(rows, func(row *experiments.LabelRow) float64 { return row.A.Value }, x, y, base)
			c.runningMean(rows, func(row *experiments.LabelRow) float64 { return row.B.Value }, x, y, cand)
		}
		for i := range rows {
			row := &rows[i]
			at := x.at(float64(row.TrainDocs))
			c.open(labelNote(row, cand, base))
			c.line(at, y.at(row.A.Value), at, y.at(row.B.Value), stroke{tint: inkError, width: 0.6, alpha: 0.55})
			c.glyph(base.glyph, at, y.at(row.A.Value), 2.3, base.tint, 0.85)
			c.glyph(cand.glyph, at, y.at(row.B.Value), 2.3, cand.tint, 0.85)
			if !smoothed {
				c.besidePoint(row.Name, at, y.at(math.Max(row.A.Value, row.B.Value)), right)
			}
			c.close()
		}
	}
	return d, nil
}

// besidePoint writes a name right of a point, or left of it near the edge.
func (c *canvas) besidePoint(name string, x, y, right float64) {
	l := lettering{size: tickSize, tint: inkMuted}
	x += 5
	if x+c.fonts.measure(name, l) > right {
		x, l.at = x-10, atEnd
	}
	c.text(x, y+tickSize*0.35, name, l)
}

// frequencyBands shades the bands of many, medium and few, and writes the macro
// F1 of both variants above each.
func (c *canvas) frequencyBands(r *Report, x scale, top, bottom float64, cand, base *variant) {
	th := r.pairing.Thresholds
	for _, b := range []struct {
		bucket   metrics.Bucket
		from, to float64
	}{
		{metrics.Few, x.lo, float64(th.Few)},
		{metrics.Medium, float64(th.Few), float64(th.Many)},
		{metrics.Many, float64(th.Many), x.hi},
	} {
		if b.to <= x.lo || b.from >= x.hi {
			continue
		}
		x0, x1 := x.at(b.from), x.at(b.to)
		if b.bucket != metrics.Medium && x1-x0 < x.to-x.from {
			c.rect(x0, top, x1-x0, bottom-top, inkBand, 0)
		}
		room, mid := x1-x0-4, (x0+x1)/2
		bold := lettering{size: tickSize, bold: true, tint: inkMuted, at: atMiddle}
		if c.fonts.measure(b.bucket.String(), bold) <= room {
			c.text(mid, top-14, b.bucket.String(), bold)
		}
		for _, row := range r.pairing.Buckets {
			if row.Name != b.bucket.String() || row.Labels == 0 {
				continue
			}
			c.bandScores(mid, top-5, room, &row, cand, base)
		}
	}
}

// bandScores writes the macro F1 of both variants in their colours, in the
// order of the legend, centred on mid, as far as there is room.
func (c *canvas) bandScores(mid, y, room float64, row *experiments.Row, cand, base *variant) {
	plain := lettering{size: smallSize, tint: inkMuted}
	parts := []struct {
		text string
		tint tint
	}{
		{score(row.B.Value), cand.tint}, {"  ", inkMuted}, {score(row.A.Value), base.tint},
		{" (" + plural(row.Labels, "type", "types") + ")", inkMuted},
	}
	for n := len(parts); n >= 3; n-- {
		width := 0.0
		for _, p := range parts[:n] {
			width += c.fonts.measure(p.text, plain)
		}
		if width > room {
			continue
		}
		x := mid - width/2
		for _, p := range parts[:n] {
			l := plain
			l.tint = p.tint
			c.text(x, y, p.text, l)
			x += c.fonts.measure(p.text, plain)
		}
		return
	}
}

// runningMean draws the running mean of one variant with its interval.
func (c *canvas) runningMean(rows []experiments.LabelRow, value func(*experiments.LabelRow) float64, x, y scale, v *variant) {
	xs, ys := make([]float64, len(rows)), make([]float64, len(rows))
	for i := range rows {
		xs[i], ys[i] = float64(rows[i].TrainDocs), value(&rows[i])
	}
	const steps = 60
	var line, low, band []point
	flush := func() {
		if len(line) > 1 {
			slices.Reverse(low)
			c.polygon(append(band, low...), v.tint, 0.13)
			c.polyline(line, stroke{tint: v.tint, width: 1.5, dash: v.dash})
		}
		line, low, band = nil, nil, nil
	}
	for i := range steps + 1 {
		at := xs[0] * math.Pow(xs[len(xs)-1]/xs[0], float64(i)/steps)
		m, ok := smooth(xs, ys, at)
		if !ok {
			flush()
			continue
		}
		line = append(line, point{x.at(at), y.at(m.Value)})
		band = append(band, point{x.at(at), y.at(m.High)})
		low = append(low, point{x.at(at), y.at(m.Low)})
	}
	flush()
}
