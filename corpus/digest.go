package corpus

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strings"
)

// Digest is the sha256, in hex, over a canonical encoding of the entity names
// of schema and the documents of every split, in their order. Groups, heads
// and the order of the entities are not covered, so that giving an imported
// schema groups leaves the digest of the data alone.
//
// Encoding: strings are preceded by their length in bytes, numbers are 8
// bytes, big endian. The names, sorted; then, for each split that has
// documents, its name, the number of documents and the sha256 of each.
// What a document lacks (structure, visual) adds nothing.
func Digest(schema *Schema, docs map[Split][]Document) string {
	c := newCanonical()
	names := schema.Names()
	slices.SortFunc(names, strings.Compare)
	c.number(len(names))
	for _, name := range names {
		c.text(name)
	}
	for _, split := range Splits {
		if len(docs[split]) == 0 {
			continue
		}
		c.text(string(split))
		c.number(len(docs[split]))
		for i := range docs[split] {
			sum := documentSum(schema, &docs[split][i])
			c.buf = append(c.buf, sum[:]...)
			c.spill()
		}
	}
	sum := c.sum()
	return hex.EncodeToString(sum[:])
}

// Names lists the entity names in schema order.
func (s *Schema) Names() []string {
	names := make([]string, len(s.Entities))
	for i := range s.Entities {
		names[i] = s.Entities[i].Name
	}
	return names
}

// documentSum is the sha256 of the canonical encoding of one document. Spans
// name their entity, so the numbering of the schema does not matter.
func documentSum(schema *Schema, d *Document) [sha256.Size]byte {
	c := newCanonical()
	c.text(d.ID)
	c.text(d.Domain)
	c.text(d.Template)
	c.text(d.Kind)
	boxed := 0
	if d.Boxed {
		boxed = 1
	}
	c.number(boxed)
	c.number(len(d.Tokens))
	for i := range d.Tokens {
		t := &d.Tokens[i]
		c.text(t.Text)
		if d.Boxed {
			c.number(int(t.Box.X0))
			c.number(int(t.Box.Y0))
			c.number(int(t.Box.X1))
			c.number(int(t.Box.Y1))
		}
		c.number(t.Page)
		c.number(t.Line)
		c.number(len(t.Columns))
		for _, column := range t.Columns {
			c.text(column)
		}
	}
	c.number(len(d.Spans))
	for _, s := range d.Spans {
		c.text(schema.Entities[s.Entity].Name)
		c.number(s.Start)
		c.number(s.End)
	}
	c.marks("structure", d.Structure)
	c.marks("visual", d.Visual)
	return c.sum()
}

// marks adds the sets of types of each token where the document has them.
func (c *canonical) marks(name string, sets []uint16) {
	if sets == nil {
		return
	}
	c.text(name)
	for _, set := range sets {
		c.number(int(set))
	}
}

// canonical hashes length-prefixed values; buf gathers small writes.
type canonical struct {
	hash hash.Hash
	buf  []byte
}

func newCanonical() *canonical { return &canonical{hash: sha256.New()} }

func (c *canonical) number(n int) {
	c.buf = binary.BigEndian.AppendUint64(c.buf, uint64(n))
	c.spill()
}

func (c *canonical) text(s string) {
	c.buf = binary.BigEndian.AppendUint64(c.buf, uint64(len(s)))
	c.buf = append(c.buf, s...)
	c.spill()
}

// spill hashes the buffer once it is a few pages long.
func (c *canonical) spill() {
	const full = 1 << 14 // bytes
	if len(c.buf) >= full {
		c.hash.Write(c.buf)
		c.buf = c.buf[:0]
	}
}

// sum ends the encoding.
func (c *canonical) sum() [sha256.Size]byte {
	c.hash.Write(c.buf)
	c.buf = c.buf[:0]
	return [sha256.Size]byte(c.hash.Sum(nil))
}
