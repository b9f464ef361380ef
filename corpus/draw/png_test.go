package draw_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// picture paints a page and decodes the file with the standard library.
func picture(t *testing.T, p *draw.Painter, page *typeset.Page, f draw.Picture) (image.Image, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := p.PNG(&b, page, f); err != nil {
		t.Fatal(err)
	}
	data := bytes.Clone(b.Bytes())
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return img, data
}

// A painter that has painted other pages gives the bytes of a new one, and
// A4 has the usual size.
func TestPaintersAgree(t *testing.T) {
	warm := draw.NewPainter()
	for _, d := range everyFamily(t, cleanRecipe, 1, 60) {
		for k := range d.pages {
			for _, f := range []draw.Picture{{DPI: 100}, {DPI: 60, Colour: true}, {Side: 224}} {
				img, got := picture(t, warm, &d.pages[k], f)
				if _, want := picture(t, draw.NewPainter(), &d.pages[k], f); !bytes.Equal(got, want) {
					t.Fatalf("%s: page %d: %+v depends on what was painted before", d.ID, k, f)
				}
				if w, h := f.Size(&d.pages[k]); img.Bounds().Dx() != w || img.Bounds().Dy() != h {
					t.Errorf("%s: %v for %d by %d pixels", d.ID, img.Bounds(), w, h)
				}
			}
		}
	}
	a4 := typeset.Page{Width: 595.276, Height: 841.89}
	if w, h := (draw.Picture{DPI: 100}).Size(&a4); w != 827 || h != 1169 {
		t.Errorf("A4 at 100 dpi: %d by %d pixels", w, h)
	}
}

// Shapes cover the pixels that their geometry says, in part at their edges,
// and later marks cover earlier ones.
func TestShapesCoverTheirPixels(t *testing.T) {
	red, blue := typeset.Colour{R: 200}, typeset.Colour{B: 255}
	page := typeset.Page{Width: 72, Height: 72, Marks: []typeset.Mark{
		{Kind: typeset.MarkArea, Colour: red, Path: []typeset.Point{{X: 10, Y: 10}, {X: 30.5, Y: 10}, {X: 30.5, Y: 20.25}, {X: 10, Y: 20.25}}},
		{Kind: typeset.MarkLine, Colour: blue, Width: 2, Path: []typeset.Point{{X: 5, Y: 15}, {X: 20, Y: 15}}},
		{Kind: typeset.MarkArea, Colour: typeset.Black, Path: []typeset.Point{{X: 40, Y: 40}, {X: 60, Y: 40}, {X: 40, Y: 60}}},
		{Kind: typeset.MarkLine, Colour: typeset.Black, Width: 4, Path: []typeset.Point{{X: 10, Y: 60}, {X: 30, Y: 40}}},
	}}
	img, _ := picture(t, draw.NewPainter(), &page, draw.Picture{DPI: 72, Colour: true})
	for _, c := range []struct {
		x, y int
		want color.RGBA
		why  string
	}{
		{2, 2, color.RGBA{255, 255, 255, 255}, "paper"},
		{25, 18, color.RGBA{200, 0, 0, 255}, "inside"},
		{30, 18, color.RGBA{227, 127, 127, 255}, "half a column"},
		{25, 20, color.RGBA{241, 191, 191, 255}, "a quarter of a row"},
		{15, 14, color.RGBA{0, 0, 255, 255}, "a line over an area"},
		{15, 16, color.RGBA{200, 0, 0, 255}, "below the line"},
		{42, 42, color.RGBA{0, 0, 0, 255}, "inside a triangle"},
		{57, 57, color.RGBA{255, 255, 255, 255}, "beyond its slope"},
		{20, 49, color.RGBA{0, 0, 0, 255}, "on a slanted line"},
		{20, 44, color.RGBA{255, 255, 255, 255}, "beside it"},
	} {
		got := color.RGBAModel.Convert(img.At(c.x, c.y)).(color.RGBA)
		for k, pair := range [][2]uint8{{got.R, c.want.R}, {got.G, c.want.G}, {got.B, c.want.B}} {
			if d := int(pair[0]) - int(pair[1]); d < -2 || d > 2 {
				t.Errorf("%s: pixel %d, %d: channel %d is %d, want %d", c.why, c.x, c.y, k, pair[0], pair[1])
			}
		}
	}
	grey, _ := picture(t, draw.NewPainter(), &page, draw.Picture{DPI: 72})
	// 0.299 * 200 by BT.601.
	if got := grey.(*image.Gray).GrayAt(25, 18).Y; got < 59 || got > 61 {
		t.Errorf("red 200 is grey %d, want 60", got)
	}
}

// In an image for training, a word is at its box in 1/1000 of both sides.
func TestTrainingImagesKeepTheBoxes(t *testing.T) {
	page := typeset.Page{Width: 595, Height: 842, Marks: []typeset.Mark{{Kind: typeset.MarkWord, Word: typeset.Word{Text: "INVOICE", Font: typeset.SansBold, Size: 40, At: typeset.Point{X: 300, Y: 600}}}}}
	img, _ := picture(t, draw.NewPainter(), &page, draw.Picture{Side: 224})
	x0, y0, x1, y1 := inkOf(img.(*image.Gray))
	bx0, by0, bx1, by1 := page.Marks[0].Word.Bounds()
	sx, sy := 224/page.Width, 224/page.Height
	// Capitals stand on the base line and are as high as the ascent.
	base := by1 - typeset.Descent*40
	for k, pair := range [][2]float64{{x0, bx0 * sx}, {y0, by0 * sy}, {x1, bx1 * sx}, {y1, base * sy}} {
		if d := pair[0] - pair[1]; d < -2 || d > 2 {
			t.Errorf("side %d of the ink is at %v, that of the box at %.1f", k, pair[0], pair[1])
		}
	}
}

func TestPicturesThatCannotBe(t *testing.T) {
	page := typeset.Page{Width: 100, Height: 100, Marks: []typeset.Mark{{Kind: typeset.MarkWord, Word: typeset.Word{Text: "a·b", Size: 9}}}}
	if err := draw.NewPainter().PNG(&bytes.Buffer{}, &page, draw.Picture{DPI: 100}); err == nil || !strings.Contains(err.Error(), "'·'") {
		t.Errorf("a character that no font has: %v", err)
	}
	page.Marks = nil
	for _, f := range []draw.Picture{{}, {DPI: 5}, {DPI: 10_000}, {Side: -1}} {
		if err := draw.NewPainter().PNG(&bytes.Buffer{}, &page, f); err == nil {
			t.Errorf("%+v is no error", f)
		}
	}
}
