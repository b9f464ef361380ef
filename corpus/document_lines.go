package corpus

// LineBox is the box of one line of a document: the smallest that holds its
// tokens.
type LineBox struct {
	Page, Line int
	Start, End int // tokens, End exclusive
	Box        Box
}

// LineBoxes gives the lines of a document in reading order, from the lines of
// its tokens. Tokens of one line that follow each other are one LineBox, so a
// line that others interrupt, as after a fault of the reading order, is
// several. Boxes are zero where the document has none.
func (d *Document) LineBoxes() []LineBox {
	var lines []LineBox
	for k := range d.Tokens {
		t := &d.Tokens[k]
		if k == 0 || t.Line != d.Tokens[k-1].Line || t.Page != d.Tokens[k-1].Page {
			lines = append(lines, LineBox{Page: t.Page, Line: t.Line, Start: k, Box: t.Box})
		}
		l := &lines[len(lines)-1]
		l.End = k + 1
		b := &l.Box
		b.X0, b.Y0, b.X1, b.Y1 = min(b.X0, t.Box.X0), min(b.Y0, t.Box.Y0), max(b.X1, t.Box.X1), max(b.Y1, t.Box.Y1)
	}
	return lines
}
