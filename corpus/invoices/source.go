package invoices

import (
	"github.com/invoicelab/invoicelab/corpus"
)

// Source gives the documents of a recipe one by one, for corpora that need
// not be in memory. They are those of Generate, in the same order, and it
// gives the same errors.
func Source(schema *corpus.Schema, recipe corpus.Recipe) (corpus.Source, error) {
	g, err := New(schema, recipe)
	if err != nil {
		return corpus.Source{}, err
	}
	return g.Source(), nil
}

// Source gives the documents of the generator one by one.
func (g *Generator) Source() corpus.Source {
	return corpus.Source{
		Manifest:  g.Manifest(),
		Schema:    g.schema,
		Documents: g.Len(),
		Document:  g.Document,
	}
}
