package formats

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
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
func importConll(fsys fs.FS, names []string) (ImportResult, error) {
	files, problems, err := conllFiles(fsys, names)
	if err != nil {
		return ImportResult{}, err
	}
	set := conllSet{entities: map[string]corpus.EntityID{}}
	parts := map[corpus.Split]*conllPart{}
	for _, f := range files {
		part, err := set.read(fsys, f.name)
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
	if len(set.entities) == 0 {
		return ImportResult{}, fmt.Errorf("%s: every label is O", parts[corpus.Train].file)
	}
	schema, renumber := set.schema()
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

// conllFile is a file and the split that its name tells.
type conllFile struct {
	name  string
	split corpus.Split
}

// conllSplit reads the split from the name of a file.
func conllSplit(name string) (corpus.Split, bool) {
	switch strings.ToLower(strings.TrimSuffix(path.Base(name), path.Ext(name))) {
	case "train":
		return corpus.Train, true
	case "dev", "valid", "validation":
		return corpus.Validation, true
	case "test":
		return corpus.Test, true
	}
	return "", false
}

// conllFiles chooses the files to read, in the order of Splits. Files of a
// folder that look like data but are not read are problems.
func conllFiles(fsys fs.FS, names []string) ([]conllFile, []corpus.Problem, error) {
	var files []conllFile
	var problems []corpus.Problem
	folder := len(names) == 0
	if folder {
		entries, err := fs.ReadDir(fsys, ".")
		if err != nil {
			return nil, nil, err
		}
		for _, e := range entries {
			if !e.IsDir() && slices.Contains([]string{".conll", ".txt", ".tsv", ".bio"}, strings.ToLower(path.Ext(e.Name()))) {
				names = append(names, e.Name())
			}
		}
	}
	for _, name := range names {
		split, ok := conllSplit(name)
		switch {
		case !folder && len(names) == 1:
			split = corpus.Train
		case !ok && folder:
			problems = append(problems, corpus.Problem{File: name, What: "not read: it is not called train, dev, valid, validation or test"})
			continue
		case !ok:
			return nil, nil, fmt.Errorf("%s: cannot tell its split; of several files each must be called train, dev, valid, validation or test", name)
		}
		for _, other := range files {
			if other.split == split {
				return nil, nil, fmt.Errorf("%s and %s are both the %s split", other.name, name, split)
			}
		}
		files = append(files, conllFile{name, split})
	}
	if len(files) == 0 {
		return nil, nil, errors.New("no file called train, dev, valid, validation or test with the extension .conll, .txt, .tsv or .bio")
	}
	slices.SortStableFunc(files, func(a, b conllFile) int {
		return slices.Index(corpus.Splits, a.split) - slices.Index(corpus.Splits, b.split)
	})
	return files, problems, nil
}

// conllSet gathers the entities of all files, numbered as they come.
type conllSet struct {
	entities map[string]corpus.EntityID
	names    []string
}

// schema sorts the entities by name; renumber maps the numbers so far.
func (set *conllSet) schema() (*corpus.Schema, []corpus.EntityID) {
	sorted := slices.Sorted(slices.Values(set.names))
	schema := &corpus.Schema{Name: "conll"}
	for _, name := range sorted {
		schema.Entities = append(schema.Entities, corpus.Entity{Name: name})
	}
	renumber := make([]corpus.EntityID, len(set.names))
	for i, name := range set.names {
		id, _ := slices.BinarySearch(sorted, name)
		renumber[i] = corpus.EntityID(id)
	}
	return schema, renumber
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

// read reads one file.
func (set *conllSet) read(fsys fs.FS, name string) (*conllPart, error) {
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

// tag reads a label and numbers its entity.
func (set *conllSet) tag(label string) (tag, error) {
	kind, name, ok := parseTag(label)
	if !ok {
		return tag{}, fmt.Errorf("label %.40q is no tag: expected O, B-NAME or I-NAME, or E-NAME and S-NAME of BIOES", label)
	}
	if kind == 'O' {
		return tag{kind: 'O'}, nil
	}
	if strings.ContainsAny(name, " \t\r") { // as checkSchema has it
		return tag{}, fmt.Errorf("label %.40q has a space", label)
	}
	id, ok := set.entities[name]
	if !ok {
		if len(set.names) >= corpus.MaxEntities {
			return tag{}, fmt.Errorf("label %.40q: more than %d entity types; is the last column the label?", label, corpus.MaxEntities)
		}
		id = corpus.EntityID(len(set.names))
		set.entities[name] = id
		set.names = append(set.names, name)
	}
	return tag{kind, id}, nil
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
