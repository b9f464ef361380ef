package corpus

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
)

// Digest is the sha256, in hex, over a canonical encoding of the entity names
// of schema and the documents of every split, in their order. Groups, heads
// and the order of the entities are not covered, so that giving an imported
// schema groups leaves the digest of the data alone; nor are the files that
// hold the documents.
//
// Encoding: strings are preceded by their length in bytes, numbers are 8
// bytes, big endian. The number of names and the names, sorted; then, for
// each split that has documents, its name, the number of documents and the
// sha256 over the sha256 of each.
// What a document lacks (structure, visual) adds nothing.
func Digest(schema *Schema, docs map[Split][]Document) string {
	d := newDigester()
	c := newCanonical()
	for _, split := range Splits {
		for i := range docs[split] {
			d.add(split, c.document(schema, &docs[split][i]))
		}
	}
	return d.sum(schema)
}

// Names lists the entity names in schema order.
func (s *Schema) Names() []string {
	names := make([]string, len(s.Entities))
	for i := range s.Entities {
		names[i] = s.Entities[i].Name
	}
	return names
}

// documentSum is the sha256 of the canonical encoding of one document.
type documentSum [sha256.Size]byte

// digester computes a Digest from the sums of the documents, which may come
// in any interleaving of the splits.
type digester struct {
	documents [4]int // in the order of Splits
	sums      [4]hash.Hash
}

func newDigester() *digester {
	d := &digester{}
	for i := range d.sums {
		d.sums[i] = sha256.New()
	}
	return d
}

// add takes the next document of a split.
func (d *digester) add(split Split, sum documentSum) {
	at := slices.Index(Splits, split)
	if at < 0 {
		panic(fmt.Sprintf("corpus: digest: no split is called %q", split))
	}
	d.documents[at]++
	d.sums[at].Write(sum[:])
}

// sum is the digest of the documents so far, under the names of schema.
func (d *digester) sum(schema *Schema) string {
	c := newCanonical()
	names := schema.Names()
	slices.SortFunc(names, strings.Compare)
	c.number(len(names))
	for _, name := range names {
		c.text(name)
	}
	for i, split := range Splits {
		if d.documents[i] > 0 {
			c.text(string(split))
			c.number(d.documents[i])
			c.buf = d.sums[i].Sum(c.buf)
		}
	}
	sum := c.sum()
	return hex.EncodeToString(sum[:])
}

// state gives what resume needs to go on with a split.
func (d *digester) state(split Split) (documents int, sum []byte) {
	at := slices.Index(Splits, split)
	sum, err := d.sums[at].(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		panic(fmt.Sprintf("corpus: digest: %v", err)) // sha256 never refuses
	}
	return d.documents[at], sum
}

// resume goes on from a state.
func (d *digester) resume(split Split, documents int, sum []byte) error {
	at := slices.Index(Splits, split)
	d.documents[at] = documents
	return d.sums[at].(encoding.BinaryUnmarshaler).UnmarshalBinary(sum)
}

// canonical hashes length-prefixed values; buf gathers small writes. It may
// be used again after sum.
type canonical struct {
	hash hash.Hash
	buf  []byte
}

func newCanonical() *canonical { return &canonical{hash: sha256.New()} }

// document is the sum of one document. Spans name their entity, so the
// numbering of the schema does not matter.
func (c *canonical) document(schema *Schema, d *Document) documentSum {
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

// sum ends the encoding and begins another.
func (c *canonical) sum() documentSum {
	c.hash.Write(c.buf)
	var sum documentSum
	c.hash.Sum(sum[:0])
	c.buf = c.buf[:0]
	c.hash.Reset()
	return sum
}
