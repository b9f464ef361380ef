package reports

// legendItem is one entry of a legend: a line with a glyph, or a glyph only.
type legendItem struct {
	text  string
	tint  tint
	dash  []float64
	glyph int
	line  bool
}

const (
	legendLead   = 12.0 // points from one line of a legend to the next
	legendSwatch = 18.0
)

// legend lays items out in lines of at most width points. It gives the height
// and the way to paint them with the top left at x, y.
func legend(f *fonts, items []legendItem, width float64) (height float64, paint func(c *canvas, x, y float64)) {
	type placed struct {
		legendItem
		x, y float64
	}
	l := lettering{size: textSize, tint: inkText}
	var all []placed
	x, y := 0.0, 0.0
	for _, it := range items {
		it.text = f.fit(it.text, width-legendSwatch-4, l)
		w := legendSwatch + 4 + f.measure(it.text, l)
		if x > 0 && x+w > width {
			x, y = 0, y+legendLead
		}
		all = append(all, placed{it, x, y})
		x += w + 14
	}
	return y + legendLead, func(c *canvas, left, top float64) {
		for _, p := range all {
			x, mid := left+p.x, top+p.y+legendLead/2
			if p.line {
				c.line(x, mid, x+legendSwatch, mid, stroke{tint: p.tint, width: 1.4, dash: p.dash})
			}
			c.glyph(p.glyph, x+legendSwatch/2, mid, 3, p.tint, 0)
			c.text(x+legendSwatch+4, mid+textSize*0.35, p.text, l)
		}
	}
}
