package typeset

import (
	"math"
	"testing"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
)

// Liberation Sans has the widths of Helvetica; its file is an independent
// source of the table.
func TestWidthsAreThoseOfHelvetica(t *testing.T) {
	const size = 1000
	face := font.NewCache(liberation.Collection()).Lookup(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
	for ch := ' '; ch <= '~'; ch++ {
		want := face.Width(string(ch)).Points()
		if got := TextWidth(string(ch), size); math.Abs(got-want) > 1 {
			t.Errorf("%q: width %v, want %v", ch, got, want)
		}
	}
	for _, s := range []string{"Straße", "München", "République", "Église", "£12.00", "12,00€", "Köln", "página"} {
		if got, want := TextWidth(s, size), face.Width(s).Points(); math.Abs(got-want) > 0.02*want {
			t.Errorf("%q: width %v, want %v", s, got, want)
		}
	}
}
