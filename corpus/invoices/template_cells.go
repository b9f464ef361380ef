package invoices

import "strings"

// cell is a part of a row of blocks side by side: its share of the width, and
// what fills it.
type cell struct {
	share float64
	fill  func(width float64) block
}

// cells sets blocks side by side over the full width; they are read one after
// the other. Bordered ones share their borders.
func (c *composer) cells(border bool, list ...cell) {
	s := c.sheet
	sum := 0.0
	for _, k := range list {
		sum += k.share
	}
	room := 0.5 * c.style.body.size
	full := s.full()
	blocks := make([]block, len(list))
	height := 0.0
	for k, l := range list {
		width := full * l.share / sum
		blocks[k] = l.fill(width - 2*room)
		height = max(height, blocks[k].height())
	}
	if border {
		height += 2 * room
	}
	if !s.fits(height) {
		s.breakPage()
	}
	top, x := s.y, s.left
	for k, l := range list {
		width := full * l.share / sum
		b := blocks[k]
		s.y = top
		if border {
			s.draw(outline(0, 0, width, height, thinLine, c.style.look.accent), x, top)
			s.y += room
		}
		for _, r := range b {
			s.put(r, x+room)
		}
		x += width
	}
	s.y = top + height
}

// factCells sets facts in bordered cells, n to a row, keys above values.
func (c *composer) factCells(n int, facts []pair) {
	for len(facts) > 0 {
		var row []cell
		for _, p := range facts[:min(n, len(facts))] {
			row = append(row, cell{1, func(w float64) block { return c.style.body.pairs(w, pairsAbove, []pair{p}) }})
		}
		c.cells(true, row...)
		facts = facts[min(n, len(facts)):]
	}
}

// body ends the header section of a document.
func (c *composer) body() { c.sheet.section &^= headerSection }

// titled is a heading above a block.
func (c *composer) titled(head phrase, width float64, b block) block {
	if len(b) == 0 {
		return nil
	}
	t := c.style.body.scaled(1.15).bold().inked(c.style.look.accent)
	return append(t.paragraph(width, alignLeft, c.heading(head)), b...)
}

// typedRule is a row of the sign that a document types between rows, over the
// width of the sheet; nil where it types none.
func (c *composer) typedRule() []piece {
	if c.style.typed == "" {
		return nil
	}
	t := c.style.body
	n := int(c.sheet.full() / t.width([]piece{plain(c.style.typed)}))
	return []piece{plain(strings.Repeat(c.style.typed, n))}
}

// ruleBlock is a typed rule outside of a table.
func (c *composer) ruleBlock() block {
	if c.style.typed == "" {
		return nil
	}
	return c.style.body.paragraph(c.sheet.full(), alignLeft, c.typedRule()...).marked(rowSeparator)
}

// sentenceWith sets a sentence in which {name} stands for pieces.
func (c *composer) sentenceWith(s string, width float64, facts map[string][]piece) block {
	var pieces []piece
	for s != "" {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			pieces = append(pieces, plain(s))
			break
		}
		end := strings.IndexByte(s, '}')
		pieces = append(pieces, plain(s[:open]))
		pieces = append(pieces, facts[s[open+1:end]]...)
		s = s[end+1:]
	}
	return c.style.body.paragraph(width, alignLeft, pieces...)
}
