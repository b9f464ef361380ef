package main

import (
	"cmp"
	"io"
	"slices"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/urfave/cli/v2"
)

func corpusFamiliesCommand() *cli.Command {
	return &cli.Command{
		Name:  "families",
		Usage: "draw one document of every template family of a recipe, with its entities, as one picture",
		Description: `Example: invoicelab corpus families --documents 2000 --noise 0 --out families.png
Of the documents of a family, the one with the most entity types on its first
page is drawn.`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "out", Usage: "`FILE` to write, a PNG in colour", Required: true},
			&cli.StringFlag{Name: "schema", Usage: "`NAME` of a shipped schema or path of a schema file", Value: "full-197"},
			presetFlag(),
			&cli.IntFlag{Name: "columns", Usage: "pages in a row", Value: 6},
			&cli.Float64Flag{Name: "dpi", Usage: "pixels in an inch of the sheet, on which pages are a little more than a third of their size", Value: 120},
		}, recipeFlags()...),
		Action: corpusFamilies,
	}
}

func corpusFamilies(c *cli.Context) error {
	if err := operands(c); err != nil {
		return err
	}
	if c.Int("columns") < 1 {
		return usagef("corpus families: --columns %d: expected 1 or more", c.Int("columns"))
	}
	e, err := recipeOf(c)
	if err != nil {
		return err
	}
	schema, err := config.LoadSchema(e.Corpus.Schema)
	if err != nil {
		return err
	}
	g, err := invoices.New(schema, *e.Corpus.Generate)
	if err != nil {
		return err
	}
	panels := familyPanels(g)
	sheet, err := draw.ContactSheet(panels, min(c.Int("columns"), len(panels)), schema)
	if err != nil {
		return err
	}
	return writeFile(c.String("out"), func(w io.Writer) error {
		return draw.NewPainter().PNG(w, &sheet, draw.Picture{DPI: c.Float64("dpi"), Colour: true})
	})
}

// familyPanels gives the richest first page of each family, by domain and
// name.
func familyPanels(g *invoices.Generator) []draw.Panel {
	best := map[string]int{} // number of the document
	most := map[string]int{} // entity types on its first page
	var names []string
	for k := range g.Len() {
		d, _ := g.Document(k)
		types := map[corpus.EntityID]bool{}
		for _, s := range d.Spans {
			if d.Tokens[s.Start].Page == 0 {
				types[s.Entity] = true
			}
		}
		n, known := most[d.Template]
		if !known {
			names = append(names, d.Template)
		}
		if !known || len(types) > n {
			best[d.Template], most[d.Template] = k, len(types)
		}
	}
	panels := make([]draw.Panel, len(names))
	for k, name := range names {
		d, _ := g.Document(best[name])
		_, pages := g.Draw(best[name])
		panels[k] = draw.Panel{Title: d.Domain + "/" + d.Template, Document: &d, Layout: pages[0]}
	}
	slices.SortFunc(panels, func(a, b draw.Panel) int { return cmp.Compare(a.Title, b.Title) })
	return panels
}
