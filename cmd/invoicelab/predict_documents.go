package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/lines"
)

// documentsToLabel reads the documents of a corpus folder or of a file of JSON lines.
func documentsToLabel(path, split string) ([]corpus.Document, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	if !info.IsDir() {
		if split != "" {
			return nil, usagef("predict: --split: %s is a file, only the folder of a corpus has splits", path)
		}
		return readUnlabelled(path)
	}
	ds, err := corpus.Open(path)
	if err != nil {
		return nil, err
	}
	var docs []corpus.Document
	found := split == ""
	for _, s := range corpus.Splits {
		if split == "" || split == string(s) {
			found = true
			docs = append(docs, ds.Docs[s]...)
		}
	}
	if !found {
		var names []string
		for _, s := range corpus.Splits {
			names = append(names, string(s))
		}
		return nil, usagef("predict: --split: no split %q%s; there are %s", split, didYouMean(split, names), strings.Join(names, ", "))
	}
	return docs, nil
}

// unlabelledLine is a document without labels.
type unlabelledLine struct {
	ID      string     `json:"id"`
	Domain  string     `json:"domain"`
	Kind    string     `json:"kind"`
	Tokens  []string   `json:"tokens"`
	Boxes   [][]int    `json:"boxes"`
	Pages   []int      `json:"pages"`
	Lines   []int      `json:"lines"`
	Columns [][]string `json:"columns"`
}

func readUnlabelled(path string) ([]corpus.Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	defer f.Close()
	var docs []corpus.Document
	in := lines.New(f, path)
	for in.Next() {
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		var l unlabelledLine
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			return nil, in.Errorf("%w", plainly(err))
		}
		d, err := l.document(in.Number())
		if err != nil {
			return nil, in.Errorf("%w", err)
		}
		docs = append(docs, d)
	}
	if err := in.Err(); err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		return nil, fmt.Errorf("predict: %s: no document", path)
	}
	return docs, nil
}

// plainly words the errors of encoding/json without its Go types.
func plainly(err error) error {
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return err
	}
	expected := "a whole number"
	switch kind.Type.Kind() {
	case reflect.String:
		expected = "a string"
	case reflect.Slice:
		expected = "a list"
	case reflect.Struct:
		expected = `an object, {"id": ..., "tokens": ["...", ...]}`
	}
	if kind.Field == "" {
		return fmt.Errorf("%s, expected %s", kind.Value, expected)
	}
	return fmt.Errorf("%s: %s, expected %s", kind.Field, kind.Value, expected)
}

// document checks a line; number names a document without id.
func (l *unlabelledLine) document(number int) (corpus.Document, error) {
	d := corpus.Document{ID: l.ID, Domain: l.Domain, Kind: l.Kind, Boxed: len(l.Boxes) > 0}
	if d.ID == "" {
		d.ID = fmt.Sprintf("line-%d", number)
	}
	n := len(l.Tokens)
	if n == 0 {
		return d, errors.New(`no tokens; expected {"id": ..., "tokens": ["...", ...]}`)
	}
	for _, list := range []struct {
		key    string
		length int
	}{{"boxes", len(l.Boxes)}, {"pages", len(l.Pages)}, {"lines", len(l.Lines)}, {"columns", len(l.Columns)}} {
		if list.length != 0 && list.length != n {
			return d, fmt.Errorf("%s has %d members for %d tokens", list.key, list.length, n)
		}
	}
	for i, text := range l.Tokens {
		t := corpus.Token{Text: text}
		if text == "" {
			return d, fmt.Errorf("token %d is empty", i)
		}
		if d.Boxed {
			b := l.Boxes[i]
			if len(b) != 4 || b[0] < 0 || b[1] < 0 || b[2] > corpus.PageSize || b[3] > corpus.PageSize || b[0] > b[2] || b[1] > b[3] {
				return d, fmt.Errorf("box %d is %v; expected x0, y0, x1, y1 in 0..%d", i, b, corpus.PageSize)
			}
			t.Box = corpus.Box{X0: int16(b[0]), Y0: int16(b[1]), X1: int16(b[2]), Y1: int16(b[3])}
		}
		if len(l.Pages) > 0 {
			t.Page = l.Pages[i]
		}
		if len(l.Lines) > 0 {
			t.Line = l.Lines[i]
		}
		if len(l.Columns) > 0 {
			t.Columns = l.Columns[i]
		}
		d.Tokens = append(d.Tokens, t)
	}
	if d.Boxed && len(l.Lines) == 0 {
		linesOf(d.Tokens)
	}
	return d, nil
}

// linesOf counts lines of layout in reading order: a token starts a new one
// when its middle is above or below the token before, or it stands left of it.
func linesOf(tokens []corpus.Token) {
	for i := 1; i < len(tokens); i++ {
		a, b := &tokens[i-1], &tokens[i]
		b.Line = a.Line
		middle := (b.Box.Y0 + b.Box.Y1) / 2
		if b.Page != a.Page || middle < a.Box.Y0 || middle > a.Box.Y1 || b.Box.X0 < a.Box.X0 {
			b.Line++
		}
	}
}
