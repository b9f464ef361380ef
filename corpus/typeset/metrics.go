// Package typeset holds what a drawn page is made of.
package typeset

// helvetica holds the advance widths of the 95 printable ASCII characters in
// thousandths of the type size, from the font metrics that Adobe published
// for Helvetica. Liberation Sans has the same.
var helvetica = [95]uint16{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, // space to /
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, // 0 to ?
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, // @ to O
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, // P to _
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, // ` to o
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, // p to ~
}

// Extents of Helvetica above and below the base line, in type sizes.
const (
	Ascent  = 0.718
	Descent = 0.207
)

const SpaceWidth = 0.278 // in type sizes

// advance gives the width of a character in thousandths of the type size.
// Accented letters have the width of their base letter.
func advance(ch rune) uint16 {
	if ch >= ' ' && ch <= '~' {
		return helvetica[ch-' ']
	}
	switch ch {
	case 'É', 'È':
		return 667
	case '°':
		return 400
	case 'ß':
		return 611
	case 'î', 'ï':
		return 278
	}
	return 556 // £, € and the small letters ä, é, ö, ü and their like
}

// TextWidth is the width of s at a type size, in the unit of size.
func TextWidth(s string, size float64) float64 {
	sum := 0
	for _, ch := range s {
		sum += int(advance(ch))
	}
	return float64(sum) * size / 1000
}
