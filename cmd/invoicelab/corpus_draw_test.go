package main

import (
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus/draw"
)

// A document of a corpus is shown as the recipe shows it; SVG has one page.
func TestShow(t *testing.T) {
	inFolder(t)
	must(t, "corpus", "generate", "--documents", "40", "--seed", "6", "--noise", "0.1", "--out", "c")
	page := must(t, "corpus", "show", "c", "doc-0000003").out
	if !strings.HasPrefix(page, "<!doctype html>") || !strings.Contains(page, "INVOICE_NUMBER") || !strings.Contains(page, "doc-0000003") {
		t.Errorf("the page is %.200q", page)
	}
	if again := must(t, "corpus", "show", "--recipe", "--documents", "40", "--seed", "6", "--noise", "0.1", "doc-0000003").out; again != page {
		t.Error("the recipe shows another page than the corpus")
	}
	if preset := must(t, "corpus", "show", "--preset", "quick", "doc-0000003").out; !strings.Contains(preset, "doc-0000003") || preset == page {
		t.Error("the preset's document is not shown")
	}
	must(t, "corpus", "show", "c", "doc-0000003", "--out", "x.svg")
	if data, err := os.ReadFile("x.svg"); err != nil || !strings.HasPrefix(string(data), "<svg ") || strings.Count(string(data), "<svg ") != 1 {
		t.Errorf("x.svg: %v, %.80q", err, data)
	}
	for want, args := range map[string][]string{
		`c has no document "doc-9"`:                           {"c", "doc-9"},
		"page 9 of 1":                                         {"c", "doc-0000003", "--page", "9", "--out", "x.svg"},
		"--page: only an SVG has one page":                    {"c", "doc-0000003", "--page", "2"},
		"--out x.jpg: expected a name that ends in .html":     {"c", "doc-0000003", "--out", "x.jpg"},
		"--seed: it goes with --recipe":                       {"c", "doc-0000003", "--seed", "4"},
		`the recipe has no document "doc-0000600"; it has do`: {"--recipe", "doc-0000600"},
		"--seed: it does not go with --preset":                {"--preset", "quick", "--seed", "4", "doc-0000003"},
	} {
		if r := invoke(append([]string{"corpus", "show"}, args...)...); r.code == 0 || !strings.Contains(r.err, want) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%v: exit %d, %q; want %q", args, r.code, r.err, want)
		}
	}
}

// A generated corpus is drawn from its recipe, an imported one from its
// boxes, one without boxes not at all, and one that the recipe does not give
// is an error.
func TestExportDraws(t *testing.T) {
	inFolder(t)
	must(t, "corpus", "generate", "--documents", "40", "--seed", "6", "--out", "c")
	var n draw.ExportCount
	if err := json.Unmarshal([]byte(must(t, "corpus", "export", "c", "--format", "png", "--dpi", "50", "--colour", "--out", "png", "--json").out), &n); err != nil || n.Documents != 40 || n.Files < 40 {
		t.Fatalf("%+v, %v", n, err)
	}
	files, err := filepath.Glob("png/*/doc-*-*.png")
	if err != nil || len(files) != n.Files {
		t.Fatalf("%d files of %d, %v", len(files), n.Files, err)
	}
	f, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := png.Decode(f); err != nil {
		t.Fatal(err)
	}
	if r := must(t, "corpus", "export", "c", "--format", "png", "--dpi", "50", "--colour", "--out", "png"); !strings.Contains(r.out, "40 of which were there") {
		t.Errorf("going on: %q", r.out)
	}
	manifest, err := os.ReadFile("c/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	fail := func(want string, args ...string) {
		t.Helper()
		if r := invoke(append([]string{"corpus", "export"}, args...)...); r.code == 0 || !strings.Contains(r.err, want) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%v: exit %d, %q; want %q", args, r.code, r.err, want)
		}
	}
	write(t, "c/manifest.json", strings.Replace(string(manifest), `"seed": 6`, `"seed": 7`, 1))
	fail("another version has made it", "c", "--format", "pdf", "--out", "pdf")
	write(t, "c/manifest.json", strings.Replace(string(manifest), `"source": "generated"`, `"source": "elsewhere"`, 1))
	if r := must(t, "corpus", "export", "c", "--format", "images224", "--out", "boxes"); !strings.Contains(r.err, "no layout of its own") {
		t.Errorf("from boxes: %q", r.err)
	}
	if files, err := filepath.Glob("boxes/*/*.png"); err != nil || len(files) != n.Files {
		t.Errorf("from boxes: %d files of %d, %v", len(files), n.Files, err)
	}
	write(t, "d/train.conll", "Berlin B-city\nis O\n\nParis B-city\n")
	must(t, "corpus", "import", "--from", "conll", "d", "--out", "words")
	fail("neither a layout nor boxes", "words", "--format", "png", "--out", "w")
	if _, err := os.Stat("w"); err == nil {
		t.Error("a folder is left of an export that cannot be")
	}
	fail("did you mean images224?", "c", "--format", "images22", "--out", "w")
	fail("--dpi 5: expected 10 to 600", "c", "--format", "png", "--dpi", "5", "--out", "w")
	fail("--dpi: format pdf does not have it", "c", "--format", "pdf", "--dpi", "50", "--out", "w")
}

// The contact sheet has a panel for every family.
func TestFamilies(t *testing.T) {
	inFolder(t)
	must(t, "corpus", "families", "--documents", "300", "--columns", "4", "--dpi", "30", "--out", "sheet.png")
	f, err := os.Open("sheet.png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	// 4 columns of 220 points with gaps of 14; rows of 342 points for 13 to 40 families.
	if b := img.Bounds(); b.Dx() != 396 || b.Dy() < 4*140 || b.Dy() > 10*145 {
		t.Errorf("the sheet has %v pixels", b)
	}
}
