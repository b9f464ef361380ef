package main

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/invoicelab/invoicelab/corpus/typeset"
	"github.com/urfave/cli/v2"
)

// drawnFlags are the flags of the formats that are drawn.
func drawnFlags() []cli.Flag {
	return []cli.Flag{
		&cli.Float64Flag{Name: "dpi", Usage: "png: pixels in an inch, 10 to 600", Value: draw.DefaultDPI},
		&cli.BoolFlag{Name: "colour", Usage: "png: in colour, not in grey"},
		&cli.IntFlag{Name: "workers", Usage: "pages drawn at once", Value: runtime.GOMAXPROCS(0)},
	}
}

func corpusShowCommand() *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "draw a document with its labels, as a page for a browser or as SVG",
		ArgsUsage: "DIR ID",
		Description: `Example: invoicelab corpus show corpora/quick doc-0000017 --out doc.html
A page for a browser (--out NAME.html, or standard output) has all pages and
switches for entities, structure, visual types and what was read of each word.
NAME.svg has one page with its entities.
A document of a recipe needs no corpus:
  invoicelab corpus show --preset quick doc-0000017 --out doc.html
  invoicelab corpus show --recipe --seed 7 doc-0000017 --out doc.html`,
		Flags: append([]cli.Flag{
			&cli.IntFlag{Name: "page", Usage: "page of an SVG, counted from 1", Value: 1},
			&cli.StringFlag{Name: "out", Usage: "`FILE` to write, .html or .svg; HTML on standard output when absent"},
			&cli.BoolFlag{Name: "recipe", Usage: "take the document from the recipe that the flags below give, not from DIR"},
			&cli.StringFlag{Name: "schema", Usage: "with --recipe: `NAME` of a shipped schema or path of a schema file", Value: "full-197"},
			presetFlag(),
		}, recipeFlags()...),
		Action: corpusShow,
	}
}

// shown is a document with what is needed to show it.
type shown struct {
	document *corpus.Document
	split    corpus.Split
	schema   *corpus.Schema
	pages    []typeset.Page
}

func corpusShow(c *cli.Context) error {
	kind := strings.ToLower(filepath.Ext(c.String("out")))
	if c.String("out") == "" {
		kind = ".html"
	}
	if kind != ".html" && kind != ".svg" {
		return usagef("corpus show: --out %s: expected a name that ends in .html or .svg", c.String("out"))
	}
	if kind == ".html" && c.IsSet("page") {
		return usagef("corpus show: --page: only an SVG has one page")
	}
	find := showFromFolder
	if c.Bool("recipe") || c.IsSet("preset") {
		find = showFromRecipe
	}
	s, err := find(c)
	if err != nil {
		return err
	}
	write := func(w io.Writer) error {
		if kind == ".svg" {
			return draw.SVG(w, s.document, s.schema, s.pages, c.Int("page")-1)
		}
		return draw.HTML(w, s.document, s.split, s.schema, s.pages)
	}
	if out := c.String("out"); out != "" {
		return writeFile(out, write)
	}
	return write(c.App.Writer)
}

// showFromFolder finds a document in a corpus.
func showFromFolder(c *cli.Context) (*shown, error) {
	if err := operands(c, "DIR", "ID"); err != nil {
		return nil, err
	}
	for _, f := range append(recipeFlags(), &cli.StringFlag{Name: "schema"}) {
		if name := f.Names()[0]; c.IsSet(name) {
			return nil, usagef("corpus show: --%s: it goes with --recipe", name)
		}
	}
	folder, err := corpus.OpenFolder(c.Args().First())
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	id := c.Args().Get(1)
	for e, err := range folder.Entries() {
		if err != nil {
			return nil, err
		}
		if e.Document.ID != id {
			continue
		}
		layout, err := newLayouts(folder)
		if err != nil {
			return nil, err
		}
		pages, err := layout.pages(e.Document)
		if err != nil {
			return nil, fmt.Errorf("corpus show: %w", err)
		}
		layout.report(c.App.ErrWriter)
		return &shown{e.Document, e.Split, folder.Schema, pages}, nil
	}
	return nil, fmt.Errorf("corpus show: %s has no document %q", c.Args().First(), id)
}

// showFromRecipe makes a document.
func showFromRecipe(c *cli.Context) (*shown, error) {
	if err := operands(c, "ID"); err != nil {
		return nil, err
	}
	e, err := recipeOf(c)
	if err != nil {
		return nil, err
	}
	schema, err := config.LoadSchema(e.Corpus.Schema)
	if err != nil {
		return nil, err
	}
	g, err := invoices.New(schema, *e.Corpus.Generate)
	if err != nil {
		return nil, err
	}
	k, ok := g.Find(c.Args().First())
	if !ok {
		return nil, fmt.Errorf("corpus show: the recipe has no document %q; it has doc-0000000 to doc-%07d", c.Args().First(), e.Corpus.Generate.Documents-1)
	}
	d, split := g.Document(k)
	_, pages := g.Draw(k)
	return &shown{&d, split, schema, pages}, nil
}

// presetFlag names a recipe that has a name.
func presetFlag() cli.Flag {
	return &cli.StringFlag{Name: "preset", Usage: "take schema and recipe of a shipped corpus: " + strings.Join(config.PresetNames(), ", ") + ", or the path of a corpus `FILE`"}
}

// recipeOf reads recipeFlags and --schema, or --preset in their place.
func recipeOf(c *cli.Context) (config.Experiment, error) {
	e := config.Default()
	if name := c.String("preset"); name != "" {
		for _, f := range append(recipeFlags(), &cli.StringFlag{Name: "schema"}) {
			if n := f.Names()[0]; c.IsSet(n) {
				return e, usagef("%s: --%s: it does not go with --preset, which has one of its own", commandPath(c), n)
			}
		}
		p, err := config.LoadPreset(name)
		e.Corpus.Schema, e.Corpus.Generate = p.Schema, &p.Recipe
		return e, err
	}
	e.Corpus.Schema = c.String("schema")
	for _, f := range recipeFlags() {
		name := f.Names()[0]
		if err := e.Set("corpus.generate."+name, c.String(name)); err != nil {
			return e, usagef("%s: --%s: %w", commandPath(c), name, err)
		}
	}
	if err := e.Check(); err != nil {
		return e, usageError{err}
	}
	return e, nil
}

// layouts finds the pages of the documents of a corpus: those of a generated
// one are laid out again by its recipe, those of others are drawn from their
// boxes.
type layouts struct {
	name      string
	generator *invoices.Generator // nil for other corpora
	exact     bool                // the documents are read as they are laid out
	replaced  atomic.Int64        // characters that no font has
	boxes     atomic.Int64        // documents that were drawn from their boxes
}

func newLayouts(f *corpus.Folder) (*layouts, error) {
	m := &f.Manifest
	l := &layouts{name: m.Name}
	if m.Source != "generated" || m.Recipe == nil {
		if !m.Boxed {
			return nil, fmt.Errorf("%s: its documents (%s) have neither a layout nor boxes, so they cannot be drawn", m.Name, m.Source)
		}
		return l, nil
	}
	g, err := invoices.New(f.Schema, *m.Recipe)
	if err != nil {
		return nil, err
	}
	l.generator, l.exact = g, m.Recipe.Noise == 0 && m.Recipe.Disorder == 0
	return l, nil
}

// checkEvery is how many documents of a recipe with noise or disorder are
// taken on trust between two that are made once more and compared; every
// version of the generator differs in the first documents already.
const checkEvery = 64

// pages gives the pages of a document. It is an error if the recipe does not
// give the document, as when another version of the program has made it.
func (l *layouts) pages(d *corpus.Document) ([]typeset.Page, error) {
	if l.generator == nil {
		pages, replaced, err := draw.FromBoxes(d)
		l.replaced.Add(int64(replaced))
		l.boxes.Add(1)
		return pages, err
	}
	k, ok := l.generator.Find(d.ID)
	if !ok {
		return nil, fmt.Errorf("document %s: the recipe of %s has no such document", d.ID, l.name)
	}
	made, pages := l.generator.Draw(k)
	if !l.exact && k%checkEvery == 0 {
		made, _ = l.generator.Document(k)
	}
	if (l.exact || k%checkEvery == 0) && !sameWords(d, &made) {
		return nil, fmt.Errorf("document %s: it is not what this program makes from the recipe of %s; another version has made it", d.ID, l.name)
	}
	return pages, nil
}

// sameWords says whether two documents have the same tokens at the same
// places.
func sameWords(a, b *corpus.Document) bool {
	if len(a.Tokens) != len(b.Tokens) || a.Template != b.Template {
		return false
	}
	for k := range a.Tokens {
		if s, t := &a.Tokens[k], &b.Tokens[k]; s.Text != t.Text || s.Box != t.Box || s.Page != t.Page {
			return false
		}
	}
	return true
}

// report says what could not be drawn as it is.
func (l *layouts) report(w io.Writer) {
	if n := l.boxes.Load(); n > 0 {
		fmt.Fprintf(w, "%s has no layout of its own: documents are drawn from the boxes of their words (%d)\n", l.name, n)
	}
	if n := l.replaced.Load(); n > 0 {
		fmt.Fprintf(w, "%d characters that no font has are drawn as question marks\n", n)
	}
}

// exportDrawn writes a corpus in a format that is drawn.
func exportDrawn(c *cli.Context, f *corpus.Folder) error {
	e := draw.Export{Format: draw.Format(c.String("format")), Digest: f.Manifest.Digest}
	allowed := []string{"workers"}
	if e.Format == draw.FormatPNG {
		allowed = append(allowed, "dpi", "colour")
		e.DPI, e.Colour = c.Float64("dpi"), c.Bool("colour")
		if !(e.DPI >= 10 && e.DPI <= 600) {
			return usagef("corpus export: --dpi %v: expected 10 to 600", e.DPI)
		}
	}
	if err := flagsOf(c, string(e.Format), exportFlags(), allowed...); err != nil {
		return err
	}
	if c.Int("workers") < 1 {
		return usagef("corpus export: --workers %d: expected 1 or more", c.Int("workers"))
	}
	l, err := newLayouts(f)
	if err != nil {
		return fmt.Errorf("corpus export: %w", err)
	}
	total := documentsOf(&f.Manifest)
	began := time.Now()
	m := newMeter(c.App.ErrWriter)
	n, err := e.Run(c.Context, c.String("out"), f.Entries(), c.Int("workers"), l.pages, func(n draw.ExportCount) {
		m.report(corpus.Progress{Done: n.Documents, Total: total, Resumed: n.Earlier})
	})
	m.end()
	if err != nil {
		return err
	}
	l.report(c.App.ErrWriter)
	if c.Bool("json") {
		return printJSON(c.App.Writer, n)
	}
	fmt.Fprintf(c.App.Writer, "%s: %s; %d documents", c.String("out"), perSecond(n.Files, "files written", time.Since(began).Seconds()), n.Documents)
	if n.Earlier > 0 {
		fmt.Fprintf(c.App.Writer, ", %d of which were there", n.Earlier)
	}
	fmt.Fprintf(c.App.Writer, ", %.1f MB\n", float64(n.Bytes)/1e6)
	return nil
}
