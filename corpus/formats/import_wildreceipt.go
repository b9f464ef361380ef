package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/lines"
)

// wildPage is one line of a file of annotations. Boxes are in pixels, four
// corners in any order.
type wildPage struct {
	File        string     `json:"file_name"`
	Width       int        `json:"width"`
	Height      int        `json:"height"`
	Annotations []wildText `json:"annotations"`
}

type wildText struct {
	Box   []float64 `json:"box"`
	Text  string    `json:"text"`
	Label *int      `json:"label"`
}

// wildClasses lists the classes: number and name in each line.
const wildClasses = "class_list.txt"

// importWildreceipt reads receipts: train.txt and test.txt with a JSON object
// in each line, and class_list.txt. The texts of a page are put into reading
// order, line by line; each is an entity of its class over its words, which
// share its box by characters. Classes Ignore and Others are none.
func importWildreceipt(fsys fs.FS, names []string, _ ImportOptions) (ImportResult, error) {
	if len(names) > 0 {
		return ImportResult{}, fmt.Errorf("%s: this importer reads a folder with train.txt, test.txt and %s", names[0], wildClasses)
	}
	classes, err := readWildClasses(fsys)
	if err != nil {
		return ImportResult{}, err
	}
	set := newEntitySet()
	docs := map[corpus.Split][]corpus.Document{}
	var sum wordChanges
	for _, part := range []namedFile{{"train.txt", corpus.Train}, {"test.txt", corpus.Test}} {
		list, err := readWild(set, fsys, part.name, classes, &sum)
		if part.split == corpus.Test && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return ImportResult{}, err
		}
		if len(list) > 0 {
			docs[part.split] = list
		}
	}
	ds, err := set.dataset("wildreceipt", docs, sum.notes())
	return ImportResult{Dataset: ds}, err
}

// readWildClasses reads the names of the classes by their numbers.
func readWildClasses(fsys fs.FS) (map[int]string, error) {
	f, err := fsys.Open(wildClasses)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	classes := map[int]string{}
	in := lines.New(f, wildClasses)
	for in.Next() {
		fields := strings.Fields(string(in.Bytes()))
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 {
			return nil, in.Errorf("%d words, expected a number and a name", len(fields))
		}
		n, err := strconv.Atoi(fields[0])
		if err != nil || n < 0 || n >= corpus.MaxEntities {
			return nil, in.Errorf("class %q, expected a number from 0", fields[0])
		}
		if other, ok := classes[n]; ok {
			return nil, in.Errorf("class %d is %s and %s", n, other, fields[1])
		}
		classes[n] = fields[1]
	}
	return classes, in.Err()
}

// readWild reads one file of annotations.
func readWild(set *entitySet, fsys fs.FS, name string, classes map[int]string, sum *wordChanges) ([]corpus.Document, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var docs []corpus.Document
	in := lines.New(f, name)
	for in.Next() {
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		var page wildPage
		if err := json.Unmarshal(in.Bytes(), &page); err != nil {
			return nil, in.Errorf("%w", plainly(err))
		}
		doc, err := page.document(set, classes, sum)
		if err != nil {
			return nil, in.Errorf("%w", err)
		}
		docs = append(docs, doc)
	}
	return docs, in.Err()
}

// document makes the document of a page.
func (w *wildPage) document(set *entitySet, classes map[int]string, sum *wordChanges) (corpus.Document, error) {
	if w.File == "" || w.Annotations == nil {
		return corpus.Document{}, errors.New("no key \"file_name\" or \"annotations\"")
	}
	page := extent{w.Width, w.Height}
	if err := page.check(); err != nil {
		return corpus.Document{}, err
	}
	boxes := make([]bounds, len(w.Annotations))
	for i, a := range w.Annotations {
		if len(a.Box) != 8 {
			return corpus.Document{}, fmt.Errorf("annotations[%d]: box of %d numbers, expected 8", i, len(a.Box))
		}
		var err error
		if boxes[i], err = boundsOf(a.Box); err != nil {
			return corpus.Document{}, fmt.Errorf("annotations[%d]: %w", i, err)
		}
	}
	p := pageWords{page: page, sum: sum, doc: corpus.Document{ID: strings.ToValidUTF8(w.File, "\ufffd"), Kind: "RECEIPT", Boxed: true}}
	for _, line := range textLines(boxes) {
		p.endLine()
		for _, i := range line {
			a, b := w.Annotations[i], boxes[i]
			if a.Label == nil {
				return corpus.Document{}, fmt.Errorf("annotations[%d]: no key \"label\"", i)
			}
			class, known := classes[*a.Label]
			if !known {
				return corpus.Document{}, fmt.Errorf("annotations[%d]: label %d is not in %s", i, *a.Label, wildClasses)
			}
			start := len(p.doc.Tokens)
			words := splitLine(strings.ToValidUTF8(a.Text, "\ufffd"))
			if len(words) == 0 {
				p.sum.empty++
			}
			for _, word := range words {
				box, inside := pixelBox(page, b.x0, b.y0, b.x1, b.y1, word)
				p.add(word.text, box, inside)
			}
			if class == "Ignore" || class == "Others" {
				continue
			}
			entity, err := set.number(class)
			if err != nil {
				return corpus.Document{}, fmt.Errorf("annotations[%d]: %w", i, err)
			}
			p.span(entity, start)
		}
	}
	return p.doc, nil
}

// textLines puts boxes into reading order: from top to bottom, and those
// whose centre lies in the height of the first of a line, from left to right.
func textLines(boxes []bounds) [][]int {
	order := make([]int, len(boxes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return boxes[a].y0 + boxes[a].y1 - boxes[b].y0 - boxes[b].y1
	})
	var all [][]int
	for _, i := range order {
		if n := len(all); n > 0 {
			first := boxes[all[n-1][0]]
			if boxes[i].y0+boxes[i].y1 <= 2*first.y1 {
				all[n-1] = append(all[n-1], i)
				continue
			}
		}
		all = append(all, []int{i})
	}
	for _, line := range all {
		slices.SortStableFunc(line, func(a, b int) int { return boxes[a].x0 - boxes[b].x0 })
	}
	return all
}
