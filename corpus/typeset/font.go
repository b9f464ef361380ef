package typeset

import "fmt"

// Font is one of the fonts that every PDF reader has. Liberation has the same
// widths.
type Font uint8

const (
	Sans            Font = iota // Helvetica, Liberation Sans
	SansBold                    // Helvetica-Bold
	SansItalic                  // Helvetica-Oblique
	SansBoldItalic              // Helvetica-BoldOblique
	Serif                       // Times-Roman, Liberation Serif
	SerifBold                   // Times-Bold
	SerifItalic                 // Times-Italic
	SerifBoldItalic             // Times-BoldItalic
	Mono                        // Courier, Liberation Mono
	MonoBold                    // Courier-Bold
	MonoItalic                  // Courier-Oblique
	MonoBoldItalic              // Courier-BoldOblique
	NumFonts
)

// Bold, Italic and Family give a font of the same family.
func (f Font) Bold() Font   { return f | 1 }
func (f Font) Italic() Font { return f | 2 }
func (f Font) Family() Font { return f &^ 3 }

// postScript are the names of the fonts in a PDF.
var postScript = [NumFonts]string{
	"Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique",
	"Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic",
	"Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique",
}

// PostScript is the name of the font in a PDF.
func (f Font) PostScript() string { return postScript[f] }

// Extents above and below the base line in type sizes: those of Helvetica,
// for all fonts, so that the boxes of a line do not depend on its fonts.
const (
	Ascent  = 0.718
	Descent = 0.207
)

// Space is the room between words at a type size, in the unit of size.
func (f Font) Space(size float64) float64 { return float64(f.Advance(' ')) * size / 1000 }

// Code gives the byte of a character in Windows code page 1252, in which PDF
// sets the fonts; false for one that the fonts do not have. Control
// characters and the soft hyphen are not characters of a page; ¯ ± µ · ÷ are
// left out because Liberation has them in other widths than the core fonts.
func Code(ch rune) (byte, bool) {
	if ch >= ' ' && ch <= '~' {
		return byte(ch), true
	}
	switch ch {
	case noRune, softHyphen, '¯', '±', 'µ', '·', '÷':
		return 0, false
	}
	if ch > noBreakSpace && ch <= 'ÿ' {
		return byte(ch), true
	}
	for k, c := range &upper1252 {
		if c == ch {
			return byte(0x80 + k), true
		}
	}
	return 0, false
}

const (
	noRune       = 0xffff // no character
	noBreakSpace = 0xa0
	softHyphen   = 0xad
)

// upper1252 are the characters of code page 1252 from 0x80 to 0x9f, noRune
// where it has none.
var upper1252 = [32]rune{
	'€', noRune, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', noRune, 'Ž', noRune,
	noRune, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', noRune, 'ž', 'Ÿ',
}

// Rune is the character of a byte of code page 1252, the inverse of Code.
func Rune(code byte) rune {
	if code >= 0x80 && code < 0xa0 {
		return upper1252[code-0x80]
	}
	return rune(code)
}

// Missing gives the first character of s that the fonts do not have.
func Missing(s string) (ch rune, missing bool) {
	for _, ch := range s {
		if _, ok := Code(ch); !ok {
			return ch, true
		}
	}
	return 0, false
}

// Advance is the width of the character with a code in thousandths of the
// type size.
func (f Font) Advance(code byte) int {
	if code < ' ' {
		panic(fmt.Sprintf("typeset: Advance: no character has code %d", code))
	}
	return int(f.widths()[code-' '])
}

// Widths are the advances of the codes from 32 to 255.
func (f Font) widths() *[224]uint16 {
	switch f {
	case Sans, SansItalic:
		return &helvetica
	case SansBold, SansBoldItalic:
		return &helveticaBold
	case Serif:
		return &timesRoman
	case SerifBold:
		return &timesBold
	case SerifItalic:
		return &timesItalic
	case SerifBoldItalic:
		return &timesBoldItalic
	case Mono, MonoBold, MonoItalic, MonoBoldItalic:
		return &courier
	}
	panic(fmt.Sprintf("typeset: widths: font %d of %d", f, NumFonts))
}

// Width is the width of s at a type size, in the unit of size. It panics at
// a character that the fonts do not have.
func (f Font) Width(s string, size float64) float64 {
	table := f.widths()
	sum := 0
	for _, ch := range s {
		code, ok := Code(ch)
		if !ok {
			panic(fmt.Sprintf("typeset: Width: no font has the character %q of %q", ch, s))
		}
		sum += int(table[code-' '])
	}
	return float64(sum) * size / 1000
}

// Estimate is Width for text of any script: characters that the fonts do not
// have count as an n.
func (f Font) Estimate(s string, size float64) float64 {
	sum := 0
	for _, ch := range s {
		code, ok := Code(ch)
		if !ok {
			code = 'n'
		}
		sum += f.Advance(code)
	}
	return float64(sum) * size / 1000
}
