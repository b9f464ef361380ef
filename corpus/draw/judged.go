package draw

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// Judgement says what became of an entity when a model labelled its document.
type Judgement string

// The judgements.
const (
	Right  Judgement = "right"  // predicted as it is
	Missed Judgement = "missed" // in the document and not predicted
	Wrong  Judgement = "wrong"  // predicted and not in the document
)

// Judged is an entity of tokens Start to End, End exclusive.
type Judged struct {
	Entity     string
	Start, End int
	Judgement  Judgement
	Note       string // added to what is shown when the box is pointed at
}

// judgedInk says how the boxes of a judgement are drawn: in a colour, whole or
// dashed, and whether the name of the entity stands at them, above or below.
var judgedInk = []struct {
	judgement   Judgement
	colour      string
	dash        string
	named, over bool
}{
	{Right, "#1b7f4d", "", false, false},
	{Missed, "#b3400e", "7 4", true, false},
	{Wrong, "#7b1fa2", "", true, true},
}

// JudgedSVG draws page number of a document, 0-based, with a box round each
// line of each entity on it: a group of class "judged-right", "judged-missed"
// and "judged-wrong" for each judgement. The SVG takes the width that it is
// given, and all texts in it are escaped. It is an error if there is no such
// page or an entity is not of tokens of the document.
func JudgedSVG(w io.Writer, d *corpus.Document, pages []typeset.Page, number int, entities []Judged) error {
	if number < 0 || number >= len(pages) {
		return fmt.Errorf("document %s: page %d of %d", d.ID, number+1, len(pages))
	}
	page := &pages[number]
	height := svgWidth * page.Height / page.Width
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.1f %.1f" role="img" aria-label="page %d of %d">`+"\n", svgWidth, height, number+1, len(pages))
	svgPage(&b, page, svgWidth)
	for _, ink := range judgedInk {
		fmt.Fprintf(&b, `<g class="judged-%s" font-family="%s" font-size="11" fill="%s" stroke="%s">`+"\n", ink.judgement, svgFamilies[0], ink.colour, ink.colour)
		for _, e := range entities {
			if e.Start < 0 || e.End > len(d.Tokens) || e.Start >= e.End {
				return fmt.Errorf("document %s: entity %s of tokens %d to %d; it has %d", d.ID, e.Entity, e.Start, e.End, len(d.Tokens))
			}
			if e.Judgement != ink.judgement {
				continue
			}
			title := e.Entity + ": " + string(e.Judgement)
			if e.Note != "" {
				title += ", " + e.Note
			}
			for k, box := range linesOf(d, e.Start, e.End, number) {
				x, y := float64(box.X0)*svgWidth/1000, float64(box.Y0)*height/1000
				right, bottom := float64(box.X1)*svgWidth/1000, float64(box.Y1)*height/1000
				const room = 2
				fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill-opacity="0.12" stroke-width="1.6"`, x-room, y-room, right-x+2*room, bottom-y+2*room)
				if ink.dash != "" {
					fmt.Fprintf(&b, ` stroke-dasharray="%s"`, ink.dash)
				}
				b.WriteString("><title>")
				xml.EscapeText(&b, []byte(title)) // a bytes.Buffer takes everything
				b.WriteString("</title></rect>\n")
				if ink.named && k == 0 {
					at := bottom + room + 10
					if ink.over {
						at = y - room - 3
					}
					side, anchor := x-room, "start"
					if x > 0.75*svgWidth {
						side, anchor = right+room, "end"
					}
					fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" stroke="#ffffff" stroke-width="2.5" paint-order="stroke" text-anchor="%s">`, side, at, anchor)
					xml.EscapeText(&b, []byte(e.Entity))
					b.WriteString("</text>\n")
				}
			}
		}
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("document %s: %w", d.ID, err)
	}
	return nil
}

// linesOf gives a box for each line of tokens start to end that is on a page.
func linesOf(d *corpus.Document, start, end, page int) []corpus.Box {
	var boxes []corpus.Box
	last := -1
	for _, t := range d.Tokens[start:end] {
		if t.Page != page {
			continue
		}
		if n := len(boxes); n > 0 && t.Line == last {
			boxes[n-1] = union(boxes[n-1], t.Box)
		} else {
			boxes = append(boxes, t.Box)
		}
		last = t.Line
	}
	return slices.Clip(boxes)
}
