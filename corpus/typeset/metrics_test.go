package typeset

import (
	"math"
	"testing"

	"codeberg.org/go-fonts/liberation/liberationmonobold"
	"codeberg.org/go-fonts/liberation/liberationmonobolditalic"
	"codeberg.org/go-fonts/liberation/liberationmonoitalic"
	"codeberg.org/go-fonts/liberation/liberationmonoregular"
	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansbolditalic"
	"codeberg.org/go-fonts/liberation/liberationsansitalic"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-fonts/liberation/liberationserifbold"
	"codeberg.org/go-fonts/liberation/liberationserifbolditalic"
	"codeberg.org/go-fonts/liberation/liberationserifitalic"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Liberation has the widths of Adobe's core fonts; its files are an
// independent source of the tables, for every character of code page 1252.
func TestWidthsAreThoseOfLiberation(t *testing.T) {
	files := [NumFonts][]byte{
		liberationsansregular.TTF, liberationsansbold.TTF, liberationsansitalic.TTF, liberationsansbolditalic.TTF,
		liberationserifregular.TTF, liberationserifbold.TTF, liberationserifitalic.TTF, liberationserifbolditalic.TTF,
		liberationmonoregular.TTF, liberationmonobold.TTF, liberationmonoitalic.TTF, liberationmonobolditalic.TTF,
	}
	for f, data := range files {
		face, err := sfnt.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		var b sfnt.Buffer
		em := fixed.I(int(face.UnitsPerEm()))
		characters := 0
		for code := 32; code < 256; code++ {
			ch := Rune(byte(code))
			if got, ok := Code(ch); !ok {
				continue
			} else if int(got) != code {
				t.Fatalf("Code(Rune(%#x)) = %#x", code, got)
			}
			characters++
			k, err := face.GlyphIndex(&b, ch)
			if err != nil || k == 0 {
				t.Errorf("%s: Liberation lacks %q", Font(f).PostScript(), ch)
				continue
			}
			units, err := face.GlyphAdvance(&b, k, em, font.HintingNone)
			if err != nil {
				t.Fatal(err)
			}
			want := 1000 * float64(units) / float64(em)
			if got := Font(f).Width(string(ch), 1000); math.Abs(got-want) > 1 {
				t.Errorf("%s: %q is %v wide, in Liberation %.1f", Font(f).PostScript(), ch, got, want)
			}
		}
		// 95 of ASCII, 27 from 0x80 on, 89 of Latin-1.
		if characters != 211 {
			t.Errorf("%d characters", characters)
		}
	}
}

// What the generator writes in its five languages is there; other scripts are
// missing and said to be.
func TestCoverage(t *testing.T) {
	const all = "äöüÄÖÜß éèêëàâçîïôûùœÉÈÀÇ áíóúñ¿¡º ìòÙ €£§°«»„“”’–—…•ªÅåøØ"
	if ch, missing := Missing(all); missing {
		t.Errorf("%q is missing", ch)
	}
	for _, s := range []string{"Łódź", "東京", "\u00a0", "a\tb", "·", "\uffff"} {
		if _, missing := Missing(s); !missing {
			t.Errorf("%q is said to be covered", s)
		}
	}
}

// A word at an angle has the corners of its rectangle turned round the start
// of its base line.
func TestBoundsAtAnAngle(t *testing.T) {
	w := Word{Text: "mm", Font: Sans, Size: 10, At: Point{100, 200}}
	x0, y0, x1, y1 := w.Bounds()
	// Two m of 833 thousandths.
	if x0 != 100 || y0 != 200-7.18 || math.Abs(x1-116.66) > 1e-9 || y1 != 202.07 {
		t.Errorf("level: %v %v %v %v", x0, y0, x1, y1)
	}
	w.Angle = 90 // reads upwards: what was above is at the left
	x0, y0, x1, y1 = w.Bounds()
	for k, pair := range [][2]float64{{x0, 100 - 7.18}, {y0, 200 - 16.66}, {x1, 102.07}, {y1, 200}} {
		if math.Abs(pair[0]-pair[1]) > 1e-9 {
			t.Errorf("upright: side %d is %v, want %v", k, pair[0], pair[1])
		}
	}
}
