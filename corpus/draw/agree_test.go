package draw_test

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// drawn is a generated document with its pages.
type drawn struct {
	corpus.Document
	pages []typeset.Page
}

// cleanRecipe is a recipe whose documents are read as they are laid out.
var cleanRecipe = corpus.Recipe{Documents: 1_000_000, Seed: 23}

// everyFamily gives n documents of each family that the first so many
// documents of a recipe have.
func everyFamily(t testing.TB, recipe corpus.Recipe, n, of int) []drawn {
	t.Helper()
	schema, err := config.LoadSchema("full-197")
	if err != nil {
		t.Fatal(err)
	}
	var list []drawn
	count := map[string]int{}
	for i := range of {
		d, pages, err := invoices.Draw(schema, recipe, i)
		if err != nil {
			t.Fatal(err)
		}
		if count[d.Template]++; count[d.Template] <= n {
			list = append(list, drawn{d, pages})
		}
	}
	return list
}

// The document that is drawn is the one that the generator gives, and its
// words are the words of the pages.
func TestPagesHaveTheTokens(t *testing.T) {
	schema, err := config.LoadSchema("full-197")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		d, pages, err := invoices.Draw(schema, cleanRecipe, i)
		if err != nil {
			t.Fatal(err)
		}
		same, _, err := invoices.GenerateDocument(schema, cleanRecipe, i)
		if err != nil {
			t.Fatal(err)
		}
		if len(same.Tokens) != len(d.Tokens) {
			t.Fatalf("%s: %d tokens are drawn of %d", d.ID, len(d.Tokens), len(same.Tokens))
		}
		seen := make([]int, len(d.Tokens))
		for k := range pages {
			for _, m := range pages[k].Marks {
				if m.Kind != typeset.MarkWord {
					continue
				}
				tok := d.Tokens[m.Token]
				seen[m.Token]++
				if tok.Box != same.Tokens[m.Token].Box || tok.Text != same.Tokens[m.Token].Text || tok.Text != m.Word.Text || tok.Page != k {
					t.Fatalf("%s: token %d: %+v is drawn %q on page %d", d.ID, m.Token, same.Tokens[m.Token], m.Word.Text, k)
				}
			}
		}
		for k, n := range seen {
			if n != 1 {
				t.Fatalf("%s: token %d is drawn %d times", d.ID, k, n)
			}
		}
	}
}

// inkOf is the rectangle of the pixels of a picture that are a quarter
// covered or more.
func inkOf(img *image.Gray) (x0, y0, x1, y1 float64) {
	b := img.Bounds()
	x0, y0 = math.Inf(1), math.Inf(1)
	x1, y1 = math.Inf(-1), math.Inf(-1)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if img.GrayAt(x, y).Y < 0xc0 {
				x0, y0 = min(x0, float64(x)), min(y0, float64(y))
				x1, y1 = max(x1, float64(x+1)), max(y1, float64(y+1))
			}
		}
	}
	return x0, y0, x1, y1
}

// A word alone on a page has its ink inside the box of its token, and fills
// the box from side to side. What may stick out: a pixel on each side for the
// grey of edges and rounding; slanted letters to the right; accents of
// capitals above; tails of Q, j, comma and the like below and at the left.
func TestInkStandsInTheBoxes(t *testing.T) {
	p := draw.NewPainter()
	const dpi = 144
	words := 0
	for _, d := range everyFamily(t, cleanRecipe, 1, 300) {
		for k := range d.pages {
			for _, m := range d.pages[k].Marks {
				if m.Kind != typeset.MarkWord || m.Token%17 != 0 { // 1 in 17 will do
					continue
				}
				words++
				alone := typeset.Page{Width: d.pages[k].Width, Height: d.pages[k].Height, Marks: []typeset.Mark{m}}
				alone.Marks[0].Colour = typeset.Black
				var b bytes.Buffer
				if err := p.PNG(&b, &alone, draw.Picture{DPI: dpi}); err != nil {
					t.Fatal(err)
				}
				img, err := png.Decode(&b)
				if err != nil {
					t.Fatal(err)
				}
				w, h := float64(img.Bounds().Dx()), float64(img.Bounds().Dy())
				if math.Abs(w-2*alone.Width) > 1 || math.Abs(h-2*alone.Height) > 1 {
					t.Fatalf("%s: a page of %v by %v points has %v by %v pixels at 144 dpi", d.ID, alone.Width, alone.Height, w, h)
				}
				x0, y0, x1, y1 := inkOf(img.(*image.Gray))
				if math.IsInf(x0, 0) {
					continue // a hyphen or a dot in small type has no dark pixel
				}
				box := d.Tokens[m.Token].Box
				bx0, by0, bx1, by1 := float64(box.X0)*w/1000, float64(box.Y0)*h/1000, float64(box.X1)*w/1000, float64(box.Y1)*h/1000
				size := 2 * m.Word.Size // pixels
				slack := 1 + 0.06*size
				right := slack
				if m.Word.Font&2 != 0 {
					right += 0.12 * size
				}
				if x0 < bx0-slack || x1 > bx1+right || y0 < by0-slack-0.12*size || y1 > by1+slack {
					t.Errorf("%s (%s): %q in %s: ink %.0f..%.0f, %.0f..%.0f outside the box %.1f..%.1f, %.1f..%.1f", d.ID, d.Template, m.Word.Text, m.Word.Font.PostScript(), x0, x1, y0, y1, bx0, bx1, by0, by1)
				}
				side := 1 + 0.32*size // of a thin letter in a wide place, as i in Courier
				if m.Word.Angle == 0 && (x0 > bx0+side || x1 < bx1-side) {
					t.Errorf("%s (%s): %q in %s: ink %.0f..%.0f does not fill the box %.1f..%.1f", d.ID, d.Template, m.Word.Text, m.Word.Font.PostScript(), x0, x1, bx0, bx1)
				}
			}
		}
	}
	if words < 80 {
		t.Errorf("only %d words were looked at", words)
	}
}
