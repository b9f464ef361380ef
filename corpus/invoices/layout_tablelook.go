package invoices

import "github.com/invoicelab/invoicelab/corpus/typeset"

// tableLook is how the rows and columns of a table are set apart.
type tableLook uint8

const (
	tablePlain    tableLook = iota // by room alone
	tableHeadRule                  // a line below the header and one at the end
	tableRows                      // a thin line below every row
	tableBoxed                     // a border, and lines between columns
	tableGrid                      // lines round every cell
	tableZebra                     // every second row shaded, a shaded header
	tableBanner                    // a header in white on the accent
)

// least padding of a row in points, so that text stays clear of lines.
func (l tableLook) padding() float64 {
	switch l {
	case tablePlain, tableHeadRule:
		return 0
	case tableRows:
		return 2
	}
	return 3.5
}

// lines widths in points.
const (
	thinLine  = 0.5
	heavyLine = 1.1
)

// overhang is how far shades and borders of a table reach beyond its text.
const overhang = 4.0

// headText is the type of a table's header.
func (l *look) headText(t text) text {
	if l.table == tablePlain && l.heads == 0 {
		return t
	}
	t = t.bold()
	if l.table == tableBanner {
		t.ink = typeset.Grey(255)
	}
	return t
}

// dressHead puts lines and shades behind the header of a table.
func (l *look) dressHead(b block, cols []extent, gap, width float64) block {
	if len(b) == 0 {
		return b
	}
	h := b.height()
	lower := func(line float64, ink typeset.Colour) shape { return rule(-overhang, h, width+overhang, h, line, ink) }
	switch l.table {
	case tableHeadRule:
		return b.drawn(lower(heavyLine, l.accent))
	case tableRows:
		return b.drawn(rule(-overhang, 0, width+overhang, 0, heavyLine, l.accent), lower(heavyLine, l.accent))
	case tableBoxed, tableGrid:
		shapes := []shape{area(-overhang, 0, width+overhang, h, l.pale), rule(-overhang, 0, width+overhang, 0, thinLine, l.accent), lower(thinLine, l.accent)}
		return b.drawn(append(shapes, l.columnLines(h, cols, gap, width)...)...)
	case tableZebra:
		return b.drawn(area(-overhang, 0, width+overhang, h, tint(l.accent, 0.25)), lower(heavyLine, l.accent))
	case tableBanner:
		return b.drawn(area(-overhang, 0, width+overhang, h, l.accent))
	}
	return b
}

// dressRow puts lines and shades behind row k of a table.
func (l *look) dressRow(b block, k int, divided bool, cols []extent, gap, width float64) block {
	if len(b) == 0 {
		return b
	}
	h := b.height()
	lower := rule(-overhang, h, width+overhang, h, thinLine, tint(l.accent, 0.5))
	if !divided {
		cols = nil
	}
	switch l.table {
	case tableRows:
		return b.drawn(lower)
	case tableBoxed:
		return b.drawn(l.columnLines(h, cols, gap, width)...)
	case tableGrid:
		lower.ink = l.accent
		return b.drawn(append(l.columnLines(h, cols, gap, width), lower)...)
	case tableZebra:
		if k%2 == 1 {
			return b.drawn(area(-overhang, 0, width+overhang, h, l.pale))
		}
	case tableBanner:
		return b.drawn(lower)
	}
	return b
}

// end is the line below the last row of a table on a page.
func (l *look) end(width float64) block {
	switch l.table {
	case tableHeadRule, tableZebra:
		return block{{shapes: []shape{rule(-overhang, 0, width+overhang, 0, heavyLine, l.accent)}}}
	case tableBoxed:
		return block{{shapes: []shape{rule(-overhang, 0, width+overhang, 0, thinLine, l.accent)}}}
	}
	return nil
}

// columnLines are the borders at both sides of a row of height h and the
// lines between its columns.
func (l *look) columnLines(h float64, cols []extent, gap, width float64) []shape {
	shapes := []shape{rule(-overhang, 0, -overhang, h, thinLine, l.accent), rule(width+overhang, 0, width+overhang, h, thinLine, l.accent)}
	for k := 1; k < len(cols); k++ {
		x := cols[k].x - gap/2
		shapes = append(shapes, rule(x, 0, x, h, thinLine, l.accent))
	}
	return shapes
}
