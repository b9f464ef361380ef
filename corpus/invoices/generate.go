package invoices

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/invoicelab/invoicelab/corpus"
)

// Shares of the documents of families without a home; the rest is Test.
const (
	trainShare      = 0.85
	validationShare = 0.10
)

// Generate makes all documents of a recipe, labelled under schema, and puts
// them into their splits in the order of their numbers. The result depends on
// schema and recipe alone, not on the number of processors.
//
// What may leak from Train into the other splits, and what cannot: names of
// companies (suppliers, buyers, shippers, consignees) belong to one split
// each, and with them the supplier's address, telephone, bank and tax
// numbers. Template families with a home occur in that split only. All splits
// share the word lists (streets, cities, first and last names, products,
// sentences of notes), the key words, and, but for Heldout, the families
// without a home.
//
// It gives the errors of New.
func Generate(schema *corpus.Schema, recipe corpus.Recipe) (*corpus.Dataset, error) {
	g, err := New(schema, recipe)
	if err != nil {
		return nil, err
	}
	docs := make([]corpus.Document, g.Len())
	splits := make([]corpus.Split, g.Len())
	each(g.Len(), func(k int) { docs[k], splits[k] = g.Document(k) })
	ds := &corpus.Dataset{Manifest: g.Manifest(), Schema: schema, Docs: map[corpus.Split][]corpus.Document{}}
	for k := range docs {
		ds.Docs[splits[k]] = append(ds.Docs[splits[k]], docs[k])
	}
	ds.Seal()
	return ds, nil
}

// each calls do with 0 to n-1, on all processors at once.
func each(n int, do func(k int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for {
				k := int(next.Add(1)) - 1
				if k >= n {
					return
				}
				do(k)
			}
		})
	}
	wg.Wait()
}

// GenerateDocument makes document i of a recipe and names its split. It gives
// the same document as Generate does. It is an error if i is not the number of
// a document, and where New gives one. To make several, use New.
func GenerateDocument(schema *corpus.Schema, recipe corpus.Recipe, i int) (corpus.Document, corpus.Split, error) {
	g, err := New(schema, recipe)
	if err != nil {
		return corpus.Document{}, "", err
	}
	if i < 0 || i >= g.Len() {
		return corpus.Document{}, "", fmt.Errorf("generate: document %d: the recipe has documents 0 to %d", i, g.Len()-1)
	}
	d, split := g.Document(i)
	return d, split, nil
}

// Generator makes the documents of one recipe. It is read only once it is
// made, so several goroutines may share it.
type Generator struct {
	schema *corpus.Schema
	recipe corpus.Recipe
	ids    [numFields]int // entity of each field in the schema, -1 for none
	shares []float64      // of the families, cumulated; the last is their sum
	plan   plan
}

// New prepares a recipe. Where the recipe has a tail or a least number of
// test documents, it goes through the content of the documents first, which
// takes about as long as making them.
//
// It is an error if the recipe is impossible, or if schema has none of the
// entity types that the generator knows. The error names the setting, and,
// for a tail that cannot be reached, the label and what can.
func New(schema *corpus.Schema, recipe corpus.Recipe) (*Generator, error) {
	if err := checkRecipe(recipe); err != nil {
		return nil, fmt.Errorf("generate: %w", err)
	}
	ids, known := fieldIDs(schema)
	if known == 0 {
		return nil, fmt.Errorf("generate: schema %q has none of the %d entity types that the generator makes, such as %s",
			schema.Name, numFields-1, fieldNames[fInvoiceNumber])
	}
	g := &Generator{schema: schema, recipe: recipe, ids: ids, shares: familyShares(recipe.Skew)}
	if err := g.makePlan(); err != nil {
		return nil, fmt.Errorf("generate: %w", err)
	}
	return g, nil
}

// checkRecipe looks at the numbers that a caller may have set without the
// bounds of Recipe's tags.
func checkRecipe(r corpus.Recipe) error {
	if r.Documents < 1 {
		return fmt.Errorf("documents: %d is less than 1", r.Documents)
	}
	for _, level := range []struct {
		name      string
		value, to float64
	}{
		{"noise", r.Noise, 0.5}, {"disorder", r.Disorder, 1}, {"overlap", r.Overlap, 1},
		{"keys_missing", r.KeysMissing, 1}, {"keys_short", r.KeysShort, 1}, {"keys_vague", r.KeysVague, 1},
		{"distractors", r.Distractors, 20}, {"ambiguous", r.Ambiguous, 1}, {"wrapped", r.Wrapped, 1},
		{"languages", r.Languages, 1}, {"skew", r.Skew, 3},
	} {
		if !(level.value >= 0 && level.value <= level.to) || math.IsNaN(level.value) {
			return fmt.Errorf("%s: %v is not in 0..%v", level.name, level.value, level.to)
		}
	}
	if sum := r.KeysMissing + r.KeysShort + r.KeysVague; sum > 1+1e-9 {
		return fmt.Errorf("keys_missing, keys_short and keys_vague: %v in all is more than 1", sum)
	}
	if r.TestLeast < 0 {
		return fmt.Errorf("test_least: %d is less than 0", r.TestLeast)
	}
	return nil
}

// Len is the number of documents, those that test_least adds included.
func (g *Generator) Len() int { return g.recipe.Documents + len(g.plan.added) }

// Schema is what the documents are labelled under.
func (g *Generator) Schema() *corpus.Schema { return g.schema }

// Manifest describes the corpus before its documents are counted.
func (g *Generator) Manifest() corpus.Manifest {
	recipe := g.recipe
	return corpus.Manifest{
		Name:   fmt.Sprintf("generated-%s-%d-seed%d", g.schema.Name, recipe.Documents, recipe.Seed),
		Source: "generated",
		Recipe: &recipe,
		Boxed:  true,
	}
}

// Document makes document k, 0 to Len()-1, and names its split. Those from
// Recipe.Documents on are the ones that test_least adds.
func (g *Generator) Document(k int) (corpus.Document, corpus.Split) {
	return g.make(g.order(k))
}

// order is what is asked for document k.
func (g *Generator) order(k int) order {
	if k < 0 || k >= g.Len() {
		panic(fmt.Sprintf("invoices: Document: %d of %d", k, g.Len()))
	}
	if n := g.recipe.Documents; k >= n {
		return order{number: g.plan.added[k-n], added: true}
	}
	o := order{number: k}
	if g.plan.without != nil {
		o.without = g.plan.without[k]
	}
	return o
}

// drawn is what a document is before its content.
type drawn struct {
	name   string // of its streams
	family *family
	split  corpus.Split
	draws  draws // of its content
}

// streamName is what the names of a document's streams begin with.
func streamName(o order) string { return fmt.Sprintf("corpus/doc/%d", o.number) }

// draw decides family and split of a document.
func (g *Generator) draw(o order) drawn {
	d := drawn{name: streamName(o)}
	d.draws = newDraws(g.recipe.Seed, d.name)
	if o.added {
		d.family, d.split = drawTestFamily(d.draws), corpus.Test
		return d
	}
	d.family = drawFamily(d.draws, g.shares)
	d.split = splitOf(d.family, uniform(g.recipe.Seed, fmt.Sprintf("corpus/split/%d", o.number)))
	return d
}

// compose draws the content of a document and sets it on pages. Every random
// choice comes from streams named after the document.
func (g *Generator) compose(o order) (*composer, drawn) {
	d := g.draw(o)
	return compose(d, &g.recipe, o), d
}

// make composes a document and does to it what a scanner and an OCR do.
func (g *Generator) make(o order) (corpus.Document, corpus.Split) {
	_, d, split := g.clean(o)
	g.scan(&d, o)
	g.label(&d)
	return d, split
}

// clean makes a document as it was laid out, before anything is read wrong.
// Its pages are those of the sheet. Its spans have the numbers of fields for
// entities, so that nothing that is done to it depends on the schema; see
// label.
func (g *Generator) clean(o order) (*sheet, corpus.Document, corpus.Split) {
	c, from := g.compose(o)
	d := corpus.Document{
		ID:       fmt.Sprintf("doc-%07d", o.number),
		Domain:   from.family.domain,
		Template: from.family.name,
		Kind:     from.family.kind,
		Boxed:    true,
	}
	if o.exchange.waybill() {
		d.Kind = kindWaybill
	}
	d.Tokens, d.Spans = c.sheet.document(ownIDs)
	d.Structure, d.Visual = c.sheet.marks()
	return c.sheet, d, from.split
}

// ownIDs gives each field its own number as entity.
var ownIDs = func() (ids [numFields]int) {
	for f := range ids {
		ids[f] = f
	}
	ids[noField] = -1
	return ids
}()

// label gives the spans of a clean document the entities of the schema and
// drops those that it lacks.
func (g *Generator) label(d *corpus.Document) {
	kept := d.Spans[:0]
	for _, s := range d.Spans {
		if id := g.ids[s.Entity]; id >= 0 {
			s.Entity = corpus.EntityID(id)
			kept = append(kept, s)
		}
	}
	d.Spans = kept
}

// scan reads a document as an OCR does: its order first, then its words.
func (g *Generator) scan(d *corpus.Document, o order) {
	name := streamName(o)
	if r := newDraws(g.recipe.Seed, name+o.twin.suffix(TwinNoise, "/order")); r.chance(g.recipe.Disorder) {
		disorder(d, r)
	}
	if g.recipe.Noise > 0 {
		addNoise(d, newWordNoise(g.recipe.Seed, name+o.twin.suffix(TwinNoise, "/noise")), g.recipe.Noise)
	}
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

// familyShares cumulates the shares of the families, each raised to the power
// 1 + skew.
func familyShares(skew float64) []float64 {
	shares := make([]float64, len(families))
	sum := 0.0
	for k := range families {
		sum += math.Pow(float64(families[k].weight)/10000, 1+skew)
		shares[k] = sum
	}
	return shares
}

// drawFamily draws a family by cumulated shares.
func drawFamily(r draws, shares []float64) *family {
	at := r.Float64() * shares[len(shares)-1]
	for k := range shares {
		if at < shares[k] {
			return &families[k]
		}
	}
	return &families[len(families)-1] // rounding of the product
}

// drawTestFamily draws one of the families that the test split has, with
// equal chances.
func drawTestFamily(r draws) *family {
	for {
		if f := &families[r.IntN(len(families))]; f.home == "" || f.home == corpus.Test {
			return f
		}
	}
}
