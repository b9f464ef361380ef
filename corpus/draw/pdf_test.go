package draw_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

var (
	each    = flag.Int("each", 10, "documents of every template family that the PDF tests read")
	scanned = flag.Int("scanned", 2500, "documents that are made to find them")
)

// adobe are ascent and descent of Helvetica, Times and Courier in type sizes,
// from Adobe's metrics of the fonts; bold and slanted ones have the same to a
// hundredth.
var adobe = [3]struct{ ascent, descent float64 }{{0.718, 0.207}, {0.683, 0.217}, {0.629, 0.157}}

// popplerPage is what pdftotext -bbox says of a page, in points.
type popplerPage struct {
	Width  float64 `xml:"width,attr"`
	Height float64 `xml:"height,attr"`
	Words  []struct {
		X0   float64 `xml:"xMin,attr"`
		Y0   float64 `xml:"yMin,attr"`
		X1   float64 `xml:"xMax,attr"`
		Y1   float64 `xml:"yMax,attr"`
		Text string  `xml:",chardata"`
	} `xml:"word"`
}

// popplerReads writes pages as one PDF and gives what pdftotext reads of it.
func popplerReads(t *testing.T, pages []typeset.Page) []popplerPage {
	t.Helper()
	var b bytes.Buffer
	if err := draw.PDF(&b, pages); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "pages.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("pdftotext", "-bbox", path, "-")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("pdftotext (of poppler-utils, which make test installs): %v: %s", err, complaints.Bytes())
	}
	var html struct {
		Pages []popplerPage `xml:"body>doc>page"`
	}
	dec := xml.NewDecoder(bytes.NewReader(out))
	dec.Entity = xml.HTMLEntity
	if err := dec.Decode(&html); err != nil {
		t.Fatal(err)
	}
	return html.Pages
}

// What pdftotext extracts agrees with the tokens and their boxes: for each
// level word there is one with its text at its place. Words at an angle are
// read in pieces; their pieces lie in their boxes and have all their
// characters.
func TestPDFTextAgreesWithTokensAndBoxes(t *testing.T) {
	docs := everyFamily(t, cleanRecipe, *each, *scanned)
	var pages []typeset.Page
	for k := range docs {
		pages = append(pages, docs[k].pages...)
	}
	read := popplerReads(t, pages)
	if len(read) != len(pages) {
		t.Fatalf("%d pages are read of %d", len(read), len(pages))
	}
	words, turned := 0, 0
	families := map[string]int{}
	for k := range docs {
		families[docs[k].Template]++
		for j := range docs[k].pages {
			w, a := agree(t, &docs[k], j, &read[0])
			words, turned = words+w, turned+a
			read = read[1:]
		}
	}
	for family, n := range families {
		if n < *each {
			t.Errorf("only %d documents of family %s", n, family)
		}
	}
	t.Logf("%d documents of %d families: %d words, %d of them at an angle", len(docs), len(families), words, turned)
}

// agree compares one page of a document with what was read of it.
func agree(t *testing.T, d *drawn, page int, read *popplerPage) (words, turned int) {
	t.Helper()
	p := &d.pages[page]
	if math.Abs(read.Width-p.Width) > 0.01 || math.Abs(read.Height-p.Height) > 0.01 {
		t.Errorf("%s: page %d is %v by %v points, read as %v by %v", d.ID, page, p.Width, p.Height, read.Width, read.Height)
	}
	sx, sy := 1000/p.Width, 1000/p.Height
	used := make([]bool, len(read.Words))
	letters := 0 // of words at an angle
	var slanted []corpus.Token
	for _, m := range p.Marks {
		if m.Kind != typeset.MarkWord {
			continue
		}
		words++
		tok := d.Tokens[m.Token]
		if m.Word.Angle != 0 {
			turned++
			letters += len([]rune(tok.Text))
			slanted = append(slanted, tok)
			continue
		}
		// Half a unit of rounding, and a twentieth of a point. The boxes have
		// the heights of Helvetica, a reader takes those of the font.
		across, down := 0.5+0.05*sx, 0.5+0.05*sy
		higher, lower := adobe[m.Word.Font/4].ascent-typeset.Ascent, adobe[m.Word.Font/4].descent-typeset.Descent
		found := false
		for k, w := range read.Words {
			if !used[k] && w.Text == tok.Text &&
				math.Abs(w.X0*sx-float64(tok.Box.X0)) < across && math.Abs(w.X1*sx-float64(tok.Box.X1)) < across &&
				math.Abs((w.Y0+higher*m.Word.Size)*sy-float64(tok.Box.Y0)) < down && math.Abs((w.Y1-lower*m.Word.Size)*sy-float64(tok.Box.Y1)) < down {
				used[k], found = true, true
				break
			}
		}
		if !found {
			t.Errorf("%s (%s): page %d: %q in %v at %v is not read", d.ID, d.Template, page, tok.Text, m.Word.Font.PostScript(), tok.Box)
		}
	}
	for k, w := range read.Words {
		if used[k] {
			continue
		}
		letters -= len([]rune(w.Text))
		inside := false
		for _, tok := range slanted {
			const room = 6 // units: a piece has an upright box of its own
			inside = inside || strings.Contains(tok.Text, w.Text) && w.X0*sx > float64(tok.Box.X0)-room && w.X1*sx < float64(tok.Box.X1)+room &&
				w.Y0*sy > float64(tok.Box.Y0)-room && w.Y1*sy < float64(tok.Box.Y1)+room
		}
		if !inside {
			t.Errorf("%s (%s): page %d: %q is read at %.0f..%.0f, %.0f..%.0f, where no token is", d.ID, d.Template, page, w.Text, w.X0*sx, w.X1*sx, w.Y0*sy, w.Y1*sy)
		}
	}
	if letters != 0 {
		t.Errorf("%s (%s): page %d: %d characters of words at an angle are not read", d.ID, d.Template, page, letters)
	}
	return words, turned
}

// Every character comes back from the PDF, those with a meaning in PDF
// strings too, in every font.
func TestPDFHasEveryCharacter(t *testing.T) {
	var pages []typeset.Page
	var want []string
	for f := range typeset.NumFonts {
		p := typeset.Page{Width: 400, Height: 900}
		y := 20.0
		for code := 33; code < 256; code++ {
			if _, ok := typeset.Code(typeset.Rune(byte(code))); !ok {
				continue
			}
			text := "A" + string(typeset.Rune(byte(code))) + "B"
			p.Marks = append(p.Marks, typeset.Mark{Kind: typeset.MarkWord, Word: typeset.Word{Text: text, Font: f, Size: 8, At: typeset.Point{X: 20 + 40*float64(len(want)%8), Y: y}}})
			want = append(want, text)
			if len(want)%8 == 0 {
				y += 16
			}
		}
		pages = append(pages, p)
	}
	var got []string
	for _, page := range popplerReads(t, pages) {
		for _, w := range page.Words {
			got = append(got, w.Text)
		}
	}
	count := map[string]int{}
	for _, s := range got {
		count[s]++
	}
	for _, s := range want {
		if count[s]--; count[s] < 0 {
			t.Errorf("%q is not read", s)
		}
	}
	bad := typeset.Page{Width: 100, Height: 100, Marks: []typeset.Mark{{Kind: typeset.MarkWord, Word: typeset.Word{Text: "東京", Size: 9}}}}
	if err := draw.PDF(&bytes.Buffer{}, []typeset.Page{bad}); err == nil || !strings.Contains(err.Error(), "page 1") || !strings.Contains(err.Error(), "東") {
		t.Errorf("a character that no font has: %v", err)
	}
}
