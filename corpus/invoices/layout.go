package invoices

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// paper is the size of a page in points (1/72 inch).
type paper struct{ width, height float64 }

var (
	paperA4          = paper{595.276, 841.89} // 210 by 297 mm
	paperLetter      = paper{612, 792}
	paperA5Landscape = paper{595.276, 419.528}
	paperHalfLetter  = paper{612, 396} // across
	paperRoll        = paper{227, 0}   // 80 mm wide; as long as the receipt
)

// emphasis is what sets a piece apart from the type around it.
type emphasis uint8

const (
	bold = emphasis(1 << iota) // the bits of typeset.Font
	italic
)

// piece is text of one field. Words of one piece, and of pieces that share an
// id, are one entity if they follow each other in reading order.
type piece struct {
	text     string
	field    field
	id       int32
	emphasis emphasis
	broken   bool // a value of several words that goes on in a second line
}

// font is the font of a piece in type of font f.
func (p *piece) font(f typeset.Font) typeset.Font { return f | typeset.Font(p.emphasis) }

// word is a placed word. Its box follows from the place and the metrics of
// the font alone.
type word struct {
	typeset.Word
	ink        typeset.Colour
	layer      layer
	page, line int
	field      field
	id         int32
	marks      marks
}

// sheet places rows of text on pages from top to bottom. The order in which
// rows are placed is the reading order: blocks one below the other, of blocks
// side by side the left one first, and within a block line by line.
type sheet struct {
	paper
	left, right, top, bottom float64 // edges of the type area
	y                        float64 // top of the next row
	page, line               int
	continues                bool  // the page that ends is not the last
	section                  marks // of all words that are placed
	look                     look
	words                    []word
	shapes                   []shape
	footer                   func(page int) block // set at the foot of each page; nil for none
}

func newSheet(p paper, margin float64) *sheet {
	s := &sheet{paper: p, left: margin, right: p.width - margin, top: margin, bottom: p.height - margin, y: margin}
	if s.roll() {
		s.bottom = math.Inf(1)
	}
	s.words = make([]word, 0, 224) // most documents have fewer words
	return s
}

// roll says whether the paper is as long as what stands on it.
func (s *sheet) roll() bool { return s.height == 0 }

// full is the width of the type area.
func (s *sheet) full() float64 { return s.right - s.left }

// fits says whether a block of a height has room on the page. Sums of row
// heights may miss the lower edge by the last digits of a float64.
func (s *sheet) fits(height float64) bool { return s.y+height <= s.bottom+1e-6 }

// wear gives the sheet its look, before anything stands on it.
func (s *sheet) wear(l look) {
	s.look = l
	s.startPage()
}

// startPage draws what stands on every page.
func (s *sheet) startPage() {
	for _, d := range s.look.backdropShapes(s) {
		s.draw(d, 0, 0)
	}
}

// breakPage ends the page with its footer and starts the next one.
func (s *sheet) breakPage() {
	s.continues = true
	s.endPage()
	s.continues = false
	s.page++
	s.y = s.top
	s.startPage()
}

// endPage sets the footer at the lower edge of the page, outside the type
// area; on a roll, below the last row.
func (s *sheet) endPage() {
	if s.footer == nil {
		return
	}
	before := s.section
	s.section = footerSection
	defer func() { s.section = before }()
	b := s.footer(s.page)
	if !s.roll() {
		s.y = s.bottom + (s.height-s.bottom-b.height())/2
	}
	for _, r := range b {
		s.put(r, s.left)
	}
}

// place sets the rows of a block at the left edge, on the next page where
// this one is full.
func (s *sheet) place(b block) {
	for _, r := range b {
		if !s.fits(r.height) {
			s.breakPage()
		}
		s.put(r, s.left)
	}
}

// keep sets a block that must not be divided between pages.
func (s *sheet) keep(b block) {
	if !s.fits(b.height()) {
		s.breakPage()
	}
	s.place(b)
}

// side sets two blocks side by side, the second from offset x of the type
// area on, and goes on below the longer one.
func (s *sheet) side(a, b block, x float64) {
	height := max(a.height(), b.height())
	if !s.fits(height) {
		s.breakPage()
	}
	if !s.fits(height) {
		panic(fmt.Sprintf("corpus: side: a block of %.0f points on a page of %.0f", height, s.height))
	}
	top := s.y
	for _, r := range a {
		s.put(r, s.left)
	}
	s.y = top
	for _, r := range b {
		s.put(r, s.left+x)
	}
	s.y = top + height
}

// space leaves room between blocks.
func (s *sheet) space(height float64) { s.y += height }

// put sets one row at the cursor with its left edge at x.
func (s *sheet) put(r row, x float64) {
	for _, d := range r.shapes {
		s.draw(d, x, s.y)
	}
	first, end := len(s.words), math.Inf(-1)
	for k := range r.segments {
		g := &r.segments[k]
		at := x + g.x
		switch g.align {
		case alignRight:
			at -= g.width()
		case alignCentre:
			at -= g.width() / 2
		}
		gap := g.font.Space(g.size)
		at = max(at, end+gap)
		base := s.y + (r.height+(typeset.Ascent-typeset.Descent)*g.size)/2
		for _, p := range g.pieces {
			for text := range strings.FieldsSeq(p.text) {
				w := word{
					Word: typeset.Word{Text: text, Font: p.font(g.font), Size: g.size, At: typeset.Point{X: at, Y: base}},
					ink:  g.ink, page: s.page, line: s.line, field: p.field, id: p.id, marks: s.section | r.marks,
				}
				if p.field == fTable {
					w.id = -1 - int32(s.line) // what follows on a line is one entity
				}
				end = at + wordWidth(text, w.Font, g.size)
				at = end + gap
				s.words = append(s.words, w)
			}
		}
	}
	if len(s.words) > first {
		s.line++
	}
	for k := range r.overlays {
		o := &r.overlays[k]
		s.lay(o, x+o.x, s.y+o.y)
	}
	s.y += r.height
}

// pageCount stands for the number of pages, which is known at the end.
const pageCount = "\x00"

// document ends the last page and turns words into tokens with boxes of
// 0..1000, and runs of words of one entity into spans. Fields that ids maps
// to -1 give no span. A roll becomes as long as what stands on it. It panics
// at a character that no font has.
func (s *sheet) document(ids [numFields]int) ([]corpus.Token, []corpus.Span) {
	s.endPage()
	if s.roll() {
		s.height = s.y + s.top
	}
	sx, sy := 1000/s.width, 1000/s.height
	tokens := make([]corpus.Token, len(s.words))
	spans := make([]corpus.Span, 0, len(s.words)/2)
	for k := range s.words {
		w := &s.words[k]
		if w.Text == pageCount {
			w.Text = strconv.Itoa(s.page + 1)
		}
		x0, y0, x1, y1 := w.Bounds()
		tokens[k] = corpus.Token{
			Text: w.Text,
			Page: w.page,
			Line: w.line,
			Box:  corpus.Box{X0: unit(x0 * sx), Y0: unit(y0 * sy), X1: unit(x1 * sx), Y1: unit(y1 * sy)},
		}
		if ids[w.field] < 0 {
			continue
		}
		if n := len(spans); n > 0 && spans[n-1].End == k && s.words[k-1].field == w.field && s.words[k-1].id == w.id {
			spans[n-1].End++
		} else {
			spans = append(spans, corpus.Span{Entity: corpus.EntityID(ids[w.field]), Start: k, End: k + 1})
		}
	}
	return tokens, spans
}

// unit rounds to the nearest unit of a box within the page.
func unit(v float64) int16 { return int16(min(1000, max(0, math.Round(v)))) }

// wordWidth is the width of a word; that of pageCount is a digit's.
func wordWidth(text string, f typeset.Font, size float64) float64 {
	if text == pageCount {
		text = "0"
	}
	return f.Width(text, size)
}

// piecesWidth is the width of pieces set in one line.
func piecesWidth(pieces []piece, font typeset.Font, size float64) float64 {
	width, words := 0.0, 0
	for k := range pieces {
		f := pieces[k].font(font)
		for text := range strings.FieldsSeq(pieces[k].text) {
			width += wordWidth(text, f, size)
			words++
		}
	}
	return width + float64(max(0, words-1))*font.Space(size)
}
