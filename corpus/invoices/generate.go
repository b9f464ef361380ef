package invoices

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/invoicelab/invoicelab/corpus"
)

// Shares of the documents that are not held out; the rest is Test.
const (
	trainShare      = 0.85
	validationShare = 0.10
)

// Generate makes the documents 0 to recipe.Documents-1 of a recipe, labelled
// under schema, and puts them into their splits in the order of their
// numbers. The result depends on schema and recipe alone, not on the number
// of processors.
//
// What may leak from Train into the other splits, and what cannot: names of
// companies (suppliers, buyers, shippers, consignees) belong to one split
// each, and with them the supplier's address, telephone, bank and tax
// numbers. Held-out template families occur in Heldout only. All splits
// share the word lists (streets, cities, first and last names, products,
// sentences of notes), the key words, and, but for Heldout, the template
// families.
//
// It is an error if the recipe is impossible, or if schema has none of the
// entity types that the generator knows.
func Generate(schema *corpus.Schema, recipe corpus.Recipe) (*corpus.Dataset, error) {
	g, err := newGenerator(schema, recipe)
	if err != nil {
		return nil, err
	}
	docs := make([]corpus.Document, recipe.Documents)
	splits := make([]corpus.Split, recipe.Documents)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), recipe.Documents) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= recipe.Documents {
					return
				}
				docs[i], splits[i] = g.document(i)
			}
		})
	}
	wg.Wait()
	ds := &corpus.Dataset{
		Manifest: corpus.Manifest{
			Name:   fmt.Sprintf("generated-%s-%d-seed%d", schema.Name, recipe.Documents, recipe.Seed),
			Source: "generated",
			Recipe: &recipe,
			Boxed:  true,
		},
		Schema: schema,
		Docs:   map[corpus.Split][]corpus.Document{},
	}
	for i := range docs {
		ds.Docs[splits[i]] = append(ds.Docs[splits[i]], docs[i])
	}
	ds.Seal()
	return ds, nil
}

// GenerateDocument makes document i of a recipe and names its split. It gives
// the same document as Generate does. It is an error if i is not in
// [0, recipe.Documents), and where Generate gives one.
func GenerateDocument(schema *corpus.Schema, recipe corpus.Recipe, i int) (corpus.Document, corpus.Split, error) {
	g, err := newGenerator(schema, recipe)
	if err != nil {
		return corpus.Document{}, "", err
	}
	if i < 0 || i >= recipe.Documents {
		return corpus.Document{}, "", fmt.Errorf("generate: document %d: the recipe has documents 0 to %d", i, recipe.Documents-1)
	}
	d, split := g.document(i)
	return d, split, nil
}

// generator holds what all documents of a recipe share. It is read only, so
// documents can be made at once.
type generator struct {
	recipe corpus.Recipe
	ids    [numFields]int // entity of each field in the schema, -1 for none
}

func newGenerator(schema *corpus.Schema, recipe corpus.Recipe) (*generator, error) {
	if recipe.Documents < 1 {
		return nil, fmt.Errorf("generate: documents: %d is less than 1", recipe.Documents)
	}
	if !(recipe.Noise >= 0 && recipe.Noise <= 0.5) || math.IsNaN(recipe.Noise) {
		return nil, fmt.Errorf("generate: noise: %v is not in 0..0.5", recipe.Noise)
	}
	ids, known := fieldIDs(schema)
	if known == 0 {
		return nil, fmt.Errorf("generate: schema %q has none of the %d entity types that the generator makes, such as %s",
			schema.Name, numFields-1, fieldNames[fInvoiceNumber])
	}
	return &generator{recipe: recipe, ids: ids}, nil
}

// document makes document i and decides its split. Every random choice comes
// from streams named after i.
func (g *generator) document(i int) (corpus.Document, corpus.Split) {
	_, d, split := g.clean(i)
	if g.recipe.Noise > 0 {
		addNoise(d.Tokens, newDraws(g.recipe.Seed, fmt.Sprintf("corpus/doc/%d/noise", i)), g.recipe.Noise)
	}
	return d, split
}

// clean makes document i as it was laid out, before anything is read wrong.
// Its pages are those of the sheet.
func (g *generator) clean(i int) (*sheet, corpus.Document, corpus.Split) {
	r := newDraws(g.recipe.Seed, fmt.Sprintf("corpus/doc/%d", i))
	f := drawFamily(r)
	split := splitOf(f, uniform(g.recipe.Seed, fmt.Sprintf("corpus/split/%d", i)))
	c := compose(f, r, split)
	d := corpus.Document{
		ID:       fmt.Sprintf("doc-%07d", i),
		Domain:   f.domain,
		Template: f.name,
		Kind:     f.kind,
		Boxed:    true,
	}
	d.Tokens, d.Spans = c.sheet.document(g.ids)
	d.Structure, d.Visual = c.sheet.marks()
	return c.sheet, d, split
}

// splitOf decides the split of a document by its family and its own uniform
// number u in [0, 1).
func splitOf(f *family, u float64) corpus.Split {
	switch {
	case f.home != "":
		return f.home
	case u < trainShare:
		return corpus.Train
	case u < trainShare+validationShare:
		return corpus.Validation
	default:
		return corpus.Test
	}
}
