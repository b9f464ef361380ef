package invoices

import "slices"

// over sets an overlay in a row of its own, at the level's chance over other
// text instead: then it is laid when all else stands; see layOver.
//
// An overlay of a field that the document leaves out is not set at all.
func (c *composer) over(o overlay, x float64) block {
	over := c.hard.marks.Float64() < c.hard.recipe.Overlap
	if blank(slices.Concat(o.lines...)) {
		return nil
	}
	if over {
		c.overlays = append(c.overlays, o)
		return nil
	}
	return o.flowed(x, 1)
}

// layOver lays what over kept across a line of the document. Its words are
// read before that line, which does not begin inside an entity.
func (c *composer) layOver() {
	s := c.sheet
	for k := range c.overlays {
		var starts []int // words that begin a line and no entity goes through
		for w := 1; w < len(s.words); w++ {
			a, b := &s.words[w-1], &s.words[w]
			if a.line != b.line && (b.field == noField || a.field != b.field || a.id != b.id) {
				starts = append(starts, w)
			}
		}
		if len(starts) == 0 {
			continue
		}
		r := c.hard.marks
		at := starts[r.IntN(len(starts))]
		x := s.left + (0.15+0.7*r.Float64())*s.full()
		s.insert(&c.overlays[k], at, x)
	}
}

// insert lays an overlay with its middle at x and on the base line of word
// at, and puts its words before that word in the reading order.
func (s *sheet) insert(o *overlay, at int, x float64) {
	page, line, section := s.page, s.line, s.section
	below := s.words[at]
	first := len(s.words)
	s.page, s.line, s.section = below.page, below.line, 0
	s.lay(o, x, below.At.Y)
	lines := s.line - below.line
	s.page, s.line, s.section = page, line+lines, section
	for k := at; k < first; k++ {
		s.words[k].line += lines
	}
	laid := append([]word(nil), s.words[first:]...)
	copy(s.words[at+len(laid):], s.words[at:first])
	copy(s.words[at:], laid)
}
