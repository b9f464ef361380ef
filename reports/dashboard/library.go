package dashboard

import (
	"context"
	"errors"
	"fmt"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/invoicelab/invoicelab/corpus/typeset"
	"github.com/invoicelab/invoicelab/experiments"
)

// collection finds the test documents that a run was scored on.
type collection struct {
	schema *corpus.Schema
	find   func(id string) (*corpus.Document, []typeset.Page, error)
}

// openCollection opens the documents of a run: those of a recipe are made
// again one by one, those of a folder are read. A folder is taken only when
// its digest is that of the run, so that no settings of a store can have any
// other file of this machine shown.
func (s *Server) openCollection(ctx context.Context, d experiments.Detail) (*collection, error) {
	e, err := config.ParseExperiment("run "+d.Run, []byte(d.Settings))
	if err != nil {
		return nil, err
	}
	manifest, err := s.store.Manifest(ctx, d.Corpus)
	if err != nil {
		return nil, err
	}
	if e.Corpus.Path != "" {
		return openPath(ctx, e.Corpus.Path, d.Corpus)
	}
	if manifest.Recipe == nil {
		return nil, fmt.Errorf("corpus %s: the store has no recipe of it", manifest.Name)
	}
	name := e.Corpus.Schema
	if e.Corpus.Preset != "" {
		p, err := config.LoadPreset(e.Corpus.Preset)
		if err != nil {
			return nil, err
		}
		name = p.Schema
	}
	schema, err := config.LoadSchema(name)
	if err != nil {
		return nil, err
	}
	g, err := invoices.New(schema, *manifest.Recipe)
	if err != nil {
		return nil, err
	}
	return &collection{schema, func(id string) (*corpus.Document, []typeset.Page, error) {
		k, ok := g.Find(id)
		if !ok {
			return nil, nil, fmt.Errorf("the recipe of corpus %s has no document %s", manifest.Name, id)
		}
		doc, _ := g.Document(k)
		_, pages := g.Draw(k)
		return &doc, pages, nil
	}}, nil
}

// openPath reads the test documents of a folder.
func openPath(ctx context.Context, path, digest string) (*collection, error) {
	f, err := corpus.OpenFolder(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Manifest.Digest != digest {
		return nil, fmt.Errorf("corpus %s: its digest is %s, that of the run %s: these are other documents", path, short(f.Manifest.Digest), short(digest))
	}
	byID := map[string]*corpus.Document{}
	for entry, err := range f.Entries() { // to the end: only then is the digest compared
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		if entry.Split == corpus.Test {
			byID[entry.Document.ID] = entry.Document
		}
	}
	var g *invoices.Generator
	if m := f.Manifest; m.Source == "generated" && m.Recipe != nil {
		if g, err = invoices.New(f.Schema, *m.Recipe); err != nil {
			return nil, err
		}
	} else if !m.Boxed {
		return nil, fmt.Errorf("corpus %s: its documents (%s) have neither a layout nor boxes, so they cannot be drawn", path, m.Source)
	}
	return &collection{f.Schema, func(id string) (*corpus.Document, []typeset.Page, error) {
		doc, ok := byID[id]
		if !ok {
			return nil, nil, fmt.Errorf("the test split of corpus %s has no document %s", path, id)
		}
		if g != nil {
			if k, ok := g.Find(id); ok {
				_, pages := g.Draw(k)
				return doc, pages, nil
			}
		}
		pages, _, err := draw.FromBoxes(doc)
		return doc, pages, err
	}}, nil
}

// errOther says that a document is not the one that the run was scored on.
var errOther = errors.New("its entities are not those that the run was scored on: another version of the program makes other documents from this recipe")

// sameGold compares the entities of a document with those that were counted
// when the run was scored.
func sameGold(d *corpus.Document, schema *corpus.Schema, counted map[string]int) error {
	here := map[string]int{}
	for _, s := range d.Spans {
		here[schema.Entities[s.Entity].Name]++
	}
	for name, n := range counted {
		if here[name] != n {
			return errOther
		}
	}
	if total(here) != total(counted) {
		return errOther
	}
	return nil
}

func total(counts map[string]int) (n int) {
	for _, v := range counts {
		n += v
	}
	return n
}
