package curriculum

import (
	"fmt"
	"sort"

	"github.com/invoicelab/invoicelab/stream"
)

// Batches draws the batches of an epoch as indices of training documents. The
// draw depends on seed and epoch alone.
func (p *Plan) Batches(seed uint64, epoch int) [][]int {
	name, pool := fmt.Sprintf("sample/%d", epoch), p.pools[p.Stage(epoch)]
	if p.spec.Sampler == "domain_balanced" {
		return p.balanced(seed, name, pool)
	}
	order := stream.New(seed, name).Perm(len(pool))
	for i, at := range order {
		order[i] = pool[at]
	}
	var batches [][]int
	for len(order) > 0 {
		n := min(p.spec.Batch, len(order))
		batches = append(batches, order[:n:n])
		order = order[n:]
	}
	return batches
}

// Rare says of each training document whether it holds a rare entity: one in
// fewer than rare_share of the training documents.
func (p *Plan) Rare() []bool { return p.rare }

// balanced draws an epoch from pool in which every domain has the same share of the
// documents, as far as the batches allow: each batch first takes rare_per_batch
// documents with a rare entity, then documents of whichever domain is furthest
// behind its share. A document returns only when its domain (or the rare ones)
// have all been drawn, and never inside a batch.
func (p *Plan) balanced(seed uint64, name string, pool []int) [][]int {
	domains, members := p.domains(pool)
	var rare []int
	for _, d := range pool {
		if p.rare[d] {
			rare = append(rare, d)
		}
	}
	rareDraw := newCycle(rare, seed, name+"/rare")
	draws := make([]*cycle, len(domains))
	domainOf := make([]int, len(p.docs))
	for i, docs := range members {
		draws[i] = newCycle(docs, seed, name+"/"+domains[i])
		for _, d := range docs {
			domainOf[d] = i
		}
	}
	total := p.spec.EpochDocs
	if total == 0 {
		total = len(pool)
	}
	drawn := make([]int, len(domains))
	var batches [][]int
	for left := total; left > 0; {
		size := min(p.spec.Batch, left)
		batch, in := make([]int, 0, size), make(map[int]bool, size)
		take := func(d int) {
			batch, in[d] = append(batch, d), true
			drawn[domainOf[d]]++
		}
		for len(batch) < min(p.spec.RarePerBatch, size) {
			d, ok := rareDraw.next(in)
			if !ok {
				break // fewer rare documents than asked for; none at all was refused
			}
			take(d)
		}
		for len(batch) < size {
			d, ok := nextOfBehind(draws, drawn, in)
			if !ok {
				break
			}
			take(d)
		}
		if len(batch) == 0 {
			break
		}
		batches = append(batches, batch)
		left -= len(batch)
	}
	return batches
}

// nextOfBehind draws from the domain with the fewest documents so far that has
// one outside the batch; ties go to the first in name order.
func nextOfBehind(draws []*cycle, drawn []int, in map[int]bool) (int, bool) {
	order := make([]int, len(draws))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return drawn[order[i]] < drawn[order[j]] })
	for _, i := range order {
		if d, ok := draws[i].next(in); ok {
			return d, true
		}
	}
	return 0, false
}

// domains lists the domains of documents by name, and the documents of each.
func (p *Plan) domains(pool []int) ([]string, [][]int) {
	byName := map[string][]int{}
	for _, d := range pool {
		byName[p.docs[d].Domain] = append(byName[p.docs[d].Domain], d)
	}
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	sort.Strings(names)
	members := make([][]int, len(names))
	for i, name := range names {
		members[i] = byName[name]
	}
	return names, members
}

// markRare counts the documents that hold each entity and finds those that hold
// a rare one.
func (p *Plan) markRare(entities int) {
	p.holding = make([]int, entities)
	for _, d := range p.docs {
		seen := map[int32]bool{}
		for _, e := range d.Entities {
			if !seen[e] {
				seen[e] = true
				p.holding[e]++
			}
		}
	}
	rare := p.rareEntities()
	p.rare = make([]bool, len(p.docs))
	for i, d := range p.docs {
		for _, e := range d.Entities {
			if rare[e] {
				p.rare[i] = true
			}
		}
	}
}

// cycle draws items in random order without replacement and starts anew, in a
// new order, when all are drawn.
type cycle struct {
	items []int
	at    int
	seed  uint64
	name  string
	round int
}

func newCycle(items []int, seed uint64, name string) *cycle {
	c := &cycle{items: append([]int(nil), items...), seed: seed, name: name}
	c.shuffle()
	return c
}

func (c *cycle) shuffle() {
	r := stream.New(c.seed, fmt.Sprintf("%s/%d", c.name, c.round))
	r.Shuffle(len(c.items), func(i, j int) { c.items[i], c.items[j] = c.items[j], c.items[i] })
	c.at, c.round = 0, c.round+1
}

// next is the first item still to be drawn that is not in the set; it is false
// when every item is.
func (c *cycle) next(in map[int]bool) (int, bool) {
	for range 2 { // what is left of this round, then a whole new one
		for i := c.at; i < len(c.items); i++ {
			if !in[c.items[i]] {
				c.items[c.at], c.items[i] = c.items[i], c.items[c.at]
				c.at++
				return c.items[c.at-1], true
			}
		}
		if c.at == 0 {
			return 0, false
		}
		c.shuffle()
	}
	return 0, false
}
