package invoices

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/nearest"
	"github.com/invoicelab/invoicelab/stream"
)

// order says which document is asked for.
type order struct {
	number   int
	added    bool     // for test_least: a test document, of any family of the test split
	without  fieldSet // fields that a surplus document of a tail leaves out
	twin     Twin
	exchange exchange
}

// fieldSet is a set of fields.
type fieldSet [(numFields + 63) / 64]uint64

func (s fieldSet) has(f field) bool { return s[f/64]>>(f%64)&1 != 0 }
func (s *fieldSet) add(f field)     { s[f/64] |= 1 << (f % 64) }
func (s *fieldSet) drop(f field)    { s[f/64] &^= 1 << (f % 64) }

// plan is what the documents of a recipe must know of each other.
type plan struct {
	without []fieldSet // of documents 0 to Recipe.Documents-1; nil without a tail
	added   []int      // numbers of the documents that test_least adds
}

// tailCount is one part of Recipe.Tail.
type tailCount struct {
	field     field
	documents int
}

// parseTail reads "LABEL=N LABEL=N". The error names what is wrong.
func parseTail(text string, schema *corpus.Schema, ids [numFields]int) ([]tailCount, error) {
	var list []tailCount
	for part := range strings.FieldsSeq(strings.ReplaceAll(text, ",", " ")) {
		name, number, ok := strings.Cut(part, "=")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || n < 0 {
			return nil, fmt.Errorf("tail: %q; expected LABEL=N, N a whole number of training documents", part)
		}
		at := slices.Index(fieldNames[1:], name)
		if at < 0 || ids[at+1] < 0 {
			return nil, fmt.Errorf("tail: schema %q has no label %q that the generator makes%s", schema.Name, name, nearest.Hint(name, madeNames(ids)))
		}
		f := field(at + 1)
		if slices.ContainsFunc(list, func(t tailCount) bool { return t.field == f }) {
			return nil, fmt.Errorf("tail: %s is given twice", name)
		}
		if kinds := kindsThatNeed(f); kinds != "" {
			return nil, fmt.Errorf("tail: %s=%d: %s must have it, so that its number of training documents cannot be set", name, n, kinds)
		}
		list = append(list, tailCount{f, n})
	}
	return list, nil
}

// madeNames lists the entity types of a schema that the generator makes.
func madeNames(ids [numFields]int) []string {
	var names []string
	for f := range ids {
		if ids[f] >= 0 {
			names = append(names, fieldNames[f])
		}
	}
	return names
}

// kindsThatNeed names what must have a field: kinds of documents, by the checks
// of every document, and tables; empty for none.
func kindsThatNeed(f field) string {
	switch f {
	case fSupplierAddress, fBuyerAddress:
		return "every " + kindInvoice
	case fOrigin, fDestination:
		return "every " + kindWaybill
	case fTable:
		return "every table"
	}
	return ""
}

// holding tells for each document which fields it has, and whether it is a
// training document.
type holding struct {
	fields fieldSet
	train  bool
}

// makePlan goes through the documents as far as the recipe asks for it.
func (g *Generator) makePlan() error {
	tail, err := parseTail(g.recipe.Tail, g.schema, g.ids)
	if err != nil {
		return err
	}
	if len(tail) > 0 {
		if err := g.planTail(tail); err != nil {
			return err
		}
	}
	if g.recipe.TestLeast > 0 {
		return g.planTest()
	}
	return nil
}

// planTail finds which documents leave out which fields of the tail. The
// documents that keep a field are those that rank first by a hash of seed,
// label and number; the others lose its values with their key words and
// nothing else, so that the other labels stay where they are. A value that
// goes may move a page break and with it a field that only stands there, so
// the count is repeated until it is right.
func (g *Generator) planTail(tail []tailCount) error {
	n := g.recipe.Documents
	g.plan.without = make([]fieldSet, n)
	held := make([]holding, n)
	count := func(which func(i int) bool) {
		each(n, func(i int) {
			if which(i) {
				held[i].fields, held[i].train = g.holds(order{number: i, without: g.plan.without[i]})
			}
		})
	}
	count(func(int) bool { return true })
	const rounds = 20 // more than ever needed: a round follows only where a page break moved
	for range rounds {
		changed := make([]bool, n)
		right := true
		for _, t := range tail {
			moved, err := g.trim(t, held, changed)
			if err != nil {
				return err
			}
			right = right && !moved
		}
		if right {
			return nil
		}
		count(func(i int) bool { return changed[i] })
	}
	return fmt.Errorf("tail: %s: no choice of documents was found that gives every label its number", g.recipe.Tail)
}

// trim makes the documents that hold a field as many as the tail asks for, if
// they are not, and notes the documents that it changed.
func (g *Generator) trim(t tailCount, held []holding, changed []bool) (moved bool, err error) {
	type ranked struct {
		i    int
		rank uint64
	}
	var have, could []ranked // documents that show the field; that leave it out
	for i := range held {
		r := ranked{i, stream.Seed(g.recipe.Seed, fmt.Sprintf("corpus/tail/%s/%d", fieldNames[t.field], i))}
		switch {
		case !held[i].train:
		case g.plan.without[i].has(t.field) && held[i].fields.has(t.field) && !changed[i]:
			return false, fmt.Errorf("tail: %s: the template family %s cannot leave it out", fieldNames[t.field], g.draw(order{number: i}).family.name)
		case g.plan.without[i].has(t.field):
			could = append(could, r)
		case held[i].fields.has(t.field):
			have = append(have, r)
		}
	}
	byRank := func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) }
	slices.SortFunc(have, byRank)
	slices.SortFunc(could, byRank)
	if len(have)+len(could) < t.documents {
		return false, fmt.Errorf("tail: %s=%d: only %d training documents of this recipe can hold it", fieldNames[t.field], t.documents, len(have)+len(could))
	}
	for k := t.documents; k < len(have); k++ {
		g.plan.without[have[k].i].add(t.field)
		changed[have[k].i], moved = true, true
	}
	for k := len(have); k < t.documents; k++ {
		i := could[k-len(have)].i
		g.plan.without[i].drop(t.field)
		changed[i], moved = true, true
	}
	return moved, nil
}

// holds composes a document and tells which fields it has.
func (g *Generator) holds(o order) (fields fieldSet, train bool) {
	_, d, split := g.clean(o)
	for _, s := range d.Spans {
		fields.add(field(s.Entity))
	}
	return fields, split == corpus.Train
}

// planTest adds test documents until each label that the test split can have
// is on Recipe.TestLeast of them. Candidates are numbered from
// Recipe.Documents on; their families are drawn with equal chances, so that
// rare ones come soon, and one is taken if it has a label that still lacks.
func (g *Generator) planTest() error {
	n := g.recipe.Documents
	counts := make([]int, numFields)
	held := make([]fieldSet, n)
	each(n, func(i int) {
		if g.draw(order{number: i}).split == corpus.Test {
			held[i], _ = g.holds(order{number: i})
		}
	})
	count := func(s fieldSet) {
		for f := range counts {
			if s.has(field(f)) {
				counts[f]++
			}
		}
	}
	for _, s := range held {
		count(s)
	}
	lacks := func(s fieldSet) bool {
		for f := range counts {
			if g.ids[f] >= 0 && counts[f] < g.recipe.TestLeast && s.has(field(f)) {
				return true
			}
		}
		return false
	}
	var every fieldSet
	for f := range counts {
		if g.ids[f] >= 0 {
			every.add(field(f))
		}
	}
	const batch = 256 // candidates composed at once; those after the last that is taken are in vain
	limit := n + 2000*g.recipe.TestLeast
	for first := n; lacks(every); first += batch {
		if first >= limit {
			for f := range counts {
				if g.ids[f] >= 0 && counts[f] < g.recipe.TestLeast {
					return fmt.Errorf("test_least: %d documents that hold %s are too many: %d were found among %d", g.recipe.TestLeast, fieldNames[f], counts[f], limit)
				}
			}
		}
		var some [batch]fieldSet
		each(batch, func(k int) { some[k], _ = g.holds(order{number: first + k, added: true}) })
		for k, s := range some {
			if lacks(s) {
				count(s)
				g.plan.added = append(g.plan.added, first+k)
			}
		}
	}
	return nil
}
