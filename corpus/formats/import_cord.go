package formats

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// cordReceipt is a file of annotations. Quads are in pixels.
type cordReceipt struct {
	Lines []struct {
		Words []struct {
			Quad map[string]float64 `json:"quad"`
			Row  json.RawMessage    `json:"row_id"`
			Text string             `json:"text"`
		} `json:"words"`
		Category string `json:"category"`
	} `json:"valid_line"`
	Meta struct {
		Split string `json:"split"`
		Image struct {
			Width  int `json:"width"`
			Height int `json:"height"`
		} `json:"image_size"`
	} `json:"meta"`
}

// importCord reads receipts: train, dev and test, each with json/ID.json, or
// one such folder, whose files name their splits. A line is an entity of its
// category over its words, in the order of the file; lines of category other
// are none.
func importCord(fsys fs.FS, names []string, _ ImportOptions) (ImportResult, error) {
	if len(names) > 0 {
		return ImportResult{}, fmt.Errorf("%s: this importer reads a folder with train/json, dev/json and test/json", names[0])
	}
	set := newEntitySet()
	docs := map[corpus.Split][]corpus.Document{}
	var sum wordChanges
	for _, folder := range []string{"train", "dev", "valid", "validation", "test", "."} {
		files, err := jsonFiles(fsys, path.Join(folder, "json"))
		if err != nil {
			return ImportResult{}, err
		}
		for _, file := range files {
			doc, split, err := readCord(set, fsys, folder, file, &sum)
			if err != nil {
				return ImportResult{}, err
			}
			docs[split] = append(docs[split], doc)
		}
	}
	if len(docs) == 0 {
		return ImportResult{}, errors.New("no file train/json/*.json")
	}
	ds, err := set.dataset("cord", docs, sum.notes())
	return ImportResult{Dataset: ds}, err
}

// readCord reads one receipt.
func readCord(set *entitySet, fsys fs.FS, folder, file string, sum *wordChanges) (doc corpus.Document, split corpus.Split, err error) {
	var receipt cordReceipt
	if err := readJSON(fsys, file, &receipt); err != nil {
		return doc, "", err
	}
	if receipt.Lines == nil {
		return doc, "", fmt.Errorf("%s: no key \"valid_line\"", file)
	}
	of := folder
	if folder == "." {
		of = receipt.Meta.Split
	}
	split, known := splitOfName(of)
	if !known {
		return doc, "", fmt.Errorf("%s: meta.split is %q, expected train, dev or test", file, of)
	}
	page := extent{receipt.Meta.Image.Width, receipt.Meta.Image.Height}
	if err := page.check(); err != nil {
		return doc, "", fmt.Errorf("%s: meta.image_size: %w", file, err)
	}
	id := fmt.Sprintf("%s-%s", split, strings.TrimSuffix(path.Base(file), ".json")) // every split counts from 0
	p := pageWords{page: page, sum: sum, doc: corpus.Document{ID: id, Kind: "RECEIPT", Boxed: true}}
	row := ""
	for i, line := range receipt.Lines {
		start := len(p.doc.Tokens)
		for k, word := range line.Words {
			if at := string(word.Row); at == "" && k == 0 || at != row {
				p.endLine()
				row = at
			}
			corners := make([]float64, 8)
			for c, key := range [8]string{"x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"} {
				v, ok := word.Quad[key]
				if !ok {
					return doc, "", fmt.Errorf("%s: valid_line[%d].words[%d].quad: no key %q", file, i, k, key)
				}
				corners[c] = v
			}
			b, err := boundsOf(corners)
			if err != nil {
				return doc, "", fmt.Errorf("%s: valid_line[%d].words[%d].quad: %w", file, i, k, err)
			}
			box, inside := b.box(page)
			p.add(word.Text, box, inside)
		}
		if line.Category == "other" {
			continue
		}
		entity, err := set.number(line.Category)
		if err != nil {
			return doc, "", fmt.Errorf("%s: valid_line[%d].category: %w", file, i, err)
		}
		p.span(entity, start)
	}
	return p.doc, split, nil
}
