package invoices

import "slices"

// column is a column of a table.
type column struct {
	title []piece
	align align
	grow  bool // takes the room that is left, and wraps where there is none
}

// tableRow is one row. Cells align with columns; a row without cells is a
// line of its own, such as the heading of a group.
type tableRow struct {
	cells  [][]piece
	alone  []piece // set from the growing column on, or at the left edge
	indent bool    // alone begins at the growing column
	right  []piece // stands at the right edge beside alone
	marks  marks   // beside TABLE
	amount cents   // what the row adds to the sum carried to the next page
}

// table is rows under columns. Carry gives the row that stands at the end of
// a page (forward) and the start of the next (not forward) with the sum of
// all rows so far; nil carries nothing.
type table struct {
	text
	columns []column
	header  bool
	rows    []tableRow
	gap     float64 // points between columns
	padding float64 // points added to the height of each row
	carry   func(sum cents, forward bool) tableRow
}

// place sets the table over the full width of the sheet in the look that the
// sheet has, with its header repeated on each page.
func (t *table) place(s *sheet) {
	t.prune()
	s.section &^= headerSection
	width := s.full()
	l := &s.look
	t.padding = max(t.padding, l.table.padding())
	titles := l.headText(t.text)
	cols := t.fit(width, titles)
	head := block(nil)
	if t.header {
		cells := make([][]piece, len(t.columns))
		for k, c := range t.columns {
			cells[k] = c.title
		}
		h := *t
		h.text = titles
		h.size, h.line = t.size, t.line
		head = l.dressHead(h.layout(tableRow{cells: cells, marks: columnHeader}, cols, width), cols, t.gap, width)
	}
	carried := func(sum cents, forward bool) block {
		return l.dressRow(t.layout(t.carry(sum, forward), cols, width), 0, false, cols, t.gap, width)
	}
	reserve := 0.0
	if t.carry != nil {
		reserve = t.line + t.padding
	}
	var sum cents
	shade := 0 // rows on this page
	for k, r := range t.rows {
		b := t.layout(r, cols, width)
		need := b.height() + reserve
		if k == 0 {
			need += head.height()
		}
		if !s.fits(need) {
			if k > 0 {
				if t.carry != nil {
					s.place(carried(sum, true))
				}
				s.place(l.end(width))
			}
			s.breakPage()
			shade = 0
			if k > 0 {
				s.place(head)
				if t.carry != nil {
					s.place(carried(sum, false))
				}
			}
		}
		if k == 0 {
			s.place(head)
			if head == nil {
				s.place(l.end(width))
			}
		}
		s.place(l.dressRow(b, shade, r.cells != nil, cols, t.gap, width))
		shade++
		sum += r.amount
	}
	s.place(l.end(width))
}

// prune drops the columns and rows of which a document leaves out the field.
// The growing column stays.
func (t *table) prune() {
	rows := t.rows[:0]
	for _, r := range t.rows {
		if r.cells != nil || !blank(r.alone) || !blank(r.right) {
			rows = append(rows, r)
		}
	}
	t.rows = rows
	for j := len(t.columns) - 1; j >= 0; j-- {
		empty := !t.columns[j].grow
		for _, r := range t.rows {
			empty = empty && (r.cells == nil || blank(r.cells[j]))
		}
		if !empty {
			continue
		}
		t.columns = slices.Delete(t.columns, j, j+1)
		for k := range t.rows {
			if t.rows[k].cells != nil {
				t.rows[k].cells = slices.Delete(t.rows[k].cells, j, j+1)
			}
		}
	}
}

// extent is the place of a column in points from the left edge.
type extent struct{ x, width float64 }

// fit gives each column its natural width; the growing one takes the rest.
// Where the natural widths leave it less than a fifth of the width, all type
// shrinks.
func (t *table) fit(width float64, titles text) []extent {
	cols := make([]extent, len(t.columns))
	for {
		used, grow := 0.0, -1
		for k, c := range t.columns {
			if c.grow {
				grow = k
				continue
			}
			w := 0.0
			if t.header {
				titles.size = t.size
				w = titles.width(c.title)
			}
			for _, r := range t.rows {
				if r.cells != nil {
					w = max(w, t.width(r.cells[k]))
				}
			}
			cols[k].width = w
			used += w
		}
		if grow < 0 {
			panic("corpus: fit: a table without a growing column")
		}
		used += t.gap * float64(len(cols)-1)
		if rest := width - used; rest >= width/5 || t.size < 5 {
			cols[grow].width = rest
			break
		}
		t.size *= 0.93
		t.line *= 0.95
		t.gap *= 0.9
	}
	x := 0.0
	for k := range cols {
		cols[k].x = x
		x += cols[k].width + t.gap
	}
	return cols
}

// layout sets one row of the table; text that has no field is TABLE.
func (t *table) layout(r tableRow, cols []extent, width float64) block {
	height := t.line + t.padding
	if r.cells == nil {
		x := 0.0
		if r.indent {
			for k, c := range t.columns {
				if c.grow {
					x = cols[k].x
				}
			}
		}
		line := row{height: height, marks: tableMark | r.marks}
		words := t.text
		if r.marks&(groupHeader|groupSubtotal) != 0 {
			words = words.bold()
		}
		line.segments = append(line.segments, words.segment(x, alignLeft, tabled(r.alone)))
		if r.right != nil {
			line.segments = append(line.segments, words.segment(width, alignRight, tabled(r.right)))
		}
		return block{line}
	}
	first := row{height: height, marks: tableMark | r.marks}
	var more block
	for k, c := range t.columns {
		pieces := tabled(r.cells[k])
		if c.grow && t.width(pieces) > cols[k].width {
			lines := t.paragraph(cols[k].width, alignLeft, pieces...)
			for _, l := range lines[1:] {
				l.segments[0].x = cols[k].x
				l.marks = first.marks
				more = append(more, l)
			}
			pieces = lines[0].segments[0].pieces
		}
		g := t.segment(cols[k].x, c.align, pieces)
		switch c.align {
		case alignRight:
			g.x += cols[k].width
		case alignCentre:
			g.x += cols[k].width / 2
		}
		first.segments = append(first.segments, g)
	}
	if len(more) == 0 || t.padding == 0 {
		return append(block{first}, more...)
	}
	// The padding stands above and below all lines of the row.
	first.height = t.line
	half := row{height: t.padding / 2}
	return append(append(block{half, first}, more...), half)
}

// tabled gives the field TABLE to pieces without a field.
func tabled(pieces []piece) []piece {
	for k := range pieces {
		if pieces[k].field == noField {
			pieces[k].field = fTable
		}
	}
	return pieces
}
