package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/metrics"
)

// Sizes of the confusion matrix.
const (
	confusedMost       = 26 // entity types of the matrix
	confusedMostNarrow = 13
	confusedCell       = 14.0 // points, at most
)

// matrix is a confusion matrix of a few entity types.
type matrix struct {
	labels    []int32          // rows and columns
	count     map[[2]int32]int // gold, predicted
	ambiguous map[[2]int32]bool
	most      int // greatest count off the diagonal
	left      int // confusions of types that are not shown
}

// matrixOf takes pairs of types in the order of the list until there are most
// types, so that those that a rule is about stand first and together.
func matrixOf(m *mistakes, most int) matrix {
	x := matrix{count: map[[2]int32]int{}, ambiguous: map[[2]int32]bool{}}
	has := func(l int32) bool { return slices.Contains(x.labels, l) }
	for _, ambiguous := range []bool{true, false} {
		for _, p := range m.pairs {
			if p.Ambiguous != ambiguous {
				continue
			}
			for _, l := range []int32{p.Gold, p.Pred} {
				if !has(l) && len(x.labels) < most {
					x.labels = x.insert(l, p)
				}
			}
		}
	}
	for _, p := range m.pairs {
		if !has(p.Gold) || !has(p.Pred) {
			x.left += p.Count
			continue
		}
		x.count[[2]int32{p.Gold, p.Pred}] = p.Count
		x.ambiguous[[2]int32{p.Gold, p.Pred}] = p.Ambiguous
		x.most = max(x.most, p.Count)
	}
	return x
}

// insert adds a type beside the other one of its pair where that stands
// already, so that what is confused makes blocks along the diagonal.
func (x *matrix) insert(l int32, p metrics.Confusion) []int32 {
	other := p.Gold
	if l == p.Gold {
		other = p.Pred
	}
	if at := slices.Index(x.labels, other); at >= 0 {
		return slices.Insert(x.labels, at+1, l)
	}
	return append(x.labels, l)
}

func planConfusion(r *Report, f *fonts, width float64) (*drawing, error) {
	m := r.errors
	if m == nil {
		return nil, absent("%s", r.errorsReason)
	}
	if len(m.pairs) == 0 {
		return nil, absent("%s took no entity type for another", r.candidate.name)
	}
	most := confusedMost
	if width < WideWidth {
		most = confusedMostNarrow
	}
	x := matrixOf(m, most)
	n := len(x.labels)
	names := lettering{size: tickSize, tint: inkText, at: atEnd}
	nameRoom := 0.0
	for _, l := range x.labels {
		nameRoom = math.Max(nameRoom, f.measure(m.labels[l], names))
	}
	const keyRoom, rightRoom = 16.0, 36.0
	nameRoom = math.Min(nameRoom, width*0.34)
	left := nameRoom + keyRoom + 4
	listRoom := 0.0 // right of the matrix, the greatest confusions in words
	if width >= WideWidth {
		listRoom = 0.32 * width
	}
	cell := math.Min(confusedCell, (width-left-rightRoom-listRoom)/float64(n))
	if listRoom > 0 {
		listRoom = width - left - rightRoom - cell*float64(n) - 14
	}
	rowHeight := math.Max(cell, 9)
	top := 30.0
	bottom := top + rowHeight*float64(n)
	listed := m.pairs
	const listLead, listLeast = 21.0, 3
	fits := max(listLeast, int((bottom-top)/listLead))
	height := bottom + 18
	if listRoom > 0 {
		listed = listed[:min(len(listed), fits)]
		height = math.Max(height, top+listLead*float64(len(listed))+12)
	} else {
		listed = nil
	}
	d := &drawing{
		title:  r.confusionTitle(),
		height: height,
		label:  fmt.Sprintf("Confusion matrix of %s.", plural(n, "entity type", "entity types")),
	}
	ambiguity := "Framed: a resolution rule is about the pair."
	if r.data.Ambiguous == nil {
		ambiguity = "Which pairs are ambiguous by rule is not known for these entity types."
	}
	d.caption = fmt.Sprintf("Rows are gold, columns predicted, with the same tokens or some of them; counts are means over %s of %s on %s. "+
		"On the diagonal the share found, in %%. %s Darker: more often. Not shown: %s between other types.",
		plural(m.runs, "run", "runs"), r.candidate.name, r.scoredOn(), ambiguity, meanCount(x.left, m.runs)+" confusions")
	d.caption += " " + r.provenance(r.candidate)
	d.paint = func(c *canvas) {
		head := lettering{size: smallSize, bold: true, tint: inkMuted}
		c.text(left, 8, "predicted →", head)
		c.text(left-4, 8, "gold ↓", lettering{size: smallSize, bold: true, tint: inkMuted, at: atEnd})
		c.text(left+cell*float64(n)+rightRoom-4, top-5, "n", lettering{size: smallSize, bold: true, tint: inkMuted, at: atEnd})
		for i, l := range x.labels {
			key := fmt.Sprint(i + 1)
			cx := left + cell*(float64(i)+0.5)
			small := lettering{size: smallSize, tint: inkMuted, at: atMiddle}
			c.text(cx, top-5, key, small)
			mid := top + rowHeight*(float64(i)+0.5) + tickSize*0.35
			c.text(nameRoom, mid, f.fit(m.labels[l], nameRoom, names), names)
			c.text(nameRoom+keyRoom, mid, key, lettering{size: smallSize, tint: inkMuted, at: atEnd})
			c.text(left+cell*float64(n)+rightRoom-4, mid, thousands(m.gold[l]/m.runs), lettering{size: smallSize, tint: inkMuted, at: atEnd})
		}
		c.confusionCells(m, &x, left, top, cell, rowHeight)
		for k, p := range listed {
			c.confusionWords(m, p, left+cell*float64(n)+rightRoom+14, top+listLead*float64(k), listRoom)
		}
	}
	return d, nil
}

// confusionCells draws the squares of the matrix.
func (c *canvas) confusionCells(m *mistakes, x *matrix, left, top, cell, rowHeight float64) {
	for i, g := range x.labels {
		for k, p := range x.labels {
			x0, y0 := left+cell*float64(k), top+rowHeight*float64(i)
			size := math.Min(smallSize, cell*0.52)
			if i == k {
				share := float64(m.found[g]) / float64(m.gold[g])
				c.rect(x0, y0, cell-0.6, rowHeight-0.6, inkGrid, 0)
				if m.gold[g] > 0 {
					c.text(x0+cell/2-0.3, y0+rowHeight/2+size*0.35, fmt.Sprintf("%.0f", 100*share), lettering{size: size, tint: inkMuted, at: atMiddle})
				}
				continue
			}
			count := x.count[[2]int32{g, p}]
			if count == 0 {
				c.rect(x0, y0, cell-0.6, rowHeight-0.6, heatTints[0], 0)
				continue
			}
			// A root spreads the small counts, of which there are many.
			back, text := heat(0.12 + 0.88*math.Sqrt(float64(count)/float64(x.most)))
			c.open(fmt.Sprintf("%s taken for %s: %s a run", m.labels[g], m.labels[p], meanCount(count, m.runs)))
			c.rect(x0, y0, cell-0.6, rowHeight-0.6, back, 0)
			c.text(x0+cell/2-0.3, y0+rowHeight/2+size*0.35, cellCount(count, m.runs), lettering{size: size, tint: text, at: atMiddle})
			if x.ambiguous[[2]int32{g, p}] {
				c.polyline([]point{{x0, y0}, {x0 + cell - 0.6, y0}, {x0 + cell - 0.6, y0 + rowHeight - 0.6}, {x0, y0 + rowHeight - 0.6}, {x0, y0}},
					stroke{tint: variantTints[1], width: 1})
			}
			c.close()
		}
	}
}

// confusionWords writes one confusion in two lines.
func (c *canvas) confusionWords(m *mistakes, p metrics.Confusion, x, y, room float64) {
	number := lettering{size: tickSize, bold: true, tint: inkText, at: atEnd}
	const numberRoom = 26.0
	c.text(x+numberRoom-6, y+tickSize, meanCount(p.Count, m.runs), number)
	if p.Ambiguous {
		c.polyline([]point{{x + numberRoom - 2, y}, {x + numberRoom - 2, y + 16}}, stroke{tint: variantTints[1], width: 1.4})
	}
	l := lettering{size: tickSize, tint: inkText}
	c.text(x+numberRoom+3, y+tickSize, c.fonts.fit(m.labels[p.Gold], room-numberRoom-3, l), l)
	l.tint = inkMuted
	c.text(x+numberRoom+3, y+tickSize+8.5, c.fonts.fit("→ "+m.labels[p.Pred], room-numberRoom-3, l), l)
}

// meanCount writes a count over runs as a mean of a run.
func meanCount(count, runs int) string {
	mean := float64(count) / float64(runs)
	if mean < 10 {
		return trimmed(mean, 1)
	}
	return thousands(int(math.Round(mean)))
}

// cellCount writes a mean in as little room as can be.
func cellCount(count, runs int) string {
	mean := float64(count) / float64(runs)
	if mean < 1 {
		return "<1"
	}
	return fmt.Sprintf("%.0f", mean)
}

// confusionTitle says what is confused most, and what share of all wrong
// types the ambiguous pairs are.
func (r *Report) confusionTitle() string {
	m := r.errors
	all, ambiguous := 0, 0
	top := m.pairs[0]
	for _, p := range m.pairs {
		all += p.Count
		if p.Ambiguous {
			ambiguous += p.Count
		}
		if p.Count > top.Count {
			top = p
		}
	}
	title := fmt.Sprintf("%s most often takes %s for %s (%s a run)", r.candidate.name, m.labels[top.Gold], m.labels[top.Pred], meanCount(top.Count, m.runs))
	if r.data.Ambiguous != nil {
		title += fmt.Sprintf("; %.0f %% of its %s wrong types are pairs that a resolution rule is about", 100*float64(ambiguous)/float64(all), meanCount(all, m.runs))
	}
	return title
}
