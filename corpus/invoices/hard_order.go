package invoices

import (
	"slices"

	"github.com/invoicelab/invoicelab/corpus"
)

// readUnit is a run of lines that an OCR keeps together: one line, or those
// that a span covers, so that no entity is cut.
type readUnit struct {
	start, end   int // tokens
	page         int
	top, bottom  int16
	left, right  int16
	first, lines int // line of the first token; number of lines
}

// disorder gives a document a fault of reading order: mostly, blocks that
// stand side by side are read across, line by line; else, and where there are
// none, some neighbouring lines change places. Spans stay whole.
func disorder(d *corpus.Document, r draws) {
	units := readUnits(d)
	across := r.chance(0.7)
	swaps := r.between(1, 3)
	if !across || !readAcross(units) {
		for range swaps {
			k := r.IntN(max(1, len(units)-1))
			if k+1 < len(units) && units[k].page == units[k+1].page {
				units[k], units[k+1] = units[k+1], units[k]
			}
		}
	}
	reorder(d, units)
}

// readUnits cuts a document into units, in reading order.
func readUnits(d *corpus.Document) []readUnit {
	joined := make([]bool, len(d.Tokens)+1) // no cut before this token
	for _, s := range d.Spans {
		for k := s.Start + 1; k < s.End; k++ {
			joined[k] = true
		}
	}
	var units []readUnit
	for k := range d.Tokens {
		t := &d.Tokens[k]
		next := k == 0 || t.Line != d.Tokens[k-1].Line
		if next && !joined[k] {
			units = append(units, readUnit{start: k, page: t.Page, top: t.Box.Y0, bottom: t.Box.Y1, left: t.Box.X0, right: t.Box.X1, first: t.Line})
		}
		u := &units[len(units)-1]
		u.end = k + 1
		u.top, u.bottom = min(u.top, t.Box.Y0), max(u.bottom, t.Box.Y1)
		u.left, u.right = min(u.left, t.Box.X0), max(u.right, t.Box.X1)
		if next {
			u.lines++
		}
	}
	return units
}

// readAcross sorts the units of blocks side by side by their height on the
// page, and says whether there were any. A second block begins where the
// reading order jumps back up and to the right; the first one are the units
// before it that are not above it and end left of it.
func readAcross(units []readUnit) bool {
	found := false
	for k := 1; k < len(units); k++ {
		jump := &units[k]
		if last := &units[k-1]; jump.page != last.page || jump.top >= last.top || jump.left < last.right {
			continue
		}
		edge := jump.left
		first := k
		for first > 0 && units[first-1].page == jump.page && units[first-1].bottom > jump.top && units[first-1].right <= edge {
			first--
		}
		end := k + 1
		for end < len(units) && units[end].page == jump.page && units[end].top >= units[end-1].top && units[end].left >= units[k-1].right {
			end++
		}
		slices.SortStableFunc(units[first:end], func(a, b readUnit) int {
			if a.bottom > b.top && b.bottom > a.top && overlap(a, b) > 0.5 {
				return int(a.left) - int(b.left)
			}
			return int(a.top) - int(b.top)
		})
		found = true
		k = end - 1
	}
	return found
}

// overlap is the share of the lower of two units' heights that both cover.
func overlap(a, b readUnit) float64 {
	common := min(a.bottom, b.bottom) - max(a.top, b.top)
	return float64(common) / float64(max(1, min(a.bottom-a.top, b.bottom-b.top)))
}

// reorder puts the tokens of d into the order of units and numbers the lines
// anew.
func reorder(d *corpus.Document, units []readUnit) {
	place := make([]int, len(d.Tokens)+1)
	tokens := make([]corpus.Token, 0, len(d.Tokens))
	var structure, visual []uint16
	line := 0
	for _, u := range units {
		for k := u.start; k < u.end; k++ {
			place[k] = len(tokens)
			t := d.Tokens[k]
			t.Line = line + t.Line - u.first
			tokens = append(tokens, t)
			if d.Structure != nil {
				structure = append(structure, d.Structure[k])
			}
			if d.Visual != nil {
				visual = append(visual, d.Visual[k])
			}
		}
		line += u.lines
	}
	for k, s := range d.Spans {
		d.Spans[k].Start, d.Spans[k].End = place[s.Start], place[s.End-1]+1
	}
	slices.SortFunc(d.Spans, func(a, b corpus.Span) int { return a.Start - b.Start })
	d.Tokens, d.Structure, d.Visual = tokens, structure, visual
}
