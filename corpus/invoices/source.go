package invoices

import (
	"fmt"

	"github.com/invoicelab/invoicelab/corpus"
)

// Source gives the documents of a recipe one by one, for corpora that need
// not be in memory. They are those of Generate, in the same order, and it
// gives the same errors.
func Source(schema *corpus.Schema, recipe corpus.Recipe) (corpus.Source, error) {
	g, err := newGenerator(schema, recipe)
	if err != nil {
		return corpus.Source{}, err
	}
	return corpus.Source{
		Manifest: corpus.Manifest{
			Name:   fmt.Sprintf("generated-%s-%d-seed%d", schema.Name, recipe.Documents, recipe.Seed),
			Source: "generated",
			Recipe: &recipe,
		},
		Schema:    schema,
		Documents: recipe.Documents,
		Document:  g.document,
	}, nil
}
