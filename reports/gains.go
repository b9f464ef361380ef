package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Sizes of the figure of gained and lost entities.
const (
	gainRow  = 11.0
	gainMost = 50 // entity types
)

// gain counts, for an entity type, the gold entities that the candidate finds
// and the baseline does not, and the reverse, over pairs of runs.
type gain struct {
	label        string
	gained, lost int
	support      int // gold entities, over the pairs
}

// gains counts document by document; within one document only the difference
// of the numbers found is known.
func (r *Report) gains() (rows []gain, pairs int) {
	ta, tb := commonSeeds(r.baseline, r.candidate, testTally)
	if len(ta) == 0 {
		return nil, 0
	}
	rows = make([]gain, len(ta[0].Labels))
	for i, l := range ta[0].Labels {
		rows[i].label = l
	}
	for k := range ta {
		for d := range ta[k].Docs {
			found := make(map[int32]int32)
			for _, l := range ta[k].Docs[d].Labels {
				found[l.Label] -= l.TP
				rows[l.Label].support += int(l.Gold)
			}
			for _, l := range tb[k].Docs[d].Labels {
				found[l.Label] += l.TP
			}
			for l, n := range found {
				if n > 0 {
					rows[l].gained += int(n)
				} else {
					rows[l].lost -= int(n)
				}
			}
		}
	}
	return rows, len(ta)
}

func planGains(r *Report, f *fonts, width float64) (*drawing, error) {
	if r.baseline == nil {
		return nil, absent("it compares two variants, and the sweep has one")
	}
	if r.pairing == nil {
		return nil, absent("%s and %s could not be compared: %s", r.candidate.name, r.baseline.name, r.pairReason)
	}
	rows, pairs := r.gains()
	gained, lost, support := 0, 0, 0
	for _, g := range rows {
		gained, lost, support = gained+g.gained, lost+g.lost, support+g.support
	}
	changed := slices.DeleteFunc(rows, func(g gain) bool { return g.gained+g.lost == 0 })
	if len(changed) == 0 {
		return nil, absent("%s and %s find the same entities", r.candidate.name, r.baseline.name)
	}
	// Those that move most, then in order of the balance.
	slices.SortStableFunc(changed, func(a, b gain) int { return (b.gained + b.lost) - (a.gained + a.lost) })
	left := max(0, len(changed)-gainMost)
	changed = changed[:len(changed)-left]
	slices.SortStableFunc(changed, func(a, b gain) int {
		return cmp.Or((b.gained-b.lost)-(a.gained-a.lost), cmp.Compare(a.label, b.label))
	})
	most := 0
	for _, g := range changed {
		most = max(most, g.gained, g.lost)
	}
	names := lettering{size: tickSize, tint: inkText, at: atEnd}
	nameRoom := 0.0
	for _, g := range changed {
		nameRoom = math.Max(nameRoom, f.measure(g.label, names))
	}
	nameRoom = math.Min(nameRoom, width*0.36)
	const balanceRoom = 34.0
	perRun := func(n int) float64 { return float64(n) / float64(pairs) }
	legendHeight, paintLegend := legend(f, []legendItem{
		{text: "found by " + r.candidate.name + " only", tint: r.candidate.tint, glyph: 2},
		{text: "found by " + r.baseline.name + " only", tint: r.baseline.tint, glyph: 2},
	}, width)
	x := scale{lo: -perRun(most), hi: perRun(most), from: nameRoom + 8, to: width - balanceRoom}
	top := legendHeight + 18
	bottom := top + gainRow*float64(len(changed))
	d := &drawing{
		title: fmt.Sprintf("%s finds %s entities a run that %s misses, and misses %s that it finds: %s of %s",
			r.candidate.name, meanCount(gained, pairs), r.baseline.name, meanCount(lost, pairs), balance(gained-lost, pairs), meanCount(support, pairs)),
		height: bottom + 24,
		label:  fmt.Sprintf("Bars of entities gained and lost for %s.", plural(len(changed), "entity type", "entity types")),
	}
	d.caption = fmt.Sprintf("Gold entities of %s found by one of two runs of equal seed only, means over %s; in a document the two numbers found are set off. Right: gained less lost.",
		r.scoredOn(), plural(pairs, "pair of runs", "pairs of runs"))
	if left > 0 {
		d.caption += fmt.Sprintf(" Left out: %s that change least.", plural(left, "entity type", "entity types"))
	}
	d.caption += " " + r.provenance(r.candidate, r.baseline)
	d.paint = func(c *canvas) {
		paintLegend(c, 0, 0)
		c.text(width, top-6, "balance", lettering{size: smallSize, bold: true, tint: inkMuted, at: atEnd})
		ticks := x.ticks(max(3, int((x.to-x.from)/50)))
		for i := range ticks {
			if ticks[i].value < 0 {
				ticks[i].text = ticks[i].text[1:]
			}
		}
		c.gridX(x, ticks, top, bottom)
		c.text((x.from+x.at(0))/2, bottom+20, "← lost", lettering{size: tickSize, bold: true, tint: inkMuted, at: atMiddle})
		c.text((x.at(0)+x.to)/2, bottom+20, "gained →", lettering{size: tickSize, bold: true, tint: inkMuted, at: atMiddle})
		for i, g := range changed {
			y := top + gainRow*float64(i)
			mid := y + gainRow/2 + tickSize*0.35
			c.open(fmt.Sprintf("%s: %s gained, %s lost a run, of %s", g.label, meanCount(g.gained, pairs), meanCount(g.lost, pairs), meanCount(g.support, pairs)))
			c.text(nameRoom, mid, f.fit(g.label, nameRoom, names), names)
			c.rect(x.at(0), y+2, x.at(perRun(g.gained))-x.at(0), gainRow-4, r.candidate.tint, 0)
			c.rect(x.at(-perRun(g.lost)), y+2, x.at(0)-x.at(-perRun(g.lost)), gainRow-4, r.baseline.tint, 0)
			c.text(width, mid, balance(g.gained-g.lost, pairs), lettering{size: tickSize, tint: inkText, at: atEnd})
			c.close()
		}
		c.line(x.at(0), top-3, x.at(0), bottom, stroke{tint: inkMuted, width: 0.8})
	}
	return d, nil
}

// balance writes a count over pairs as a signed mean.
func balance(n, pairs int) string {
	switch text := meanCount(max(n, -n), pairs); {
	case n == 0 || text == "0":
		return "0"
	case n < 0:
		return minus + text
	default:
		return "+" + text
	}
}
