package invoices

import "github.com/invoicelab/invoicelab/corpus/typeset"

// look is how a document is dressed: fonts, colours, lines and shades. It
// changes where words stand, never which there are.
type look struct {
	accent, pale typeset.Colour // pale is a tint of accent
	family       typeset.Font
	titleFamily  typeset.Font // of names and titles
	heads, keys  emphasis     // of words that announce blocks, of key words
	table        tableLook
	parties      frame
	totals       frame
	backdrop     backdrop
	logo         logo
}

// frame is what surrounds a block.
type frame uint8

const (
	frameNone  frame = iota
	frameBox         // a thin border
	frameShade       // a pale area
	frameRules       // lines above and below
	frameBar         // an accented bar at the left
)

// backdrop is what stands on every page apart from the type area.
type backdrop uint8

const (
	backdropNone   backdrop = iota
	backdropTop             // a band along the upper edge
	backdropEdge            // a band along the left edge
	backdropLines           // lines above and below the type area
	backdropCorner          // a triangle in the upper right corner
)

// accents are colours of letterheads; the first is for those who print black.
var accents = []typeset.Colour{
	typeset.Black, {R: 31, G: 78, B: 121}, {R: 0, G: 97, B: 90}, {R: 140, G: 28, B: 44}, {R: 68, G: 84, B: 106}, {R: 191, G: 97, B: 16},
	{R: 88, G: 62, B: 138}, {R: 30, G: 112, B: 60}, {R: 12, G: 122, B: 158}, {R: 74, G: 74, B: 74}, {R: 122, G: 76, B: 40}, {R: 183, G: 36, B: 92},
}

// tint mixes a colour with white; share is that of the colour.
func tint(c typeset.Colour, share float64) typeset.Colour {
	mix := func(v uint8) uint8 { return uint8(255 - share*float64(255-v) + 0.5) }
	return typeset.Colour{R: mix(c.R), G: mix(c.G), B: mix(c.B)}
}

// drawLook draws the look of a page, or of a receipt on a roll, which is
// printed in black on white and in one size of line.
func drawLook(r draws, roll bool) look {
	l := look{accent: accents[0]}
	if roll {
		l.family = []typeset.Font{typeset.Mono, typeset.Sans}[r.weighted(60, 40)]
		l.titleFamily = l.family
		l.table = []tableLook{tablePlain, tableHeadRule}[r.weighted(70, 30)]
		l.logo = []logo{logoNone, logoDisc, logoBars, logoHexagon, logoLeaf}[r.weighted(70, 8, 7, 8, 7)]
		l.pale = tint(l.accent, 0.1)
		return l
	}
	l.accent = accents[r.weighted(30, 9, 7, 7, 7, 6, 6, 6, 6, 6, 5, 5)]
	l.pale = tint(l.accent, 0.09+0.02*float64(r.IntN(4)))
	l.family = []typeset.Font{typeset.Sans, typeset.Serif, typeset.Mono}[r.weighted(68, 26, 6)]
	l.titleFamily = l.family
	if l.family != typeset.Mono && r.chance(0.2) {
		l.titleFamily = typeset.Sans + typeset.Serif - l.family // the other one
	}
	l.heads = []emphasis{0, bold, italic}[r.weighted(20, 70, 10)]
	l.keys = []emphasis{0, bold, italic}[r.weighted(60, 30, 10)]
	l.table = tableLook(r.weighted(14, 16, 14, 16, 8, 16, 16))
	l.parties = frame(r.weighted(60, 12, 10, 10, 8))
	l.totals = frame(r.weighted(45, 15, 20, 20, 0))
	l.backdrop = backdrop(r.weighted(58, 14, 8, 12, 8))
	l.logo = logo(r.weighted(45, 7, 7, 7, 7, 7, 7, 7, 6))
	return l
}

// monoShrink makes up for the width of typewriter type, serifGrow for the
// small eye of Times.
const (
	monoShrink = 0.86
	serifGrow  = 1.05
)

// type sizes of a family for the nominal ones.
func (l *look) sized(t text) text {
	t.font = l.family
	switch l.family {
	case typeset.Mono:
		t.size *= monoShrink
	case typeset.Serif:
		t.size *= serifGrow
	}
	return t
}

// dress puts the look on the type of a style.
func (st *style) dress(l look) {
	st.look = l
	st.body, st.small = l.sized(st.body), l.sized(st.small)
	st.large, st.title = l.sized(st.large), l.sized(st.title)
	st.large.font = l.titleFamily.Bold()
	st.title.font = l.titleFamily.Bold()
	st.large.ink, st.title.ink = l.accent, l.accent
}

// framed surrounds the block that fill makes. Fill gets the width that the
// frame leaves.
func (c *composer) framed(f frame, width float64, fill func(width float64) block) block {
	l := &c.style.look
	room := 0.6 * c.style.body.size
	pad := block{{height: room}}
	var inner float64
	switch f {
	case frameBox, frameShade:
		inner = width - 2*room
	case frameBar:
		inner = width - 2*room
	default:
		inner = width
	}
	b := fill(inner)
	if len(b) == 0 || f == frameNone {
		return b
	}
	switch f {
	case frameRules:
		b = join(0, pad, b, pad)
		return b.drawn(rule(0, 0, width, 0, 0.8, l.accent), rule(0, b.height(), width, b.height(), 0.8, l.accent))
	case frameBar:
		return b.moved(2 * room).drawn(area(0, 0, 0.35*room, b.height(), l.accent))
	}
	b = join(0, pad, b.moved(room), pad)
	if f == frameBox {
		return b.drawn(outline(0, 0, width, b.height(), 0.7, l.accent))
	}
	return b.drawn(area(0, 0, width, b.height(), l.pale))
}

// backdropShapes are the shapes of a backdrop on a sheet.
func (l *look) backdropShapes(s *sheet) []shape {
	if s.roll() {
		return nil
	}
	switch l.backdrop {
	case backdropTop:
		return []shape{area(0, 0, s.width, 0.3*s.top, l.accent)}
	case backdropEdge:
		return []shape{area(0, 0, 0.25*s.left, s.height, l.accent)}
	case backdropLines:
		return []shape{
			rule(s.left, 0.6*s.top, s.right, 0.6*s.top, 1.2, l.accent),
			rule(s.left, s.height-0.6*s.top, s.right, s.height-0.6*s.top, 1.2, l.accent),
		}
	case backdropCorner:
		return []shape{{path: []typeset.Point{{X: s.width - 1.6*s.top, Y: 0}, {X: s.width, Y: 0}, {X: s.width, Y: 1.6 * s.top}}, ink: l.pale}}
	}
	return nil
}

// stressed sets the amount to pay in bold where headings are.
func (l *look) stressed(totals []pair) []pair {
	if l.heads != bold {
		return totals
	}
	for _, p := range totals {
		for _, v := range p.value {
			if v.field == fTotalAmount || v.field == fBalanceDue {
				for _, list := range [][]piece{p.key, p.value} {
					for k := range list {
						list[k].emphasis |= bold
					}
				}
				break
			}
		}
	}
	return totals
}
