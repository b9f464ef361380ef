package formats

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/lines"
)

// importConll reads files of one token a line: its columns are separated by a
// tab, or else by spaces, and the last is the label. A blank line ends a
// sentence, which becomes a document; -DOCSTART- lines are skipped. The
// entities found in all files, sorted by name, are the schema. Of a folder it
// reads train, dev (or valid, validation) and test; named files need those
// names too, but a single one, which becomes the training split.
func importConll(fsys fs.FS, names []string, _ ImportOptions) (ImportResult, error) {
	files, problems, err := splitFiles(fsys, names, ".conll", ".txt", ".tsv", ".bio")
	if err != nil {
		return ImportResult{}, err
	}
	set := newEntitySet()
	parts := map[corpus.Split]*conllPart{}
	for _, f := range files {
		part, err := readConll(set, fsys, f.name)
		if err != nil {
			return ImportResult{}, err
		}
		parts[f.split] = part
	}
	if parts[corpus.Train] == nil {
		return ImportResult{}, errors.New("no training data: expected a file called train.conll")
	}
	if len(parts[corpus.Train].sentences) == 0 {
		return ImportResult{}, fmt.Errorf("%s: no sentence", parts[corpus.Train].file)
	}
	if len(set.names) == 0 {
		return ImportResult{}, fmt.Errorf("%s: every label is O", parts[corpus.Train].file)
	}
	schema, renumber := set.schema("conll")
	ds := &corpus.Dataset{Manifest: corpus.Manifest{Source: "conll"}, Schema: schema, Docs: map[corpus.Split][]corpus.Document{}}
	for _, f := range files {
		part := parts[f.split]
		docs, found := part.documents(f.split, renumber)
		if len(docs) == 0 {
			problems = append(problems, corpus.Problem{File: f.name, What: "no sentence; the split is left out"})
			continue
		}
		ds.Docs[f.split] = docs
		problems = append(problems, found...)
	}
	for _, p := range problems {
		ds.Manifest.Notes = append(ds.Manifest.Notes, p.String())
	}
	ds.Seal()
	return ImportResult{Dataset: ds, Problems: problems}, nil
}

// conllPart is what one file holds.
type conllPart struct {
	file      string
	sentences []conllSentence
	replaced  int // tokens and columns that were not UTF-8
	firstBad  int // line of the first of them
}

type conllSentence struct {
	line   int // of its first token
	tokens []corpus.Token
	tags   []tag
}

// readConll reads one file.
func readConll(set *entitySet, fsys fs.FS, name string) (*conllPart, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	part := &conllPart{file: name}
	in := lines.New(f, name)
	width := 0      // columns of the first row
	tabbed := false // columns are separated by tabs
	fresh := true   // the next row starts a sentence
	for in.Next() {
		row := bytes.TrimRight(in.Bytes(), " \t")
		if len(row) == 0 {
			fresh = true
			continue
		}
		text := string(row)
		if valid := strings.ToValidUTF8(text, "\ufffd"); valid != text {
			text = valid
			part.replaced++
			if part.firstBad == 0 {
				part.firstBad = in.Number()
			}
		}
		if width == 0 {
			tabbed = strings.Contains(text, "\t")
		}
		columns := conllColumns(text, tabbed)
		if columns[0] == "-DOCSTART-" {
			fresh = true
			continue
		}
		if width == 0 {
			width = len(columns)
			if width < 2 {
				return nil, in.Errorf("one column, expected a token and its label")
			}
		}
		if len(columns) != width {
			return nil, in.Errorf("%d columns, the first row has %d", len(columns), width)
		}
		if columns[0] == "" {
			return nil, in.Errorf("empty token")
		}
		t, err := set.tag(columns[width-1])
		if err != nil {
			return nil, in.Errorf("%w", err)
		}
		if fresh {
			part.sentences = append(part.sentences, conllSentence{line: in.Number()})
			fresh = false
		}
		s := &part.sentences[len(part.sentences)-1]
		token := corpus.Token{Text: columns[0]}
		if width > 2 {
			token.Columns = columns[1 : width-1]
		}
		s.tokens = append(s.tokens, token)
		s.tags = append(s.tags, t)
	}
	return part, in.Err()
}

// conllColumns splits a row. Only the tab and the space separate: other white
// space of Unicode is text.
func conllColumns(row string, tabbed bool) []string {
	if tabbed {
		return strings.Split(row, "\t")
	}
	return strings.FieldsFunc(row, func(r rune) bool { return r == ' ' || r == '\t' })
}

// documents makes the documents of a split; what was changed on the way is
// one problem each, at the first line that it concerns.
func (part *conllPart) documents(split corpus.Split, renumber []corpus.EntityID) ([]corpus.Document, []corpus.Problem) {
	var docs []corpus.Document
	var sum tagChanges
	changed, changedLine := 0, 0
	for i, s := range part.sentences {
		for k := range s.tags {
			if s.tags[k].kind != 'O' {
				s.tags[k].entity = renumber[s.tags[k].entity]
			}
		}
		spans, changes := spansOf(s.tags)
		sum.add(changes)
		if changes.total() > 0 {
			changed++
			if changedLine == 0 {
				changedLine = s.line
			}
		}
		docs = append(docs, corpus.Document{ID: fmt.Sprintf("%s-%d", split, i+1), Tokens: s.tokens, Spans: spans})
	}
	var problems []corpus.Problem
	if sum.total() > 0 {
		problems = append(problems, corpus.Problem{File: part.file, Line: changedLine,
			What: fmt.Sprintf("%s, in %d of %d sentences, first in this one", sum, changed, len(docs))})
	}
	if part.replaced > 0 {
		problems = append(problems, corpus.Problem{File: part.file, Line: part.firstBad,
			What: fmt.Sprintf("not UTF-8: bytes replaced by U+FFFD in %d rows, first in this one", part.replaced)})
	}
	return docs, problems
}
