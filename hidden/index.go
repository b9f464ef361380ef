package hidden

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"os"
	"slices"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/lines"
)

// index says which rows are those of which document.
type index struct {
	path      string
	documents []entry
	byID      map[string][]int // places in documents
	rows      int              // of all documents
	sum       [sha256.Size]byte
}

// entry is a line of the index.
type entry struct {
	split  corpus.Split // empty where it is not given
	id     string
	line   int
	row    int // first
	tokens int
	texts  *[sha256.Size]byte // of the tokens; nil where they are not given
}

// indexLine is a line as it stands in the file.
type indexLine struct {
	Split  corpus.Split `json:"split"`
	ID     string       `json:"id"`
	Tokens tokenList    `json:"tokens"`
}

// tokenList is the number of a document's tokens, or their texts.
type tokenList struct {
	number int
	texts  []string // nil where only the number is given
}

// UnmarshalJSON reads either.
func (t *tokenList) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &t.number) == nil {
		return nil
	}
	if err := json.Unmarshal(data, &t.texts); err != nil || t.texts == nil {
		return fmt.Errorf("tokens %.40s: expected their number, or the list of their texts", data)
	}
	t.number = len(t.texts)
	return nil
}

func readIndex(path string) (*index, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf(`%w; expected a line for each document, {"split": "train", "id": "7", "tokens": 57}`, named(err))
	}
	defer file.Close()
	x := &index{path: path, byID: map[string][]int{}}
	all := sha256.New()
	in := lines.New(file, "hidden states "+path)
	for in.Next() {
		all.Write(in.Bytes())
		all.Write([]byte{'\n'})
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		dec := json.NewDecoder(bytes.NewReader(in.Bytes()))
		dec.DisallowUnknownFields()
		var l indexLine
		if err := dec.Decode(&l); err != nil {
			return nil, in.Errorf("%w", err)
		}
		if err := x.add(l, in.Number()); err != nil {
			return nil, in.Errorf("%w", err)
		}
	}
	if err := in.Err(); err != nil {
		return nil, err
	}
	all.Sum(x.sum[:0])
	return x, nil
}

func (x *index) add(l indexLine, line int) error {
	switch {
	case l.ID == "":
		return fmt.Errorf("no id")
	case l.Tokens.number < 1:
		return fmt.Errorf("document %s: %d tokens; expected 1 or more", l.ID, l.Tokens.number)
	case l.Split != "" && !slices.Contains(corpus.Splits, l.Split):
		return fmt.Errorf("document %s: split %q; expected one of %q", l.ID, l.Split, corpus.Splits)
	}
	for _, at := range x.byID[l.ID] {
		if o := x.documents[at]; o.split == l.Split || o.split == "" || l.Split == "" {
			return fmt.Errorf("document %s stands on line %d as well", l.ID, o.line)
		}
	}
	e := entry{split: l.Split, id: l.ID, line: line, row: x.rows, tokens: l.Tokens.number}
	if l.Tokens.texts != nil {
		sum := textSum(func(add func(string)) {
			for _, text := range l.Tokens.texts {
				add(text)
			}
		})
		e.texts = &sum
	}
	x.byID[l.ID] = append(x.byID[l.ID], len(x.documents))
	x.documents = append(x.documents, e)
	x.rows += e.tokens
	return nil
}

// textSum is the sha256 over texts, each preceded by its length.
func textSum(each func(add func(string))) (sum [sha256.Size]byte) {
	h := sha256.New()
	each(func(text string) { writeText(h, text) })
	h.Sum(sum[:0])
	return sum
}

func writeText(h hash.Hash, text string) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(text)))
	h.Write(length[:])
	h.Write([]byte(text))
}

// find looks a document up. The errors go on after the document's name.
func (x *index) find(split corpus.Split, id string) (*entry, error) {
	at := x.byID[id]
	switch {
	case len(at) == 0:
		return nil, fmt.Errorf(" is not in it")
	case len(at) > 1 && split == "":
		return nil, fmt.Errorf(" is in it as %s and as %s", x.documents[at[0]].split, x.documents[at[1]].split)
	}
	for _, i := range at {
		if e := &x.documents[i]; split == "" || e.split == "" || e.split == split {
			return e, nil
		}
	}
	return nil, fmt.Errorf(" is in it as %s, not as %s", x.documents[at[0]].split, split)
}

// fits compares the tokens with those of a document.
func (e *entry) fits(d *corpus.Document) error {
	if e.tokens != len(d.Tokens) {
		return fmt.Errorf(" has %d tokens in it (line %d), and %d in the corpus", e.tokens, e.line, len(d.Tokens))
	}
	if e.texts == nil {
		return nil
	}
	sum := textSum(func(add func(string)) {
		for i := range d.Tokens {
			add(d.Tokens[i].Text)
		}
	})
	if sum != *e.texts {
		return fmt.Errorf(" has other tokens in it (line %d) than in the corpus", e.line)
	}
	return nil
}
