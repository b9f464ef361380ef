package draw_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// exported is a small corpus with what an export asks for.
func exported(t *testing.T, n int) (iter.Seq2[corpus.Entry, error], func(*corpus.Document) ([]typeset.Page, error)) {
	t.Helper()
	schema, err := config.LoadSchema("full-197")
	if err != nil {
		t.Fatal(err)
	}
	g, err := invoices.New(schema, corpus.Recipe{Documents: 200, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	entries := func(yield func(corpus.Entry, error) bool) {
		for k := range n {
			d, split := g.Document(k)
			if !yield(corpus.Entry{Split: split, Document: &d}, nil) {
				return
			}
		}
	}
	pages := func(d *corpus.Document) ([]typeset.Page, error) {
		k, ok := g.Find(d.ID)
		if !ok {
			t.Errorf("no document %s", d.ID)
		}
		_, list := g.Draw(k)
		return list, nil
	}
	return entries, pages
}

// folderOf reads all files below a folder.
func folderOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func quiet(draw.ExportCount) {}

// An export has the same files with any number of workers, and a second call
// writes what is missing or cut short and nothing else.
func TestExportGoesOn(t *testing.T) {
	entries, pages := exported(t, 30)
	for _, e := range []draw.Export{{Format: draw.FormatPNG, DPI: 50, Digest: "d"}, {Format: draw.FormatPDF, Digest: "d"}, {Format: draw.FormatImages224, Digest: "d"}} {
		one, three := t.TempDir(), t.TempDir()
		last := draw.ExportCount{}
		count, err := e.Run(context.Background(), one, entries, 1, pages, func(n draw.ExportCount) { last = n })
		if err != nil {
			t.Fatal(err)
		}
		if count.Documents != 30 || count.Earlier != 0 || last != count || (e.Format == draw.FormatPDF && count.Files != 30) || count.Files < 30 {
			t.Errorf("%s: %+v, at last %+v", e.Format, count, last)
		}
		if _, err := e.Run(context.Background(), three, entries, 3, pages, quiet); err != nil {
			t.Fatal(err)
		}
		want := folderOf(t, one)
		if !maps.Equal(want, folderOf(t, three)) {
			t.Errorf("%s: three workers write other files than one", e.Format)
		}
		if len(want) != count.Files+1 {
			t.Errorf("%s: %d files and export.json are %d", e.Format, count.Files, len(want))
		}
		var victims []string
		for name := range want {
			if name != "export.json" {
				victims = append(victims, name)
			}
		}
		if err := os.Remove(filepath.Join(one, victims[0])); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filepath.Join(one, victims[1]), int64(len(want[victims[1]])-3)); err != nil {
			t.Fatal(err)
		}
		count, err = e.Run(context.Background(), one, entries, 2, pages, quiet)
		if err != nil {
			t.Fatal(err)
		}
		if count.Earlier < 28 || count.Earlier > 29 {
			t.Errorf("%s: with two files to mend, %d of 30 documents were whole", e.Format, count.Earlier)
		}
		if !maps.Equal(want, folderOf(t, one)) {
			t.Errorf("%s: the second call gives other files", e.Format)
		}
		other := e
		other.Digest = "another"
		if _, err := other.Run(context.Background(), one, entries, 1, pages, quiet); err == nil || !strings.Contains(err.Error(), "export.json") {
			t.Errorf("%s: going on with another corpus: %v", e.Format, err)
		}
	}
}

// What is written is the page of the document: its size and its ink.
func TestExportWritesPages(t *testing.T) {
	entries, pages := exported(t, 3)
	dir := t.TempDir()
	if _, err := (draw.Export{Format: draw.FormatPNG, DPI: 72}).Run(context.Background(), dir, entries, 1, pages, quiet); err != nil {
		t.Fatal(err)
	}
	for e := range entries {
		list, _ := pages(e.Document)
		for k := range list {
			var want bytes.Buffer
			if err := draw.NewPainter().PNG(&want, &list[k], draw.Picture{DPI: 72}); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(dir, string(e.Split), e.Document.ID+"-"+string(rune('1'+k))+".png"))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want.Bytes()) {
				t.Errorf("%s: page %d is another picture", e.Document.ID, k+1)
			}
			if img, err := png.DecodeConfig(bytes.NewReader(got)); err != nil || img.Width < 200 {
				t.Errorf("%s: %v, %v", e.Document.ID, img, err)
			}
		}
	}
}

// Errors end an export and leave no half file; names cannot leave the folder.
func TestExportFailsWhole(t *testing.T) {
	entries, pages := exported(t, 20)
	e := draw.Export{Format: draw.FormatPDF}
	trouble := errors.New("trouble")
	dir := t.TempDir()
	_, err := e.Run(context.Background(), dir, entries, 2, func(d *corpus.Document) ([]typeset.Page, error) {
		if d.ID == "doc-0000009" {
			return nil, trouble
		}
		return pages(d)
	}, quiet)
	if !errors.Is(err, trouble) || !strings.Contains(err.Error(), "doc-0000009") {
		t.Errorf("an error of a document: %v", err)
	}
	for name, data := range folderOf(t, dir) {
		if strings.Contains(name, ".part") || strings.HasSuffix(name, ".pdf") && !strings.HasSuffix(data, "%%EOF\n") {
			t.Errorf("%s is left", name)
		}
	}
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "thesis.tex"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Run(context.Background(), full, entries, 1, pages, quiet); err == nil || !strings.Contains(err.Error(), "thesis.tex") {
		t.Errorf("a folder that holds something else: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := e.Run(ctx, t.TempDir(), entries, 1, pages, quiet); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	parent := t.TempDir()
	strange := func(yield func(corpus.Entry, error) bool) {
		for entry := range entries {
			entry.Document.ID = "../../a/b"
			yield(entry, nil)
			return
		}
	}
	_, list := invoicesPages(t)
	if _, err := e.Run(context.Background(), filepath.Join(parent, "x", "y"), strange, 1, func(*corpus.Document) ([]typeset.Page, error) { return list, nil }, quiet); err != nil {
		t.Fatal(err)
	}
	for name := range folderOf(t, parent) {
		if !strings.HasPrefix(name, "x/y/") {
			t.Errorf("%s is outside the folder", name)
		}
	}
}

// invoicesPages is some document with its pages.
func invoicesPages(t *testing.T) (corpus.Document, []typeset.Page) {
	d := everyFamily(t, cleanRecipe, 1, 1)[0]
	return d.Document, d.pages
}
