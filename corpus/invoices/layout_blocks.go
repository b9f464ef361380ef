package invoices

import (
	"strings"

	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// align says what the x of a segment is.
type align uint8

const (
	alignLeft   align = iota // x is the left edge
	alignRight               // x is the right edge
	alignCentre              // x is the centre
)

// segment is text at one place of a row.
type segment struct {
	x      float64 // points from the left edge of the block
	align  align
	size   float64
	font   typeset.Font
	ink    typeset.Colour
	pieces []piece
}

func (g *segment) width() float64 { return piecesWidth(g.pieces, g.font, g.size) }

// row is a line of a block; its segments stand from left to right. Shapes are
// drawn behind the text of the row, overlays over it; both are placed from
// the upper left corner of the row.
type row struct {
	segments []segment
	height   float64
	marks    marks // of all its words
	shapes   []shape
	overlays []overlay
}

// block is rows one below the other.
type block []row

func (b block) height() float64 {
	sum := 0.0
	for _, r := range b {
		sum += r.height
	}
	return sum
}

// join sets blocks one below the other with a gap between those that have
// rows.
func join(gap float64, blocks ...block) block {
	var all block
	for _, b := range blocks {
		if len(b) == 0 {
			continue
		}
		if len(all) > 0 && gap > 0 {
			all = append(all, row{height: gap})
		}
		all = append(all, b...)
	}
	return all
}

// text is a type size with its distance of lines, a font and a colour; the
// zero font is Helvetica, the zero colour black.
type text struct {
	size, line float64
	font       typeset.Font
	ink        typeset.Colour
}

// bold gives the same type in another font, inked in another colour.
func (t text) bold() text                    { t.font = t.font.Bold(); return t }
func (t text) inked(ink typeset.Colour) text { t.ink = ink; return t }

// scaled gives type of another size with the lines in proportion.
func (t text) scaled(by float64) text { t.size *= by; t.line *= by; return t }

// width is the width of pieces set in one line.
func (t text) width(pieces []piece) float64 { return piecesWidth(pieces, t.font, t.size) }

// segment is pieces at a place of a row.
func (t text) segment(x float64, a align, pieces []piece) segment {
	return segment{x: x, align: a, size: t.size, font: t.font, ink: t.ink, pieces: pieces}
}

// paragraph sets pieces in lines of at most width, broken between words.
func (t text) paragraph(width float64, a align, pieces ...piece) block {
	x := 0.0
	switch a {
	case alignRight:
		x = width
	case alignCentre:
		x = width / 2
	}
	var b block
	var line []piece
	used := 0.0
	flush := func() {
		if len(line) > 0 {
			b = append(b, row{segments: []segment{t.segment(x, a, line)}, height: t.line})
			line, used = nil, 0
		}
	}
	if t.width(pieces) <= width {
		line = pieces
		flush()
		return b
	}
	for _, p := range pieces {
		for word := range strings.FieldsSeq(p.text) {
			w := wordWidth(word, p.font(t.font), t.size)
			if used > 0 && used+t.font.Space(t.size)+w > width {
				flush()
			}
			if used > 0 {
				used += t.font.Space(t.size)
			}
			used += w
			line = append(line, piece{text: word, field: p.field, id: p.id, emphasis: p.emphasis})
		}
	}
	flush()
	return b
}

// pair is a key word and its value. An empty key is a value that nothing
// announces.
type pair struct {
	key   []piece
	value []piece
}

// pairForm is an arrangement of pairs.
type pairForm uint8

const (
	pairsInline pairForm = iota // Key: value
	pairsTabbed                 // values in a column of their own
	pairsSpread                 // keys at the left edge, values at the right edge
	pairsRight                  // Key: value, at the right edge
	pairsAbove                  // each key above its value
	pairsGrid                   // keys in a row, their values in the row below
)

// pairs arranges pairs within width.
func (t text) pairs(width float64, form pairForm, list []pair) block {
	if list = valued(list); len(list) == 0 {
		return nil
	}
	switch form {
	case pairsGrid:
		return t.grid(width, list)
	case pairsTabbed, pairsSpread:
		return t.columns(width, form, list)
	}
	var b block
	for _, p := range list {
		switch form {
		case pairsAbove:
			value, rest := p.lines()
			b = append(b, t.paragraph(width, alignLeft, p.key...)...)
			b = append(b, t.paragraph(width, alignLeft, value...)...)
			b = append(b, t.paragraph(width, alignLeft, rest...)...)
		default:
			a := alignLeft
			if form == pairsRight {
				a = alignRight
			}
			value, rest := p.lines()
			b = append(b, t.paragraph(width, a, concat(p.key, value)...)...)
			b = append(b, t.paragraph(width, a, rest...)...)
		}
	}
	return b
}

// valued are the pairs that have a value: a document that leaves out a field
// has pairs without.
func valued(list []pair) []pair {
	kept := make([]pair, 0, len(list))
	for _, p := range list {
		if !blank(p.value) {
			kept = append(kept, p)
		}
	}
	return kept
}

// blank says whether pieces have no text.
func blank(pieces []piece) bool {
	for k := range pieces {
		if pieces[k].text != "" {
			return false
		}
	}
	return true
}

// lines is the value of a pair in its first line and its second, which is
// empty but for a broken one.
func (p *pair) lines() (first, rest []piece) {
	if len(p.value) != 1 || !p.value[0].broken {
		return p.value, nil
	}
	words := strings.Fields(p.value[0].text)
	half := (len(words) + 1) / 2
	a, b := p.value[0], p.value[0]
	a.text, b.text = strings.Join(words[:half], " "), strings.Join(words[half:], " ")
	return []piece{a}, []piece{b}
}

// columns sets keys at the left edge and values in a column; a pair that is
// too wide becomes a paragraph.
func (t text) columns(width float64, form pairForm, list []pair) block {
	tab := 0.0
	for _, p := range list {
		tab = max(tab, t.width(p.key))
	}
	tab += 1.2 * t.size
	var b block
	for _, p := range list {
		first, rest := p.lines()
		key, value := t.width(p.key), max(t.width(first), t.width(rest))
		second := t.segment(tab, alignLeft, first)
		room := width - tab
		if form == pairsSpread {
			second.x, second.align = width, alignRight
			room = width - key - t.size
		}
		if value > room {
			b = append(b, t.paragraph(width, alignLeft, concat(p.key, p.value)...)...)
			continue
		}
		b = append(b, row{height: t.line, segments: []segment{t.segment(0, alignLeft, p.key), second}})
		if rest != nil {
			second.pieces = rest
			b = append(b, row{height: t.line, segments: []segment{second}})
		}
	}
	return b
}

// grid sets as many pairs side by side as fit, keys above values.
func (t text) grid(width float64, list []pair) block {
	gap := 1.5 * t.size
	var b block
	for len(list) > 0 {
		n, used := 0, 0.0
		for n < len(list) && n < 5 {
			w := max(t.width(list[n].key), t.width(list[n].value))
			if n > 0 && used+gap+w > width {
				break
			}
			if n > 0 {
				used += gap
			}
			used += w
			n++
		}
		if n == 1 && used > width {
			b = append(b, t.paragraph(width, alignLeft, concat(list[0].key, list[0].value)...)...)
			list = list[1:]
			continue
		}
		extra := (width - used) / float64(n)
		keys, values := row{height: t.line}, row{height: t.line}
		x := 0.0
		for _, p := range list[:n] {
			keys.segments = append(keys.segments, t.segment(x, alignLeft, p.key))
			values.segments = append(values.segments, t.segment(x, alignLeft, p.value))
			x += max(t.width(p.key), t.width(p.value)) + gap + extra
		}
		b = append(b, keys, values)
		if list = list[n:]; len(list) > 0 {
			b = append(b, row{height: 0.4 * t.line})
		}
	}
	return b
}

// concat is a new slice of both.
func concat(a, b []piece) []piece {
	all := make([]piece, 0, len(a)+len(b))
	return append(append(all, a...), b...)
}
