package draw

import (
	"fmt"
	"strconv"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// Panel is a page of a document on a contact sheet.
type Panel struct {
	Title    string
	Document *corpus.Document
	Page     int // of the document, 0-based
	Layout   typeset.Page
}

// Measures of a contact sheet in points.
const (
	panelWidth  = 220.0
	panelHeight = 312.0 // longer pages are cut, as receipts are
	panelGap    = 14.0
	panelTitle  = 16.0
)

// ContactSheet sets pages side by side on one page, with the boxes of their
// entities over them in the colours of SVG and HTML. It is an error if schema
// lacks an entity of the spans.
func ContactSheet(panels []Panel, columns int, schema *corpus.Schema) (typeset.Page, error) {
	rows := (len(panels) + columns - 1) / columns
	sheet := typeset.Page{
		Width:  float64(columns)*(panelWidth+panelGap) + panelGap,
		Height: float64(rows)*(panelHeight+panelTitle+panelGap) + panelGap,
	}
	sheet.Marks = append(sheet.Marks, rectangle(0, 0, sheet.Width, sheet.Height, typeset.Grey(222)))
	for k, p := range panels {
		x := panelGap + float64(k%columns)*(panelWidth+panelGap)
		y := panelGap + panelTitle + float64(k/columns)*(panelHeight+panelTitle+panelGap)
		sheet.Marks = append(sheet.Marks, typeset.Mark{Kind: typeset.MarkWord, Word: typeset.Word{Text: p.Title, Font: typeset.SansBold, Size: 9.5, At: typeset.Point{X: x, Y: y - 5}}})
		kinds, err := labelsOf(p.Document, schema)
		if err != nil {
			return typeset.Page{}, err
		}
		sheet.Marks = append(sheet.Marks, p.marks(&kinds[0], x, y)...)
	}
	return sheet, nil
}

// marks are the marks of a panel with its upper left corner at x and y.
func (p *Panel) marks(entities *labelKind, x, y float64) []typeset.Mark {
	page := &p.Layout
	scale := panelWidth / page.Width
	if page.Width < panelWidth { // a roll
		scale = min(1, panelHeight/page.Height*1.6)
		scale = min(scale, 0.62*panelWidth/page.Width)
	}
	width, height := page.Width*scale, min(panelHeight, page.Height*scale)
	x += (panelWidth - width) / 2
	marks := []typeset.Mark{rectangle(x, y, x+width, y+height, typeset.Grey(255))}
	place := func(q typeset.Point) typeset.Point { return typeset.Point{X: x + q.X*scale, Y: y + q.Y*scale} }
	below := func(q typeset.Point) bool { return place(q).Y > y+height }
	for _, m := range page.Marks {
		if m.Kind == typeset.MarkWord {
			if below(m.Word.At) {
				continue
			}
			m.Word.At, m.Word.Size = place(m.Word.At), m.Word.Size*scale
			marks = append(marks, m)
			continue
		}
		path := make([]typeset.Point, len(m.Path))
		out := false
		for k, q := range m.Path {
			path[k] = place(q)
			path[k].Y = min(path[k].Y, y+height)
			out = out || m.Kind == typeset.MarkLine && below(q)
		}
		if out {
			continue
		}
		m.Path, m.Width = path, m.Width*scale
		marks = append(marks, m)
	}
	for _, r := range entities.regs {
		if r.page != p.Page {
			continue
		}
		x0, y0, x1, y1 := inPage(r.box, page)
		if below(typeset.Point{Y: y1}) {
			continue
		}
		a, b := place(typeset.Point{X: x0 - 1, Y: y0 - 1}), place(typeset.Point{X: x1 + 1, Y: y1 + 1})
		frame := rectangle(a.X, a.Y, b.X, b.Y, hexColour(labelColour(r.label)))
		frame.Kind, frame.Width, frame.Path = typeset.MarkLine, 0.45, append(frame.Path, frame.Path[0])
		marks = append(marks, frame)
	}
	return marks
}

func rectangle(x0, y0, x1, y1 float64, ink typeset.Colour) typeset.Mark {
	return typeset.Mark{Kind: typeset.MarkArea, Colour: ink, Path: []typeset.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}}
}

// hexColour reads a colour written as #rrggbb.
func hexColour(s string) typeset.Colour {
	v, err := strconv.ParseUint(s[1:], 16, 24)
	if err != nil {
		panic(fmt.Sprintf("draw: hexColour: %q", s))
	}
	return typeset.Colour{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v)}
}
