package formats

import (
	"strings"
	"unicode"

	"github.com/invoicelab/invoicelab/corpus"
)

// lineWord is a word of a line: it takes characters from to to of length.
type lineWord struct {
	text             string
	from, to, length int
}

// splitLine splits a line at white space.
func splitLine(text string) []lineWord {
	chars := []rune(strings.TrimFunc(text, unicode.IsSpace))
	var words []lineWord
	from := -1
	for i := 0; i <= len(chars); i++ {
		space := i == len(chars) || unicode.IsSpace(chars[i])
		switch {
		case space && from >= 0:
			words = append(words, lineWord{string(chars[from:i]), from, i, len(chars)})
			from = -1
		case !space && from < 0:
			from = i
		}
	}
	return words
}

// pixelBox gives a word its share of the line's width, scaled from pixels to
// page units and rounded. inside is false when it had to be cut at the page.
func pixelBox(r sroieReceipt, x0, y0, x1, y1 int, w lineWord) (b corpus.Box, inside bool) {
	inside = true
	// Whole numbers, so that every machine rounds alike.
	scale := func(numerator, denominator int) int16 {
		n, d := int64(numerator)*corpus.PageSize*2+int64(denominator), int64(denominator)*2
		v := n / d
		if n < 0 || v > corpus.PageSize {
			inside = false
		}
		return int16(max(0, min(v, corpus.PageSize)))
	}
	b.X0 = scale(x0*w.length+(x1-x0)*w.from, r.width*w.length)
	b.X1 = scale(x0*w.length+(x1-x0)*w.to, r.width*w.length)
	b.Y0 = scale(y0, r.height)
	b.Y1 = scale(y1, r.height)
	return b, inside
}
