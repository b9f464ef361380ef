package formats

import (
	"fmt"
	"math"
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

// maxPixel is the largest extent of a page and of a coordinate.
const maxPixel = 1_000_000

// extent is the size of a page in pixels.
type extent struct{ width, height int }

func (e extent) check() error {
	if e.width < 1 || e.height < 1 || e.width > maxPixel || e.height > maxPixel {
		return fmt.Errorf("page of %d x %d, expected pixels from 1 to %d", e.width, e.height, maxPixel)
	}
	return nil
}

// pixelBox gives a word its share of the line's width, scaled from pixels to
// page units and rounded. inside is false when it had to be cut at the page.
func pixelBox(page extent, x0, y0, x1, y1 int, w lineWord) (b corpus.Box, inside bool) {
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
	b.X0 = scale(x0*w.length+(x1-x0)*w.from, page.width*w.length)
	b.X1 = scale(x0*w.length+(x1-x0)*w.to, page.width*w.length)
	b.Y0 = scale(y0, page.height)
	b.Y1 = scale(y1, page.height)
	return b, inside
}

// bounds is a rectangle in pixels.
type bounds struct{ x0, y0, x1, y1 int }

// boundsOf is the least rectangle round corners x, y, x, y, ... rounded to
// pixels.
func boundsOf(corners []float64) (bounds, error) {
	b := bounds{math.MaxInt, math.MaxInt, math.MinInt, math.MinInt}
	for i, v := range corners {
		if !(math.Abs(v) <= maxPixel) {
			return b, fmt.Errorf("coordinate %v, expected pixels", v)
		}
		at := int(math.Round(v))
		if i%2 == 0 {
			b.x0, b.x1 = min(b.x0, at), max(b.x1, at)
		} else {
			b.y0, b.y1 = min(b.y0, at), max(b.y1, at)
		}
	}
	return b, nil
}

// box scales the rectangle to page units.
func (b bounds) box(page extent) (corpus.Box, bool) {
	return pixelBox(page, b.x0, b.y0, b.x1, b.y1, lineWord{from: 0, to: 1, length: 1})
}
