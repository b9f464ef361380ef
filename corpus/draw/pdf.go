package draw

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/klauspost/compress/zlib"

	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// PDF writes pages as a PDF 1.4 file with text that can be selected. Its fonts
// are the ones that every reader has, so nothing is embedded; their widths are
// given, so that words have their boxes in every reader. Equal pages give
// equal bytes. It is an error if a page holds a character that no font has.
func PDF(w io.Writer, pages []typeset.Page) error {
	f := pdfFile{}
	f.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n") // four bytes above 127 say that the file is binary
	used := usedFonts(pages)
	first := 3 // 1 is the catalog, 2 the list of pages
	var fonts bytes.Buffer
	number := first
	for font, is := range used {
		if is {
			fmt.Fprintf(&fonts, "/F%d %d 0 R ", font, number)
			number++
		}
	}
	f.object(1, "<</Type/Catalog/Pages 2 0 R>>")
	var kids bytes.Buffer
	for k := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", number+2*k)
	}
	f.object(2, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(pages), bytes.TrimSpace(kids.Bytes())))
	number = first
	for font, is := range used {
		if is {
			f.object(number, fontObject(typeset.Font(font)))
			number++
		}
	}
	for k := range pages {
		content, err := pageContent(&pages[k])
		if err != nil {
			return fmt.Errorf("page %d: %w", k+1, err)
		}
		f.object(number, fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s %s]/Resources<</Font<<%s>>>>/Contents %d 0 R>>",
			decimal(pages[k].Width), decimal(pages[k].Height), bytes.TrimSpace(fonts.Bytes()), number+1))
		f.object(number+1, fmt.Sprintf("<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", len(content), content))
		number += 2
	}
	f.end()
	_, err := w.Write(f.Bytes())
	return err
}

// pdfFile is a file in the making with the places of its objects.
type pdfFile struct {
	bytes.Buffer
	offsets []int // of object k+1
}

// object writes the object with a number, which must be the next one.
func (f *pdfFile) object(number int, body string) {
	if number != len(f.offsets)+1 {
		panic(fmt.Sprintf("draw: object: number %d after %d", number, len(f.offsets)))
	}
	f.offsets = append(f.offsets, f.Len())
	fmt.Fprintf(f, "%d 0 obj\n%s\nendobj\n", number, body)
}

// end writes the table of objects; each of its lines has 20 bytes.
func (f *pdfFile) end() {
	start := f.Len()
	fmt.Fprintf(f, "xref\n0 %d\n0000000000 65535 f \n", len(f.offsets)+1)
	for _, at := range f.offsets {
		fmt.Fprintf(f, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(f, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(f.offsets)+1, start)
}

func usedFonts(pages []typeset.Page) (used [typeset.NumFonts]bool) {
	for k := range pages {
		for j := range pages[k].Marks {
			if m := &pages[k].Marks[j]; m.Kind == typeset.MarkWord {
				used[m.Word.Font] = true
			}
		}
	}
	return used
}

// fontObject is the dictionary of a font, in code page 1252 (WinAnsiEncoding).
func fontObject(f typeset.Font) string {
	b := fmt.Appendf(nil, "<</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/WinAnsiEncoding/FirstChar 32/LastChar 255/Widths[", f.PostScript())
	for code := 32; code < 256; code++ {
		if code > 32 {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, int64(f.Advance(byte(code))), 10)
	}
	return string(append(b, "]>>"...))
}

// pageContent is the packed stream that draws a page. The y axis of a PDF
// points upwards.
func pageContent(page *typeset.Page) ([]byte, error) {
	b := []byte("1 J 1 j\n") // round ends and joints
	point := func(p typeset.Point) {
		b = appendDecimal(b, p.X)
		b = appendDecimal(b, page.Height-p.Y)
	}
	inks := map[string]typeset.Colour{"rg": {}, "RG": {}} // black at the start
	ink := func(operator string, c typeset.Colour) {
		if inks[operator] == c {
			return
		}
		inks[operator] = c
		for _, v := range []uint8{c.R, c.G, c.B} {
			b = appendDecimal(b, float64(v)/255)
		}
		b = append(b, operator...)
		b = append(b, '\n')
	}
	for k := range page.Marks {
		m := &page.Marks[k]
		switch m.Kind {
		case typeset.MarkWord:
			ink("rg", m.Colour)
			var err error
			if b, err = appendWord(b, &m.Word, page.Height); err != nil {
				return nil, err
			}
		case typeset.MarkArea, typeset.MarkLine:
			paint := "f\n"
			if m.Kind == typeset.MarkArea {
				ink("rg", m.Colour)
			} else {
				paint = "S\n"
				ink("RG", m.Colour)
				b = append(appendDecimal(b, m.Width), "w\n"...)
			}
			for j, p := range m.Path {
				point(p)
				b = append(b, "ml"[min(j, 1)], '\n')
			}
			b = append(b, paint...)
		default:
			panic(fmt.Sprintf("draw: pageContent: a mark of kind %d", m.Kind))
		}
	}
	var packed bytes.Buffer
	z, err := zlib.NewWriterLevel(&packed, packLevel)
	if err == nil {
		if _, err = z.Write(b); err == nil {
			err = z.Close()
		}
	}
	return packed.Bytes(), err
}

// appendWord sets a word at its place and angle, and a space after it: readers
// join single characters that stand evenly apart unless there is one.
func appendWord(b []byte, w *typeset.Word, height float64) ([]byte, error) {
	b = append(b, "BT/F"...)
	b = strconv.AppendInt(b, int64(w.Font), 10)
	b = appendDecimal(append(b, ' '), w.Size)
	b = append(b, "Tf "...)
	if w.Angle == 0 {
		b = appendDecimal(b, w.At.X)
		b = append(appendDecimal(b, height-w.At.Y), "Td"...)
	} else {
		sin, cos := math.Sincos(w.Angle * math.Pi / 180)
		for _, v := range []float64{cos, sin, -sin, cos} {
			b = append(strconv.AppendFloat(b, v, 'f', 6, 64), ' ')
		}
		b = appendDecimal(b, w.At.X)
		b = append(appendDecimal(b, height-w.At.Y), "Tm"...)
	}
	b = append(b, '(')
	for _, ch := range w.Text {
		code, ok := typeset.Code(ch)
		if !ok {
			return nil, fmt.Errorf("drawing %q: no font has the character %q", w.Text, ch)
		}
		if code == '(' || code == ')' || code == '\\' {
			b = append(b, '\\')
		}
		b = append(b, code)
	}
	return append(b, " )Tj ET\n"...), nil
}

// appendDecimal appends a number with a precision of 1/1000 and a space.
func appendDecimal(b []byte, v float64) []byte {
	return append(append(b, decimal(v)...), ' ')
}

// decimal writes a number with at most three places.
func decimal(v float64) string {
	v = math.Round(v*1000) / 1000
	if v == 0 {
		return "0" // also for -0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
